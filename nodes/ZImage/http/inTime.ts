import { NetworkError } from './networkError';
import type { ByteStream } from './readBody';

/**
 * Waits for an answer to start, with a time limit, because n8n's own timer doesn't end the wait for every kind of answer.
 * @param opening the pending answer; it's closed if it comes too late
 * @param timeout aborts when the time is over
 * @throws NetworkError `ETIMEDOUT`, or the answer's own rejection
 */
export async function inTime<T extends { readonly body: ByteStream }>(
	opening: Promise<T>,
	timeout: AbortSignal,
): Promise<T> {
	return await new Promise<T>((resolve, reject) => {
		const onTimeout = () => reject(new NetworkError('ETIMEDOUT'));
		timeout.addEventListener('abort', onTimeout);
		opening
			.then((answer) => {
				if (timeout.aborted) answer.body.destroy();
				resolve(answer);
			}, reject)
			.finally(() => timeout.removeEventListener('abort', onTimeout));
	});
}
