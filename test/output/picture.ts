import { createCanvas } from '@napi-rs/canvas';

export type PictureFormat = 'jpeg' | 'png' | 'webp';

/** A real image with something to see on it, so that it compresses as pictures do. */
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
	switch (format) {
		case 'png':
			return canvas.toBuffer('image/png');
		case 'jpeg':
			return canvas.toBuffer('image/jpeg');
		case 'webp':
			return canvas.toBuffer('image/webp');
	}
}
