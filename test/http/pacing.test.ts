import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { paceOf, Pacing, TooManyRequests } from '../../nodes/ZImage/http/pacing';
import type { Answer, Purpose } from '../../nodes/ZImage/http/retry';
import { withRetries } from '../../nodes/ZImage/http/retrying';
import { recordingClock, startMs } from '../support/recordingClock';
import { virtualClock } from '../support/virtualClock';

const ok: Answer = { statusCode: 200, headers: {} };
const refusal = (retryAfter?: string): Answer => ({
	statusCode: 429,
	headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});
const live = new AbortController().signal;

/** How much longer a pause is, at most. */
const spreadMs = 250;

interface Request {
	readonly name: string;
	/** Milliseconds since the clock started. */
	readonly atMs: number;
	/** The requests that were under way already. */
	readonly among: number;
	statusCode?: number;
}

interface Sending {
	readonly purpose?: Purpose;
	readonly deadlineMs?: number;
	readonly signal?: AbortSignal;
	/** Milliseconds since the clock started. */
	readonly startsAtMs?: number;
	/** How long each request takes. */
	readonly takesMs?: number;
}

/** A run with a provider that responds depending on the time and the number of a request. */
function runAgainst(answer: (request: Request, index: number) => Answer | Error, seed = 1) {
	const clock = virtualClock({ seed });
	const pacing = new Pacing(clock);
	const requests: Request[] = [];
	let underWay = 0;
	const send = async (
		name: string,
		{
			purpose = 'submit',
			deadlineMs = 300_000,
			signal = live,
			startsAtMs = 0,
			takesMs = 20,
		}: Sending = {},
	): Promise<Answer> => {
		await clock.sleep(startsAtMs, live);
		const deadline = startMs + deadlineMs;
		return await withRetries({ purpose, clock, signal, deadline, pacing }, async () => {
			const request: Request = { name, atMs: clock.elapsed(), among: underWay };
			requests.push(request);
			const outcome = answer(request, requests.length - 1);
			underWay++;
			await clock.sleep(takesMs, live);
			underWay--;
			if (outcome instanceof Error) throw outcome;
			request.statusCode = outcome.statusCode;
			return outcome;
		});
	};
	const of = (name: string) => requests.filter((request) => request.name === name);
	/** Refuses an additional request at once, with a pause of this many seconds or its own. */
	const refuse = async (seconds?: number, purpose: Purpose = 'read'): Promise<void> => {
		const retryAfter = seconds === undefined ? undefined : String(seconds);
		const turn = { purpose, signal: live, deadline: Infinity };
		await pacing.inTurn(turn, async () => refusal(retryAfter));
	};
	return { clock, pacing, requests, send, of, refuse };
}

describe('a refusal (HTTP 429)', () => {
	it.each([
		['seconds', '5'],
		['a date', 'Thu, 01 Jan 2026 00:00:05 GMT'],
	])('with a Retry-After in %s pauses the whole run', async (_, retryAfter) => {
		const { clock, requests, send } = runAgainst((__, index) =>
			index === 0 ? refusal(retryAfter) : ok,
		);
		// The answer, and so the beginning of the pause, comes after 20 ms; a date does not move by that.
		const untilMs = retryAfter === '5' ? 5020 : 5000;
		const answers = await clock.run(
			Promise.all([
				send('first'),
				send('submit', { startsAtMs: 100 }),
				send('read', { purpose: 'read', startsAtMs: 100 }),
				send('late read', { purpose: 'read', startsAtMs: 4999 }),
			]),
		);
		expect(answers).toStrictEqual([ok, ok, ok, ok]);
		expect(requests.map(({ name }) => name).sort()).toStrictEqual(
			['first', 'first', 'submit', 'read', 'late read'].sort(),
		);
		for (const { atMs } of requests.slice(1)) {
			expect(atMs).toBeGreaterThanOrEqual(untilMs);
			// Submits come one after another: each waits for the response to the previous one.
			expect(atMs).toBeLessThanOrEqual(untilMs + 2 * (spreadMs + 20));
		}
	});

	it('of a read pauses submits as well', async () => {
		const { clock, of, send } = runAgainst((_, index) => (index === 0 ? refusal('3') : ok));
		await clock.run(
			Promise.all([send('read', { purpose: 'read' }), send('submit', { startsAtMs: 50 })]),
		);
		expect(of('submit')).toHaveLength(1);
		expect(of('submit')[0]?.atMs).toBeGreaterThanOrEqual(3020);
	});

	it("doesn't stop running requests", async () => {
		const { clock, of, send } = runAgainst(({ name }) => (name === 'refused' ? refusal('9') : ok));
		const slow = send('slow', { takesMs: 1000 });
		const refused = send('refused', { deadlineMs: 5000 });
		expect(await clock.run(Promise.all([slow, refused]))).toStrictEqual([ok, refusal('9')]);
		expect(clock.elapsed()).toBe(1000);
		expect(of('slow')).toHaveLength(1);
	});

	it('only lengthens pauses, if there are several', async () => {
		const { clock, pacing, of, send, refuse } = runAgainst(() => ok);
		expect(pacing.pauseMs()).toBe(0);
		await Promise.all([refuse(4), refuse(1)]);
		expect(pacing.pauseMs()).toBe(4000);
		await clock.run(send('read', { purpose: 'read' }));
		expect(of('read')[0]?.atMs).toBeGreaterThanOrEqual(4000);
		expect(pacing.pauseMs()).toBe(0);
	});

	it('counts once with another one in the same millisecond', async () => {
		const { pacing, refuse } = runAgainst(() => ok);
		await Promise.all([refuse(), refuse()]);
		// The pause after the first consecutive refusal.
		expect(pacing.pauseMs()).toBeLessThanOrEqual(500);
		expect(pacing.pauseMs()).toBeGreaterThanOrEqual(250);
	});

	it('counts consecutive ones, for each purpose, whatever their task', async () => {
		const { clock, pacing, send, refuse } = runAgainst(() => ok);
		/**
		 * A pause is between half of its ceiling and all of it. The ceiling shows the number of consecutive
		 * refusals.
		 */
		const ceilingAfterRefusal = async (purpose: Purpose) => {
			await clock.run(refuse(undefined, purpose));
			const pauseMs = pacing.pauseMs();
			await clock.run(clock.sleep(pauseMs + 1, live));
			return 2 ** Math.ceil(Math.log2(pauseMs / 500)) * 500;
		};
		expect(await ceilingAfterRefusal('submit')).toBe(500);
		expect(await ceilingAfterRefusal('submit')).toBe(1000);
		expect(await ceilingAfterRefusal('read')).toBe(500);
		expect(await ceilingAfterRefusal('submit')).toBe(2000);
		await clock.run(send('accepted'));
		expect(await ceilingAfterRefusal('submit')).toBe(500);
		expect(await ceilingAfterRefusal('read')).toBe(1000);
		await clock.run(send('read', { purpose: 'read' }));
		expect(await ceilingAfterRefusal('submit')).toBe(1000);
		expect(await ceilingAfterRefusal('read')).toBe(500);
	});

	it.each([
		['a redirect', { statusCode: 300, headers: {} }],
		['another refusal of the request', { statusCode: 422, headers: {} }],
		['a fault', { statusCode: 503, headers: {} }],
	])("isn't forgotten because of %s", async (_, answer) => {
		const { clock, pacing, refuse } = runAgainst(() => ok);
		await refuse(undefined, 'submit');
		await clock.run(clock.sleep(pacing.pauseMs() + 1, live));
		const turn = { purpose: 'submit', signal: live, deadline: Infinity } as const;
		expect(await pacing.inTurn(turn, async () => answer)).toBe(answer);
		expect(pacing.pauseMs()).toBe(0);
		await refuse(undefined, 'submit');
		expect(pacing.pauseMs()).toBeGreaterThanOrEqual(500);
	});
});

describe('after a refusal', () => {
	const names = Array.from({ length: 8 }, (_, index) => `submit ${index}`);

	it('submits go one by one until one is accepted, then all at once', async () => {
		const { clock, requests, send } = runAgainst((_, index) => (index < 11 ? refusal('1') : ok));
		await clock.run(Promise.all(names.map(async (name) => await send(name, { takesMs: 700 }))));
		const firstAccepted = requests.findIndex(({ statusCode }) => statusCode === 200);
		const accepted = requests.slice(firstAccepted);
		expect(requests.slice(0, 8).map(({ among }) => among)).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7]);
		expect(requests.slice(8, firstAccepted + 1).map(({ among }) => among)).toStrictEqual(
			Array(firstAccepted - 7).fill(0),
		);
		// Those that waited for the accepted one aren't delayed any longer.
		expect(accepted.slice(1).map(({ among }) => among)).toStrictEqual([0, 1, 2, 3, 4, 5, 6]);
		expect(new Set(accepted.slice(1).map(({ atMs }) => atMs)).size).toBe(1);
		expect(accepted.map(({ name }) => name).sort()).toStrictEqual(names);
	});

	it.each<[Purpose, string, number]>([
		['submit', 'is sent again', 300_000],
		['read', 'is sent again', 300_000],
		['submit', 'gives up', 1000],
		['read', 'gives up', 1000],
	])(
		'of a %s that %s, the acceptance of a submit from before it does not end the trials',
		async (purpose, _, deadlineMs) => {
			const { clock, requests, send } = runAgainst(({ name, atMs }) =>
				name !== 'slow' && atMs < 5000 ? refusal('2') : ok,
			);
			// Accepted at 1000 ms, within the pause that began at 20 ms; the others come after that.
			const slow = send('slow', { takesMs: 1000 });
			const refused = send('refused', { purpose, deadlineMs });
			const others = names.map(
				async (name) => await send(name, { startsAtMs: 1100, takesMs: 700 }),
			);
			await clock.run(Promise.all([slow, refused, ...others]));
			const trials = requests.filter(
				({ name, atMs }) => name.startsWith('submit') && atMs >= 2020 && atMs < 2020 + 700,
			);
			expect(trials.length).toBeLessThanOrEqual(1);
		},
	);

	it("one that was sent in the refusal's millisecond ends no trials", async () => {
		const { clock, of, send } = runAgainst(({ name, atMs }) =>
			name === 'refused' && atMs === 0 ? refusal('1') : ok,
		);
		await clock.run(
			Promise.all([
				// It is sent, and later accepted, when the other's refusal arrives.
				send('together', { startsAtMs: 20 }),
				send('refused', { purpose: 'read' }),
				...Array.from({ length: 30 }, async () => await send('later', { startsAtMs: 100 })),
			]),
		);
		const [first, second] = of('later');
		// Only one tries after the pause; the others wait for its answer.
		expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(20);
	});

	it('only one submit is sent after each pause', async () => {
		const { clock, requests, send } = runAgainst(({ atMs }) => (atMs < 4500 ? refusal('1') : ok));
		await clock.run(Promise.all(names.map(async (name) => await send(name))));
		const refused = requests.filter(({ statusCode }) => statusCode === 429).slice(names.length);
		// A pause is 1 second long, so within 4.5 seconds there are 4 at most.
		expect(refused.length).toBeLessThanOrEqual(4);
		refused.reduce((before, { atMs }) => {
			expect(atMs - before).toBeGreaterThanOrEqual(1000);
			return atMs;
		}, 0);
	});

	it('a submit that fails passes on its turn', async () => {
		const { clock, of, send } = runAgainst(({ name }, index) => {
			if (index === 0) return refusal('1');
			return name === 'broken' ? new NetworkError('ECONNRESET') : ok;
		});
		const [first, broken, last] = await clock.run(
			Promise.allSettled([
				send('first'),
				send('broken', { startsAtMs: 100 }),
				send('last', { startsAtMs: 200 }),
			]),
		);
		expect([first.status, broken.status, last.status]).toStrictEqual([
			'fulfilled',
			'rejected',
			'fulfilled',
		]);
		expect(of('broken')).toHaveLength(1);
	});

	it('a submit that is refused for another reason passes on its turn', async () => {
		const { clock, send } = runAgainst(({ name }, index) => {
			if (index === 0) return refusal('1');
			return name === 'wrong' ? { statusCode: 422, headers: {} } : ok;
		});
		const answers = await clock.run(
			Promise.all([send('first'), send('wrong', { startsAtMs: 1 }), send('b', { startsAtMs: 2 })]),
		);
		expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 422, 200]);
	});

	it('an accepted read does not end the trials', async () => {
		const { clock, of, send, refuse } = runAgainst(() => ok);
		await refuse(1, 'submit');
		await clock.run(
			Promise.all([
				send('read', { purpose: 'read', takesMs: 1 }),
				...names.map(
					async (name) => await send(name, { startsAtMs: 1000 + 2 * spreadMs, takesMs: 700 }),
				),
			]),
		);
		expect(of('read')).toMatchObject([{ statusCode: 200 }]);
		const submits = names.flatMap(of).sort((a, b) => a.atMs - b.atMs);
		expect(submits).toHaveLength(names.length);
		expect(submits[1]?.atMs).toBeGreaterThanOrEqual((submits[0]?.atMs ?? NaN) + 700);
	});

	it("a read doesn't wait for the trial submit", async () => {
		const { clock, of, send, refuse } = runAgainst(() => ok);
		await refuse(1);
		await clock.run(
			Promise.all([
				send('submit', { takesMs: 30_000 }),
				send('read', { purpose: 'read', startsAtMs: 2000 }),
			]),
		);
		expect(of('read')[0]?.atMs).toBe(2000);
	});

	it("reads don't wait for each other", async () => {
		const { clock, requests, send, refuse } = runAgainst(() => ok);
		await refuse(1);
		await clock.run(
			Promise.all(names.map(async (name) => await send(name, { purpose: 'read', takesMs: 5000 }))),
		);
		expect(requests.map(({ among }) => among)).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});

	it('reads are sent together', async () => {
		const { clock, requests, send } = runAgainst((_, index) => (index === 0 ? refusal('1') : ok));
		await clock.run(
			Promise.all([
				send('refused'),
				...names.map(
					async (name) => await send(name, { purpose: 'read', startsAtMs: 100, takesMs: 5000 }),
				),
			]),
		);
		const reads = requests.filter(({ name }) => name !== 'refused');
		expect(reads).toHaveLength(names.length);
		expect(Math.max(...reads.map(({ among }) => among))).toBeGreaterThanOrEqual(names.length - 1);
		for (const { atMs } of reads) {
			expect(atMs).toBeGreaterThanOrEqual(1020);
			expect(atMs).toBeLessThanOrEqual(1020 + spreadMs);
		}
	});
});

describe('a pause beyond the deadline', () => {
	it.each<Purpose>(['read', 'submit'])("ends a %s that wasn't sent", async (purpose) => {
		const { clock, requests, send, refuse } = runAgainst(() => ok);
		await refuse(5);
		const sent = send('late', { purpose, deadlineMs: 5000 });
		await expect(clock.run(sent)).rejects.toBeInstanceOf(TooManyRequests);
		expect(requests).toStrictEqual([]);
		// Waiting would be pointless.
		expect(clock.elapsed()).toBe(0);
	});

	it.each<[Purpose, number, boolean]>([
		['read', 5000, false],
		['read', 5001, true],
		// A submit needs time for its response: it could be accepted without anyone knowing.
		['submit', 9999, false],
		['submit', 10_000, false],
		['submit', 10_001, true],
	])('of 5 s, for a %s with %i ms in all: is sent: %s', async (purpose, deadlineMs, isSent) => {
		const clock = recordingClock({ random: 0 });
		const pacing = new Pacing(clock);
		const refused = { purpose: 'read', signal: live, deadline: Infinity } as const;
		await pacing.inTurn(refused, async () => refusal('5'));
		const send = jest.fn(async () => ok);
		const reserveMs = purpose === 'submit' ? 5000 : undefined;
		const turn = { purpose, signal: live, deadline: startMs + deadlineMs, reserveMs };
		const [outcome] = await Promise.allSettled([pacing.inTurn(turn, send)]);
		expect(outcome).toMatchObject(
			isSent ? { value: ok } : { reason: expect.any(TooManyRequests) as unknown },
		);
		expect(send).toHaveBeenCalledTimes(isSent ? 1 : 0);
		expect(clock.sleeps).toStrictEqual(isSent ? [5000] : []);
	});

	it('is noticed when it grows in the meantime', async () => {
		const { clock, pacing, of, send, refuse } = runAgainst(() => ok);
		// The second of two running requests is refused while others are already waiting.
		const growing = pacing.inTurn(
			{ purpose: 'read', signal: live, deadline: Infinity },
			async () => {
				await clock.sleep(500, live);
				return refusal('10');
			},
		);
		await refuse(1);
		const sent = send('late', { purpose: 'read', deadlineMs: 5000 });
		const [outcome] = await clock.run(Promise.allSettled([sent, growing]));
		expect(outcome).toMatchObject({ reason: expect.any(TooManyRequests) as unknown });
		expect(of('late')).toStrictEqual([]);
	});

	it("doesn't end those with more time", async () => {
		const { clock, of, send, refuse } = runAgainst(() => ok);
		await refuse(5);
		const outcomes = await clock.run(
			Promise.allSettled([send('late', { deadlineMs: 4000 }), send('patient')]),
		);
		expect(outcomes.map(({ status }) => status)).toStrictEqual(['rejected', 'fulfilled']);
		expect(of('late')).toStrictEqual([]);
	});
});

describe('nothing is sent after its deadline', () => {
	it.each<Purpose>(['read', 'submit'])('by the spread of a pause: %s', async (purpose) => {
		for (let seed = 1; seed <= 20; seed++) {
			const { clock, requests, send, refuse } = runAgainst(() => ok, seed);
			await refuse(5);
			const sent = send('late', { purpose, deadlineMs: 5010 });
			const [outcome] = await clock.run(Promise.allSettled([sent]));
			for (const { atMs } of requests) expect(atMs).toBeLessThan(5010);
			if (requests.length > 0) expect(outcome).toStrictEqual({ status: 'fulfilled', value: ok });
			else expect(outcome).toMatchObject({ reason: expect.any(TooManyRequests) as unknown });
		}
	});

	it('by waiting for the trial submit', async () => {
		const { clock, of, send } = runAgainst((_, index) => (index === 0 ? refusal('1') : ok));
		const outcomes = await clock.run(
			Promise.allSettled([
				send('first', { deadlineMs: 500 }),
				send('slow', { startsAtMs: 50, takesMs: 30_000 }),
				send('late', { startsAtMs: 60, deadlineMs: 5000 }),
			]),
		);
		for (const { atMs } of of('late')) expect(atMs).toBeLessThan(5000);
		expect(outcomes).toMatchObject([
			{ status: 'fulfilled' },
			{ status: 'fulfilled' },
			{ status: of('late').length === 0 ? 'rejected' : 'fulfilled' },
		]);
	});

	it('but the error says so: TooManyRequests, whatever it waited for', async () => {
		const { clock, of, send } = runAgainst((_, index) => (index === 0 ? refusal('1') : ok));
		const outcomes = await clock.run(
			Promise.allSettled([
				send('first', { deadlineMs: 500 }),
				send('slow', { startsAtMs: 50, takesMs: 30_000 }),
				send('late', { startsAtMs: 60, deadlineMs: 20_000 }),
			]),
		);
		expect(of('late')).toStrictEqual([]);
		expect(outcomes[2]).toMatchObject({ reason: expect.any(TooManyRequests) as unknown });
	});
});

describe('a stop', () => {
	it.each<Purpose>(['read', 'submit'])('before its turn prevents a %s', async (purpose) => {
		const turn = { purpose, signal: AbortSignal.abort(new Error('cancelled')), deadline: Infinity };
		const send = jest.fn(async () => ok);
		const sent = new Pacing(recordingClock()).inTurn(turn, send);
		await expect(sent).rejects.toStrictEqual(new Error('cancelled'));
		expect(send).not.toHaveBeenCalled();
	});

	it.each<Purpose>(['read', 'submit'])(
		'ends a %s, even if its turn would come too late as well',
		async (purpose) => {
			const { clock, send, refuse } = runAgainst(() => ok);
			await refuse(60);
			const signal = AbortSignal.abort(new Error('cancelled'));
			await expect(
				clock.run(send('late', { purpose, signal, deadlineMs: 1000 })),
			).rejects.toStrictEqual(new Error('cancelled'));
		},
	);

	it.each<Purpose>(['read', 'submit'])('ends the wait of a %s at once', async (purpose) => {
		const stop = new AbortController();
		const { clock, requests, send, refuse } = runAgainst(() => ok);
		await refuse(60);
		const sent = send('waits', { purpose, signal: stop.signal });
		const stopping = clock.sleep(1000, live).then(() => stop.abort(new Error('cancelled')));
		const [outcome] = await clock.run(Promise.allSettled([sent, stopping]));
		expect(outcome).toStrictEqual({ status: 'rejected', reason: new Error('cancelled') });
		expect(clock.elapsed()).toBe(1000);
		expect(requests).toStrictEqual([]);
	});

	it('sends none of those that wait for the trial submit', async () => {
		const stop = new AbortController();
		const { signal } = stop;
		const { clock, requests, send } = runAgainst((_, index) => (index === 0 ? refusal('2') : ok));
		const sent = ['a', 'b', 'c', 'd'].map(
			async (name, index) => await send(name, { signal, startsAtMs: index * 30 }),
		);
		const stopping = clock.sleep(1000, live).then(() => stop.abort(new Error('cancelled')));
		const [outcomes] = await clock.run(Promise.all([Promise.allSettled(sent), stopping]));
		expect(outcomes).toStrictEqual(
			sent.map(() => ({ status: 'rejected', reason: new Error('cancelled') })),
		);
		expect(requests).toHaveLength(1);
		expect(clock.elapsed()).toBe(1000);
	});

	it("leaves the turn to those that aren't stopped", async () => {
		const stop = new AbortController();
		const { clock, of, send } = runAgainst((_, index) => (index === 0 ? refusal('2') : ok));
		const first = send('first', { signal: stop.signal });
		const other = send('other', { startsAtMs: 100 });
		const stopping = clock.sleep(1000, live).then(() => stop.abort(new Error('cancelled')));
		const [, outcome] = await clock.run(Promise.allSettled([first, other, stopping]));
		expect(outcome).toStrictEqual({ status: 'fulfilled', value: ok });
		expect(of('other')).toHaveLength(1);
	});
});

describe('a provider that refuses everything for 10 seconds', () => {
	const closedMs = 10_000;
	const atOnce = 10;
	const seeds = [1, 2, 3, 4, 5];

	/**
	 * After this many consecutive waves of refusals, the pause is at least half of 500 ms x 2^(wave - 1): 250,
	 * 500, 1000, 2000, 4000 ms. The sixth pause (5000 ms or more) starts after 7.75 seconds at the earliest and
	 * ends after the 10. So at most 5 requests, one after each of the first five pauses, can be refused again.
	 */
	const trials = 5;

	it.each(seeds)(
		"isn't flooded with submits, and finally gets each exactly once: %i",
		async (seed) => {
			const { clock, requests, send } = runAgainst(
				({ atMs }) => (atMs < closedMs ? refusal() : ok),
				seed,
			);
			const names = Array.from({ length: 50 }, (_, index) => `submit ${index}`);
			const queue = names.values();
			const worker = async () => {
				for (const name of queue) expect(await send(name, { takesMs: 50 })).toBe(ok);
			};
			await clock.run(Promise.all(Array.from({ length: atOnce }, worker)));
			const refused = requests.filter(({ statusCode }) => statusCode === 429);
			const accepted = requests.filter(({ statusCode }) => statusCode === 200);
			// All that were running when the first was refused, then one after each pause.
			expect(refused.length).toBeLessThanOrEqual(atOnce + trials);
			expect(refused.length + accepted.length).toBe(requests.length);
			expect(accepted.map(({ name }) => name).sort()).toStrictEqual([...names].sort());
			// The longest pause is 10 seconds; the 50 submits themselves take 5 turns of 50 ms.
			expect(clock.elapsed()).toBeLessThanOrEqual(closedMs + 10_000 + 1000);
		},
	);

	it.each(seeds)("isn't flooded with status requests: %i", async (seed) => {
		const { clock, requests, send } = runAgainst(
			({ atMs }) => (atMs < closedMs ? refusal() : ok),
			seed,
		);
		const names = Array.from({ length: atOnce }, (_, index) => `read ${index}`);
		await clock.run(
			Promise.all(
				names.map(async (name, index) => await send(name, { purpose: 'read', startsAtMs: index })),
			),
		);
		const refused = requests.filter(({ statusCode }) => statusCode === 429);
		// Reads cost nothing and go together: one per task after each pause.
		expect(refused.length).toBeLessThanOrEqual(atOnce * (1 + trials));
		expect(requests.length - refused.length).toBe(names.length);
	});

	it('that says how long receives one wave and one trial', async () => {
		const { clock, requests, send } = runAgainst(({ atMs }) =>
			atMs < closedMs ? refusal(String(Math.ceil((closedMs - atMs) / 1000))) : ok,
		);
		await clock.run(
			Promise.all(Array.from({ length: atOnce }, async (_, index) => await send(`${index}`))),
		);
		expect(requests.filter(({ statusCode }) => statusCode === 429)).toHaveLength(atOnce);
		expect(requests).toHaveLength(2 * atOnce);
	});

	it("for only a moment doesn't delay the run for many seconds", async () => {
		// Ten simultaneous refusals are one wave, after which the first pause is at most 500 ms.
		const { clock, send } = runAgainst(({ atMs }) => (atMs < 100 ? refusal() : ok));
		await clock.run(
			Promise.all(Array.from({ length: atOnce }, async (_, index) => await send(`${index}`))),
		);
		expect(clock.elapsed()).toBeLessThanOrEqual(20 + 500 + spreadMs + 20 + spreadMs + 20);
	});
});

describe('a provider with a limit on open tasks', () => {
	const taskMs = 3000;

	/** Runs that share a pace submit tasks, several at once each, to a provider with this limit. */
	function provider(limit: number) {
		const clock = virtualClock();
		const pacing = new Pacing(clock);
		const provider = { limit, open: 0, mostOpen: 0, refused: 0, order: [] as string[] };
		const send = async (): Promise<Answer> => {
			await clock.sleep(10, live);
			const isRefused = provider.open >= provider.limit;
			if (isRefused) provider.refused++;
			else {
				provider.open++;
				provider.mostOpen = Math.max(provider.mostOpen, provider.open);
				void clock.sleep(taskMs, live).then(() => provider.open--);
			}
			await clock.sleep(10, live);
			return isRefused ? refusal() : ok;
		};
		const make = async (name: string, { signal = live, deadlineMs = 600_000 } = {}) => {
			const deadline = startMs + deadlineMs;
			await withRetries({ purpose: 'submit', clock, signal, deadline, pacing }, send);
			provider.order.push(name);
			await pacing.whileOpen(async () => await clock.sleep(taskMs, live));
		};
		const run = async (name: string, tasks: number, atOnce: number) => {
			let next = 0;
			const work = async () => {
				while (next < tasks) await make(`${name} ${next++}`);
			};
			await Promise.all(Array.from({ length: atOnce }, work));
		};
		return { clock, pacing, provider, make, run };
	}

	it('soon refuses no more: ten runs at once take little longer than the tasks alone', async () => {
		const { clock, provider: seen, run } = provider(20);
		const runs = Array.from({ length: 10 }, async (_, index) => await run(`run ${index}`, 20, 10));
		await clock.run(Promise.all(runs));
		expect(seen.mostOpen).toBe(20);
		expect(seen.order).toHaveLength(200);
		// The first hundred come together. Afterwards, one more is tried from time to time.
		expect(seen.refused).toBeLessThan(80 + 20);
		expect(clock.elapsed()).toBeLessThan(1.15 * 10 * taskMs);
	});

	it('is asked in the order in which tasks started to wait', async () => {
		const { clock, provider: seen, make } = provider(1);
		const first = make('first');
		await clock.run(clock.sleep(100, live));
		// This one finds out that there is no room.
		const names = ['a', 'b', 'c', 'd', 'e'];
		const others = names.map(async (name, index) => {
			await clock.sleep(1000 * index, live);
			await make(name);
		});
		await clock.run(Promise.all([first, ...others]));
		expect(seen.order).toStrictEqual(['first', ...names]);
		expect(seen.mostOpen).toBe(1);
	});

	it('gets more and more tasks while it refuses none', async () => {
		const { clock, provider: seen, run } = provider(2);
		const running = run('run', 100, 30);
		await clock.run(clock.sleep(5 * taskMs, live));
		seen.limit = Infinity;
		seen.mostOpen = 0;
		await clock.run(running);
		expect(seen.mostOpen).toBeGreaterThan(15);
	});

	it('gets a trial after 10 seconds even if no open task ends', async () => {
		const { clock, pacing, provider: seen, make } = provider(Infinity);
		const isOver = new AbortController();
		const unending = pacing.whileOpen(async () => {
			await clock.sleep(3_600_000, isOver.signal).catch(() => undefined);
		});
		await pacing.inTurn({ purpose: 'submit', signal: live, deadline: Infinity }, async () =>
			refusal(),
		);
		await clock.run(clock.sleep(500, live));
		await clock.run(Promise.all([make('a'), make('b')]));
		// The first is tried after the wait. Its acceptance makes room for the second.
		expect(seen.order).toStrictEqual(['a', 'b']);
		expect(clock.elapsed()).toBeGreaterThan(10_000);
		expect(clock.elapsed()).toBeLessThan(10_000 + 3 * taskMs);
		isOver.abort();
		await clock.run(unending);
	});

	it('is measured again once nothing is open', async () => {
		const { clock, provider: seen, run } = provider(1);
		await clock.run(run('run', 4, 2));
		seen.limit = Infinity;
		await clock.run(clock.sleep(10_000, live));
		seen.mostOpen = 0;
		await clock.run(run('later run', 8, 8));
		expect(seen.mostOpen).toBe(8);
	});

	it('lets a waiting submit give up at its deadline, and the others continue', async () => {
		const { clock, provider: seen, make } = provider(1);
		const outcomes = await clock.run(
			Promise.allSettled([
				make('first'),
				make('second'),
				make('late', { deadlineMs: 2000 }),
				make('patient'),
			]),
		);
		expect(outcomes.map(({ status }) => status).sort()).toStrictEqual([
			'fulfilled',
			'fulfilled',
			'fulfilled',
			'rejected',
		]);
		expect(seen.order).not.toContain('late');
		expect(seen.order).toHaveLength(3);
	});

	it('lets a waiting submit be stopped, and the others continue', async () => {
		const { clock, provider: seen, make } = provider(1);
		const stop = new AbortController();
		const running = Promise.allSettled([
			make('first'),
			make('second'),
			make('stopped', { signal: stop.signal }),
			make('patient'),
		]);
		await clock.run(clock.sleep(1500, live));
		stop.abort(new Error('cancelled'));
		const outcomes = await clock.run(running);
		expect(outcomes.filter(({ status }) => status === 'rejected')).toStrictEqual([
			{ status: 'rejected', reason: new Error('cancelled') },
		]);
		expect(seen.order).not.toContain('stopped');
		expect(seen.order).toHaveLength(3);
	});
});

describe('the pace of an account', () => {
	const clock = recordingClock();

	it('is shared by all that use it, but not with another account, address or clock', () => {
		const pacing = paceOf(clock, ['fal', 'https://a.example', 'key one']);
		expect(paceOf(clock, ['fal', 'https://a.example', 'key one'])).toBe(pacing);
		const others = [
			paceOf(clock, ['fal', 'https://a.example', 'key two']),
			paceOf(clock, ['fal', 'https://b.example', 'key one']),
			paceOf(clock, ['novita', 'https://a.example', 'key one']),
			paceOf(clock, ['fal', 'https://a.examplekey one']),
			paceOf(recordingClock(), ['fal', 'https://a.example', 'key one']),
		];
		expect(new Set([pacing, ...others]).size).toBe(6);
	});

	it.each([
		['59', true],
		['60', false],
	])('with a pause of %s s is shared with a new run: %s', async (seconds, isShared) => {
		const account = ['fal', 'https://a.example', `key ${seconds}`];
		const pacing = paceOf(clock, account);
		const turn = { purpose: 'read', signal: live, deadline: Infinity } as const;
		await pacing.inTurn(turn, async () => refusal(seconds));
		expect(paceOf(clock, account) === pacing).toBe(isShared);
	});
});
