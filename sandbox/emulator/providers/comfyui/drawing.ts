import { createHash } from 'node:crypto';
import { createCanvas, loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import type { Context } from '../../context';
import type { LinkedFile } from '../../files/linkedFile';
import type { Picture } from '../../picture/picture';

export type Channel = 'red' | 'green' | 'blue' | 'alpha';

/** How an image is made by the nodes. It is drawn only when it is read. A mask is a gray image. */
export type Drawing = { readonly width: number; readonly height: number } & (
	| { readonly kind: 'blank' }
	| { readonly kind: 'file'; readonly sha256: string }
	| {
			readonly kind: 'painted';
			readonly picture: Picture;
			readonly source?: Drawing;
			readonly mask?: Drawing;
	  }
	| { readonly kind: 'scaled'; readonly of: Drawing; readonly crop: boolean }
	| { readonly kind: 'cropped'; readonly of: Drawing; readonly x: number; readonly y: number }
	| {
			readonly kind: 'composite';
			readonly destination: Drawing;
			readonly source: Drawing;
			readonly x: number;
			readonly y: number;
			readonly mask?: Drawing;
	  }
	/** Of alpha, what is transparent is white. */
	| { readonly kind: 'channel'; readonly of: Drawing; readonly channel: Channel }
	| { readonly kind: 'grown'; readonly of: Drawing; readonly by: number; readonly tapered: boolean }
);

const OFFSETS: Record<Channel, number> = { red: 0, green: 1, blue: 2, alpha: 3 };
const GREY = '#808080';

/** A drawing's PNG. */
export async function fileOf(context: Context, drawing: Drawing): Promise<LinkedFile> {
	if (drawing.kind === 'painted') return await context.imageFile(await pictureOf(context, drawing));
	const canvas = canvasOf(await render(context, drawing), drawing);
	return { contentType: 'image/png', bytes: await canvas.encode('png') };
}

/** The picture. The images that it is made from are drawn first. */
async function pictureOf(
	context: Context,
	{ picture, source, mask }: Extract<Drawing, { kind: 'painted' }>,
): Promise<Picture> {
	return {
		...picture,
		...(source && { source: await keep(context, source) }),
		...(mask && { mask: await keep(context, mask) }),
	};
}

/** Keeps a drawing's bytes where pictures find them. */
async function keep(context: Context, drawing: Drawing): Promise<string> {
	if (drawing.kind === 'file') return drawing.sha256;
	const { bytes } = await fileOf(context, drawing);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	context.inputBytes.set(sha256, { bytes });
	return sha256;
}

async function render(context: Context, drawing: Drawing): Promise<Canvas | Image> {
	const { width, height } = drawing;
	const canvas = createCanvas(width, height);
	const pen = canvas.getContext('2d');
	switch (drawing.kind) {
		case 'blank':
			pen.fillStyle = GREY;
			pen.fillRect(0, 0, width, height);
			return canvas;
		case 'file': {
			const bytes = context.inputBytes.get(drawing.sha256)?.bytes;
			return bytes === undefined ? canvas : await loadImage(bytes);
		}
		case 'painted':
			return await loadImage((await fileOf(context, drawing)).bytes);
		case 'scaled': {
			const { of, crop } = drawing;
			const scale = Math.max(width / of.width, height / of.height);
			const [wide, high] = crop ? [of.width * scale, of.height * scale] : [width, height];
			pen.drawImage(await render(context, of), (width - wide) / 2, (height - high) / 2, wide, high);
			return canvas;
		}
		case 'cropped':
			pen.drawImage(await render(context, drawing.of), -drawing.x, -drawing.y);
			return canvas;
		case 'composite': {
			const { destination, source, mask, x, y } = drawing;
			pen.drawImage(await render(context, destination), 0, 0);
			const overlay = canvasOf(await render(context, source), source);
			if (mask !== undefined) cutOut(overlay, canvasOf(await render(context, mask), source));
			pen.drawImage(overlay, x, y);
			return canvas;
		}
		case 'channel': {
			const offset = OFFSETS[drawing.channel];
			const isAlpha = drawing.channel === 'alpha';
			const image = await render(context, drawing.of);
			return recolor(canvasOf(image, drawing), (data, at) => {
				const value = data[at + offset] ?? 0;
				return isAlpha ? 255 - value : value;
			});
		}
		case 'grown':
			return grow(canvasOf(await render(context, drawing.of), drawing), drawing);
	}
}

/** A copy at the given size. */
function canvasOf(
	image: Canvas | Image,
	{ width, height }: { readonly width: number; readonly height: number },
): Canvas {
	const canvas = createCanvas(width, height);
	canvas.getContext('2d').drawImage(image, 0, 0, width, height);
	return canvas;
}

/** The canvas in gray, with each pixel computed from its red, green, blue and alpha. */
function recolor(canvas: Canvas, grey: (pixels: Uint8ClampedArray, at: number) => number): Canvas {
	const { width, height } = canvas;
	const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
	return paintGrey(
		canvas,
		Uint8ClampedArray.from({ length: width * height }, (_zero, pixel) => grey(data, 4 * pixel)),
	);
}

function paintGrey(canvas: Canvas, light: Uint8ClampedArray): Canvas {
	const pen = canvas.getContext('2d');
	const image = pen.getImageData(0, 0, canvas.width, canvas.height);
	const { data } = image;
	light.forEach((value, pixel) => data.fill(value, 4 * pixel, 4 * pixel + 3));
	for (let at = 3; at < data.length; at += 4) data[at] = 255;
	pen.putImageData(image, 0, 0);
	return canvas;
}

/** Makes an image transparent where a mask is black. */
function cutOut(canvas: Canvas, mask: Canvas): void {
	const pen = canvas.getContext('2d');
	const image = pen.getImageData(0, 0, canvas.width, canvas.height);
	const light = mask.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
	for (let at = 0; at < light.length; at += 4) image.data[at + 3] = light[at] ?? 0;
	pen.putImageData(image, 0, 0);
}

/** Grows or shrinks the white area of a mask by this many pixels, tapered, not over corners. */
function grow(
	canvas: Canvas,
	{ by, tapered }: { readonly by: number; readonly tapered: boolean },
): Canvas {
	const { width, height } = canvas;
	const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
	let light = Uint8ClampedArray.from({ length: width * height }, (_zero, at) => data[4 * at] ?? 0);
	const isShrinking = by < 0;
	for (let step = 0; step < Math.abs(by); step++) {
		const before = light;
		light = before.map((value, at) => {
			const [x, y] = [at % width, (at - (at % width)) / width];
			let chosen = value;
			for (let dy = y === 0 ? 0 : -1; dy <= (y === height - 1 ? 0 : 1); dy++) {
				for (let dx = x === 0 ? 0 : -1; dx <= (x === width - 1 ? 0 : 1); dx++) {
					if (tapered && dx !== 0 && dy !== 0) continue;
					const near = before[at + dy * width + dx] ?? 0;
					if (isShrinking ? near < chosen : near > chosen) chosen = near;
				}
			}
			return chosen;
		});
	}
	return paintGrey(canvas, light);
}
