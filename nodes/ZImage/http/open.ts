import type { IHttpRequestOptions } from 'n8n-workflow';

import type { FileHost } from '../host';
import type { Clock } from './clock';
import { inTime } from './inTime';
import { NetworkError, toBrokenAnswer, toNetworkError } from './networkError';
import { Pacing } from './pacing';
import type { ByteStream } from './readBody';
import type { Answer } from './retry';
import { withRetries } from './retrying';
import { mayFollow } from './urls';

/** An answer whose body is still to be read. */
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
	/** Milliseconds since 1970 after which nothing is sent again. */
	readonly deadline: number;
	/** How long a single try may take until its answer begins, and then stand still. */
	readonly timeoutMs: number;
	/** Default: as often as the decision on retries allows. */
	readonly maxAttempts?: number;
}

/** A request without a key. */
export interface OpenRequest {
	readonly method: 'GET' | 'POST' | 'PUT';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Opened again for each try. */
	readonly body?: () => Promise<Buffer | ByteStream>;
	/** The credential's own URL: its host may be a private one. */
	readonly ownUrl: string;
}

/**
 * Reads an answer as it streams.
 * @param timeoutMs how long it may take, or stand still if `goesOn` is called
 * @param goesOn says that the answer still comes, so that the time begins again
 */
export type ReadStream<T> = (
	answer: StreamedAnswer,
	timeoutMs: number,
	goesOn: () => void,
) => Promise<T>;

type HttpHost = { readonly helpers: Pick<FileHost['helpers'], 'httpRequest'> };

/** As many as n8n's own HTTP client follows. */
const maxRedirects = 21;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const timedOut = () => new NetworkError('ETIMEDOUT');

/** More often than this a timer is not begun again. */
const restartMs = 1000;

/** A timer that can begin again. */
function restartableTimer(leftMs: () => number): { signal: AbortSignal; restart: () => void } {
	const end = new AbortController();
	let current: AbortSignal | undefined;
	let startedAt = -Infinity;
	const restart = () => {
		if (performance.now() - startedAt < restartMs) return;
		startedAt = performance.now();
		const timeout = AbortSignal.timeout(leftMs());
		timeout.addEventListener('abort', () => {
			if (timeout === current) end.abort();
		});
		current = timeout;
	};
	restart();
	return { signal: end.signal, restart };
}

/**
 * Opens an answer and reads it, again where that failed and costs nothing: the one wrapper around all that is not a
 * call of an API. A timer of its own covers each try, and begins again whenever `read` says that it goes on.
 * @param read may throw a NetworkError for an answer that is not whole
 * @throws NetworkError of the last try; TooManyRequests when the deadline comes before the pause asked for ends
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
		const late = restartableTimer(leftMs);
		late.signal.addEventListener('abort', () => answer?.body.destroy(timedOut()));
		try {
			const stop = AbortSignal.any([signal, late.signal]);
			answer = await inTime(open(leftMs(), stop), late.signal);
			const { statusCode, headers } = answer;
			return { statusCode, headers, value: await read(answer, leftMs(), late.restart) };
		} catch (error) {
			signal.throwIfAborted();
			if (late.signal.aborted) throw timedOut();
			if (answer?.body.errored) throw toBrokenAnswer(answer.body.errored);
			throw toNetworkError(error) ?? error;
		} finally {
			answer?.body.destroy();
		}
	});
}

/** Where an answer leads on to, as far as that may be followed; its own answer stands otherwise. */
function nextUrl(url: string, answer: Answer, ownUrl: string): string | undefined {
	const { location } = answer.headers;
	if (!redirects.has(answer.statusCode) || location === undefined) return undefined;
	if (!URL.canParse(location, url)) return undefined;
	const next = new URL(location, url).href;
	return mayFollow(url, next, ownUrl) ? next : undefined;
}

/**
 * Sends a request without a key: all downloads, uploads and lists go through here. A GET is redirected from URL to URL,
 * each of which is looked at first.
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
