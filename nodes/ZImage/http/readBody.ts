import type { FileHost } from '../host';
import { NetworkError } from './networkError';

/** A Node.js Readable. n8n doesn't allow its module, so the type comes from n8n. */
export type ByteStream = Exclude<
	Parameters<FileHost['helpers']['prepareBinaryData']>[0],
	Uint8Array
>;

/**
 * Reads a stream to its end as text.
 * @param maxBytes the longest text that is read
 * @param timeout aborts when the time is over. Default: the stream's owner ends it
 * @throws NetworkError `ETIMEDOUT` when the end doesn't come in time, `EMSGSIZE` when the text is too long
 */
export async function readBody(
	stream: ByteStream,
	maxBytes: number,
	timeout?: AbortSignal,
): Promise<string> {
	const onTimeout = () => stream.destroy(new NetworkError('ETIMEDOUT'));
	if (timeout?.aborted) onTimeout();
	timeout?.addEventListener('abort', onTimeout);
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > maxBytes) stream.destroy(new NetworkError('EMSGSIZE'));
			chunks.push(chunk);
		}
	} finally {
		timeout?.removeEventListener('abort', onTimeout);
	}
	return Buffer.concat(chunks).toString('utf8');
}
