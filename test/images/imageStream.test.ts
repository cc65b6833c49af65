import { Readable } from 'stream';

import { NetworkError } from '../../nodes/ZImage/http/networkError';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { ImageScan } from '../../nodes/ZImage/images/imageScan';
import { peek } from '../../nodes/ZImage/files/byteStream';
import { guardImage } from '../../nodes/ZImage/images/imageStream';
import { makeLargePicture, makePicture } from '../support/picture';

/** The part of an image that is read first. */
const headBytes = 65_536;

const formats = ['png', 'jpeg', 'webp'] as const;
const large = {
	png: makeLargePicture('png'),
	jpeg: makeLargePicture('jpeg'),
	webp: makeLargePicture('webp'),
};
const chunkings = [
	['1 byte each', 1],
	['7 bytes each', 7],
	['all at once', Infinity],
] as const;
const cases = formats.flatMap((format) =>
	chunkings.map(([title, bytes]) => [format, title, bytes] as const),
);

/** A stream like a response's: bytes in chunks of a given length. */
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

/** As the node passes an image on: first its head, then all of it, guarded. */
async function passOn(bytes: Buffer, chunkBytes: number, maxBytes = 1_000_000, cameWhole = false) {
	const stream = streamOf(bytes, chunkBytes);
	const head = await peek(stream);
	expect(head.isWhole).toBe(false);
	return await readAll(guardImage(stream, new ImageScan(), maxBytes, () => cameWhole));
}

/** The first of two, or a note that neither arrived. For what might hang. */
async function inTime<T>(promise: Promise<T>): Promise<T | string> {
	const late = new Promise<string>((resolve) => setTimeout(resolve, 20, 'hangs'));
	return await Promise.race([promise, late]);
}

describe('peek', () => {
	it.each(chunkings)(
		'reads the beginning and leaves the stream whole, %s',
		async (_, chunkBytes) => {
			const bytes = large.png;
			const stream = streamOf(bytes, chunkBytes);
			const head = await peek(stream);
			expect(head.isWhole).toBe(false);
			expect(head.bytes.length).toBeGreaterThanOrEqual(headBytes);
			expect(bytes.subarray(0, head.bytes.length).equals(head.bytes)).toBe(true);
			expect((await readAll(stream)).equals(bytes)).toBe(true);
		},
	);

	it.each(chunkings)('reads no more than it needs, %s', async (_, chunkBytes) => {
		const { bytes } = await peek(streamOf(large.png, chunkBytes));
		const most = Number.isFinite(chunkBytes) ? headBytes + chunkBytes - 1 : large.png.length;
		expect(bytes.length).toBeLessThanOrEqual(most);
	});

	it.each([0, 1, 31, 32, 16_384, headBytes - 1])(
		'reads all of a stream that ends after %i bytes, and its end',
		async (length) => {
			for (const chunkBytes of [1, 7, 16_384, Infinity]) {
				const bytes = Buffer.alloc(length, 'a');
				const stream = streamOf(bytes, chunkBytes);
				const head = await peek(stream);
				expect(head.isWhole).toBe(true);
				expect(head.bytes.equals(bytes)).toBe(true);
				expect(stream.readableEnded).toBe(true);
			}
		},
	);

	it.each([headBytes, headBytes + 1])(
		'leaves a stream whole that ends after %i bytes',
		async (length) => {
			for (const chunkBytes of [1, 7, 16_384, Infinity]) {
				const bytes = Buffer.alloc(length, 'a');
				const stream = streamOf(bytes, chunkBytes);
				expect((await peek(stream)).isWhole).toBe(false);
				expect((await readAll(stream)).equals(bytes)).toBe(true);
			}
		},
	);

	it('contains every small image completely', async () => {
		for (const format of formats) {
			const bytes = makePicture(format, 93, 71);
			expect(await peek(streamOf(bytes, 50))).toStrictEqual({ bytes, isWhole: true });
		}
	});

	it('passes on an error of the stream', async () => {
		const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		const stream = new Readable({
			read() {
				this.destroy(error);
			},
		});
		await expect(peek(stream)).rejects.toBe(error);
	});

	it('leaves only an error listener, because an unhandled error would end the process', async () => {
		for (const bytes of [large.png, makePicture('png', 40, 30)]) {
			const stream = streamOf(bytes, 7);
			const before = stream.eventNames();
			await peek(stream);
			expect(stream.eventNames()).toStrictEqual([...before, 'error']);
		}
	});

	it('passes on an error that occurs before it has read enough', async () => {
		const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		let given = 0;
		const stream = new Readable({
			read() {
				if (given++ < 3) this.push(large.png.subarray(0, 1000));
				else this.destroy(error);
			},
		});
		await expect(peek(stream)).rejects.toBe(error);
	});

	it.each([
		['with an error', Object.assign(new Error('aborted'), { code: 'EPIPE' })],
		['without one', undefined],
	])('does not wait forever for a stream that has already failed, %s', async (_, error) => {
		const stream = streamOf(large.png, 50).on('error', () => {});
		stream.destroy(error);
		await new Promise((resolve) => setImmediate(resolve));
		const result = peek(stream).then(
			() => 'head',
			() => 'error',
		);
		expect(await inTime(result)).toBe('error');
	});

	it('does not wait forever for a stream that is closed without an error', async () => {
		const stream = new Readable({ read() {} });
		const result = peek(stream).then(
			() => 'head',
			() => 'error',
		);
		stream.push('abc');
		stream.destroy();
		expect(await inTime(result)).toBe('error');
	});
});

describe('guardImage', () => {
	it.each(cases)('passes on %s byte for byte, %s', async (format, _, chunkBytes) => {
		const bytes = large[format];
		expect((await passOn(bytes, chunkBytes)).equals(bytes)).toBe(true);
	});

	it.each(cases)('aborts %s that is too large, %s', async (format, _, chunkBytes) => {
		const bytes = large[format];
		expect((await passOn(bytes, chunkBytes, bytes.length)).equals(bytes)).toBe(true);
		await expect(passOn(bytes, chunkBytes, bytes.length - 1)).rejects.toStrictEqual(
			new NetworkError('EMSGSIZE'),
		);
	});

	it.each(cases)('aborts %s that is cut short, %s', async (format, _, chunkBytes) => {
		const bytes = large[format];
		await expect(passOn(bytes.subarray(0, -20), chunkBytes)).rejects.toStrictEqual(
			new NetworkError('ECONNRESET'),
		);
	});

	it('does not mistake an end marker in the middle for the end', async () => {
		const bytes = large.png;
		const mark = Buffer.from('IEND');
		const marked = Buffer.concat([bytes.subarray(0, 33), mark, largeTextChunk()]);
		await expect(passOn(marked, 65_536)).rejects.toStrictEqual(new NetworkError('ECONNRESET'));
	});

	it('finds the end of an image that is larger than its buffer', async () => {
		const bytes = large.png;
		const padded = Buffer.concat([bytes.subarray(0, 33), largeTextChunk(), bytes.subarray(33)]);
		expect((await passOn(padded, 65_536)).equals(padded)).toBe(true);
	});

	it.each([
		['some time after', 4],
		['right after', 2],
	])('fails with a connection that fails %s the head', async (_, chunks) => {
		const bytes = large.png;
		const chunkBytes = headBytes / 2;
		let given = 0;
		const source: ByteStream = new Readable({
			highWaterMark: 1,
			read() {
				const chunk = bytes.subarray(given * chunkBytes, (given + 1) * chunkBytes);
				if (given < chunks) this.push(chunk);
				else this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
				given += 1;
			},
		});
		const head = await peek(source);
		expect(head.isWhole).toBe(false);
		const guard = () => guardImage(source, new ImageScan(), 1e6, () => true);
		const passed = (async () => await readAll(guard()))();
		await expect(passed).rejects.toMatchObject({ code: 'ECONNRESET' });
	});

	it.each([
		['with an error', Object.assign(new Error('aborted'), { code: 'EPIPE' }), 'EPIPE'],
		['without one', undefined, 'ECONNRESET'],
	])('refuses a stream that has already failed, %s', (_, error, code) => {
		const source = streamOf(makePicture('png', 93, 71), 50).on('error', () => {});
		source.destroy(error);
		expect(() => guardImage(source, new ImageScan(), 1000, () => true)).toThrow(
			new NetworkError(code),
		);
	});

	it('ends with the stream that it guards', async () => {
		const source = streamOf(large.png, 100);
		await peek(source);
		const guarded = guardImage(source, new ImageScan(), 70_000, () => true);
		await expect(readAll(guarded)).rejects.toStrictEqual(new NetworkError('EMSGSIZE'));
		expect([guarded.destroyed, source.destroyed]).toStrictEqual([true, true]);
	});
});

/** A PNG text chunk, larger than the guard's buffer. Nothing checks its checksum here. */
function largeTextChunk(): Buffer {
	const text = Buffer.alloc(200_000, 'a');
	const length = Buffer.alloc(4);
	length.writeUInt32BE(text.length);
	return Buffer.concat([length, Buffer.from('tEXt'), text, Buffer.alloc(4)]);
}
