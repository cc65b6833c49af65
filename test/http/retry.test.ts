import fc from 'fast-check';

import { NetworkError } from '../../nodes/ZImage/http/networkError';
import type { Answer, Purpose } from '../../nodes/ZImage/http/retry';
import { isRateLimited, parseRetryAfterMs, retryDelayMs } from '../../nodes/ZImage/http/retry';

const now = Date.parse('2026-01-01T00:00:00Z');
const answer = (statusCode: number, retryAfter?: string): Answer => ({
	statusCode,
	headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});
const delayOf = (purpose: Purpose, outcome: Answer | NetworkError, attempt = 1) =>
	retryDelayMs(purpose, outcome, attempt, now, 0.5);

/** The first wait, halfway between its bounds. */
const first = 375;

describe('what is repeated', () => {
	it.each<[number, number | null, number | null]>([
		[200, null, null],
		[202, null, null],
		[302, null, null],
		[400, null, null],
		[401, null, null],
		[403, null, null],
		[404, null, null],
		[408, first, null],
		[409, null, null],
		[422, null, null],
		[425, first, null],
		[429, first, first],
		[500, first, null],
		[501, null, null],
		[502, first, null],
		[503, first, null],
		[504, first, null],
	])('HTTP %i: a read after %j ms, a submit after %j ms', (statusCode, read, submit) => {
		expect(delayOf('read', answer(statusCode))).toBe(read);
		expect(delayOf('submit', answer(statusCode))).toBe(submit);
	});

	it.each<[number, string, unknown, number | null]>([
		[200, 'no JSON', undefined, first],
		[200, 'JSON', null, null],
		[404, 'no JSON', undefined, null],
	])('HTTP %i with %s (%j): a read after %j ms, a submit never', (statusCode, _, body, read) => {
		expect(delayOf('read', { ...answer(statusCode), body })).toBe(read);
		expect(delayOf('submit', { ...answer(statusCode), body })).toBeNull();
	});

	it.each<[string, number | null, number | null]>([
		['ECONNREFUSED', first, first],
		['ENOTFOUND', first, first],
		['EAI_AGAIN', first, first],
		['ECONNRESET', first, null],
		['ETIMEDOUT', first, null],
		['ECONNABORTED', first, null],
		['EPIPE', first, null],
		['EHOSTUNREACH', first, null],
		['ERR_STREAM_PREMATURE_CLOSE', first, null],
		['EMSGSIZE', null, null],
	])('%s: a read after %j ms, a submit after %j ms', (code, read, submit) => {
		expect(delayOf('read', new NetworkError(code))).toBe(read);
		expect(delayOf('submit', new NetworkError(code))).toBe(submit);
	});

	it('gives up after the sixth try', () => {
		const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => delayOf('read', answer(503), attempt));
		expect(delays).toStrictEqual([375, 750, 1500, 3000, 6000, null, null]);
	});

	it.each<Purpose>(['read', 'submit'])('never gives up on a refusal: %s, HTTP 429', (purpose) => {
		const attempts = [1, 2, 3, 4, 5, 6, 7, 5000];
		const delays = attempts.map((attempt) => delayOf(purpose, answer(429), attempt));
		expect(delays).toStrictEqual([375, 750, 1500, 3000, 6000, 7500, 7500, 7500]);
	});

	it('waits between half of the ceiling and all of it, and never longer than 10 seconds', () => {
		const ceilings = [500, 1000, 2000, 4000, 8000];
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5 }),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(attempt, random) => {
					const delayMs = retryDelayMs('read', answer(500), attempt, now, random) ?? -1;
					const ceiling = ceilings[attempt - 1] ?? 0;
					expect(delayMs).toBeGreaterThanOrEqual(ceiling / 2);
					expect(delayMs).toBeLessThanOrEqual(Math.min(ceiling, 10_000));
				},
			),
		);
	});
});

it.each<[Answer | NetworkError, boolean]>([
	[answer(429), true],
	[answer(503), false],
	[answer(200), false],
	[new NetworkError('ECONNREFUSED'), false],
])('%j is a rate limit: %s', (outcome, expected) => {
	expect(isRateLimited(outcome)).toBe(expected);
});

describe('Retry-After', () => {
	it.each<[string | undefined, number | undefined]>([
		['120', 120_000],
		[' 7 ', 7000],
		['Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
		['Thursday, 01-Jan-26 00:00:05 GMT', 5000],
		[' Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
		['Wed, 31 Dec 2025 23:59:00 GMT', 0],
		[undefined, undefined],
		['', undefined],
		['soon', undefined],
		// Date.parse reads these as dates in the year 2001, which would mean: at once.
		['-5', undefined],
		['1.5', undefined],
		['10, 20', undefined],
		['in 5', undefined],
		// Date.parse ignores what precedes the date.
		['after Thu, 01 Jan 2026 00:01:30 GMT', undefined],
		['-Thu, 01 Jan 2026 00:01:30 GMT', undefined],
	])('%j is %j ms', (value, expected) => {
		expect(parseRetryAfterMs(value, now)).toBe(expected);
	});

	it.each<[Purpose, number]>([
		['read', 429],
		['read', 503],
		['submit', 429],
	])('wins over the backoff and over the number of tries: %s, HTTP %i', (purpose, statusCode) => {
		expect(delayOf(purpose, answer(statusCode, '2'), 1)).toBe(2000);
		expect(delayOf(purpose, answer(statusCode, '2'), 20)).toBe(2000);
	});

	it.each<[Purpose, number]>([
		['read', 200],
		['read', 404],
		['submit', 503],
		['submit', 500],
	])('does not make %s, HTTP %i retryable', (purpose, statusCode) => {
		expect(delayOf(purpose, answer(statusCode, '2'))).toBeNull();
	});

	it('in another form leaves the backoff', () => {
		expect(delayOf('read', answer(429, 'soon'), 2)).toBe(750);
		expect(delayOf('read', answer(429, 'soon'), 6)).toBe(7500);
		expect(delayOf('read', answer(503, 'soon'), 2)).toBe(750);
		expect(delayOf('read', answer(503, 'soon'), 6)).toBeNull();
	});

	it.each(['0', 'Wed, 31 Dec 2025 23:59:00 GMT'])(
		'%s never means hammering: there is a wait, or an end',
		(value) => {
			const delays = [1, 6, 100].map((attempt) => delayOf('read', answer(429, value), attempt));
			expect(delays).toStrictEqual([375, 7500, 7500]);
		},
	);
});
