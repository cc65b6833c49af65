import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';

export type Rgb = readonly [number, number, number];

/** A PNG whose left and right halves each have one color. */
export function halves(width: number, height: number, left: string, right = left): Buffer {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	context.fillStyle = left;
	context.fillRect(0, 0, width, height);
	context.fillStyle = right;
	context.fillRect(width / 2, 0, width / 2, height);
	return canvas.toBuffer('image/png');
}

export const dataUri = (bytes: Buffer, type = 'image/png'): string =>
	`data:${type};base64,${bytes.toString('base64')}`;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Pixels {
	readonly width: number;
	readonly height: number;
	readonly at: (x: number, y: number) => Rgb;
}

export async function pixelsOf(bytes: Buffer): Promise<Pixels> {
	const image = await loadImage(bytes);
	const { width, height } = image;
	const context = createCanvas(width, height).getContext('2d');
	context.drawImage(image, 0, 0);
	const { data } = context.getImageData(0, 0, width, height);
	const at = (x: number, y: number): Rgb => {
		const [red = 0, green = 0, blue = 0] = data.subarray(4 * (y * width + x));
		return [red, green, blue];
	};
	return { width, height, at };
}

/** The difference between two colors, at most 255. */
export const distance = (one: Rgb, other: Rgb): number =>
	Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))));
