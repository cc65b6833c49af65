import { getEventListeners } from 'events';
import { Readable } from 'stream';

import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { readBody } from '../../nodes/ZImage/http/readBody';

const mebibyte = Buffer.alloc(1024 * 1024, 'a');
const maxBytes = 32 * 1024 * 1024;

function* times(count: number, chunk: Buffer) {
	for (let i = 0; i < count; i++) yield chunk;
}

it.each([
	['nothing', []],
	['one chunk', ['{"a":1}']],
	['several chunks', ['{"a"', ':', '1}']],
])('reads %s', async (_, chunks) => {
	const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
	expect(await readBody(stream, maxBytes)).toBe(chunks.join(''));
});

it('reads characters that chunks split', async () => {
	const bytes = Buffer.from('"无效令牌 🗼"');
	const stream = Readable.from([...bytes].map((byte) => Buffer.from([byte])));
	expect(await readBody(stream, maxBytes)).toBe('"无效令牌 🗼"');
});

it('passes on the error of the stream', async () => {
	const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
	const stream = new Readable({
		read() {
			this.push('{"a":');
			this.destroy(error);
		},
	});
	await expect(readBody(stream, maxBytes)).rejects.toBe(error);
});

describe('the time', () => {
	const timedOut = new NetworkError('ETIMEDOUT');

	it("doesn't hold up a stream that has ended in time", async () => {
		const { signal } = new AbortController();
		expect(await readBody(Readable.from([Buffer.from('1')]), maxBytes, signal)).toBe('1');
		expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
	});

	it("aborts a stream that doesn't end within it", async () => {
		const timeout = new AbortController();
		const stream = new Readable({ read() {} });
		stream.push('{"a":');
		const text = readBody(stream, maxBytes, timeout.signal);
		timeout.abort();
		await expect(text).rejects.toStrictEqual(timedOut);
		expect(stream.destroyed).toBe(true);
	});

	it('aborts a stream that begins when it is over', async () => {
		const stream = new Readable({ read() {} });
		await expect(readBody(stream, maxBytes, AbortSignal.abort())).rejects.toStrictEqual(timedOut);
	});

	it('of a real timer', async () => {
		const stream = new Readable({ read() {} });
		const text = readBody(stream, maxBytes, AbortSignal.timeout(20));
		await expect(text).rejects.toStrictEqual(timedOut);
	});
});

it('reads 32 MiB', async () => {
	const text = await readBody(Readable.from(times(32, mebibyte)), maxBytes);
	expect(text).toHaveLength(32 * 1024 * 1024);
});

it('aborts a stream that is longer', async () => {
	let given = 0;
	const stream = Readable.from(
		(function* () {
			for (const chunk of times(64, mebibyte)) {
				given += 1;
				yield chunk;
			}
		})(),
		{ highWaterMark: 1 },
	);
	await expect(readBody(stream, maxBytes)).rejects.toStrictEqual(new NetworkError('EMSGSIZE'));
	expect(stream.destroyed).toBe(true);
	expect(given).toBeLessThanOrEqual(35);
});

it('aborts a stream whose single chunk is longer', async () => {
	const stream = Readable.from([Buffer.alloc(32 * 1024 * 1024 + 1)]);
	await expect(readBody(stream, maxBytes)).rejects.toStrictEqual(new NetworkError('EMSGSIZE'));
});
