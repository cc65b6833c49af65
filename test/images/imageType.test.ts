import fc from 'fast-check';

import type { ImageType } from '../../nodes/ZImage/images/imageType';
import { isCutInSignature, readImageType, scanBytes } from '../../nodes/ZImage/images/imageType';
import {
	canvasChunk,
	exifOf,
	pngChunk,
	segment,
	webpChunk,
	webpOf,
	withExif,
} from '../support/imageBytes';
import type { PictureFormat } from '../support/picture';
import { makePicture } from '../support/picture';

const formats = ['png', 'jpeg', 'webp'] as const;
const kinds = {
	png: { mimeType: 'image/png', extension: 'png' },
	jpeg: { mimeType: 'image/jpeg', extension: 'jpg' },
	webp: { mimeType: 'image/webp', extension: 'webp' },
} as const satisfies Record<PictureFormat, Partial<ImageType>>;

const sizes = [
	[1, 1],
	[3, 2],
	[255, 257],
	[640, 481],
	[1024, 768],
	[1031, 17],
	[2048, 1],
] as const;
const pictures = formats.flatMap((format) =>
	sizes.map(([width, height]) => [format, width, height] as const),
);

/** A file of which only the bytes are known, and one that arrived completely according to HTTP. */
const isWhole = (bytes: Buffer) => scanBytes(bytes).isWhole(false);
const isTaken = (bytes: Buffer) => scanBytes(bytes).isWhole(true);

describe('readImageType', () => {
	it.each(pictures)('%s of %i x %i', (format, width, height) => {
		const bytes = makePicture(format, width, height);
		expect(readImageType(bytes)).toStrictEqual({ ...kinds[format], width, height });
	});

	it.each(formats)('detects %s by its first 32 bytes', (format) => {
		const head = makePicture(format, 1031, 17).subarray(0, 32);
		expect(readImageType(head)).toMatchObject(kinds[format]);
	});

	it.each(['png', 'webp'] as const)('reads the size of %s from its first 32 bytes', (format) => {
		const head = makePicture(format, 1031, 17).subarray(0, 32);
		expect(readImageType(head)).toMatchObject({ width: 1031, height: 17 });
	});

	it.each<[string, string, number, number]>([
		// Simple lossy, simple lossless and extended, written by hand after the container's specification.
		['VP8 ', '524946463400000057454250 56503820 28000000 300100 9d012a 0704 0301 0000', 1031, 259],
		['VP8L', '524946463400000057454250 5650384c 28000000 2f 06444000 0000000000000000', 1031, 258],
		['VP8X', '524946463400000057454250 56503858 0a000000 00000000 060400 020100 0000', 1031, 259],
	])('reads the size of a WebP of the kind %s', (_, hex, width, height) => {
		const head = Buffer.from(hex.replace(/ /g, ''), 'hex');
		expect(readImageType(head)).toMatchObject({ mimeType: 'image/webp', width, height });
	});

	it.each([
		['nothing', ''],
		['HTML', '<!doctype html><title>Not found</title>'],
		['JSON', '{"detail":"Not found"}'],
		['GIF', 'GIF89a\x01\x00\x01\x00'],
		['another RIFF file', 'RIFF\x24\x00\x00\x00WAVEfmt '],
		['half of a PNG signature', '\x89PNG'],
	])("doesn't detect %s as an image", (_, text) => {
		expect(readImageType(Buffer.from(text, 'latin1'))).toBeUndefined();
	});

	it('reads the size of a JPEG whose tables come before its frame', () => {
		const segments = ['ffd8', 'ffe0 0004 0000', 'ffc4 000a 0001020304050607', 'ffdb 0003 00'];
		const frame = 'ffc2 0011 08 0103 0407 03 011100 021101 031101';
		const head = Buffer.from([...segments, frame].join('').replace(/ /g, ''), 'hex');
		expect(readImageType(head)).toMatchObject({ width: 1031, height: 259 });
	});

	it("returns no size of a JPEG if the given bytes don't contain it", () => {
		const head = makePicture('jpeg', 640, 481).subarray(0, 32);
		expect(readImageType(head)).toMatchObject({ width: null, height: null });
	});
});

describe('a whole image', () => {
	it.each(pictures)('%s of %i x %i is whole', (format, width, height) => {
		expect(isWhole(makePicture(format, width, height))).toBe(true);
	});

	it.each(formats)('%s is whole with other data after its end', (format) => {
		const bytes = Buffer.concat([makePicture(format, 64, 64), Buffer.from('\n<!-- cached -->')]);
		expect(isWhole(bytes)).toBe(true);
	});

	it.each([
		['png', 12],
		['jpeg', 2],
		['webp', 1],
	] as const)("%s without its last %i bytes or more isn't", (format, missing) => {
		const bytes = makePicture(format, 200, 100);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: bytes.length - missing }), (length) => {
				expect(isWhole(bytes.subarray(0, length))).toBe(false);
			}),
		);
	});

	it("a JPEG that is cut off after its own thumbnail isn't", () => {
		const bytes = makePicture('jpeg', 64, 64);
		const thumbnail = makePicture('jpeg', 8, 8);
		const segment = Buffer.concat([Buffer.from('ffe1', 'hex'), Buffer.alloc(2), thumbnail]);
		segment.writeUInt16BE(thumbnail.length + 2, 2);
		const whole = Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]);
		expect(isWhole(whole)).toBe(true);
		expect(isWhole(whole.subarray(0, -100))).toBe(false);
	});
});

describe('the orientation', () => {
	const size = [93, 71] as const;
	const turned = (orientation: number) => (orientation < 5 ? [93, 71] : [71, 93]);
	const sizeOf = (bytes: Buffer) => {
		const { width, height } = readImageType(bytes) ?? {};
		return [width, height];
	};

	it.each(
		formats.flatMap((format) => [1, 2, 3, 4, 5, 6, 7, 8].map((value) => [format, value] as const)),
	)('of a %s is %i', (format, value) => {
		const picture = makePicture(format, ...size);
		for (const endian of ['big', 'little'] as const) {
			const bytes = withExif(format, picture, size, exifOf(value, endian));
			expect(sizeOf(bytes)).toStrictEqual(turned(value));
			expect(isWhole(bytes)).toBe(true);
		}
	});

	it.each(formats)('of a %s is read with a JPEG prefix, too', (format) => {
		const exif = format === 'jpeg' ? [] : [Buffer.from('Exif\0\0', 'latin1')];
		const bytes = Buffer.concat([...exif, exifOf(6)]);
		expect(sizeOf(withExif(format, makePicture(format, ...size), size, bytes))).toEqual([71, 93]);
	});

	it.each<[string, Buffer]>([
		['0', exifOf(0)],
		['9', exifOf(9)],
		['a text', Buffer.from('no EXIF data at all')],
		['nothing', Buffer.alloc(0)],
		['its beginning', exifOf(6).subarray(0, 20)],
		['a directory beyond its end', Buffer.from('49492a00ffffff7f0100', 'hex')],
		['another byte order', Buffer.concat([Buffer.from('XX'), exifOf(6).subarray(2)])],
	])('has no effect if it is invalid: %s', (_, exif) => {
		for (const format of formats) {
			const bytes = withExif(format, makePicture(format, ...size), size, exif);
			expect(sizeOf(bytes)).toStrictEqual([93, 71]);
		}
	});

	it('comes from the first EXIF data, not from what follows the image data', () => {
		const jpeg = makePicture('jpeg', ...size);
		const exif = (value: number) =>
			segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exifOf(value)]));
		const xmp = segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>', 'latin1'));
		const jpegOf = (...segments: Buffer[]) =>
			Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
		expect(sizeOf(jpegOf(xmp, exif(6), exif(1)))).toStrictEqual([71, 93]);
		expect(sizeOf(jpegOf(exif(1), exif(6)))).toStrictEqual([93, 71]);
		expect(sizeOf(Buffer.concat([jpeg, exif(6)]))).toStrictEqual([93, 71]);
		const png = makePicture('png', ...size);
		const late = [png.subarray(0, -12), pngChunk('eXIf', exifOf(6)), png.subarray(-12)];
		expect(sizeOf(Buffer.concat(late))).toStrictEqual([93, 71]);
	});

	it('of a WebP counts only if its head announces it', () => {
		const picture = makePicture('webp', ...size).subarray(12);
		const exif = webpChunk('EXIF', exifOf(6));
		const bytes = webpOf(canvasChunk(0, ...size), picture, exif);
		expect(sizeOf(bytes)).toStrictEqual([93, 71]);
	});
});

describe("other tools' files", () => {
	const jpeg = makePicture('jpeg', 93, 71);
	const png = makePicture('png', 93, 71);
	const webp = makePicture('webp', 93, 71);
	const more = Buffer.alloc(100_000, 'a');
	const known = { width: 93, height: 71 };
	/** A JPEG with bytes before each of its first segments. */
	const padded = (fill: Buffer) =>
		Buffer.concat([jpeg.subarray(0, 2), fill, jpeg.subarray(2, 20), fill, jpeg.subarray(20)]);
	const unpadded = webpOf(
		canvasChunk(0, 93, 71),
		webp.subarray(12),
		webpChunk('XMP ', Buffer.from('abc')),
	).subarray(0, -1);
	unpadded.writeUInt32LE(unpadded.length - 8, 4);
	const thumbnail = segment(0xe1, makePicture('jpeg', 8, 8));

	it.each<[string, Buffer]>([
		['a JPEG with fill bytes before markers', padded(Buffer.alloc(7, 0xff))],
		['a JPEG with a standalone marker', padded(Buffer.from('ff01', 'hex'))],
		['a JPEG with restart markers', padded(Buffer.from('ffd0ffd7', 'hex'))],
		[
			'a JPEG with other bytes between segments',
			Buffer.concat([jpeg.subarray(0, 20), Buffer.alloc(2), jpeg.subarray(20)]),
		],
		['a JPEG with an empty comment', padded(Buffer.from('fffe0002', 'hex'))],
		['a JPEG with a thumbnail', padded(thumbnail)],
		['a JPEG followed by a video', Buffer.concat([jpeg, Buffer.from('....ftypmp42'), more])],
		['a JPEG followed by a second one', Buffer.concat([jpeg, jpeg.subarray(0, -50)])],
		['a PNG followed by text', Buffer.concat([png, more])],
		['a WebP followed by text', Buffer.concat([webp, more])],
		['a WebP without the padding of its last chunk', unpadded],
	])('is whole: %s', (_, bytes) => {
		expect(readImageType(bytes)).toMatchObject(known);
		expect([isWhole(bytes), isTaken(bytes)]).toStrictEqual([true, true]);
	});

	it.each(formats)('is detected as cut short, however it arrived: %s', (format) => {
		const picture = makePicture(format, 93, 71);
		const bytes = withExif(format, picture, [93, 71], exifOf(6));
		const [cut, end] = [bytes.subarray(0, picture.length / 2), bytes.subarray(0, -70)];
		expect([cut, end].map(isTaken)).toStrictEqual([false, false]);
	});

	it("is detected as cut short if the only end is a thumbnail's", () => {
		const bytes = padded(Buffer.concat([thumbnail, thumbnail]));
		for (let length = bytes.length - 2; length > 0; length -= 97) {
			expect(isTaken(bytes.subarray(0, length))).toBe(false);
		}
	});

	it.each<[string, Buffer]>([
		['a JPEG whose segment has no length', padded(Buffer.from('ffe10000', 'hex'))],
		['a JPEG with an unknown marker', padded(Buffer.from('ff50', 'hex'))],
		['a JPEG in a JPEG', padded(makePicture('jpeg', 8, 8))],
		['a JPEG without an image', Buffer.from('ffd8ffd9', 'hex')],
		[
			'a PNG whose first chunk is another',
			Buffer.concat([png.subarray(0, 8), pngChunk('CgBI', more), png.subarray(8)]),
		],
		[
			'a PNG with bytes between chunks',
			Buffer.concat([png.subarray(0, 33), Buffer.alloc(9), png.subarray(33)]),
		],
		['a PNG without an image', Buffer.concat([png.subarray(0, 33), png.subarray(-12)])],
		[
			'a WebP with a length that is too large',
			Buffer.concat([
				Buffer.from('RIFF'),
				Buffer.from([webp.length, webp.length >> 8, 0, 0]),
				webp.subarray(8),
			]),
		],
	])("is accepted as it is if it can't be parsed: %s", (_, bytes) => {
		expect([isWhole(bytes), isTaken(bytes)]).toStrictEqual([false, true]);
	});

	it('has no size if a JPEG gives its height later, or a PNG lacks its header', () => {
		const frame = jpeg.indexOf(Buffer.from('ffc0', 'hex'));
		const open = Buffer.from(jpeg);
		open.writeUInt16BE(0, frame + 5);
		expect(readImageType(open)).toMatchObject({ width: null, height: null });
		expect(isWhole(open)).toBe(true);
		const odd = Buffer.concat([png.subarray(0, 8), pngChunk('CgBI', more), png.subarray(8)]);
		expect(readImageType(odd)).toMatchObject({ width: null, height: null });
	});

	it.each<[string, Buffer, boolean]>([
		['JPEG', jpeg, false],
		['a canvas PNG', png, true],
		['gray PNG', pngOf(0), false],
		['a color PNG', pngOf(2), false],
		['a palette PNG', pngOf(3), false],
		['gray PNG with alpha', pngOf(4), true],
		['PNG with a transparent color', pngOf(2, pngChunk('tRNS', Buffer.alloc(6))), true],
		['a WebP whose head announces it', webpOf(canvasChunk(0x10, 93, 71), webp.subarray(12)), true],
		["a WebP whose head doesn't", webpOf(canvasChunk(0, 93, 71), webp.subarray(12)), false],
		['lossless WebP', webpOf(webpChunk('VP8L', Buffer.from('2f06444010', 'hex'))), true],
		['lossless WebP', webpOf(webpChunk('VP8L', Buffer.from('2f06444000', 'hex'))), false],
	])('has an alpha channel: %s', (_, bytes, expected) => {
		expect(scanBytes(bytes).hasAlpha).toBe(expected);
	});
});

/** A PNG of a color type, without an image. */
function pngOf(colorType: number, ...chunks: Buffer[]): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(93);
	header.writeUInt32BE(71, 4);
	header.set([8, colorType], 8);
	const signature = Buffer.from('89504e470d0a1a0a', 'hex');
	return Buffer.concat([signature, pngChunk('IHDR', header), ...chunks]);
}

it.each<[string, boolean]>([
	['', true],
	['\x89', true],
	['\x89PNG\r\n\x1a', true],
	['\xff\xd8', true],
	['RIF', true],
	['RIFF\0\0\0\0WEB', true],
	['RIFF\0\0\0\0WAVE', false],
	['\x89PNX', false],
	['{}', false],
	['busy', false],
])('isCutInSignature(%j) is %j', (text, expected) => {
	expect(isCutInSignature(Buffer.from(text, 'latin1'))).toBe(expected);
});

describe('with any bytes', () => {
	const beginnings = [
		'',
		'89504e470d0a1a0a',
		'ffd8ff',
		'ffd8ffe0',
		'ffd8ffe00000',
		'ffd8ffc0',
		...['56503858', '5650384c', '56503820'].map((kind) => `524946460000000057454250${kind}`),
	];
	const anyBytes = fc
		.tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 200 }))
		.map(([beginning, rest]) => Buffer.concat([Buffer.from(beginning, 'hex'), rest]));

	it('never throws, and never invents a size', () => {
		fc.assert(
			fc.property(anyBytes, (bytes) => {
				const type = readImageType(bytes);
				if (!type) return;
				expect(isTaken(bytes) || !isWhole(bytes)).toBe(true);
				expect(type.width === null).toBe(type.height === null);
			}),
			{ numRuns: 2000 },
		);
	});
});
