import { crc32, deflateSync } from 'node:zlib';
import type { LinkedFile } from './files/linkedFile';
import { drawPicture, type FindBytes } from './picture/draw';
import { CONTENT_TYPES, type Picture } from './picture/picture';

const SIDE = 1024;

function pngChunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	checksum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, checksum]);
}

/** A black PNG of 1024 x 1024 pixels with this many bytes. A chunk that readers skip fills it up. */
export function paddedPng(bytes: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(SIDE, 0);
	header.writeUInt32BE(SIDE, 4);
	// Eight bits of gray. The other fields can only have the value 0.
	header[8] = 8;
	const image = Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		pngChunk('IHDR', header),
		pngChunk('IDAT', deflateSync(Buffer.alloc((SIDE + 1) * SIDE))),
	]);
	const end = pngChunk('IEND', Buffer.alloc(0));
	const emptyChunkBytes = 12;
	const padding = Math.max(0, bytes - image.length - end.length - emptyChunkBytes);
	return Buffer.concat([image, pngChunk('paDd', Buffer.alloc(padding)), end]);
}

/** Draws each picture. `find` returns the images that it is made from. */
export function drawnFile(find: FindBytes): (picture: Picture) => Promise<LinkedFile> {
	return async (picture) => ({
		contentType: CONTENT_TYPES[picture.format],
		bytes: await drawPicture(picture, find),
	});
}

/** The same file for every picture, so that nothing is drawn. */
export function preparedFile(bytes: number): () => Promise<LinkedFile> {
	const file = { contentType: 'image/png', bytes: paddedPng(bytes) };
	return () => Promise.resolve(file);
}
