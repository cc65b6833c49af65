import { NetworkError, toNetworkError } from '../http/networkError';
import type { ByteStream } from '../http/readBody';
import { ImageScan } from './imageScan';

/** Enough bytes to recognize an image. */
const headBytes = 64 * 1024;

/** The beginning of a stream. */
export interface Head {
	readonly bytes: Buffer;
	/** Whether this is the whole stream, which can't be read any further then. */
	readonly isWhole: boolean;
}

/** An error without a listener would end the process; the reader of the stream gets it anyway. */
function keepQuiet(stream: ByteStream): ByteStream {
	return stream.on('error', () => {});
}

function brokenBy(stream: ByteStream): NetworkError {
	return toNetworkError(stream.errored) ?? new NetworkError('ECONNRESET');
}

/**
 * Reads the beginning of a stream and, unless that's the whole stream, puts it back.
 * @throws the stream's error; NetworkError `ECONNRESET` when it closes before its end
 */
export async function peek(stream: ByteStream): Promise<Head> {
	keepQuiet(stream);
	if (stream.destroyed) throw brokenBy(stream);
	return await new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		const finish = (settle: () => void) => {
			stream
				.off('readable', onReadable)
				.off('end', onEnd)
				.off('error', onError)
				.off('close', onClose);
			settle();
		};
		const onEnd = () => finish(() => resolve({ bytes: Buffer.concat(chunks), isWhole: true }));
		const onError = (error: Error) => finish(() => reject(error));
		const onClose = () => onError(new NetworkError('ECONNRESET'));
		const onReadable = () => {
			for (let chunk; size < headBytes && (chunk = stream.read() as Buffer | null) !== null;) {
				chunks.push(chunk);
				size += chunk.length;
			}
			if (size < headBytes) return;
			const bytes = Buffer.concat(chunks);
			stream.unshift(bytes);
			finish(() => resolve({ bytes, isWhole: false }));
		};
		stream.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onClose);
	});
}

/** Reads an image only until its type is known, and closes the stream. */
export async function scanStream(stream: ByteStream): Promise<ImageScan> {
	const scan = new ImageScan();
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		scan.push(chunk);
		if (scan.isKnown) break;
	}
	return scan;
}

/**
 * Passes an image on while it arrives, and breaks the stream if the image is too large or ends too early.
 * The errors (`EMSGSIZE`, `ECONNRESET`) reach the reader of the stream.
 * @param scan inspects all data that passes
 * @param cameWhole whether a file of so many bytes is known to be complete
 * @param goesOn is called for every chunk
 * @throws NetworkError when the stream is already broken
 */
export function guardImage(
	stream: ByteStream,
	scan: ImageScan,
	maxBytes: number,
	cameWhole: (size: number) => boolean,
	goesOn: () => void = () => {},
): ByteStream {
	if (stream.destroyed) throw brokenBy(stream);
	const guarded = stream.compose(async function* (source: AsyncIterable<Buffer>) {
		for await (const chunk of source) {
			scan.push(chunk);
			if (scan.size > maxBytes) throw new NetworkError('EMSGSIZE');
			goesOn();
			yield chunk;
		}
		if (!scan.isWhole(cameWhole(scan.size))) throw new NetworkError('ECONNRESET');
	}) as unknown as ByteStream;
	// A small image can fail before its reader listens.
	return keepQuiet(guarded);
}
