import { createCanvas, type Canvas, type Image } from '@napi-rs/canvas';
import { controlImage } from './controlImage';
import { brightness } from './paint';
import type { Control, Tiling } from './picture';

function copyOf(picture: Canvas | Image, { width, height }: Canvas): Canvas {
	const copy = createCanvas(width, height);
	copy.getContext('2d').drawImage(picture, 0, 0, width, height);
	return copy;
}

/** Lets the source show through: completely at strength 0, not at all at 1. */
export function blend(canvas: Canvas, source: Image, strength: number): void {
	const context = canvas.getContext('2d');
	context.save();
	context.globalAlpha = 1 - strength;
	context.drawImage(source, 0, 0, canvas.width, canvas.height);
	context.restore();
}

/** Gives the picture the light and shade of the source, scaled, and keeps its colors. */
export function follow(canvas: Canvas, source: Image, control: Control, scale: number): void {
	const context = canvas.getContext('2d');
	context.save();
	context.globalCompositeOperation = 'luminosity';
	context.globalAlpha = Math.min(1, scale);
	context.drawImage(controlImage(copyOf(source, canvas), control), 0, 0);
	context.restore();
}

/** The source, and the picture only where the mask is white. */
export function repaint(canvas: Canvas, source: Image, mask: Image, strength: number): Canvas {
	const { width, height } = canvas;
	const stencil = copyOf(mask, canvas);
	const light = stencil.getContext('2d').getImageData(0, 0, width, height);
	for (let at = 0; at < light.data.length; at += 4) {
		const [red = 0, green = 0, blue = 0, alpha = 0] = light.data.subarray(at, at + 4);
		light.data[at + 3] = brightness([red, green, blue]) * alpha * strength;
	}
	stencil.getContext('2d').putImageData(light, 0, 0);
	const context = canvas.getContext('2d');
	context.globalCompositeOperation = 'destination-in';
	context.drawImage(stencil, 0, 0);
	const whole = copyOf(source, canvas);
	whole.getContext('2d').drawImage(canvas, 0, 0);
	return whole;
}

/** Mirrors the picture so that its edges match. */
export function makeSeamless(canvas: Canvas, tiling: Tiling): void {
	if (tiling !== 'vertical') mirror(canvas, -1, 1);
	if (tiling !== 'horizontal') mirror(canvas, 1, -1);
}

function mirror(canvas: Canvas, scaleX: 1 | -1, scaleY: 1 | -1): void {
	const { width, height } = canvas;
	const copy = copyOf(canvas, canvas);
	const context = canvas.getContext('2d');
	const [halfWidth, halfHeight] = [
		scaleX === -1 ? width / 2 : width,
		scaleY === -1 ? height / 2 : height,
	];
	context.drawImage(copy, 0, 0, halfWidth, halfHeight);
	context.save();
	context.translate(scaleX === -1 ? width : 0, scaleY === -1 ? height : 0);
	context.scale(scaleX, scaleY);
	context.drawImage(copy, 0, 0, halfWidth, halfHeight);
	context.restore();
}
