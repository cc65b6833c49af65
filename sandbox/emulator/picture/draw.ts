import { createCanvas, loadImage, type Canvas } from '@napi-rs/canvas';
import { drawCaption } from './caption';
import { blend, follow, makeSeamless, repaint } from './compose';
import { registerFonts } from './fonts';
import { createPalette } from './palette';
import type { Picture } from './picture';
import { hash, Random } from './random';
import { SCENES, type Canvas2D } from './scenes';
import { applyLora } from './styles';

const CACHE_BYTES = 64 * 1024 * 1024;
const QUALITY = 90;

/** Encoded pictures, least recently used first. */
const cache = new Map<string, Promise<Buffer>>();
let cachedBytes = 0;

/** Finds the bytes of an image that a picture is made from, by their SHA-256. */
export type FindBytes = (sha256: string) => Buffer | undefined;

const findNothing: FindBytes = () => undefined;

async function paint(picture: Picture, find: FindBytes): Promise<Canvas> {
	registerFonts();
	const { width, height, tiling, control, strength = 1 } = picture;
	const canvas = createCanvas(width, height);
	const drawn: Canvas2D = { context: canvas.getContext('2d'), width, height };
	if (picture.black) {
		drawn.context.fillStyle = '#000000';
		drawn.context.fillRect(0, 0, width, height);
		return canvas;
	}
	const [source, mask] = await Promise.all([picture.source, picture.mask].map(load(find)));
	paintScene(canvas, drawn, picture);
	if (source !== undefined && mask === undefined) {
		if (control === undefined) blend(canvas, source, strength);
		else follow(canvas, source, control, strength);
	}
	if (tiling !== undefined) makeSeamless(canvas, tiling);
	drawCaption(drawn, picture);
	return source !== undefined && mask !== undefined
		? repaint(canvas, source, mask, strength)
		: canvas;
}

/** A missing image is left out. The caption still names it. */
const load = (find: FindBytes) => async (sha256: string | undefined) => {
	const bytes = sha256 === undefined ? undefined : find(sha256);
	return bytes === undefined ? undefined : await loadImage(bytes);
};

function paintScene(source: Canvas, canvas: Canvas2D, picture: Picture): void {
	const { prompt, seed, index } = picture;
	const random = new Random(`${seed} ${index} ${prompt}`);
	const palette = createPalette(prompt, random);
	const scene = SCENES[hash(prompt) % SCENES.length] ?? SCENES[0];
	scene(canvas, palette, random);
	for (const lora of picture.loras) applyLora(source, canvas, lora);
}

/** Draws and encodes, without the cache. */
export async function renderPicture(picture: Picture, find = findNothing): Promise<Buffer> {
	const canvas = await paint(picture, find);
	return await (picture.format === 'png'
		? canvas.encode('png')
		: canvas.encode(picture.format, QUALITY));
}

/** The bytes of a picture. The same picture always has the same bytes. */
export async function drawPicture(picture: Picture, find = findNothing): Promise<Buffer> {
	const found = [picture.source, picture.mask].map(
		(sha256) => sha256 && find(sha256) !== undefined,
	);
	const key = JSON.stringify([picture, found]);
	const known = cache.get(key);
	if (known !== undefined) {
		cache.delete(key);
		cache.set(key, known);
		return await known;
	}
	const drawn = renderPicture(picture, find);
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
