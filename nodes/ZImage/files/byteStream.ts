import { NetworkError, toNetworkError } from '../http/networkError';
import type { ByteStream } from '../http/readBody';

/** Enough to identify the type of a file. */
const headBytes = 64 * 1024;

/** The beginning of a stream. */
export interface Head {
	readonly bytes: Buffer;
	/** The stream contains no more than that and can't be read any further. */
	readonly isWhole: boolean;
}

/** An error without a listener would end the process. The stream's reader still receives it. */
export function keepQuiet(stream: ByteStream): ByteStream {
	return stream.on('error', () => {});
}

/** The error of a failed stream. */
export function brokenBy(stream: ByteStream): NetworkError {
	return toNetworkError(stream.errored) ?? new NetworkError('ECONNRESET');
}

/**
 * Reads the beginning of a stream and, unless that is everything, puts it back.
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
