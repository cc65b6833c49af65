import type { IHttpRequestOptions } from 'n8n-workflow';

import type { FileHost } from '../host';
import type { Clock } from './clock';
import { withEither } from './either';
import { inTime } from './inTime';
import { NetworkError, toBrokenAnswer, toNetworkError } from './networkError';
import { Pacing } from './pacing';
import type { ByteStream } from './readBody';
import type { Answer } from './retry';
import { withRetries } from './retrying';
import { startTimer } from './timer';
import { mayFollow } from './urls';

/** An answer whose body hasn't been read yet. */
export interface StreamedAnswer extends Answer {
	readonly body: ByteStream;
}

/** An answer that was read. */
export interface ReadAnswer<T> extends Answer {
	readonly value: T;
}

export interface OpenOptions {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970 after which nothing is retried. */
	readonly deadline: number;
	/** How long a single attempt may wait for its answer to start, and then for more data. */
	readonly timeoutMs: number;
	/** Default: as often as the retry decision allows. */
	readonly maxAttempts?: number;
}

/** A request without a key. */
export interface OpenRequest {
	readonly method: 'GET' | 'POST' | 'PUT';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Opened again for each attempt. */
	readonly body?: () => Promise<Buffer | ByteStream>;
	/** The credential's own URL: its host may be a private one. */
	readonly ownUrl: string;
}

/**
 * Reads an answer while it streams. When its time is over, the stream ends with an error.
 * @param goesOn reports progress, which restarts the timer
 */
export type ReadStream<T> = (answer: StreamedAnswer, goesOn: () => void) => Promise<T>;

type HttpHost = { readonly helpers: Pick<FileHost['helpers'], 'httpRequest'> };

/** The same number of redirects that n8n's own HTTP client follows. */
const maxRedirects = 21;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const timedOut = () => new NetworkError('ETIMEDOUT');

/**
 * Opens and reads an answer, and retries if that failed and costs nothing: the only wrapper for everything that isn't an
 * API call. Each attempt has its own timer, which restarts whenever `read` reports progress.
 * @param read may throw a NetworkError for an incomplete answer
 * @throws NetworkError of the last attempt; TooManyRequests if the requested pause ends after the deadline
 */
export async function readOpened<T>(
	{ clock, signal, deadline, timeoutMs: mostMs, maxAttempts }: OpenOptions,
	open: (timeoutMs: number, abortSignal: AbortSignal) => Promise<StreamedAnswer>,
	read: ReadStream<T>,
): Promise<ReadAnswer<T>> {
	const retryOptions = {
		purpose: 'read',
		clock,
		signal,
		deadline,
		maxAttempts,
		pacing: new Pacing(clock),
	} as const;
	return await withRetries(retryOptions, async () => {
		const leftMs = () => Math.ceil(Math.max(1, Math.min(mostMs, deadline - clock.now())));
		let answer: StreamedAnswer | undefined;
		const late = startTimer(leftMs);
		const onTimeout = () => answer?.body.destroy(timedOut());
		late.signal.addEventListener('abort', onTimeout);
		try {
			return await withEither([signal, late.signal], async (stop) => {
				answer = await inTime(open(leftMs(), stop), late.signal);
				const { statusCode, headers } = answer;
				return { statusCode, headers, value: await read(answer, late.restart) };
			});
		} catch (error) {
			signal.throwIfAborted();
			if (late.signal.aborted) throw timedOut();
			if (answer?.body.errored) throw toBrokenAnswer(answer.body.errored);
			throw toNetworkError(error) ?? error;
		} finally {
			late.stop();
			late.signal.removeEventListener('abort', onTimeout);
			answer?.body.destroy();
			// On hosts before n8n 2.34, the timer goes on and refers to it.
			answer = undefined;
		}
	});
}

/** The target of a redirect, if it may be followed; otherwise the redirect itself is the answer. */
function nextUrl(url: string, answer: Answer, ownUrl: string): string | undefined {
	const { location } = answer.headers;
	if (!redirects.has(answer.statusCode) || location === undefined) return undefined;
	if (!URL.canParse(location, url)) return undefined;
	const next = new URL(location, url).href;
	return mayFollow(url, next, ownUrl) ? next : undefined;
}

/**
 * Sends a request without a key: all downloads, uploads and lists go through here. A GET is redirected from URL to URL,
 * each of which is checked first.
 * @returns the last answer, whatever its status code
 * @throws as `readOpened` does
 */
export async function openUrl<T>(
	{ helpers }: HttpHost,
	{ method, url: firstUrl, headers, body, ownUrl }: OpenRequest,
	options: OpenOptions,
	read: ReadStream<T>,
): Promise<ReadAnswer<T>> {
	const send = async (url: string, timeout: number, abortSignal: AbortSignal) => {
		const request: IHttpRequestOptions = {
			method,
			url,
			...(headers && { headers: { ...headers } }),
			...(body && { body: await body() }),
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout,
			abortSignal,
		};
		return (await helpers.httpRequest(request)) as StreamedAnswer;
	};
	const follow = async (timeoutMs: number, abortSignal: AbortSignal) => {
		let url = firstUrl;
		for (let hops = 0; hops <= maxRedirects; hops++) {
			const answer = await send(url, timeoutMs, abortSignal);
			const next = method === 'GET' ? nextUrl(url, answer, ownUrl) : undefined;
			if (next === undefined) return answer;
			answer.body.destroy();
			url = next;
		}
		throw new NetworkError('ERR_FR_TOO_MANY_REDIRECTS');
	};
	return await readOpened(options, follow, read);
}
