import fc from 'fast-check';

import type { ImageType } from '../../nodes/ZImage/images/imageType';
import { isWholeImage } from '../../nodes/ZImage/images/imageEnd';
import { isCutInSignature, readImageType } from '../../nodes/ZImage/images/imageType';
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

/** As the whole of a file reaches the function in one piece. */
function isWhole(bytes: Buffer): boolean {
	const type = readImageType(bytes);
	return type !== undefined && isWholeImage(type, bytes);
}

describe('readImageType', () => {
	it.each(pictures)('%s of %i x %i', (format, width, height) => {
		const bytes = makePicture(format, width, height);
		expect(readImageType(bytes)).toStrictEqual({ ...kinds[format], width, height });
	});

	it.each(formats)('knows %s by its first 32 bytes', (format) => {
		const head = makePicture(format, 1031, 17).subarray(0, 32);
		expect(readImageType(head)).toMatchObject(kinds[format]);
	});

	it.each(['png', 'webp'] as const)('knows the size of %s by its first 32 bytes', (format) => {
		const head = makePicture(format, 1031, 17).subarray(0, 32);
		expect(readImageType(head)).toMatchObject({ width: 1031, height: 17 });
	});

	it.each<[string, string, number, number]>([
		// Simple lossy, simple lossless and extended, by hand from the container's specification.
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
		['half of the signature of a PNG', '\x89PNG'],
	])('does not take %s for an image', (_, text) => {
		expect(readImageType(Buffer.from(text, 'latin1'))).toBeUndefined();
	});

	it('reads the size of a JPEG whose tables come before its frame', () => {
		const segments = ['ffd8', 'ffe0 0004 0000', 'ffc4 000a 0001020304050607', 'ffdb 0003 00'];
		const frame = 'ffc2 0011 08 0103 0407 03 011100 021101 031101';
		const head = Buffer.from([...segments, frame].join('').replace(/ /g, ''), 'hex');
		expect(readImageType(head)).toMatchObject({ width: 1031, height: 259 });
	});

	it('leaves the size of a JPEG open that does not stand among the bytes given', () => {
		const head = makePicture('jpeg', 640, 481).subarray(0, 32);
		expect(readImageType(head)).toMatchObject({ width: null, height: null });
	});
});

/** EXIF data with an orientation, behind another tag. */
function exifOf(orientation: number, isLittle: boolean): Buffer {
	const exif = Buffer.alloc(8 + 2 + 24 + 4);
	const short = (value: number, at: number) =>
		isLittle ? exif.writeUInt16LE(value, at) : exif.writeUInt16BE(value, at);
	const long = (value: number, at: number) =>
		isLittle ? exif.writeUInt32LE(value, at) : exif.writeUInt32BE(value, at);
	exif.write(isLittle ? 'II*\0' : 'MM\0*', 0, 'latin1');
	long(8, 4);
	short(2, 8);
	[0x010f, 0x0112].forEach((tag, index) => {
		const at = 10 + index * 12;
		short(tag, at);
		short(3, at + 2);
		long(1, at + 4);
		short(orientation, at + 8);
	});
	return exif;
}

function withExif(format: PictureFormat, bytes: Buffer, exif: Buffer): Buffer {
	switch (format) {
		case 'jpeg': {
			const segment = Buffer.concat([
				Buffer.from('ffe10000', 'hex'),
				Buffer.from('Exif\0\0'),
				exif,
			]);
			segment.writeUInt16BE(segment.length - 2, 2);
			return Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]);
		}
		case 'png': {
			const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from('eXIf'), exif, Buffer.alloc(4)]);
			chunk.writeUInt32BE(exif.length, 0);
			return Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)]);
		}
		case 'webp': {
			const chunk = Buffer.concat([Buffer.from('EXIF'), Buffer.alloc(4), exif]);
			chunk.writeUInt32LE(exif.length, 4);
			return Buffer.concat([bytes, chunk]);
		}
	}
}

describe('the orientation in EXIF data', () => {
	it.each(
		formats.flatMap((format) =>
			[1, 2, 3, 4, 5, 6, 7, 8, 0, 9].flatMap((orientation) =>
				[true, false].map((isLittle) => [format, orientation, isLittle] as const),
			),
		),
	)('%s, orientation %i, little endian %s', (format, orientation, isLittle) => {
		const exif = exifOf(orientation, isLittle);
		const type = readImageType(withExif(format, makePicture(format, 64, 48), exif));
		const isTurned = orientation >= 5 && orientation <= 8;
		expect(type).toMatchObject(isTurned ? { width: 48, height: 64 } : { width: 64, height: 48 });
	});

	it.each(formats)('%s: nothing is turned by data that is none', (format) => {
		const bytes = makePicture(format, 64, 48);
		for (const exif of ['', 'II', 'II*\0', 'XX*\0\x08\0\0\0', 'II*\0\xff\xff\xff\xff\x01\x02']) {
			const type = readImageType(withExif(format, bytes, Buffer.from(exif, 'latin1')));
			expect(type).toMatchObject({ width: 64, height: 48 });
		}
	});
});

it('the size of a JPEG is found behind fill bytes and markers without a length', () => {
	const bytes = makePicture('jpeg', 64, 48);
	const fill = Buffer.from('ffffffff01ffff', 'hex');
	const filled = Buffer.concat([bytes.subarray(0, 2), fill, bytes.subarray(2)]);
	expect(readImageType(filled)).toMatchObject({ width: 64, height: 48 });
	expect(isWhole(filled)).toBe(true);
	expect(isWhole(filled.subarray(0, -10))).toBe(false);
});

describe('isWholeImage', () => {
	it.each(formats)('%s is whole with a whole film behind it', (format) => {
		const film = Buffer.alloc(200_000, 'ftypmp42');
		expect(isWhole(Buffer.concat([makePicture(format, 64, 64), film]))).toBe(true);
	});

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
	] as const)('%s without its last %i bytes or more is not', (format, missing) => {
		const bytes = makePicture(format, 200, 100);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: bytes.length - missing }), (length) => {
				expect(isWhole(bytes.subarray(0, length))).toBe(false);
			}),
		);
	});

	it('a JPEG that is cut off after a thumbnail of its own is not', () => {
		const bytes = makePicture('jpeg', 64, 64);
		const thumbnail = makePicture('jpeg', 8, 8);
		const segment = Buffer.concat([Buffer.from('ffe1', 'hex'), Buffer.alloc(2), thumbnail]);
		segment.writeUInt16BE(thumbnail.length + 2, 2);
		const whole = Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]);
		expect(isWhole(whole)).toBe(true);
		expect(isWhole(whole.subarray(0, -100))).toBe(false);
	});
});

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

	it('never throws, and never makes up a size', () => {
		fc.assert(
			fc.property(anyBytes, (bytes) => {
				const type = readImageType(bytes);
				if (!type) return;
				expect(typeof isWholeImage(type, bytes)).toBe('boolean');
				expect(type.width === null).toBe(type.height === null);
			}),
			{ numRuns: 2000 },
		);
	});
});
