import type { FileHost } from '../host';
import { NetworkError } from './networkError';

/** A Node.js Readable. Its module is not among those that n8n allows, so the type comes from n8n's own. */
export type ByteStream = Exclude<
	Parameters<FileHost['helpers']['prepareBinaryData']>[0],
	Uint8Array
>;

/**
 * Reads a stream to its end as text.
 * @param maxBytes a longer text is not read
 * @throws NetworkError `ETIMEDOUT` when the end does not come in time, `EMSGSIZE` when it is too far
 */
export async function readBody(
	stream: ByteStream,
	timeoutMs: number,
	maxBytes: number,
): Promise<string> {
	const timeout = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
	const onTimeout = () => stream.destroy(new NetworkError('ETIMEDOUT'));
	timeout.addEventListener('abort', onTimeout);
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > maxBytes) stream.destroy(new NetworkError('EMSGSIZE'));
			chunks.push(chunk);
		}
	} finally {
		timeout.removeEventListener('abort', onTimeout);
	}
	return Buffer.concat(chunks).toString('utf8');
}
