import { readFile } from 'node:fs/promises';
import { loadImage } from '@napi-rs/canvas';
import type { OutputItem } from '../../sandbox/realN8n/executionResult';

const SIGNATURES = [
	{
		type: 'image/png',
		matches: (bytes: Buffer) => bytes.toString('hex', 0, 8) === '89504e470d0a1a0a',
	},
	{ type: 'image/jpeg', matches: (bytes: Buffer) => bytes.toString('hex', 0, 3) === 'ffd8ff' },
	{
		type: 'image/webp',
		matches: (bytes: Buffer) =>
			bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
	},
];

/** What a file's own bytes say of the image in it. Fails for bytes that cannot be decoded. */
export async function readImageFile(file: string) {
	const bytes = await readFile(file);
	const { width, height } = await loadImage(bytes);
	return { contentType: SIGNATURES.find(({ matches }) => matches(bytes))?.type, width, height };
}

/** What the node calls the file of an image: the first words of the prompt and the seed. */
export function fileNameOf(item: Pick<OutputItem, 'json'> | undefined): string {
	const words =
		String(item?.json['prompt'])
			.toLowerCase()
			.match(/[a-z\d]+/g) ?? [];
	return `${words.slice(0, 6).join('-')}-${String(item?.json['seed'])}.png`;
}
