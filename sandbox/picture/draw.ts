import { createCanvas, type Canvas } from '@napi-rs/canvas';
import { drawCaption } from './caption';
import { registerFonts } from './fonts';
import { createPalette } from './palette';
import type { Picture } from './picture';
import { hash, Random } from './random';
import { SCENES, type Canvas2D } from './scenes';
import { applyLora } from './styles';

const CACHE_BYTES = 64 * 1024 * 1024;
const QUALITY = 90;

/** Encoded pictures, the longest unused first. */
const cache = new Map<string, Promise<Buffer>>();
let cachedBytes = 0;

function paint(picture: Picture): Canvas {
	registerFonts();
	const { width, height, prompt, seed, index } = picture;
	const source = createCanvas(width, height);
	const canvas: Canvas2D = { context: source.getContext('2d'), width, height };
	if (picture.black) {
		canvas.context.fillStyle = '#000000';
		canvas.context.fillRect(0, 0, width, height);
		return source;
	}
	const random = new Random(`${seed} ${index} ${prompt}`);
	const palette = createPalette(prompt, random);
	const scene = SCENES[hash(prompt) % SCENES.length] ?? SCENES[0];
	scene(canvas, palette, random);
	for (const lora of picture.loras) applyLora(source, canvas, lora);
	drawCaption(canvas, picture);
	return source;
}

/** Draws and encodes, without the cache. */
export function renderPicture(picture: Picture): Promise<Buffer> {
	const canvas = paint(picture);
	return picture.format === 'png' ? canvas.encode('png') : canvas.encode(picture.format, QUALITY);
}

/** The bytes of a picture. The same picture always has the same bytes. */
export async function drawPicture(picture: Picture): Promise<Buffer> {
	const key = JSON.stringify(picture);
	const known = cache.get(key);
	if (known !== undefined) {
		cache.delete(key);
		cache.set(key, known);
		return await known;
	}
	const drawn = renderPicture(picture);
	cache.set(key, drawn);
	drawn.catch(() => cache.delete(key));
	const bytes = await drawn;
	cachedBytes += bytes.length;
	for (const [oldestKey, oldest] of cache) {
		if (cachedBytes <= CACHE_BYTES) break;
		if (oldestKey === key) continue;
		cache.delete(oldestKey);
		cachedBytes -= (await oldest).length;
	}
	return bytes;
}
