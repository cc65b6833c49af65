import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { request } from 'undici';
import type { Sandbox } from '../../sandbox/emulator/server';
import { authorization, call } from './http';
import { halves, pixelsOf, type Rgb } from './images';

/** A zip of these files, by name. */
export async function zipOf(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
	const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
	for (const [name, content] of Object.entries(files)) {
		const reader =
			typeof content === 'string'
				? new TextReader(content)
				: new Uint8ArrayReader(new Uint8Array(content));
		await writer.add(name, reader, { level: 0 });
	}
	return Buffer.from(await writer.close());
}

/** That many images of one color, each with its caption. */
export const photos = (color: string, count = 2): Record<string, Buffer | string> =>
	Object.fromEntries(
		Array.from({ length: count }, (_item, index) => String(index + 1).padStart(3, '0')).flatMap(
			(name, index): [string, Buffer | string][] => [
				[`${name}.png`, halves(40 + index, 30, color)],
				[`${name}.txt`, `zkx a thing, number ${index + 1}`],
			],
		),
	);

/** Uploads a file to fal's storage. Returns its URL. */
export async function uploadToFal(sandbox: Sandbox, bytes: Buffer): Promise<string> {
	const { json } = await call<{ upload_url: string; file_url: string }>(
		`${sandbox.urls.fal}/storage/upload/initiate?storage_type=fal-cdn-v3`,
		{
			key: authorization(sandbox).fal,
			body: { file_name: 'training.zip', content_type: 'application/zip' },
		},
	);
	const headers = { 'content-type': 'application/zip' };
	const reply = await request(json.upload_url, { method: 'PUT', headers, body: bytes });
	expect(reply.statusCode).toBe(200);
	return json.file_url;
}

export interface Tensor {
	readonly dtype: string;
	readonly shape: readonly number[];
	readonly data_offsets: readonly [number, number];
}

/** Reads a safetensors file strictly, and fails if it isn't one. [huggingface/safetensors: README, Format] */
export function readSafetensors(bytes: Buffer): {
	readonly metadata: Readonly<Record<string, unknown>>;
	readonly tensors: Readonly<Record<string, Tensor>>;
} {
	const length = Number(bytes.readBigUInt64LE());
	const text = bytes.subarray(8, 8 + length).toString();
	expect(text.startsWith('{')).toBe(true);
	const { __metadata__: metadata, ...tensors } = JSON.parse(text) as {
		__metadata__: Record<string, unknown>;
	} & Record<string, Tensor>;
	let end = 0;
	for (const { dtype, shape, data_offsets } of Object.values<Tensor>(tensors)) {
		expect(dtype).toBe('F32');
		expect(data_offsets[0]).toBe(end);
		expect(data_offsets[1] - end).toBe(4 * shape.reduce((product, side) => product * side));
		end = data_offsets[1];
	}
	expect(bytes.length).toBe(8 + length + end);
	for (const value of Object.values(metadata)) expect(typeof value).toBe('string');
	return { metadata, tensors };
}

/** The mean color of an image. */
export async function meanColor(bytes: Buffer): Promise<Rgb> {
	const { width, height, at } = await pixelsOf(bytes);
	const sum = [0, 0, 0] as [number, number, number];
	for (let y = 0; y < height; y += 4) {
		for (let x = 0; x < width; x += 4) {
			at(x, y).forEach((part, index) => void (sum[index as 0 | 1 | 2] += part));
		}
	}
	const count = Math.ceil(width / 4) * Math.ceil(height / 4);
	return [sum[0] / count, sum[1] / count, sum[2] / count];
}
