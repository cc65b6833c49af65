import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { UploadSource } from '../../nodes/ZImage/files/upload';
import { uploadMs, uploadOnce } from '../../nodes/ZImage/files/upload';
import { fal } from '../../nodes/ZImage/providers/fal';
import type { PlacedUpload } from '../../nodes/ZImage/providers/provider';
import { startMs } from '../support/recordingClock';
import { makePicture } from '../support/picture';
import type { PutReply, Uploads } from '../support/uploads';
import { contextFor, fakeUploads, place } from '../support/uploads';

const bytes = makePicture('webp', 93, 71);
const image: UploadSource = {
	contentType: 'image/webp',
	bytes: bytes.length,
	fileName: 'boat.webp',
	key: 'a',
	open: async () => bytes,
};
const network = (code: string) => Object.assign(new Error('it broke'), { code });
const nothingSubmitted =
	"Nothing was submitted, so you won't be charged. Run again later, or provide the file as a URL.";

async function upload(
	uploads: Uploads,
	{
		deadline = startMs + 300_000,
		signal = new AbortController().signal,
		what = image,
	}: { deadline?: number; signal?: AbortSignal; what?: UploadSource } = {},
) {
	const limits = { deadline, signal };
	return await uploadOnce(contextFor(uploads), uploads.client, fal.files.upload, what, limits);
}

it('requests an upload URL with the key, and sends the bytes without it', async () => {
	const uploads = fakeUploads();
	const { signal } = new AbortController();
	expect(await upload(uploads, { signal })).toBe(place.file_url);
	expect(uploads.calls).toStrictEqual([
		{
			call: {
				service: 'storage',
				method: 'POST',
				path: '/storage/upload/initiate',
				query: { storage_type: 'fal-cdn-v3' },
				body: { content_type: 'image/webp', file_name: 'boat.webp' },
			},
			options: { purpose: 'read', deadline: startMs + 300_000, signal },
		},
	]);
	expect(uploads.puts).toStrictEqual([
		{
			options: {
				method: 'PUT',
				url: place.upload_url,
				headers: { 'Content-Type': 'image/webp', 'Content-Length': String(bytes.length) },
				body: bytes,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: 120_000,
				abortSignal: expect.any(AbortSignal) as unknown,
			},
			bytes,
		},
	]);
	expect(uploads.answers.map(({ destroyed }) => destroyed)).toStrictEqual([true]);
});

it.each<[Record<string, string> | undefined, object]>([
	[undefined, { 'Content-Type': 'image/webp', 'Content-Length': String(bytes.length) }],
	[
		{ 'x-amz-acl': 'public' },
		{
			'x-amz-acl': 'public',
			'Content-Type': 'image/webp',
			'Content-Length': String(bytes.length),
		},
	],
	[
		{ 'content-type': 'image/png; a=b', 'CONTENT-LENGTH': '7' },
		{ 'content-type': 'image/png; a=b', 'CONTENT-LENGTH': '7' },
	],
])('for an upload URL with the headers %j', async (headers, sent) => {
	const uploads = fakeUploads();
	const placed: PlacedUpload = {
		initiate: fal.files.upload.initiate,
		parseInitiate: () => ({
			uploadUrl: place.upload_url,
			fileUrl: place.file_url,
			...(headers && { headers }),
		}),
	};
	const limits = { deadline: startMs + 300_000, signal: new AbortController().signal };
	const context = contextFor(uploads);
	await uploadOnce(context, uploads.client, placed, image, limits);
	expect(uploads.puts.map(({ options }) => options.headers)).toStrictEqual([sent]);
});

it.each([200, 201, 204])('accepts HTTP %i as success', async (statusCode) => {
	expect(await upload(fakeUploads([], [{ statusCode }]))).toBe(place.file_url);
});

describe('the PUT', () => {
	it.each([
		['500', { statusCode: 500 }],
		['503', { statusCode: 503 }],
		['429', { statusCode: 429 }],
		['429 with Retry-After', { statusCode: 429, headers: { 'retry-after': '3' } }],
		['408', { statusCode: 408 }],
		['ECONNRESET', network('ECONNRESET')],
		['ETIMEDOUT', network('ETIMEDOUT')],
		['ECONNREFUSED', network('ECONNREFUSED')],
	])('is repeated after %s, with all bytes, to the same URL', async (_, reply) => {
		let opened = 0;
		const uploads = fakeUploads([], [reply, reply]);
		const open = async () => {
			opened += 1;
			return bytes;
		};
		expect(await upload(uploads, { what: { ...image, open } })).toBe(place.file_url);
		expect(opened).toBe(3);
		expect(uploads.calls).toHaveLength(1);
		expect(uploads.puts.map(({ options }) => options.url)).toStrictEqual(
			Array.from({ length: 3 }, () => place.upload_url),
		);
		expect(uploads.puts.every((put) => put.bytes.equals(bytes))).toBe(true);
		expect(uploads.answers.every(({ destroyed }) => destroyed)).toBe(true);
	});

	it.each([
		[500, 6],
		[503, 6],
		[301, 1],
		[307, 1],
		[400, 1],
		[401, 1],
		[403, 1],
		[404, 1],
		[413, 1],
	])('that ends with HTTP %i is an error after %i tries', async (statusCode, tries) => {
		const replies = Array.from({ length: 6 }, () => ({ statusCode }));
		const uploads = fakeUploads([], replies);
		await expect(upload(uploads)).rejects.toMatchObject({
			message: `A file could not be uploaded to fal: HTTP ${statusCode}`,
			details: { description: nothingSubmitted },
		});
		expect(uploads.puts).toHaveLength(tries);
	});

	it('that is refused until the deadline is an error', async () => {
		const replies = Array.from({ length: 100 }, () => ({ statusCode: 429 }));
		const uploads = fakeUploads([], replies);
		await expect(upload(uploads, { deadline: startMs + 20_000 })).rejects.toThrow(
			new Failure('A file could not be uploaded to fal: HTTP 429'),
		);
		expect(uploads.clock.now()).toBeLessThan(startMs + 20_000);
	});

	it.each(['ECONNRESET', 'ETIMEDOUT', 'EPIPE'])(
		'that breaks (%s) again and again',
		async (code) => {
			const uploads = fakeUploads(
				[],
				Array.from({ length: 6 }, () => network(code)),
			);
			await expect(upload(uploads)).rejects.toThrow(
				new Failure(`A file could not be uploaded to fal: ${code}`),
			);
			expect(uploads.puts).toHaveLength(6);
		},
	);

	it('gets the remaining time, and two minutes at most', async () => {
		const timeouts = async (leftMs: number, requestMs: number) => {
			const uploads = fakeUploads([], [{ statusCode: 503 }], fal.defaultStorageUrl, requestMs);
			await upload(uploads, { deadline: startMs + leftMs });
			return uploads.puts.map(({ options }) => options.timeout);
		};
		expect(await timeouts(300_000, 0)).toStrictEqual([120_000, 120_000]);
		const [first, second] = await timeouts(50_000, 10_000);
		expect(first).toBe(40_000);
		// 10 seconds for each request, and the wait before the second try.
		expect(second).toBe(30_000 - 375);
	});

	it('is not repeated after the deadline', async () => {
		const uploads = fakeUploads([], [{ statusCode: 503 }], fal.defaultStorageUrl, 10_000);
		await expect(upload(uploads, { deadline: startMs + 20_100 })).rejects.toThrow('HTTP 503');
		expect(uploads.puts).toHaveLength(1);
	});

	it('ends with the signal, and with its reason', async () => {
		const controller = new AbortController();
		const reason = new Error('The execution was cancelled');
		const uploads = fakeUploads([], [network('ERR_CANCELED')]);
		const open = async () => {
			controller.abort(reason);
			return bytes;
		};
		const { signal } = controller;
		await expect(upload(uploads, { signal, what: { ...image, open } })).rejects.toBe(reason);
		expect(uploads.puts).toHaveLength(1);
	});

	it('passes on an error of another kind', async () => {
		const gone = network('ENOENT');
		const open = async () => {
			throw gone;
		};
		const uploads = fakeUploads();
		await expect(upload(uploads, { what: { ...image, open } })).rejects.toBe(gone);
		expect(uploads.puts).toHaveLength(0);
	});
});

describe('the upload URL', () => {
	const answer = (statusCode: number, body: unknown) => ({ statusCode, headers: {}, body });

	it.each<[number, unknown, string, string]>([
		[
			401,
			{ detail: 'invalid key credentials' },
			'fal did not accept the file upload (HTTP 401): invalid key credentials',
			"Check the API key in the node's credential, then save it: n8n tests it at no cost.",
		],
		[
			403,
			{ detail: 'User is locked. Reason: Exhausted balance.' },
			'fal did not accept the file upload (HTTP 403): User is locked. Reason: Exhausted balance.',
			expect.stringContaining('Top up your account') as string,
		],
		[
			500,
			undefined,
			'fal did not accept the file upload (HTTP 500): no reason given',
			'The provider has a problem. Run again later.',
		],
		[
			302,
			undefined,
			'fal did not accept the file upload (HTTP 302): no reason given',
			expect.stringContaining('follow redirects') as string,
		],
	])('is refused with HTTP %i', async (statusCode, body, message, description) => {
		const uploads = fakeUploads([answer(statusCode, body)]);
		await expect(upload(uploads)).rejects.toMatchObject({
			message,
			details: { httpCode: statusCode, description },
		});
		expect(uploads.puts).toHaveLength(0);
	});

	it.each([undefined, {}, { upload_url: place.upload_url }, 'https://v3.fal.media'])(
		'is missing in %j',
		async (body) => {
			const uploads = fakeUploads([answer(200, body)]);
			await expect(upload(uploads)).rejects.toMatchObject({
				message: 'fal returned an unexpected response (HTTP 200) when asked for an upload location',
				details: { httpCode: 200 },
			});
			expect(uploads.puts).toHaveLength(0);
		},
	);

	it.each(['http://v3.fal.media/a', 'file:///etc/passwd', 'ftp://a.example', 'v3.fal.media/a'])(
		'is not an https URL: %s',
		async (upload_url) => {
			const uploads = fakeUploads([answer(200, { ...place, upload_url })]);
			await expect(upload(uploads)).rejects.toMatchObject({
				message: 'A file could not be uploaded to fal: the upload location has no public https URL',
				details: { description: nothingSubmitted },
			});
			expect(uploads.puts).toHaveLength(0);
		},
	);

	it('may be an http URL if the storage itself uses http: a sandbox or a gateway', async () => {
		const upload_url = 'http://127.0.0.1:8806/upload/a';
		const uploads = fakeUploads(
			[answer(200, { ...place, upload_url })],
			[],
			'http://127.0.0.1:8801',
		);
		expect(await upload(uploads)).toBe(place.file_url);
		expect(uploads.puts.map(({ options }) => options.url)).toStrictEqual([upload_url]);
	});

	it('an error of its request is the error', async () => {
		const error = new Failure('fal cannot be reached (ECONNREFUSED)');
		const uploads = fakeUploads([error]);
		await expect(upload(uploads)).rejects.toBe(error);
		expect(uploads.puts).toHaveLength(0);
	});
});

describe("in parts, a file above the provider's limit", () => {
	const { upload: falUpload } = fal.files;
	const inSmallParts: PlacedUpload = {
		...falUpload,
		parts: { ...falUpload.parts, aboveBytes: 9, partBytes: 4 },
	};
	const limits = { deadline: startMs + 300_000, signal: new AbortController().signal };
	const etag = (name: string) => ({ body: JSON.stringify({ etag: `"${name}"` }) });
	const part = (number: number | 'complete') =>
		`https://v3.fal.media/upload/a/${number}?signature=b`;
	const sourceOf = (text: string, open: UploadSource['open']): UploadSource => ({
		contentType: 'application/zip',
		fileName: 'images.zip',
		bytes: text.length,
		key: text,
		lifetimeSeconds: 604_800,
		open,
	});

	it.each<[string, string, UploadSource['open']]>([
		['a Buffer', '0123456789', async () => Buffer.from('0123456789')],
		['a stream', '0123456789', async () => Readable.from([Buffer.from('0123456789')])],
		[
			'a stream in small pieces',
			'0123456789',
			async () => Readable.from([...'0123456789'].map((text) => Buffer.from(text))),
		],
	])('%s is uploaded in parts, one after another, which are then joined', async (_, text, open) => {
		const uploads = fakeUploads([], ['a', 'b', 'c'].map(etag));
		const file = sourceOf(text, open);
		const url = await uploadOnce(contextFor(uploads), uploads.client, inSmallParts, file, limits);
		expect(url).toBe(place.file_url);
		expect(uploads.calls.map(({ call }) => call)).toStrictEqual([
			{
				service: 'storage',
				method: 'POST',
				path: '/storage/upload/initiate-multipart',
				query: { storage_type: 'fal-cdn-v3' },
				headers: { 'X-Fal-Object-Lifecycle': '{"expiration_duration_seconds":604800}' },
				body: { content_type: 'application/zip', file_name: 'images.zip' },
			},
		]);
		const octets = (length: number) => ({
			'Content-Type': 'application/octet-stream',
			'Content-Length': String(length),
		});
		const list = JSON.stringify({
			parts: [
				{ partNumber: 1, etag: '"a"' },
				{ partNumber: 2, etag: '"b"' },
				{ partNumber: 3, etag: '"c"' },
			],
		});
		expect(
			uploads.puts.map(({ options: { method, url: to, headers }, bytes: sent }) => [
				method,
				to,
				headers,
				sent.toString(),
			]),
		).toStrictEqual([
			['PUT', part(1), octets(4), '0123'],
			['PUT', part(2), octets(4), '4567'],
			['PUT', part(3), octets(2), '89'],
			[
				'POST',
				part('complete'),
				{ 'Content-Type': 'application/json', 'Content-Length': String(list.length) },
				list,
			],
		]);
	});

	it('a file whose size is a multiple of the part size has no empty part at its end', async () => {
		const uploads = fakeUploads([], ['a', 'b', 'c'].map(etag));
		const text = '012345678901';
		const file = sourceOf(text, async () => Readable.from([Buffer.from(text)]));
		await uploadOnce(contextFor(uploads), uploads.client, inSmallParts, file, limits);
		expect(uploads.puts.map(({ options }) => options.url)).toStrictEqual(
			[1, 2, 3, 'complete' as const].map(part),
		);
	});

	it('a file up to the limit is uploaded in one piece', async () => {
		const uploads = fakeUploads();
		const file = sourceOf('012345678', async () => Buffer.from('012345678'));
		await uploadOnce(contextFor(uploads), uploads.client, inSmallParts, file, limits);
		expect(uploads.puts.map(({ options }) => options.url)).toStrictEqual([place.upload_url]);
	});

	it('a part is repeated if that may help, and the file is opened once', async () => {
		const replies = [etag('a'), { statusCode: 503 }, network('ECONNRESET'), etag('b'), etag('c')];
		const uploads = fakeUploads([], replies);
		let opened = 0;
		const file = sourceOf('0123456789', async () => {
			opened += 1;
			return Readable.from([Buffer.from('0123456789')]);
		});
		await uploadOnce(contextFor(uploads), uploads.client, inSmallParts, file, limits);
		expect(opened).toBe(1);
		expect(uploads.puts.map(({ options, bytes: sent }) => [options.url, sent.length])).toEqual([
			[part(1), 4],
			[part(2), 4],
			[part(2), 4],
			[part(2), 4],
			[part(3), 2],
			[part('complete'), expect.any(Number)],
		]);
	});

	it.each<[string, PutReply[], string, number]>([
		['a part is refused', [etag('a'), { statusCode: 403 }], 'HTTP 403', 2],
		[
			'the response to a part has no tag',
			[etag('a'), { body: '{}' }],
			'the response to part 2 has an unexpected form',
			2,
		],
		[
			'the list of parts is refused',
			[etag('a'), etag('b'), etag('c'), { statusCode: 400 }],
			'HTTP 400',
			4,
		],
	])('it is an error if %s', async (_, replies, why, sent) => {
		const uploads = fakeUploads([], replies);
		const file = sourceOf('0123456789', async () => Buffer.from('0123456789'));
		const context = contextFor(uploads);
		await expect(
			uploadOnce(context, uploads.client, inSmallParts, file, limits),
		).rejects.toMatchObject({
			message: `A file could not be uploaded to fal: ${why}`,
			details: { description: nothingSubmitted },
		});
		expect(uploads.puts).toHaveLength(sent);
	});
});

it.each([
	[0, 120_000],
	[30_000_000, 120_000],
	[200_000_000, 800_000],
])('a file of %i bytes has %i ms', (size, ms) => {
	expect(uploadMs(size)).toBe(ms);
});
