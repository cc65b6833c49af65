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

/** An image's type and size according to its own bytes. Fails for bytes that can't be decoded. */
export async function readImageFile(file: string) {
	const bytes = await readFile(file);
	const { width, height } = await loadImage(bytes);
	return { contentType: SIGNATURES.find(({ matches }) => matches(bytes))?.type, width, height };
}

/** The node's file name for an image: the first words of the prompt, and the seed. */
export function fileNameOf(item: Pick<OutputItem, 'json'> | undefined): string {
	const words =
		String(item?.json['prompt'])
			.toLowerCase()
			.match(/[a-z\d]+/g) ?? [];
	return `${words.slice(0, 6).join('-')}-${String(item?.json['seed'])}.png`;
}
