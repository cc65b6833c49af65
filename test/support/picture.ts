import type { Canvas } from '@napi-rs/canvas';
import { createCanvas } from '@napi-rs/canvas';

export type PictureFormat = 'jpeg' | 'png' | 'webp';

function encode(canvas: Canvas, format: PictureFormat): Buffer {
	switch (format) {
		case 'png':
			return canvas.toBuffer('image/png');
		case 'jpeg':
			return canvas.toBuffer('image/jpeg');
		case 'webp':
			return canvas.toBuffer('image/webp');
	}
}

/** A real image with something visible, so that it compresses like a photo. */
export function makePicture(format: PictureFormat, width: number, height: number): Buffer {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	const gradient = context.createLinearGradient(0, 0, width, height);
	gradient.addColorStop(0, '#204080');
	gradient.addColorStop(1, '#f0c040');
	context.fillStyle = gradient;
	context.fillRect(0, 0, width, height);
	context.fillStyle = '#ffffff80';
	for (let i = 0; i < 40; i++) context.fillRect((i * 37) % width, (i * 53) % height, 9, 5);
	return encode(canvas, format);
}

/** A mask as image editors save an erased area: black, with a transparent hole. */
export function makeHole(width: number, height: number): Buffer {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	context.fillRect(0, 0, width, height);
	context.clearRect(width / 4, height / 4, width / 2, height / 2);
	return encode(canvas, 'png');
}

/** A real image of noise, which doesn't compress: larger than the part of an image that is read first. */
export function makeLargePicture(format: PictureFormat): Buffer {
	// PNG keeps all of the noise, the other formats a part of it.
	return format === 'png' ? makeNoise(format, 160, 140) : makeNoise(format, 340, 260);
}

/** A real image of noise, whose PNG has slightly more than three bytes per pixel. */
export function makeNoise(format: PictureFormat, width: number, height: number): Buffer {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	const image = context.createImageData(width, height);
	let state = 1;
	for (let i = 0; i < image.data.length; i++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
		image.data[i] = i % 4 === 3 ? 255 : state >>> 24;
	}
	context.putImageData(image, 0, 0);
	return encode(canvas, format);
}
