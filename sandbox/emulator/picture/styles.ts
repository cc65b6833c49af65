import type { Canvas } from '@napi-rs/canvas';
import { shadesOf } from './colors';
import { brightness, type Rgb, type Style } from './paint';
import { hsl } from './palette';
import type { Lora } from './picture';
import { hash, Random } from './random';
import type { Canvas2D } from './scenes';
import { crayon, hatch, outline, painting } from './strokeStyles';
import { halftone, mosaic, pixel, vivid } from './surfaceStyles';

const STYLES: readonly [Style, ...Style[]] = [
	painting,
	outline,
	crayon,
	vivid,
	hatch,
	halftone,
	pixel,
	mosaic,
];

/** Names that say what the LoRA does. For any other name, the hash decides the style. */
const STYLE_OF_NAME: ReadonlyArray<readonly [RegExp, Style]> = [
	[/coloring|outline|line.?art/i, outline],
	[/children|crayon|drawing/i, crayon],
	[/paint|watercolou?r/i, painting],
	[/technicolor|technically.color|film|realism|photo/i, vivid],
	[/sketch|pencil|engrav/i, hatch],
	[/pixel/i, pixel],
];

/** Gives the picture the colors of a palette, and keeps its light and shade. */
function recolor(
	{ context, width, height }: Canvas2D,
	palette: readonly Rgb[],
	strength: number,
): void {
	const shades = shadesOf(palette);
	const pixels = context.getImageData(0, 0, width, height);
	for (let at = 0; at < pixels.data.length; at += 4) {
		const [red = 0, green = 0, blue = 0] = pixels.data.subarray(at, at + 3);
		const level = Math.round(brightness([red, green, blue]) * 255);
		shades[level]?.forEach((part, index) => {
			const now = pixels.data[at + index] ?? 0;
			pixels.data[at + index] = now + (part - now) * strength;
		});
	}
	context.putImageData(pixels, 0, 0);
}

/**
 * Draws a LoRA's look over the picture according to its scale: its training colors if there are any, otherwise
 * a style and a tint that depend on its path.
 */
export function applyLora(source: Canvas, canvas: Canvas2D, lora: Lora): void {
	if (lora.scale <= 0) return;
	const strength = Math.min(1, 1 - Math.exp(-2.2 * lora.scale));
	if (lora.style !== undefined) return recolor(canvas, lora.style.palette, strength);
	const hue = hash(`hue ${lora.path}`) % 360;
	const named = STYLE_OF_NAME.find(([name]) => name.test(lora.path))?.[1];
	const style = named ?? STYLES[hash(lora.path) % STYLES.length] ?? painting;
	canvas.context.save();
	style({ ...canvas, source, strength, hue, random: new Random(lora.path) });
	canvas.context.restore();
	canvas.context.save();
	canvas.context.globalCompositeOperation = 'color';
	canvas.context.fillStyle = hsl(hue, 75, 55, 0.42 * strength);
	canvas.context.fillRect(0, 0, canvas.width, canvas.height);
	canvas.context.restore();
}
