import { createCanvas, loadImage } from '@napi-rs/canvas';
import { deflateSync } from 'zlib';

import { inspectBinaryImage } from '../../nodes/ZImage/images/binaryImage';
import { countPixels } from '../../nodes/ZImage/images/formats/pngPixels';
import type { MaskFault } from '../../nodes/ZImage/images/maskFault';
import { findMaskFault } from '../../nodes/ZImage/images/maskFault';
import { contextWithFiles, inMemory } from '../support/files';
import { canvasChunk, pngChunk, webpOf } from '../support/imageBytes';
import { makeNoise, makePicture } from '../support/picture';

type Draw = (context: ReturnType<ReturnType<typeof createCanvas>['getContext']>) => void;

/** A mask as programs save it, in color with an alpha channel: black, with a drawing on it. */
function drawn(draw: Draw, width = 93, height = 71) {
	const canvas = createCanvas(width, height);
	const context = canvas.getContext('2d');
	context.fillStyle = 'black';
	context.fillRect(0, 0, width, height);
	context.fillStyle = 'white';
	draw(context);
	return canvas;
}

/** @param rows each one starts with the number of its filter */
function pngOf(
	[depth, colorType, interlace = 0]: readonly number[],
	rows: readonly number[][],
	width: number,
	...chunks: Buffer[]
): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width);
	header.writeUInt32BE(rows.length, 4);
	header.set([depth ?? 8, colorType ?? 0, 0, 0, interlace], 8);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		pngChunk('IHDR', header),
		...chunks,
		pngChunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
		pngChunk('IEND', Buffer.alloc(0)),
	]);
}

async function faultOf(bytes: Buffer, changes: object = {}): Promise<MaskFault | undefined> {
	const { context } = contextWithFiles([]);
	const image = await inspectBinaryImage(context, { mask: inMemory(bytes) }, 'mask', 'mask');
	return await findMaskFault({ ...image, ...changes });
}

const png = (draw: Draw) => drawn(draw).toBuffer('image/png');
const box: Draw = (context) => context.fillRect(20, 20, 30, 30);
const hole: Draw = (context) => context.clearRect(20, 20, 30, 30);
const circle: Draw = (context) => {
	context.arc(400, 300, 200, 0, 7);
	context.fill();
};

it.each<[string, Buffer, MaskFault | undefined]>([
	['a white box, in color with alpha', png(box), undefined],
	['a smooth circle', drawn(circle, 800, 600).toBuffer('image/png'), undefined],
	['a transparent hole', png(hole), 'hole'],
	[
		'a transparent hole beside a white box',
		png((context) => {
			hole(context);
			context.fillRect(60, 20, 20, 20);
		}),
		'transparent',
	],
	[
		'a half transparent hole',
		png((context) => {
			hole(context);
			context.globalAlpha = 0.3;
			box(context);
		}),
		'transparent',
	],
	[
		'a gray box',
		png((context) => {
			context.fillStyle = '#808080';
			box(context);
		}),
		'gray',
	],
	[
		'a red box',
		png((context) => {
			context.fillStyle = '#ff0000';
			box(context);
		}),
		'gray',
	],
	['a photo', makePicture('png', 93, 71), 'gray'],
	['a JPEG', drawn(box).toBuffer('image/jpeg'), 'lossy'],
	['a WebP with an alpha channel', webpOf(canvasChunk(0x10, 93, 71)), 'alpha'],
	['a WebP without', webpOf(canvasChunk(0, 93, 71)), undefined],
	['16 bits with alpha', pngOf([16, 4], [[0, 255, 255, 0, 0]], 1), 'alpha'],
	['interlaced, with alpha', pngOf([8, 4, 1], [[0, 255, 0]], 1), 'alpha'],
	['1 bit', pngOf([1, 0], [[0, 0x80]], 2), undefined],
	['cut short', png(hole).subarray(0, 90), 'alpha'],
	['larger than 4 megapixels', pngOf([8, 4], [[0, 255, 0]], 4_000_001), 'alpha'],
])('%s', async (_, bytes, expected) => {
	expect(await faultOf(bytes)).toBe(expected);
});

it("doesn't read a file that is too large", async () => {
	const read = () => Promise.reject(new Error('It was read'));
	expect(await faultOf(png(hole), { bytes: 33 * 1024 * 1024, read })).toBe('alpha');
});

describe('countPixels', () => {
	const palette = pngChunk('PLTE', Buffer.from([0, 0, 0, 255, 255, 255, 128, 128, 128]));
	const tRNS = (...bytes: number[]) => pngChunk('tRNS', Buffer.from(bytes));

	it.each<[string, Buffer, number[]]>([
		['gray', pngOf([8, 0], [[0, 0, 31, 32, 223, 224, 255]], 6), [6, 2, 0, 2]],
		['gray with a transparent one', pngOf([8, 0], [[0, 0, 9, 255]], 3, tRNS(0, 9)), [3, 0, 1, 1]],
		['gray with alpha', pngOf([8, 4], [[0, 128, 255, 128, 127]], 2), [2, 1, 1, 0]],
		['color', pngOf([8, 2], [[0, 255, 255, 255, 0, 255, 0]], 2), [2, 1, 0, 1]],
		[
			'color with a transparent one',
			pngOf([8, 2], [[0, 1, 2, 3, 1, 2, 4]], 2, tRNS(0, 1, 0, 2, 0, 3)),
			[2, 0, 1, 0],
		],
		['color with alpha', pngOf([8, 6], [[0, 0, 0, 0, 0, 99, 99, 99, 255]], 2), [2, 1, 1, 0]],
		['palette', pngOf([8, 3], [[0, 0, 1, 2]], 3, palette), [3, 1, 0, 1]],
		[
			'palette with a transparent color',
			pngOf([8, 3], [[0, 0, 1, 2]], 3, palette, tRNS(255, 0)),
			[3, 1, 1, 1],
		],
		// Each row is 0, 128, 0 without its filter. The first has a row of 0 above it.
		['no filter', pngOf([8, 0], [[0, 0, 128, 0]], 3), [3, 1, 0, 0]],
		['filter Sub', pngOf([8, 0], [[1, 0, 128, 128]], 3), [3, 1, 0, 0]],
		[
			'filter Up',
			pngOf(
				[8, 0],
				[
					[0, 0, 128, 0],
					[2, 0, 0, 0],
				],
				3,
			),
			[6, 2, 0, 0],
		],
		[
			'filter Average',
			pngOf(
				[8, 0],
				[
					[0, 0, 128, 0],
					[3, 0, 64, 192],
				],
				3,
			),
			[6, 2, 0, 0],
		],
		[
			'filter Paeth',
			pngOf(
				[8, 0],
				[
					[0, 0, 128, 0],
					[4, 0, 0, 0],
				],
				3,
			),
			[6, 2, 0, 0],
		],
	])('%s', async (_, bytes, [all, gray, transparent, white]) => {
		expect(await countPixels(bytes)).toStrictEqual({ all, gray, transparent, white });
	});

	it('agrees with the program that wrote the file', async () => {
		const bytes = makeNoise('png', 97, 61);
		const { canvas, context } = await pixelsOf(bytes);
		const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
		let gray = 0;
		let white = 0;
		for (let i = 0; i < data.length; i += 4) {
			const light =
				((data[i] ?? 0) * 299 + (data[i + 1] ?? 0) * 587 + (data[i + 2] ?? 0) * 114) / 1000;
			if (light > 31 && light < 224) gray++;
			if (light >= 224) white++;
		}
		expect(white).toBeGreaterThan(0);
		expect(await countPixels(bytes)).toStrictEqual({ all: 97 * 61, gray, transparent: 0, white });
	});

	it.each<[string, Buffer]>([
		['no PNG data', Buffer.alloc(0)],
		['too few rows', png(hole).subarray(0, -40)],
		[
			'data that is not packed',
			Buffer.concat([png(hole).subarray(0, 33), pngChunk('IDAT', Buffer.from('abc'))]),
		],
		['no data', png(hole).subarray(0, 33)],
	])("doesn't count %s", async (_, bytes) => {
		expect(await countPixels(bytes)).toBeUndefined();
	});
});

async function pixelsOf(bytes: Buffer) {
	const picture = await loadImage(bytes);
	const canvas = createCanvas(picture.width, picture.height);
	const context = canvas.getContext('2d');
	context.drawImage(picture, 0, 0);
	return { canvas, context };
}
