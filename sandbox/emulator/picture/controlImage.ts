import { createCanvas, type Canvas } from '@napi-rs/canvas';
import { brightness } from './paint';
import type { Control } from './picture';

const DEPTH_BLOCK = 16;
const EDGE_GAIN = 1100;

/** A ControlNet's input for a picture, in gray: simple stand-ins for the real preprocessors. */
export function controlImage(picture: Canvas, control: Control): Canvas {
	switch (control) {
		case 'none':
			return toGrey(picture, (light, at) => 255 * (light[at] ?? 0));
		case 'canny':
			return edgesOf(picture);
		case 'depth':
			return toGrey(soften(picture), (light, at) => 255 * (light[at] ?? 0));
		case 'pose':
			return edgesOf(soften(picture));
	}
}

function soften(picture: Canvas): Canvas {
	const { width, height } = picture;
	const [columns, rows] = [width, height].map((side) => Math.ceil(side / DEPTH_BLOCK));
	const small = createCanvas(columns ?? 1, rows ?? 1);
	small.getContext('2d').drawImage(picture, 0, 0, small.width, small.height);
	const soft = createCanvas(width, height);
	soft.getContext('2d').drawImage(small, 0, 0, width, height);
	return soft;
}

function edgesOf(picture: Canvas): Canvas {
	const { width } = picture;
	return toGrey(picture, (light, at) => {
		const here = light[at] ?? 0;
		const right = light[at + 1] ?? here;
		const below = light[at + width] ?? here;
		return Math.min(255, EDGE_GAIN * Math.hypot(right - here, below - here));
	});
}

/** Each pixel in gray, computed from the brightness, 0 to 1, of all pixels. */
function toGrey(picture: Canvas, grey: (light: Float32Array, at: number) => number): Canvas {
	const { width, height } = picture;
	const { data } = picture.getContext('2d').getImageData(0, 0, width, height);
	const light = new Float32Array(width * height).map((_zero, at) =>
		brightness([data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0]),
	);
	const result = createCanvas(width, height);
	const context = result.getContext('2d');
	const image = context.createImageData(width, height);
	light.forEach((_light, at) => {
		const value = grey(light, at);
		image.data.set([value, value, value, 255], 4 * at);
	});
	context.putImageData(image, 0, 0);
	return result;
}
