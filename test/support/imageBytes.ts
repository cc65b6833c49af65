import type { PictureFormat } from './picture';

/** EXIF data with one directory that contains a width, the orientation and a height. */
export function exifOf(orientation: number, endian: 'big' | 'little' = 'little'): Buffer {
	const isLittle = endian === 'little';
	const u16 = (value: number) => {
		const bytes = Buffer.alloc(2);
		if (isLittle) bytes.writeUInt16LE(value);
		else bytes.writeUInt16BE(value);
		return bytes;
	};
	const u32 = (value: number) => {
		const [low, high] = [u16(value & 0xffff), u16(value >>> 16)];
		return Buffer.concat(isLittle ? [low, high] : [high, low]);
	};
	const entry = (tag: number, value: number) =>
		Buffer.concat([u16(tag), u16(3), u32(1), u16(value), u16(0)]);
	return Buffer.concat([
		Buffer.from(isLittle ? 'II*\0' : 'MM\0*', 'latin1'),
		u32(8),
		u16(3),
		entry(0x0100, 93),
		entry(0x0112, orientation),
		entry(0x0101, 71),
		u32(0),
	]);
}

/** A JPEG segment. */
export function segment(marker: number, data: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([head, data]);
}

/** A PNG chunk. Nothing checks its checksum here. */
export function pngChunk(type: string, data: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
}

/** A WebP chunk. */
export function webpChunk(type: string, data: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32LE(data.length);
	return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length % 2)]);
}

/** A WebP made of these chunks. */
export function webpOf(...chunks: Buffer[]): Buffer {
	const length = Buffer.alloc(4);
	const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
	length.writeUInt32LE(body.length);
	return Buffer.concat([Buffer.from('RIFF'), length, body]);
}

/** The header of a WebP in the extended format. */
export function canvasChunk(flags: number, width: number, height: number): Buffer {
	const data = Buffer.alloc(10);
	data.writeUInt8(flags);
	data.writeUIntLE(width - 1, 4, 3);
	data.writeUIntLE(height - 1, 7, 3);
	return webpChunk('VP8X', data);
}

/** A camera's image, with EXIF data where each format stores it. */
export function withExif(
	format: PictureFormat,
	picture: Buffer,
	[width, height]: readonly [number, number],
	exif: Buffer,
): Buffer {
	const prefixed = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif]);
	switch (format) {
		case 'jpeg':
			return Buffer.concat([picture.subarray(0, 2), segment(0xe1, prefixed), picture.subarray(2)]);
		case 'png': {
			const headEnd = 8 + 25;
			return Buffer.concat([
				picture.subarray(0, headEnd),
				pngChunk('eXIf', exif),
				picture.subarray(headEnd),
			]);
		}
		case 'webp':
			return webpOf(
				canvasChunk(0x08, width, height),
				picture.subarray(12),
				webpChunk('EXIF', exif),
			);
	}
}
