import { createCanvas, loadImage } from '@napi-rs/canvas';

/** The mean color of the image at a URL. */
export async function meanColor(url: unknown): Promise<[red: number, green: number, blue: number]> {
	const image = await loadImage(Buffer.from(await (await fetch(String(url))).arrayBuffer()));
	const context = createCanvas(1, 1).getContext('2d');
	context.imageSmoothingQuality = 'high';
	context.drawImage(image, 0, 0, 1, 1);
	const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
	return [red, green, blue];
}
