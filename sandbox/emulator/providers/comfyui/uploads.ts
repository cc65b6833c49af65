import { posix } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { emptyAnswer, PLAIN } from './access';
import { isFolder, pathIn, type Disk } from './disk';
import { fileOf } from './drawing';

/** The fields of a multipart body. */
export async function readForm(contentType: string, bytes: Buffer): Promise<FormData> {
	return await new Response(new Uint8Array(bytes), {
		headers: { 'content-type': contentType },
	}).formData();
}

const textOf = (form: FormData, name: string): string => {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
};

/** An image's size. 0 × 0 if it isn't an image, which shows only when a node reads it. */
async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number }> {
	// The library also draws SVG. ComfyUI doesn't.
	const isText = /^[\s\u{feff}]*</u.test(bytes.subarray(0, 100).toString());
	if (isText) return { width: 0, height: 0 };
	return await loadImage(bytes).then(
		({ width, height }) => ({ width, height }),
		() => ({ width: 0, height: 0 }),
	);
}

/** Changes the upload before it is kept. Undefined if there is nothing to keep. */
type Change = (bytes: Buffer) => Promise<Buffer | undefined>;

/** `POST /upload/image`. [Comfy-Org/ComfyUI server.py @002c3fb: image_upload] */
export async function uploadImage(
	context: Context,
	disk: Disk,
	form: FormData,
	change: Change = (bytes) => Promise.resolve(bytes),
): Promise<Answer> {
	const image = form.get('image');
	const type = textOf(form, 'type') || 'input';
	if (!(image instanceof Blob) || image.name === '') return emptyAnswer(400);
	if (!isFolder(type)) return PLAIN.serverError;
	const subfolder = textOf(form, 'subfolder');
	const path = pathIn(type, subfolder, image.name);
	if (path === undefined) return emptyAnswer(400);
	const sent = Buffer.from(await image.arrayBuffer());
	const isOverwritten = ['true', '1'].includes(textOf(form, 'overwrite'));
	const kept = isOverwritten ? path : disk.freePath(path, sent);
	const bytes = await change(sent);
	if (bytes !== undefined) {
		const sha256 = disk.upload(kept, bytes, await sizeOf(bytes));
		context.inputBytes.set(sha256, { bytes });
	}
	const folders = posix.dirname(image.name) === '.' ? '' : `${posix.dirname(image.name)}/`;
	return jsonAnswer(200, { name: `${folders}${posix.basename(kept)}`, subfolder, type });
}

/**
 * `POST /upload/mask`: an earlier image with the transparency of the upload. [server.py @002c3fb: upload_mask]
 */
export async function uploadMask(context: Context, disk: Disk, form: FormData): Promise<Answer> {
	const original = JSON.parse(textOf(form, 'original_ref')) as Record<string, string>;
	const { filename = '', subfolder = '', type = 'output' } = original;
	if (filename === '' || filename.startsWith('/') || filename.includes('..'))
		return emptyAnswer(400);
	if (!isFolder(type)) return emptyAnswer(400);
	const path = pathIn(type, subfolder, filename);
	if (path === undefined) return emptyAnswer(403);
	return await uploadImage(context, disk, form, async (bytes) => {
		const file = disk.get(path);
		if (file === undefined) return undefined;
		return await withAlphaOf((await fileOf(context, file.drawing)).bytes, bytes);
	});
}

async function withAlphaOf(picture: Buffer, mask: Buffer): Promise<Buffer> {
	const image = await loadImage(picture);
	const canvas = createCanvas(image.width, image.height);
	const pen = canvas.getContext('2d');
	pen.drawImage(image, 0, 0);
	const stencil = createCanvas(canvas.width, canvas.height);
	stencil.getContext('2d').drawImage(await loadImage(mask), 0, 0, canvas.width, canvas.height);
	const alpha = stencil.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
	const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
	for (let at = 3; at < alpha.length; at += 4) pixels.data[at] = alpha[at] ?? 0;
	pen.putImageData(pixels, 0, 0);
	return await canvas.encode('png');
}
