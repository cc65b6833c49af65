import type { IBinaryData } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { Host } from '../../nodes/ZImage/host';
import { inspectBinaryImage } from '../../nodes/ZImage/images/binaryImage';
import { exifOf, segment, withExif } from '../support/imageBytes';
import { makeLargePicture, makeNoise, makePicture } from '../support/picture';
import { bytesOf, contextWithFiles, inMemory, sha256 } from '../support/files';

const formats = [
	['png', 'image/png', 'png'],
	['jpeg', 'image/jpeg', 'jpg'],
	['webp', 'image/webp', 'webp'],
] as const;
const stored = (id: string, more: Partial<IBinaryData> = {}): IBinaryData => ({
	id,
	data: 'filesystem-v2',
	mimeType: 'image/png',
	...more,
});

/** An item's files as a node passes them on. */
const filesOf = (context: Pick<Host, 'getInputData'>, item = 0) =>
	context.getInputData()[item]?.binary ?? {};

describe.each(formats)('%s', (format, mimeType, extension) => {
	const type = { mimeType, extension, width: 93, height: 71 };
	const picture = makePicture(format, 93, 71);

	it('in memory', async () => {
		// n8n trusts a file's name, or the type that a server sends.
		const file = inMemory(picture, { mimeType: 'text/plain', fileName: 'boat.txt' });
		const { context, asked } = contextWithFiles([{ data: file }]);
		const image = await inspectBinaryImage(context, filesOf(context), 'data', 'source image');
		expect(image).toMatchObject({
			type,
			bytes: picture.length,
			fileName: 'boat.txt',
			key: sha256(file.data),
		});
		expect(picture.equals(await image.read())).toBe(true);
		expect(picture.equals(await bytesOf(await image.open()))).toBe(true);
		expect(asked).toStrictEqual([]);
	});

	it.each([
		['small', picture, type],
		['large', makeLargePicture(format), { mimeType, extension }],
	])('in the store, %s', async (_, bytes, expected) => {
		const { context, asked, streams } = contextWithFiles([{ data: stored('a') }], { a: { bytes } });
		const image = await inspectBinaryImage(context, filesOf(context), 'data', 'source image');
		expect(image).toMatchObject({
			type: expected,
			bytes: bytes.length,
			fileName: `data.${extension}`,
			key: 'a',
		});
		// Only the beginning is read.
		expect(asked).toStrictEqual(['metadata a', 'stream a']);
		expect(streams.map(({ destroyed }) => destroyed)).toStrictEqual([true]);

		expect(bytes.equals(await image.read())).toBe(true);
		// A stream can be read only once. To send a file again, it is opened again.
		for (let i = 0; i < 2; i++) {
			const opened = await image.open();
			expect(Buffer.isBuffer(opened)).toBe(false);
			expect(bytes.equals(await bytesOf(opened))).toBe(true);
		}
		expect(asked.slice(2)).toStrictEqual(['stream a', 'stream a', 'stream a']);
	});
});

it('reads the size of a stored file at any file size', async () => {
	const store = { a: { bytes: makePicture('png', 93, 71), fileSize: 5_000_000_000 } };
	const { context, asked } = contextWithFiles([{ data: stored('a') }], store);
	expect((await inspectBinaryImage(context, filesOf(context), 'data', 'mask')).bytes).toBe(
		5_000_000_000,
	);
	expect(asked).not.toContain('bytes a');
});

it('reads the file of its own item and field', async () => {
	const pictures = [1, 2, 3].map((n) => makePicture('png', 90 + n, 70));
	const { context } = contextWithFiles([
		{ data: inMemory(pictures[0]!), mask: inMemory(pictures[1]!) },
		{ data: inMemory(pictures[2]!) },
	]);
	const widthOf = async (item: number, name: string) =>
		(await inspectBinaryImage(context, filesOf(context, item), name, 'source image')).type.width;
	expect([await widthOf(0, 'data'), await widthOf(0, 'mask'), await widthOf(1, 'data')]).toEqual([
		91, 92, 93,
	]);
});

it('two files have two keys, and the same file has one', async () => {
	const [one, two] = [makePicture('png', 90, 70), makePicture('png', 90, 71)];
	const { context } = contextWithFiles([
		{ a: inMemory(one), b: inMemory(two), c: inMemory(one, { fileName: 'other.png' }) },
	]);
	const keyOf = async (name: string) =>
		(await inspectBinaryImage(context, filesOf(context), name, 'source image')).key;
	const [a, b, c] = [await keyOf('a'), await keyOf('b'), await keyOf('c')];
	expect(a).not.toBe(b);
	expect(a).toBe(c);
});

describe('a missing file', () => {
	const png = inMemory(makePicture('png', 93, 71));
	const noFiles =
		'Nothing was sent. The item has no files: check the nodes before this one, or provide the image as a URL.';

	it.each([
		[[{ picture: png, mask: png }], 'Nothing was sent. Its files are: picture, mask.'],
		[[{ Data: png }], 'Nothing was sent. Its files are: Data.'],
		[[{}], noFiles],
		[[undefined], noFiles],
		[[], noFiles],
	])('lists the files that exist: %#', async (items, description) => {
		const { context } = contextWithFiles(items);
		await expect(
			inspectBinaryImage(context, filesOf(context), 'data', 'source image'),
		).rejects.toMatchObject({
			message: 'The input item has no file in the binary field "data" for the source image',
			details: { description },
		});
	});

	it.each(['constructor', 'toString', '__proto__'])(
		'is not found under the name %s',
		async (name) => {
			const { context } = contextWithFiles([{ data: png }]);
			await expect(inspectBinaryImage(context, filesOf(context), name, 'mask')).rejects.toThrow(
				new Failure(`The input item has no file in the binary field "${name}" for the mask`),
			);
		},
	);
});

describe("a file that isn't an image", () => {
	it.each([
		['a text', Buffer.from('hello'), 'text/plain', undefined, 'content type of "data": text/plain'],
		['a GIF', Buffer.from('GIF89a…'), 'image/gif', 'a.gif', 'content type of "a.gif": image/gif'],
		['HTML', Buffer.from('<html>'), 'image/png', 'a.png', 'content type of "a.png": image/png'],
		['nothing', Buffer.alloc(0), 'image/png', undefined, 'content type of "data": image/png'],
		[
			'a PDF',
			Buffer.from('%PDF-1.7'),
			'application/pdf',
			'a.pdf',
			'content type of "a.pdf": application/pdf',
		],
	])('%s, in memory and in the store', async (_, bytes, mimeType, fileName, named) => {
		const more = { mimeType, ...(fileName && { fileName }) };
		for (const file of [inMemory(bytes, more), stored('a', more)]) {
			const { context, streams } = contextWithFiles([{ data: file }], { a: { bytes } });
			await expect(
				inspectBinaryImage(context, filesOf(context), 'data', 'mask'),
			).rejects.toMatchObject({
				message: `The mask is not a PNG, JPEG or WebP image: ${named}`,
				details: {
					description: 'Nothing was sent. Convert the file first, for example with Edit Image.',
				},
			});
			expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
		}
	});
});

it('passes on an error of the store', async () => {
	const { context } = contextWithFiles([{ data: stored('gone') }]);
	await expect(inspectBinaryImage(context, filesOf(context), 'data', 'mask')).rejects.toThrow(
		'ENOENT: gone',
	);
});

it.each([
	[3, 93, 71],
	[5, null, null],
])(
	'reads past %i large segments of a JPEG, but no further than 256 KiB',
	async (count, ...size) => {
		const jpeg = makePicture('jpeg', 93, 71);
		const large = segment(0xe2, Buffer.alloc(0xfffd));
		const segments = Array<Buffer>(count).fill(large);
		const bytes = Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
		const [width, height] = size;
		for (const file of [stored('a'), inMemory(bytes)]) {
			const { context, streams } = contextWithFiles([{ data: file }], { a: { bytes } });
			const { type } = await inspectBinaryImage(context, filesOf(context), 'data', 'source image');
			expect(type).toStrictEqual({ mimeType: 'image/jpeg', extension: 'jpg', width, height });
			expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
		}
	},
);

it.each(['jpeg', 'png', 'webp'] as const)(
	'rotates a large camera %s as it is displayed, wherever its EXIF data is',
	async (format) => {
		const bytes = withExif(format, makeNoise(format, 700, 500), [700, 500], exifOf(6));
		for (const file of [stored('a'), inMemory(bytes)]) {
			const { context } = contextWithFiles([{ data: file }], { a: { bytes } });
			const { type } = await inspectBinaryImage(context, filesOf(context), 'data', 'mask');
			expect(type).toMatchObject({ width: 500, height: 700 });
		}
	},
);
