import { HostError } from '../../nodes/ZImage/http/hostError';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { Pacing } from '../../nodes/ZImage/http/pacing';
import type { Answer, Purpose } from '../../nodes/ZImage/http/retry';
import { withPatience, withRetries } from '../../nodes/ZImage/http/retrying';
import { recordingClock, startMs } from '../support/recordingClock';

type Outcome = Answer | Error;

const ok: Answer = { statusCode: 200, headers: {} };
const answer = (statusCode: number, retryAfter?: string): Answer => ({
	statusCode,
	headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});
const reset = new NetworkError('ECONNRESET');
const refused = new NetworkError('ECONNREFUSED');

/**
 * How much longer a pause of the whole run is: half of at most 250 ms, because the random number is 0.5 here.
 */
const spread = 125;

/** n8n could not read the credential. */
const away = new HostError('Driver not Connected', false);

interface Setting {
	readonly purpose?: Purpose;
	readonly deadlineMs?: number;
	readonly maxAttempts?: number;
	readonly isLasting?: (answer: Answer) => boolean;
	readonly stop?: AbortController;
	/** How long each request takes. */
	readonly requestMs?: number;
	readonly onSend?: (attempt: number) => void;
}

/** Sends against a list of outcomes. The last one repeats. */
async function run(outcomes: readonly Outcome[], setting: Setting = {}) {
	const { purpose = 'read', deadlineMs = 300_000, maxAttempts, requestMs = 0 } = setting;
	const clock = recordingClock();
	const pacing = new Pacing(clock);
	let sent = 0;
	let retries = 0;
	const result = await withRetries(
		{
			purpose,
			clock,
			signal: (setting.stop ?? new AbortController()).signal,
			deadline: startMs + deadlineMs,
			maxAttempts,
			isLasting: setting.isLasting,
			pacing,
			onRetry: () => void retries++,
		},
		async () => {
			sent += 1;
			if (sent > 1000) throw new Error('Sent more than 1000 times');
			setting.onSend?.(sent);
			clock.advance(requestMs);
			const outcome = outcomes[Math.min(sent, outcomes.length) - 1] ?? ok;
			await Promise.resolve();
			if (outcome instanceof Error) throw outcome;
			return outcome;
		},
	).catch((error: unknown) => error);
	return { result, sent, retries, sleeps: clock.sleeps };
}

it.each<[string, Outcome[], Setting, Outcome, number[]]>([
	['a success', [ok], {}, ok, []],
	['a refusal', [answer(404)], {}, answer(404), []],
	['a temporary error', [answer(502), reset, ok], {}, ok, [375, 750]],
	['a permanent error', [answer(502)], {}, answer(502), [375, 750, 1500, 3000, 6000]],
	['a broken connection', [reset], {}, reset, [375, 750, 1500, 3000, 6000]],
	['a submit that broke', [reset, ok], { purpose: 'submit' }, reset, []],
	['a submit with a fault', [answer(503), ok], { purpose: 'submit' }, answer(503), []],
	['a submit that never arrived', [refused, ok], { purpose: 'submit' }, ok, [375]],
	['a submit too many', [answer(429, '2'), ok], { purpose: 'submit' }, ok, [2000 + spread]],
	[
		'refusals without a time',
		[...Array<Answer>(7).fill(answer(429)), ok],
		{},
		ok,
		[375, 750, 1500, 3000, 6000, 7500, 7500].map((ms) => ms + spread),
	],
	[
		'a temporary error after a long outage of n8n',
		[...Array<Outcome>(7).fill(away), answer(502), ok],
		{},
		ok,
		[375, 750, 1500, 3000, 6000, 7500, 7500, 375],
	],
	[
		'a temporary error after many refusals',
		[...Array<Outcome>(7).fill(answer(429, '2')), answer(502), ok],
		{},
		ok,
		[...Array<number>(7).fill(2000 + spread), 375],
	],
	[
		'a permanent error between outages and refusals',
		[answer(502), away, reset, answer(429, '2'), answer(503), away, answer(504), reset, reset, ok],
		{},
		reset,
		[375, 375, 750, 2000 + spread, 1500, 750, 3000, 6000],
	],
	['an outage of n8n until the deadline', [away], { deadlineMs: 1126 }, away, [375, 750]],
	['a refusal and one attempt only', [answer(429), ok], { maxAttempts: 1 }, answer(429), []],
	['one attempt only', [answer(503), ok], { maxAttempts: 1 }, answer(503), []],
	['only three attempts', [reset], { maxAttempts: 3 }, reset, [375, 750]],
	[
		'an error that would only be repeated',
		[answer(503), answer(500), ok],
		{ isLasting: ({ statusCode }) => statusCode === 500 },
		answer(500),
		[375],
	],
	['a wait until the deadline', [answer(429, '10')], { deadlineMs: 10_000 }, answer(429, '10'), []],
	[
		'a wait just before it',
		[answer(429, '10'), ok],
		{ deadlineMs: 10_000 + 2 * spread + 1 },
		ok,
		[10_000 + spread],
	],
	['a slow request', [answer(502)], { deadlineMs: 5000, requestMs: 4000 }, answer(502), [375]],
	[
		'a deadline that has passed in the meantime',
		[reset],
		{ deadlineMs: 10, requestMs: 11 },
		reset,
		[],
	],
	[
		'many responses with a Retry-After',
		[...Array<Answer>(20).fill(answer(429, '3')), ok],
		{},
		ok,
		Array<number>(20).fill(3000 + spread),
	],
])('%s', async (_, outcomes, setting, expected, sleeps) => {
	expect(await run(outcomes, setting)).toStrictEqual({
		result: expected,
		sent: sleeps.length + 1,
		retries: sleeps.length,
		sleeps,
	});
});

it('sends nothing if it was stopped before', async () => {
	const stop = new AbortController();
	stop.abort(new Error('stopped'));
	expect(await run([ok], { stop })).toStrictEqual({
		result: new Error('stopped'),
		sent: 0,
		retries: 0,
		sleeps: [],
	});
});

it('repeats nothing if it is stopped in the meantime', async () => {
	const stop = new AbortController();
	const onSend = () => stop.abort(new Error('stopped'));
	const { result, sent } = await run([answer(502)], { stop, onSend });
	expect({ result, sent }).toStrictEqual({ result: new Error('stopped'), sent: 1 });
});

it('throws an error of another kind at once', async () => {
	// An error that looks like a response isn't one.
	for (const bug of [new TypeError('a bug'), Object.assign(new Error(), { statusCode: 503 })]) {
		expect(await run([bug])).toStrictEqual({ result: bug, sent: 1, retries: 0, sleeps: [] });
	}
});

it("doesn't hammer a provider that always says Retry-After: 0", async () => {
	const { sent } = await run([answer(429, '0')], { deadlineMs: 60_000 });
	expect(sent).toBeLessThanOrEqual(200);
});

describe("n8n's own work", () => {
	/** @param outcomes errors are thrown; the last one repeats */
	const runWork = async (outcomes: readonly unknown[], deadlineMs = 300_000) => {
		const clock = recordingClock();
		const { signal } = new AbortController();
		let tries = 0;
		const patience = { clock, signal, deadline: startMs + deadlineMs };
		const result = await withPatience(patience, async () => {
			const outcome = outcomes[Math.min(tries++, outcomes.length - 1)];
			await Promise.resolve();
			if (outcome instanceof Error) throw outcome;
			return outcome;
		}).catch((error: unknown) => error);
		return { result, sleeps: clock.sleeps };
	};

	it.each<[string, unknown[], number | undefined, unknown, number[]]>([
		['that succeeds', ['done'], undefined, 'done', []],
		['that succeeds with nothing', [undefined], undefined, undefined, []],
		['after temporary errors', [away, away, 'done'], undefined, 'done', [375, 750]],
		['up to the deadline', [away], 2000, away, [375, 750]],
		['before a wait that ends with it', [away, 'done'], 375, away, []],
		['after a wait that ends just before it', [away, 'done'], 376, 'done', [375]],
	])('is repeated while it fails, %s', async (_, outcomes, deadlineMs, result, sleeps) => {
		expect(await runWork(outcomes, deadlineMs)).toStrictEqual({ result, sleeps });
	});

	it.each([
		['a permanent error', new HostError('No space left on device', true)],
		['an error of another kind', new TypeError('a bug')],
	])('is not repeated after %s', async (_, error) => {
		const { result, sleeps } = await runWork([error, 'done']);
		expect(result).toBe(error);
		expect(sleeps).toStrictEqual([]);
	});
});
