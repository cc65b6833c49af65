import { readFile } from 'node:fs/promises';
import { loadImage } from '@napi-rs/canvas';

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
