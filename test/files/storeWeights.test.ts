import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { storeWeights } from '../../nodes/ZImage/files/storeWeights';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { fal } from '../../nodes/ZImage/providers/fal';
import { bytesOf } from '../support/files';
import { recordingClock, startMs } from '../support/recordingClock';
import { makeSafetensors } from '../support/safetensors';
import { strictContext } from '../support/strictContext';

type Reply = Error | { statusCode: number; body: Buffer; headers?: Record<string, string> };

const url = 'https://v3b.fal.media/files/b/lion/a_pytorch_lora_weights.safetensors';
const fileName = 'z-image-lora-task-1.safetensors';
const task: IDataObject = { provider: 'fal', taskId: 'task-1', url };
const small = makeSafetensors(1000);
const large = makeSafetensors(300_000);
/** Its header is longer than what is looked at before it is stored. */
const longHeader = makeSafetensors(64, { __metadata__: { notes: 'x'.repeat(200_000) } });
const whole = [small, large, longHeader];

const found = (body: Buffer, headers = {}): Reply => ({ statusCode: 200, body, headers });
const gone = (statusCode: number): Reply => ({ statusCode, body: Buffer.from('<Error/>') });
const fault = (code: string) => Object.assign(new Error('it broke'), { code });
const always = (reply: Reply) => Array<Reply>(10).fill(reply);

/** A body as it comes over the network. */
function* chunksOf(body: Buffer) {
	for (let offset = 0; offset < body.length; offset += 16_384) {
		yield body.subarray(offset, offset + 16_384);
	}
}

interface Setting {
	readonly from?: string;
	readonly deadlineMs?: number;
	readonly signal?: AbortSignal;
	/** What n8n's store does instead of taking the file. */
	readonly storeFault?: () => Error | undefined;
	readonly item?: IDataObject;
}

async function store(replies: readonly Reply[], setting: Setting = {}) {
	const { from = url, deadlineMs = 300_000, storeFault, item = task } = setting;
	const { signal = new AbortController().signal } = setting;
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
			async prepareBinaryData(data: Buffer | ByteStream, name: string, mimeType: string) {
				const broken = storeFault?.();
				if (broken) throw broken;
				given.push(Buffer.isBuffer(data) ? 'bytes' : 'a stream');
				stored.push(await bytesOf(data));
				return { data: '', fileName: name, mimeType };
			},
		},
	});
	const client = { provider: fal, baseUrl: fal.defaultBaseUrl, clock };
	const result = await storeWeights(context as never, client as never, from, {
		fileName,
		deadline: startMs + deadlineMs,
		signal,
		task: item,
	}).catch((error: unknown) => error);
	return { result, asked, stored, given, bodies, sleeps: clock.sleeps };
}

const binary = { data: '', fileName, mimeType: 'application/octet-stream' };
const failed = (why: string) => new Failure(`The weights could not be downloaded: ${why}`);

it('passes a download on to the store under the name of the user, without the key', async () => {
	const { result, asked, stored } = await store([found(small, { 'content-type': 'text/plain' })]);
	expect(result).toStrictEqual(binary);
	expect(stored[0]?.equals(small)).toBe(true);
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
	['small', small, 'bytes'],
	['large', large, 'a stream'],
	['with a long header', longHeader, 'a stream'],
])('hands a file that is %s to the store byte for byte', async (_, bytes, expected) => {
	for (const headers of [{}, { 'content-length': String(bytes.length) }]) {
		const { stored, given, bodies } = await store([found(bytes, headers)]);
		expect(stored.map((file) => file.equals(bytes))).toStrictEqual([true]);
		expect(given).toStrictEqual([expected]);
		expect(bodies.map(({ destroyed }) => destroyed)).toStrictEqual([true]);
	}
});

it('tries again when the file is not there yet, or the connection breaks', async () => {
	const replies = [gone(503), fault('ECONNRESET'), gone(500), found(small)];
	const { result, asked, sleeps } = await store(replies);
	expect(result).toStrictEqual(binary);
	expect(asked).toHaveLength(4);
	expect(sleeps).toStrictEqual([375, 750, 1500]);
});

it.each(
	whole.flatMap((bytes) => [1, bytes.length / 2, bytes.length - 9].map((cut) => [bytes, cut])),
)('tries again when a file comes cut, whatever HTTP says: %#', async (bytes, cut) => {
	const body = (bytes as Buffer).subarray(0, -Math.floor(cut as number));
	const replies = [found(body, { 'content-length': String(body.length) }), found(bytes as Buffer)];
	const { result, asked, stored } = await store(replies);
	expect(result).toStrictEqual(binary);
	expect(asked).toHaveLength(2);
	expect(stored.at(-1)?.equals(bytes as Buffer)).toBe(true);
});

it('takes a file with other data behind its end', async () => {
	for (const bytes of [small, large]) {
		const longer = Buffer.concat([bytes, Buffer.alloc(100_000)]);
		const { stored, asked } = await store([found(longer)]);
		expect(stored.map((file) => file.equals(longer))).toStrictEqual([true]);
		expect(asked).toHaveLength(1);
	}
});

it('follows a redirect to another public host, and to no other', async () => {
	const to = (location: string): Reply => ({
		statusCode: 302,
		body: Buffer.alloc(0),
		headers: { location },
	});
	const { result, asked } = await store([to('https://cdn.example/a'), found(small)]);
	expect(result).toStrictEqual(binary);
	expect(asked.map((request) => request.url)).toEqual([url, 'https://cdn.example/a']);
	const { result: refused, asked: once } = await store([to('http://127.0.0.1/a')]);
	expect(refused).toStrictEqual(failed('HTTP 302'));
	expect(once).toHaveLength(1);
});

it('has two minutes left, whatever the training has taken', async () => {
	const { result, asked } = await store([gone(503), found(small)], { deadlineMs: -1000 });
	expect(result).toStrictEqual(binary);
	expect(asked).toHaveLength(2);
});

describe('weights that are not available', () => {
	const html = Buffer.from('<!doctype html><title>Sign in, please</title>');
	const noWeights = Buffer.from('\x13\0\0\0\0\0\0\0{"__metadata__":{}}', 'latin1');
	const notJson = Buffer.from('\x05\0\0\0\0\0\0\0{"a":', 'latin1');

	it.each<[string, Reply[], string, string, number]>([
		['are gone', [gone(404)], 'HTTP 404', 'notFound', 1],
		['are gone for good', [gone(410)], 'HTTP 410', 'notFound', 1],
		['are behind a link that has expired', [gone(403)], 'HTTP 403', 'unavailable', 1],
		['cannot be reached', always(fault('ECONNRESET')), 'ECONNRESET', 'unavailable', 6],
		['never come whole', always(found(small.subarray(0, -1))), 'ECONNRESET', 'unavailable', 6],
		[
			'are large and never come whole',
			always(found(large.subarray(0, -1))),
			'ECONNRESET',
			'unavailable',
			6,
		],
		['are empty', always(found(Buffer.alloc(0))), 'ECONNRESET', 'unavailable', 6],
		[
			'are a page',
			[found(html, { 'content-type': 'text/html' })],
			'the file is not in the safetensors format (content type: text/html)',
			'other',
			1,
		],
		[
			'have none in their header',
			[found(noWeights)],
			'the file is not in the safetensors format (content type: none)',
			'other',
			1,
		],
		[
			'have no header',
			[found(notJson)],
			'the file is not in the safetensors format (content type: none)',
			'other',
			1,
		],
		[
			'say that they are too large',
			[found(small, { 'content-length': String(2 * 1024 ** 3 + 1) })],
			'they are larger than 2 GiB',
			'unavailable',
			1,
		],
	])('because they %s', async (_, replies, why, kind, times) => {
		const { result, asked } = await store(replies);
		expect(result).toStrictEqual(failed(why));
		expect(result).toMatchObject({
			details: {
				kind,
				description: `The LoRA was trained and may have been charged. Get Task Result can fetch it. URL of the weights: ${url}`,
				task,
			},
		});
		expect(asked).toHaveLength(times);
	});

	it.each([
		'http://a.example/lora.safetensors',
		'https://127.0.0.1/lora.safetensors',
		'https://169.254.169.254/latest/meta-data/',
		'file:///etc/passwd',
	])('at %s are never asked for', async (from) => {
		const { result, asked } = await store([], { from });
		expect(result).toStrictEqual(failed('they have no public https URL'));
		expect(asked).toStrictEqual([]);
	});

	it('because of too many requests, beyond the deadline', async () => {
		const busy = { statusCode: 429, body: Buffer.alloc(0), headers: { 'retry-after': '400' } };
		const { result } = await store([busy]);
		expect(result).toStrictEqual(failed('HTTP 429'));
		expect(result).toMatchObject({ details: { kind: 'unavailable', task } });
	});

	it('say until when they are there', async () => {
		const item = { ...task, expiresAt: '2026-01-08T00:00:00.000Z' };
		const { result } = await store([gone(403)], { item });
		expect(result).toMatchObject({
			details: {
				description: expect.stringMatching(/ \(until 2026-01-08T00:00:00\.000Z\)$/) as string,
			},
		});
	});
});

describe("n8n's store", () => {
	it.each([small, large])('that fails for good is named: %#', async (bytes) => {
		const storeFault = () => Object.assign(new Error('No space left'), { code: 'ENOSPC' });
		const { result, asked } = await store([found(bytes)], { storeFault });
		expect(result).toStrictEqual(failed('n8n: No space left'));
		expect(result).toMatchObject({ details: { kind: 'unavailable', task } });
		expect(asked).toHaveLength(1);
	});

	it('that is away for a moment gets them when it is back', async () => {
		let times = 0;
		const storeFault = () => (times++ < 3 ? new Error('Driver not Connected') : undefined);
		const { result, asked } = await store(always(found(large)), { storeFault });
		expect(result).toStrictEqual(binary);
		expect(asked).toHaveLength(4);
	});
});

it('a stop ends it, and is no fault of the weights', async () => {
	const stop = new AbortController();
	const reason = new Failure('The execution was stopped', { kind: 'canceled' });
	const storeFault = () => {
		stop.abort(reason);
		return new Error('Driver not Connected');
	};
	const { result, asked } = await store(always(found(large)), {
		signal: stop.signal,
		storeFault,
	});
	expect(result).toBe(reason);
	expect(asked).toHaveLength(1);
});
