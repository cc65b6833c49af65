/** What the first bytes of an image say. */
export interface ImageType {
	readonly mimeType: 'image/jpeg' | 'image/png' | 'image/webp';
	readonly extension: 'jpg' | 'png' | 'webp';
	/** Pixels; `null` where they do not stand among the bytes given. */
	readonly width: number | null;
	readonly height: number | null;
}

type Size = Pick<ImageType, 'height' | 'width'>;

const unknownSize: Size = { width: null, height: null };

/** Source: https://www.w3.org/TR/png-3/#11IHDR */
function pngSize(head: Buffer): Size {
	if (head.length < 24) return unknownSize;
	return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Markers that begin a frame, SOF0 to SOF15 without DHT, JPG and DAC. Source: ITU-T T.81, B.1.1.3. */
function isFrameMarker(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function jpegSize(head: Buffer): Size {
	let offset = 2;
	while (offset + 9 <= head.length && head[offset] === 0xff) {
		const marker = head.readUInt8(offset + 1);
		if (isFrameMarker(marker)) {
			return { width: head.readUInt16BE(offset + 7), height: head.readUInt16BE(offset + 5) };
		}
		offset += 2 + head.readUInt16BE(offset + 2);
	}
	return unknownSize;
}

/** Source: https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(head: Buffer): Size {
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

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

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
		return { mimeType: 'image/webp', extension: 'webp', ...webpSize(head) };
	}
	return undefined;
}

/** Within these last bytes an image has its end; there may be some padding behind it. */
export const tailBytes = 64;

/**
 * Whether an image has its end: a broken download can look complete to HTTP.
 * @param size bytes of the whole file
 * @param tail its last bytes, 64 or more
 */
export function isWholeImage(type: ImageType, head: Buffer, size: number, tail: Buffer): boolean {
	const end = tail.subarray(-tailBytes);
	switch (type.mimeType) {
		case 'image/png':
			return end.includes('IEND', 0, 'latin1');
		case 'image/jpeg':
			return end.includes(Buffer.from([0xff, 0xd9]));
		case 'image/webp':
			return head.length >= 8 && size >= head.readUInt32LE(4) + 8;
	}
}
