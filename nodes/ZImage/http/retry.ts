import { HostError } from './hostError';
import { isOfCertificate, NetworkError, wasNotSent } from './networkError';

/** What the decision needs of an answer. */
export interface Answer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Of an answer that was read: `undefined` when it was not JSON. */
	readonly body?: unknown;
}

/** What has come of one try. */
export type Outcome = Answer | HostError | NetworkError;

/** A `submit` may be paid for; a `read` costs nothing however often it is sent. */
export type Purpose = 'read' | 'submit';

/** 520 to 524 are those of a gateway that could not reach the provider (Cloudflare). */
const retriedReads: ReadonlySet<number> = new Set([
	...[408, 425, 429, 500, 502, 503, 504],
	...[520, 521, 522, 523, 524],
]);

/** Tries of one request in all; "too many requests" (429) and faults of n8n itself end with the deadline only. */
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
 * @returns milliseconds from `now`, or `undefined` when the header says nothing usable
 */
export function parseRetryAfterMs(value: string | undefined, now: number): number | undefined {
	if (value === undefined) return undefined;
	if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
	if (!/^\s*[A-Za-z]+, \d/.test(value)) return undefined;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whether a status code is that of a success. */
export function isSuccess({ statusCode }: Pick<Answer, 'statusCode'>): boolean {
	return statusCode >= 200 && statusCode < 300;
}

/** Whether the provider takes no more requests at the moment. It hasn't looked at this one then. */
export function isRateLimited(outcome: Outcome): boolean {
	return !(outcome instanceof Error) && outcome.statusCode === 429;
}

/**
 * Whether a success holds no JSON. The HTTP client of n8n takes compressed data that is cut off for whole, and doesn't
 * unpack everything that a gateway may send.
 */
function isUnreadable(answer: Answer): boolean {
	return isSuccess(answer) && 'body' in answer && answer.body === undefined;
}

function mayRetry(purpose: Purpose, outcome: Outcome): boolean {
	if (outcome instanceof HostError) return !outcome.isLasting;
	if (outcome instanceof NetworkError) {
		// An answer that is too large is as large the next time, and a certificate is as bad.
		if (outcome.code === 'EMSGSIZE' || isOfCertificate(outcome)) return false;
		return purpose === 'read' || wasNotSent(outcome);
	}
	if (purpose === 'submit') return isRateLimited(outcome);
	return retriedReads.has(outcome.statusCode) || isUnreadable(outcome);
}

/**
 * The one decision on sending a request again, by what it may cost.
 * @param attempt number of tries so far, from 1; after a refusal, of refusals in a row in the run
 * @param random from 0 to 1, spreads the delays of many items
 * @returns milliseconds to wait before the next try, or `null` when this outcome is final
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
