import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { storeImage } from '../../nodes/ZImage/images/storeImage';
import { imageAt } from '../../nodes/ZImage/providers/shared/imageAt';
import { novita } from '../../nodes/ZImage/providers/novita';
import { recordingClock, startMs } from '../support/recordingClock';
import { strictContext } from '../support/strictContext';
import { exifOf, withExif } from '../support/imageBytes';
import { makeLargePicture, makeNoise, makePicture } from '../support/picture';

type Reply = Error | { statusCode: number; body: Buffer; headers?: Record<string, string> };

const url = 'https://a.example/b.png';
const task: IDataObject = { provider: 'novita', taskId: 'task-1', url };
const png = makePicture('png', 93, 71);
const largePng = makeLargePicture('png');
const found = (body: Buffer, headers = {}): Reply => ({ statusCode: 200, body, headers });
const fault = (code: string) => Object.assign(new Error('it broke'), { code });

async function bytesOf(data: Buffer | ByteStream): Promise<Buffer> {
	if (Buffer.isBuffer(data)) return data;
	const chunks: Buffer[] = [];
	for await (const chunk of data as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** A body as the network delivers it. */
function* chunksOf(body: Buffer) {
	for (let offset = 0; offset < body.length; offset += 16_384) {
		yield body.subarray(offset, offset + 16_384);
	}
}

async function store(from: string, replies: Reply[] = []) {
	const image = imageAt(from);
	const asked: IHttpRequestOptions[] = [];
	const bodies: Readable[] = [];
	const stored: Buffer[] = [];
	const given: string[] = [];
	const clock = recordingClock();
	const context = strictContext({
		helpers: {
			async httpRequest(options: IHttpRequestOptions) {
				const reply = replies[asked.length];
				asked.push(options);
				await Promise.resolve();
				if (!reply) throw new Error('The test has no more replies');
				if (reply instanceof Error) throw reply;
				const body = Readable.from(chunksOf(reply.body));
				bodies.push(body);
				return { headers: {}, ...reply, body };
			},
			async prepareBinaryData(data: Buffer | ByteStream, fileName: string, mimeType: string) {
				given.push(Buffer.isBuffer(data) ? 'bytes' : 'a stream');
				stored.push(await bytesOf(data));
				return { data: '', fileName, mimeType };
			},
		},
	});
	const client = { provider: novita, baseUrl: novita.defaultBaseUrl, clock };
	const result = await storeImage(context as never, client as never, image, {
		fileNameFor: (extension) => `image.${extension}`,
		deadline: startMs + 300_000,
		signal: new AbortController().signal,
		task,
	}).catch((error: unknown) => error);
	return { result, asked, stored, given, bodies, sleeps: clock.sleeps };
}

const pngType = { mimeType: 'image/png', extension: 'png', width: 93, height: 71 };

it('passes a download on to the store, without the credential', async () => {
	const { result, asked, stored } = await store(url, [
		found(png, { 'content-type': 'text/plain' }),
	]);
	expect(result).toStrictEqual({
		binary: { data: '', fileName: 'image.png', mimeType: 'image/png' },
		type: pngType,
	});
	expect(stored[0]?.equals(png)).toBe(true);
	expect(asked).toStrictEqual([
		{
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: 60_000,
			abortSignal: expect.any(AbortSignal) as unknown,
		},
	]);
});

it.each([
	['data:image/png;base64,', 'image.png'],
	['data:application/octet-stream;base64,', 'image.png'],
])('stores an image that is in the response itself: %s', async (beginning, fileName) => {
	const { result, stored, asked } = await store(`${beginning}${png.toString('base64')}`);
	expect(result).toMatchObject({ binary: { fileName, mimeType: 'image/png' }, type: pngType });
	expect(stored[0]?.equals(png)).toBe(true);
	expect(asked).toStrictEqual([]);
});

it("tries again if the file isn't there yet, or arrives broken", async () => {
	const replies = [
		{ statusCode: 503, body: Buffer.from('busy') },
		fault('ECONNRESET'),
		found(png.subarray(0, -30)),
		found(png),
	];
	const { result, asked, sleeps } = await store(url, replies);
	expect(result).toMatchObject({ type: pngType });
	expect(asked).toHaveLength(4);
	expect(sleeps).toStrictEqual([375, 750, 1500]);
});

it.each([
	['small', png, 'bytes'],
	['large', largePng, 'a stream'],
])('passes a %s file to the store byte for byte', async (_, bytes, expected) => {
	const { result, stored, given, bodies } = await store(url, [found(bytes)]);
	expect(result).toMatchObject({ type: { mimeType: 'image/png', extension: 'png' } });
	expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
	expect(given).toStrictEqual([expected]);
	expect(bodies.map(({ destroyed }) => destroyed)).toStrictEqual([true]);
});

it('tries again if a large file arrives broken', async () => {
	const replies = [found(largePng.subarray(0, -30)), found(largePng)];
	const { result, asked, bodies, sleeps } = await store(url, replies);
	expect(result).toMatchObject({ type: { width: 160, height: 140 } });
	expect(asked).toHaveLength(2);
	expect(bodies.map(({ destroyed }) => destroyed)).toStrictEqual([true, true]);
	expect(sleeps).toStrictEqual([375]);
});

it('never stores a small file that is cut short', async () => {
	const { result, stored } = await store(url, Array<Reply>(10).fill(found(png.subarray(0, -30))));
	expect(result).toBeInstanceOf(Failure);
	expect(stored).toStrictEqual([]);
});

it('closes the body of an unusable response', async () => {
	const reply = { statusCode: 404, body: largePng };
	const { bodies } = await store(url, [reply]);
	expect(bodies.map(({ destroyed }) => destroyed)).toStrictEqual([true]);
});

it.each(['png', 'jpeg', 'webp'] as const)(
	'reads the size of a large %s as it is displayed, wherever its EXIF data is',
	async (format) => {
		const bytes = withExif(format, makeNoise(format, 700, 500), [700, 500], exifOf(8));
		const { result, stored } = await store(url, [found(bytes)]);
		expect(result).toMatchObject({ type: { width: 500, height: 700 } });
		expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
	},
);

it.each([png, largePng, makePicture('jpeg', 93, 71), makeLargePicture('jpeg')])(
	'stores an image followed by other data at the first try: %#',
	async (picture) => {
		const bytes = Buffer.concat([picture, Buffer.alloc(3000, 'a')]);
		const { stored, asked } = await store(url, [found(bytes)]);
		expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
		expect(asked).toHaveLength(1);
	},
);

describe("an image that can't be parsed", () => {
	const jpegs = [makePicture('jpeg', 93, 71), makeLargePicture('jpeg')].map((picture) => {
		const odd = Buffer.from('ff50', 'hex');
		return Buffer.concat([picture.subarray(0, 20), odd, picture.subarray(20)]);
	});
	const announcing = (bytes: Buffer, more = 0) => ({
		'content-length': String(bytes.length + more),
	});

	it.each(jpegs)('is accepted if HTTP says that it is complete: %#', async (bytes) => {
		for (const headers of [announcing(bytes), { 'transfer-encoding': 'chunked' }]) {
			const { stored, asked } = await store(url, [found(bytes, headers)]);
			expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
			expect(asked).toHaveLength(1);
		}
		const { stored } = await store(`data:image/jpeg;base64,${bytes.toString('base64')}`);
		expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
	});

	it.each(jpegs)("is requested again if HTTP doesn't: %#", async (bytes) => {
		const replies = [
			found(bytes),
			found(bytes, announcing(bytes, 1)),
			found(bytes, announcing(bytes)),
		];
		const { result, asked } = await store(url, replies);
		expect(result).toMatchObject({ type: { mimeType: 'image/jpeg' } });
		expect(asked).toHaveLength(3);
	});

	it("doesn't excuse an image that is cut short", async () => {
		const cut = largePng.subarray(0, -30);
		const { asked } = await store(url, [found(cut, announcing(cut)), found(largePng)]);
		expect(asked).toHaveLength(2);
	});
});

describe('an unavailable image', () => {
	const broken = Array<Reply>(10).fill(fault('ECONNRESET'));
	const short = Array<Reply>(10).fill(found(png.subarray(0, -30)));
	const largeShort = Array<Reply>(10).fill(found(largePng.subarray(0, -30)));
	const html = Buffer.from('<!doctype html><title>Sign in, please</title>');

	it.each<[string, string, Reply[], string, number]>([
		[
			'is gone',
			url,
			[{ statusCode: 404, body: Buffer.from('') }],
			'The image could not be downloaded (HTTP 404)',
			1,
		],
		['cannot be reached', url, broken, 'The image could not be downloaded (ECONNRESET)', 6],
		['never arrives completely', url, short, 'The image could not be downloaded (ECONNRESET)', 6],
		[
			'is large and never arrives completely',
			url,
			largeShort,
			'The image could not be downloaded (ECONNRESET)',
			6,
		],
		[
			'is no image',
			url,
			[found(html, { 'content-type': 'text/html' })],
			"The provider's file is not a PNG, JPEG or WebP image (content type: text/html)",
			1,
		],
		[
			'is empty',
			url,
			Array<Reply>(10).fill(found(Buffer.alloc(0))),
			'The image could not be downloaded (ECONNRESET)',
			6,
		],
		[
			'declares a size that is too large',
			url,
			[found(png, { 'content-length': String(64 * 1024 * 1024 + 1) })],
			'The image is larger than 64 MiB and was not downloaded',
			1,
		],
		[
			'is not over https',
			'http://a.example/b.png',
			[],
			'The image has no public https URL and was not downloaded',
			0,
		],
		[
			"is at a cloud's metadata address",
			'https://169.254.169.254/latest/meta-data/',
			[],
			'The image has no public https URL and was not downloaded',
			0,
		],
		[
			'is in a private network',
			'https://minio:9000/b.png',
			[],
			'The image has no public https URL and was not downloaded',
			0,
		],
		[
			'is cut short in the response',
			`data:image/png;base64,${png.subarray(0, -30).toString('base64')}`,
			[],
			"The provider's file is not a PNG, JPEG or WebP image (content type: image/png;base64)",
			0,
		],
	])('that %s was charged, so its task is returned', async (_, from, replies, message, times) => {
		const { result, asked } = await store(from, replies);
		expect(result).toStrictEqual(new Failure(message));
		expect(result).toMatchObject({
			details: {
				description: `The image was generated and may have been charged. Get Task Result can fetch it. Image URL: ${url}`,
				task,
			},
		});
		expect(asked).toHaveLength(times);
	});
});
