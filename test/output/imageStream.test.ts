import { Readable } from 'stream';

import { NetworkError } from '../../nodes/ZImage/http/networkError';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { guardImage, peek } from '../../nodes/ZImage/output/imageStream';
import { readImageType } from '../../nodes/ZImage/output/imageType';
import { makePicture } from './picture';

const formats = ['png', 'jpeg', 'webp'] as const;
const chunkings = [
	['1 byte each', 1],
	['7 bytes each', 7],
	['all at once', Infinity],
] as const;
const cases = formats.flatMap((format) =>
	chunkings.map(([title, bytes]) => [format, title, bytes] as const),
);

/** A stream like that of an answer: bytes, in chunks of a given length. */
function streamOf(bytes: Buffer, chunkBytes: number): ByteStream {
	let offset = 0;
	return new Readable({
		read() {
			const chunk = bytes.subarray(offset, offset + chunkBytes);
			offset += chunkBytes;
			this.push(chunk.length > 0 ? chunk : null);
		},
	});
}

async function readAll(stream: ByteStream): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** As the node passes an image on: its head first, then all of it, guarded. */
async function passOn(bytes: Buffer, chunkBytes: number, maxBytes = 1_000_000) {
	const stream = streamOf(bytes, chunkBytes);
	const head = await peek(stream);
	const type = readImageType(head);
	if (!type) throw new Error('Not an image');
	const guarded = guardImage(stream, type, head, maxBytes);
	return await readAll(guarded);
}

/** The first of two, or the news that neither came: for what might hang. */
async function inTime<T>(promise: Promise<T>): Promise<T | string> {
	const late = new Promise<string>((resolve) => setTimeout(resolve, 20, 'hangs'));
	return await Promise.race([promise, late]);
}

describe('peek', () => {
	it.each(chunkings)(
		'sees the beginning and leaves the stream whole, %s',
		async (_, chunkBytes) => {
			const bytes = makePicture('png', 40, 30);
			const stream = streamOf(bytes, chunkBytes);
			const head = await peek(stream);
			expect(head.length).toBeGreaterThanOrEqual(32);
			expect(bytes.subarray(0, head.length).equals(head)).toBe(true);
			expect((await readAll(stream)).equals(bytes)).toBe(true);
		},
	);

	it.each([0, 1, 31])('sees all of a stream that ends after %i bytes', async (length) => {
		const bytes = Buffer.alloc(length, 'a');
		expect(await peek(streamOf(bytes, 1))).toStrictEqual(bytes);
	});

	it('sees all of a stream that ends after 32 bytes, and leaves it whole', async () => {
		const bytes = Buffer.alloc(32, 'a');
		const stream = streamOf(bytes, 5);
		expect(await peek(stream)).toStrictEqual(bytes);
		expect(await readAll(stream)).toStrictEqual(bytes);
	});

	it('passes an error of the stream on', async () => {
		const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		const stream = new Readable({
			read() {
				this.destroy(error);
			},
		});
		await expect(peek(stream)).rejects.toBe(error);
	});

	it('leaves nothing behind but an ear for errors, which would end the process unheard', async () => {
		const stream = streamOf(makePicture('png', 40, 30), 7);
		const before = stream.eventNames();
		await peek(stream);
		expect(stream.eventNames()).toStrictEqual([...before, 'error']);
	});

	it('does not wait for ever for a stream that is closed without an error', async () => {
		const stream = new Readable({ read() {} });
		const result = peek(stream).then(
			() => 'head',
			() => 'error',
		);
		stream.push('abc');
		stream.destroy();
		expect(await inTime(result)).not.toBe('hangs');
	});
});

describe('guardImage', () => {
	it.each(cases)('passes %s on byte for byte, %s', async (format, _, chunkBytes) => {
		const bytes = makePicture(format, 93, 71);
		expect((await passOn(bytes, chunkBytes)).equals(bytes)).toBe(true);
	});

	it.each(cases)('breaks %s off that is too large, %s', async (format, _, chunkBytes) => {
		const bytes = makePicture(format, 93, 71);
		expect((await passOn(bytes, chunkBytes, bytes.length)).equals(bytes)).toBe(true);
		await expect(passOn(bytes, chunkBytes, bytes.length - 1)).rejects.toStrictEqual(
			new NetworkError('EMSGSIZE'),
		);
	});

	it.each(cases)('breaks %s off that is cut short, %s', async (format, _, chunkBytes) => {
		const bytes = makePicture(format, 93, 71);
		await expect(passOn(bytes.subarray(0, -20), chunkBytes)).rejects.toStrictEqual(
			new NetworkError('ECONNRESET'),
		);
	});

	it('does not take the mark of an end far before the end for it', async () => {
		const bytes = makePicture('png', 1200, 900);
		const mark = Buffer.from('IEND');
		const marked = Buffer.concat([bytes.subarray(0, 33), mark, largeTextChunk()]);
		await expect(passOn(marked, 65_536)).rejects.toStrictEqual(new NetworkError('ECONNRESET'));
	});

	it('finds the end of an image that is larger than what it keeps of it', async () => {
		const bytes = makePicture('png', 1200, 900);
		const padded = Buffer.concat([bytes.subarray(0, 33), largeTextChunk(), bytes.subarray(33)]);
		expect((await passOn(padded, 65_536)).equals(padded)).toBe(true);
	});

	it.each([
		['some time after', 3],
		['right after', 1],
	])('breaks off with a connection that breaks %s the head', async (_, chunks) => {
		const bytes = makePicture('png', 93, 71);
		let given = 0;
		const source: ByteStream = new Readable({
			highWaterMark: 1,
			read() {
				if (given < chunks) this.push(bytes.subarray(given * 50, (given + 1) * 50));
				else this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
				given += 1;
			},
		});
		const head = await peek(source);
		const type = readImageType(head);
		if (!type) throw new Error('Not an image');
		const passed = (async () => await readAll(guardImage(source, type, head, 100_000)))();
		await expect(passed).rejects.toMatchObject({ code: 'ECONNRESET' });
	});

	it.each([
		['with an error', Object.assign(new Error('aborted'), { code: 'EPIPE' }), 'EPIPE'],
		['without one', undefined, 'ECONNRESET'],
	])('refuses a stream that is broken already, %s', (_, error, code) => {
		const source = streamOf(makePicture('png', 93, 71), 50).on('error', () => {});
		const type = readImageType(makePicture('png', 93, 71));
		if (!type) throw new Error('Not an image');
		source.destroy(error);
		expect(() => guardImage(source, type, Buffer.alloc(0), 1000)).toThrow(new NetworkError(code));
	});

	it('ends with the stream that it guards', async () => {
		const bytes = makePicture('png', 1200, 900);
		const source = streamOf(bytes, 100);
		const head = await peek(source);
		const type = readImageType(head);
		if (!type) throw new Error('Not an image');
		const guarded = guardImage(source, type, head, 200);
		await expect(readAll(guarded)).rejects.toStrictEqual(new NetworkError('EMSGSIZE'));
		expect([guarded.destroyed, source.destroyed]).toStrictEqual([true, true]);
	});
});

/** A text chunk of a PNG, larger than what the guard keeps. Nobody here looks at its checksum. */
function largeTextChunk(): Buffer {
	const text = Buffer.alloc(200_000, 'a');
	const length = Buffer.alloc(4);
	length.writeUInt32BE(text.length);
	return Buffer.concat([length, Buffer.from('tEXt'), text, Buffer.alloc(4)]);
}
