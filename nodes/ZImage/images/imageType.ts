import { isTurned } from './orientation';

/** What the first bytes of an image say. */
export interface ImageType {
	readonly mimeType: 'image/jpeg' | 'image/png' | 'image/webp';
	readonly extension: 'jpg' | 'png' | 'webp';
	/** Pixels, as the image is shown (EXIF may turn it); `null` where they aren't among the bytes given. */
	readonly width: number | null;
	readonly height: number | null;
}

type Size = Pick<ImageType, 'height' | 'width'>;

const unknownSize: Size = { width: null, height: null };

/** The size as the image is shown: EXIF data may turn it by a quarter. */
function turned(size: Size, exif: Buffer | undefined): Size {
	if (!exif || !isTurned(exif)) return size;
	return { width: size.height, height: size.width };
}

/** Source: https://www.w3.org/TR/png-3/ (11.2.1 IHDR, 11.3.4.5 eXIf) */
function pngSize(head: Buffer): Size {
	if (head.length < 24) return unknownSize;
	const size = { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
	return turned(size, pngChunk(head, 'eXIf'));
}

/** A chunk before the pixels. */
function pngChunk(head: Buffer, wanted: string): Buffer | undefined {
	let offset = 8;
	while (offset + 8 <= head.length) {
		const end = offset + 8 + head.readUInt32BE(offset);
		const type = head.toString('latin1', offset + 4, offset + 8);
		if (type === wanted) return head.subarray(offset + 8, end);
		if (type === 'IDAT') return undefined;
		offset = end + 4;
	}
	return undefined;
}

/** Whether a JPEG marker has no length behind it: SOI, TEM, RST0 to RST7. */
export function isStandalone(marker: number): boolean {
	return marker === 0xd8 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Markers that begin a frame, SOF0 to SOF15 without DHT, JPG and DAC. Source: ITU-T T.81, B.1.1.3. */
function isFrameMarker(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const exifHeader = 'Exif\0\0';

function jpegSize(head: Buffer): Size {
	let offset = 2;
	let exif: Buffer | undefined;
	while (offset + 9 <= head.length && head[offset] === 0xff) {
		const marker = head.readUInt8(offset + 1);
		if (marker === 0xff) {
			// Any number of fill bytes may be before a marker.
			offset += 1;
			continue;
		}
		if (isStandalone(marker)) {
			offset += 2;
			continue;
		}
		if (isFrameMarker(marker)) {
			const size = { width: head.readUInt16BE(offset + 7), height: head.readUInt16BE(offset + 5) };
			return turned(size, exif);
		}
		const end = offset + 2 + head.readUInt16BE(offset + 2);
		const isExif = head.toString('latin1', offset + 4, offset + 10) === exifHeader;
		if (marker === 0xe1 && isExif) exif ??= head.subarray(offset + 10, end);
		offset = end;
	}
	return unknownSize;
}

/** The size of a WebP without regard to EXIF. Source: https://developers.google.com/speed/webp/docs/riff_container */
function webpPixels(head: Buffer): Size {
	if (head.length < 30) return unknownSize;
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
		case 'VP8L': {
			const bits = head.readUInt32LE(21);
			return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
		}
		case 'VP8 ':
			return {
				width: head.readUInt16LE(26) & 0x3fff,
				height: head.readUInt16LE(28) & 0x3fff,
			};
		default:
			return unknownSize;
	}
}

/** The EXIF data of a WebP is behind its pixels, so it's found only in what is given of the file. */
function webpExif(head: Buffer): Buffer | undefined {
	let offset = 12;
	while (offset + 8 <= head.length) {
		const length = head.readUInt32LE(offset + 4);
		if (head.toString('latin1', offset, offset + 4) === 'EXIF') {
			const exif = head.subarray(offset + 8, offset + 8 + length);
			const hasHeader = exif.toString('latin1', 0, 6) === exifHeader;
			return hasHeader ? exif.subarray(6) : exif;
		}
		offset += 8 + length + (length % 2);
	}
	return undefined;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const signatures = [pngSignature, Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('RIFF')];

/**
 * Whether a whole file is so short that an image may have been cut off in its signature: an empty one is.
 * @param file not a type that `readImageType` tells
 */
export function isCutInSignature(file: Buffer): boolean {
	if (file.length >= 12) return false;
	return signatures.some((signature) => {
		const length = Math.min(file.length, signature.length);
		return signature.subarray(0, length).equals(file.subarray(0, length));
	});
}

/**
 * Tells PNG, JPEG and WebP by their first bytes, whatever a URL or a header calls them.
 * @param head the beginning of the file
 * @returns `undefined` for anything else
 */
export function readImageType(head: Buffer): ImageType | undefined {
	if (head.subarray(0, 8).equals(pngSignature)) {
		return { mimeType: 'image/png', extension: 'png', ...pngSize(head) };
	}
	if (head.length >= 3 && head.readUIntBE(0, 3) === 0xffd8ff) {
		return { mimeType: 'image/jpeg', extension: 'jpg', ...jpegSize(head) };
	}
	if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') {
		return {
			mimeType: 'image/webp',
			extension: 'webp',
			...turned(webpPixels(head), webpExif(head)),
		};
	}
	return undefined;
}
