import { posix } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Answer } from '../../answer';
import type { Context } from '../../context';
import type { LinkedFile } from '../../files/linkedFile';
import { emptyAnswer } from './access';
import { isFolder, pathIn, type Disk, type DiskFile } from './disk';
import { fileOf } from './drawing';

/** The file that `GET /view` asks for, or the refusal. [Comfy-Org/ComfyUI server.py @002c3fb: view_image] */
export function findView(
	disk: Disk,
	query: URLSearchParams,
): { readonly file: DiskFile; readonly name: string } | { readonly refused: Answer } {
	const refuse = (status: number) => ({ refused: emptyAnswer(status) });
	const asked = query.get('filename');
	if (asked === null) return refuse(404);
	const [, name = asked, suffix] = /^(.*) \[(input|output|temp)\]$/s.exec(asked) ?? [];
	if (name === '' || name.startsWith('/') || name.includes('..')) return refuse(400);
	const folder = suffix ?? query.get('type') ?? 'output';
	if (!isFolder(folder)) return refuse(400);
	const path = pathIn(folder, query.get('subfolder') ?? '', posix.basename(name));
	if (path === undefined) return refuse(403);
	const file = disk.get(path);
	return file === undefined ? refuse(404) : { file, name: posix.basename(name) };
}

const TYPES: Readonly<Record<string, string>> = {
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.webp': 'image/webp',
	'.gif': 'image/gif',
};
const QUALITY = 90;

/** The file itself, or converted by `preview` and `channel`. */
export async function viewAnswer(
	context: Context,
	{ file, name }: { readonly file: DiskFile; readonly name: string },
	query: URLSearchParams,
): Promise<Answer> {
	const { bytes, contentType } = await readFile(context, file, name);
	const shown = await recode(bytes, query);
	return {
		status: 200,
		headers: {
			'content-type': shown?.contentType ?? contentType,
			'content-disposition': `filename="${name.replaceAll(/["\\]/g, '\\$&')}"`,
		},
		body: shown?.bytes ?? bytes,
	};
}

async function readFile(context: Context, file: DiskFile, name: string): Promise<LinkedFile> {
	if (!('bytes' in file)) return await fileOf(context, file.drawing);
	const type = TYPES[posix.extname(name).toLowerCase()] ?? 'application/octet-stream';
	return { bytes: file.bytes, contentType: type };
}

/** `preview=webp;90` or `jpeg;80` re-encodes an image, `channel=rgb` removes its transparency. */
async function recode(bytes: Buffer, query: URLSearchParams): Promise<LinkedFile | undefined> {
	const preview = query.get('preview');
	const isOpaque = query.get('channel') === 'rgb';
	if (preview === null && !isOpaque) return undefined;
	const image = await loadImage(bytes);
	const canvas = createCanvas(image.width, image.height);
	const pen = canvas.getContext('2d');
	pen.drawImage(image, 0, 0);
	if (isOpaque || preview?.startsWith('jpeg') === true) {
		const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
		for (let at = 3; at < pixels.data.length; at += 4) pixels.data[at] = 255;
		pen.putImageData(pixels, 0, 0);
	}
	if (preview === null) return { contentType: 'image/png', bytes: await canvas.encode('png') };
	const [format, ...rest] = preview.split(';');
	const quality = Number(/^\d+$/.exec(rest.at(-1) ?? '')?.[0] ?? QUALITY);
	return format === 'jpeg'
		? { contentType: 'image/jpeg', bytes: await canvas.encode('jpeg', quality) }
		: { contentType: 'image/webp', bytes: await canvas.encode('webp', quality) };
}
