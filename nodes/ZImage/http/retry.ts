import { HostError } from './hostError';
import { isOfCertificate, NetworkError, wasNotSent } from './networkError';

/** What the decision needs from an answer. */
export interface Answer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	/** The parsed answer; `undefined` if it isn't JSON. */
	readonly body?: unknown;
}

/** The outcome of one attempt. */
export type Outcome = Answer | HostError | NetworkError;

/** A `submit` may be charged; a `read` never costs anything. */
export type Purpose = 'read' | 'submit';

/** 520 to 524 mean that a gateway (Cloudflare) could not reach the provider. */
const retriedReads: ReadonlySet<number> = new Set([
	...[408, 425, 429, 500, 502, 503, 504],
	...[520, 521, 522, 523, 524],
]);

/** Total attempts of one request; after HTTP 429 and errors of n8n itself, retries only end at the deadline. */
const maxAttempts = 6;
const firstDelayMs = 500;
const maxDelayMs = 10_000;

function backoffMs(attempt: number, random: number): number {
	const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
	return Math.round(ceiling * (0.5 + random / 2));
}

/**
 * Reads a Retry-After header: seconds, or a date.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @returns milliseconds from `now`, or `undefined` if the header is unusable
 */
export function parseRetryAfterMs(value: string | undefined, now: number): number | undefined {
	if (value === undefined) return undefined;
	if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
	if (!/^\s*[A-Za-z]+, \d/.test(value)) return undefined;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whether a status code means success. */
export function isSuccess({ statusCode }: Pick<Answer, 'statusCode'>): boolean {
	return statusCode >= 200 && statusCode < 300;
}

/** Whether the provider limits the rate. It hasn't processed this request then. */
export function isRateLimited(outcome: Outcome): boolean {
	return !(outcome instanceof Error) && outcome.statusCode === 429;
}

/**
 * Whether a success contains no JSON. n8n's HTTP client accepts truncated compressed data as complete, and doesn't
 * decompress every encoding that a gateway may use.
 */
function isUnreadable(answer: Answer): boolean {
	return isSuccess(answer) && 'body' in answer && answer.body === undefined;
}

function mayRetry(purpose: Purpose, outcome: Outcome): boolean {
	if (outcome instanceof HostError) return !outcome.isLasting;
	if (outcome instanceof NetworkError) {
		// A retry doesn't make an answer smaller or a certificate valid.
		if (outcome.code === 'EMSGSIZE' || isOfCertificate(outcome)) return false;
		return purpose === 'read' || wasNotSent(outcome);
	}
	if (purpose === 'submit') return isRateLimited(outcome);
	return retriedReads.has(outcome.statusCode) || isUnreadable(outcome);
}

/**
 * The only decision on retrying a request, depending on what it may cost.
 * @param attempt number of attempts so far, from 1; after HTTP 429, the consecutive refusals in the run
 * @param random from 0 to 1, spreads the delays of many items
 * @returns milliseconds to wait before the next attempt, or `null` when this outcome is final
 */
export function retryDelayMs(
	purpose: Purpose,
	outcome: Outcome,
	attempt: number,
	now: number,
	random: number,
): number | null {
	if (!mayRetry(purpose, outcome)) return null;
	if (!(outcome instanceof Error)) {
		const retryAfterMs = parseRetryAfterMs(outcome.headers['retry-after'], now);
		if (retryAfterMs) return retryAfterMs;
	}
	const isUnlimited = isRateLimited(outcome) || outcome instanceof HostError;
	return attempt < maxAttempts || isUnlimited ? backoffMs(attempt, random) : null;
}
