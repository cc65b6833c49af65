import fc from 'fast-check';

import type { Clock } from '../../nodes/ZImage/http/clock';
import { Pacing } from '../../nodes/ZImage/http/pacing';
import type { Client } from '../../nodes/ZImage/http/client';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageRequest, Provider } from '../../nodes/ZImage/providers/provider';
import { awaitTask } from '../../nodes/ZImage/tasks/wait';
import type { Sighting } from '../../nodes/ZImage/tasks/schedule';
import { PollSchedule, safetyDelayMs, scheduleOf } from '../../nodes/ZImage/tasks/schedule';
import { StatusStreams } from '../../nodes/ZImage/tasks/statusStream';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { recordingClock, startMs } from '../support/recordingClock';
import { virtualClock } from '../support/virtualClock';
import { documented } from '../support/fakeClient';
import { imageRequest } from '../support/request';

const live = new AbortController().signal;
const maxDelayMs = 8000;

/** Time that a request takes to the provider, and its answer back. */
const oneWayMs = 5;

const queued = documented(novita, 'taskQueued');
const processing = documented(novita, 'taskProcessing');
const succeeded = documented(novita, 'taskSucceed');

/** What a simulated task has been through. */
interface Course {
	/** When the provider was asked, in milliseconds since the task was accepted, and whether it queued. */
	readonly asked: Array<{ readonly atMs: number; readonly queued: boolean }>;
	/** From the end of the work to the news of it. */
	latenessMs: number;
	/** When the news came, in milliseconds since the run began. */
	knownAtMs: number;
}

interface Scene {
	/** What each task takes once it is out of the queue. */
	readonly workMs: readonly number[];
	/** How many the run works on at once. */
	readonly atOnce: number;
	/** How many the provider works on at once; the others queue. */
	readonly capacity?: number;
	/** How long ago each task was accepted, where that was not now. */
	readonly agesMs?: readonly number[];
	readonly seed?: number;
}

/** Runs the poll loop of the nodes against a provider that takes exactly the given times. */
async function simulate({ workMs, atOnce, capacity = Infinity, agesMs = [], seed = 1 }: Scene) {
	const clock = virtualClock({ seed });
	const schedule = new PollSchedule(clock);
	const states = new Map<string, 'done' | 'queued' | 'working'>();
	const courses = workMs.map((): Course => ({ asked: [], latenessMs: NaN, knownAtMs: NaN }));
	const waiting: Array<() => void> = [];
	let working = 0;

	/** The provider's side of a task. */
	const work = async (taskId: string, ms: number): Promise<number> => {
		states.set(taskId, 'queued');
		if (working >= capacity) await new Promise<void>((resolve) => waiting.push(resolve));
		working++;
		states.set(taskId, 'working');
		await clock.sleep(ms, live);
		states.set(taskId, 'done');
		working--;
		waiting.shift()?.();
		return clock.elapsed();
	};
	const client = {
		provider: novita,
		baseUrl: novita.defaultBaseUrl,
		storageUrl: novita.defaultBaseUrl,
		clock,
		pacing: new Pacing(clock),
		retries: 0,
		cancel: async () => false,
		async open() {
			throw new Error('The test fetches no file of the provider');
		},
		async listen() {
			throw new Error('The provider has no streams');
		},
		async send({ query }) {
			const taskId = query?.task_id ?? '';
			const course = courses[Number(taskId)];
			const atMs = clock.elapsed();
			await clock.sleep(oneWayMs, live);
			const state = states.get(taskId);
			course?.asked.push({ atMs, queued: state === 'queued' });
			await clock.sleep(oneWayMs, live);
			if (state === 'done') return succeeded;
			return state === 'queued' ? queued : processing;
		},
	} satisfies Client;
	const streams = new StatusStreams(client);
	const runTask = async (index: number, ms: number, course: Course) => {
		const taskId = String(index);
		await clock.sleep(2 * oneWayMs, live);
		const acceptedAtMs = clock.elapsed();
		const task: Task = {
			provider: 'novita',
			model: null,
			taskId,
			submittedAt: new Date(startMs + acceptedAtMs - (agesMs[index] ?? 0)).toISOString(),
			prompt: null,
			seed: null,
			loras: null,
			estimatedCostUsd: null,
		};
		const done = work(taskId, ms);
		await awaitTask(
			{ client, schedule, streams },
			{ task, state: { status: 'pending', queued: true } },
			{ timeoutSeconds: 300, deadline: clock.now() + 300_000, signal: live },
		);
		course.knownAtMs = clock.elapsed();
		course.latenessMs = course.knownAtMs - (await done);
		course.asked.forEach((ask, place) => {
			course.asked[place] = { ...ask, atMs: ask.atMs - acceptedAtMs };
		});
	};
	const queue = courses.entries();
	const worker = async () => {
		for (const [index, course] of queue) await runTask(index, workMs[index] ?? 0, course);
	};
	await clock.run(Promise.all(Array.from({ length: atOnce }, worker)));
	const requests = courses.map(({ asked }) => asked.length);
	return { courses, requests, wallMs: clock.elapsed() };
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const times = (count: number, ms: number) => Array<number>(count).fill(ms);

describe.each(seeds)('with chance %i', (seed) => {
	it('50 tasks of 3 s, 10 at once: soon known, with few requests', async () => {
		const { courses, requests, wallMs } = await simulate({
			workMs: times(50, 3000),
			atOnce: 10,
			seed,
		});
		expect(median(courses.map(({ latenessMs }) => latenessMs))).toBeLessThanOrEqual(150);
		expect(mean(requests)).toBeLessThanOrEqual(4);
		// The limit is 15 s: five waves of 3 s.
		expect(wallMs).toBeLessThanOrEqual(15_000 * 1.05);
	});

	it('one task of 60 s: about 15 requests', async () => {
		const { courses, requests } = await simulate({ workMs: [60_000], atOnce: 1, seed });
		expect(requests[0]).toBeLessThanOrEqual(16);
		expect(courses[0]?.latenessMs).toBeLessThanOrEqual(maxDelayMs + 2 * oneWayMs);
	});

	it('10 tasks of 60 s at once: at most 15 requests per image', async () => {
		const { requests } = await simulate({ workMs: times(10, 60_000), atOnce: 10, seed });
		expect(mean(requests)).toBeLessThanOrEqual(15);
	});

	it('tasks that queue: not asked for before most of the usual working time', async () => {
		const { courses } = await simulate({
			workMs: times(30, 3000),
			atOnce: 30,
			capacity: 10,
			seed,
		});
		const firstKnownMs = Math.min(...courses.map(({ knownAtMs }) => knownAtMs));
		const gaps = courses.flatMap(({ asked }) =>
			asked.slice(0, -1).flatMap(({ atMs, queued: queues }, index) => {
				if (!queues || atMs < firstKnownMs) return [];
				return [(asked[index + 1]?.atMs ?? Infinity) - atMs];
			}),
		);
		expect(gaps.length).toBeGreaterThan(0);
		// 0.8 of what was learned of the 3 s; what is learned of them may be short by some part.
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.8 * 0.8 * 3000);
	});
});

it('a slow first wave (a cold start) does not slow those after it down to its pace', async () => {
	const workMs = [...times(10, 30_000), ...times(40, 3000)];
	const { wallMs } = await simulate({ workMs, atOnce: 10 });
	// The limit is 30 s and four waves of 3 s. Who halves the expectation with each wave that is found
	// done at once needs 30 + 30 + 15 + 7.5 + 3.75 s, about twice as long; 30 s for each wave are 150 s.
	expect(wallMs).toBeLessThanOrEqual(2.5 * (30_000 + 4 * 3000));
});

it('a task of an hour ago does not keep those of now until their deadline', async () => {
	const { courses } = await simulate({
		workMs: [2000, 20_000, 20_000],
		agesMs: [3_600_000],
		atOnce: 3,
	});
	for (const { latenessMs } of courses) {
		expect(latenessMs).toBeLessThanOrEqual(20_000 + maxDelayMs);
	}
});

it('tasks of different times are all known soon after their end', () => {
	const duration = fc.integer({ min: 200, max: 20_000 });
	return fc.assert(
		fc.asyncProperty(
			fc.array(duration, { minLength: 1, maxLength: 25 }),
			fc.integer({ min: 1, max: 10 }),
			fc.integer(),
			async (workMs, atOnce, seed) => {
				const { courses } = await simulate({ workMs, atOnce, seed });
				const longestMs = Math.max(...workMs);
				for (const { latenessMs } of courses) {
					expect(latenessMs).toBeGreaterThanOrEqual(oneWayMs);
					// None is waited for until after the time that the longest has taken, and one more wait.
					expect(latenessMs).toBeLessThanOrEqual(longestMs + maxDelayMs);
				}
			},
		),
		{ numRuns: 50 },
	);
});

describe('PollSchedule', () => {
	const known = { goingMs: 2900, queuedMs: 0, doneMs: 3100 };

	function begin(...sightings: Sighting[]) {
		const clock = virtualClock();
		const schedule = new PollSchedule(clock);
		sightings.forEach((sighting) => schedule.learn(sighting));
		return { clock, schedule };
	}

	it('places the first request just before the expected end', () => {
		const { schedule } = begin(known);
		const delayMs = schedule.delayMs(0, 'working');
		expect(delayMs).toBeGreaterThanOrEqual(2800);
		expect(delayMs).toBeLessThanOrEqual(3000);
		expect(schedule.delayMs(1000, 'working')).toBeCloseTo(delayMs - 1000, 6);
	});

	it.each([0, 1000, 3000, 10_000, 100_000])(
		'lets a task that queues after %i ms be for most of the usual working time',
		(elapsedMs) => {
			const { schedule } = begin(known);
			expect(schedule.delayMs(elapsedMs, 'queued')).toBeGreaterThanOrEqual(0.8 * 3000);
		},
	);

	it('does not take the time in the queue for working time', () => {
		const { schedule } = begin({ goingMs: 12_900, queuedMs: 10_000, doneMs: 13_100 });
		const delayMs = schedule.delayMs(13_100, 'queued');
		expect(delayMs).toBeGreaterThanOrEqual(0.8 * 3000 - 1);
		expect(delayMs).toBeLessThanOrEqual(3000);
	});

	it('wakes those that wait without knowing how long, when the first task has finished', async () => {
		const { clock, schedule } = begin();
		const wokenAtMs: number[] = [];
		// The older a task is, the longer it waits: 0.55 of its age, and up to a fifth more or less.
		const agesMs = [14_000, 12_000, 0];
		const waits = agesMs.map(async (ageMs) => {
			await schedule.wait(startMs - ageMs, 'working', Infinity, live);
			wokenAtMs.push(clock.elapsed());
		});
		const finishing = clock.sleep(1000, live).then(() => schedule.learn(known));
		await clock.run(Promise.all([...waits, finishing]));
		expect(wokenAtMs[0]).toBeLessThanOrEqual(1.2 * 450);
		expect(wokenAtMs.slice(1)).toStrictEqual([1000, 1000]);
	});

	it('lets those that it has woken wait on until their expected end', async () => {
		const { clock, schedule } = begin();
		const wokenAtMs: number[] = [];
		// Accepted 13.5 and 14 s before the clock began; a task is likely to be done 14.5 s after that.
		const waits = [13_500, 14_000].map(async (ageMs) => {
			await schedule.wait(startMs - ageMs, 'working', Infinity, live);
			wokenAtMs.push(clock.elapsed());
		});
		const slow = { goingMs: 14_500, queuedMs: 0, doneMs: 14_700 };
		const finishing = clock.sleep(300, live).then(() => schedule.learn(slow));
		await clock.run(Promise.all([...waits, finishing]));
		expect(wokenAtMs.toSorted((a, b) => a - b)).toStrictEqual([500, 1000]);
	});

	it.each([
		['as long as those before', known],
		['longer', { goingMs: 6000, queuedMs: 0, doneMs: 6200 }],
		['two thirds as long', { goingMs: 1900, queuedMs: 0, doneMs: 2100 }],
	])('wakes nobody later on, for a task that takes %s', async (_, sighting) => {
		const { clock, schedule } = begin(known);
		const waiting = schedule.wait(startMs, 'working', Infinity, live);
		const finishing = clock.sleep(1000, live).then(() => schedule.learn(sighting));
		await clock.run(Promise.all([waiting, finishing]));
		expect(clock.elapsed()).toBe(2900);
	});

	it('wakes those that wait for a task that takes much less long than expected', async () => {
		const { clock, schedule } = begin(known);
		const waiting = schedule.wait(startMs, 'working', Infinity, live);
		const sighting = { goingMs: 900, queuedMs: 0, doneMs: 1000 };
		const finishing = clock.sleep(1000, live).then(() => schedule.learn(sighting));
		await clock.run(Promise.all([waiting, finishing]));
		expect(clock.elapsed()).toBeGreaterThanOrEqual(1000);
		expect(clock.elapsed()).toBeLessThanOrEqual(2000);
	});

	it('disturbs only those that still wait', async () => {
		const { clock, schedule } = begin();
		await clock.run(schedule.wait(startMs, undefined, Infinity, live));
		const waiting = schedule.wait(startMs - 14_000, 'working', Infinity, live);
		const abort = jest.spyOn(AbortController.prototype, 'abort');
		schedule.learn(known);
		// The one that waits, and the signal that it shares with a stop.
		expect(abort).toHaveBeenCalledTimes(2);
		abort.mockRestore();
		await clock.run(waiting);
	});

	it('looks soon at the first task of a run, and at no other', async () => {
		const { clock, schedule } = begin();
		await clock.run(schedule.wait(startMs, undefined, Infinity, live));
		expect(clock.elapsed()).toBe(120);
		await clock.run(schedule.wait(startMs + 120, undefined, Infinity, live));
		expect(clock.elapsed()).toBeGreaterThanOrEqual(120 + 0.8 * 450);
	});

	it('expects no queue where no other task is waited for, as in the next run', async () => {
		const { clock, schedule } = begin({ goingMs: 7900, queuedMs: 5000, doneMs: 8100 });
		// The first look of all.
		await schedule.wait(startMs, undefined, startMs, live);
		const wokenAtMs: number[] = [];
		const waits = [0, 0].map(async () => {
			await schedule.wait(startMs, undefined, Infinity, live);
			wokenAtMs.push(clock.elapsed());
		});
		await clock.run(Promise.all(waits));
		expect(wokenAtMs).toStrictEqual([3000, 7900]);
	});

	it('ends a wait for news, and says so', async () => {
		const { clock, schedule } = begin(known);
		const news = new AbortController();
		const waiting = schedule.wait(startMs, 'working', Infinity, live, news.signal);
		const telling = clock.sleep(1000, live).then(() => news.abort());
		expect(await clock.run(Promise.all([waiting, telling]))).toStrictEqual([false, undefined]);
		expect(clock.elapsed()).toBe(1000);
		const next = schedule.wait(startMs, 'working', Infinity, live, new AbortController().signal);
		expect(await clock.run(next)).toBe(true);
		expect(clock.elapsed()).toBe(2900);
	});

	it('asks at the latest when it is told to', async () => {
		for (const sightings of [[], [known]]) {
			for (const asked of [undefined, 'queued', 'working'] as const) {
				const { clock, schedule } = begin(...sightings);
				await clock.run(schedule.wait(startMs, asked, startMs + 100, live));
				expect(clock.elapsed()).toBe(100);
				await clock.run(schedule.wait(startMs, asked, startMs + 100, live));
				expect(clock.elapsed()).toBe(100);
			}
		}
	});

	it('lets a task that queues wait for most of the usual working time', async () => {
		const { clock, schedule } = begin(known);
		await clock.run(schedule.wait(startMs - 10_000, 'queued', Infinity, live));
		expect(clock.elapsed()).toBeGreaterThanOrEqual(0.8 * 3000);
	});

	it.each([
		['as long as those before', known],
		['as long, and was seen half way', { goingMs: 1500, queuedMs: 0, doneMs: 3000 }],
		['much longer', { goingMs: 9000, queuedMs: 0, doneMs: 9200 }],
	])('asks for none early after a task that took %s', async (_, sighting) => {
		const { clock, schedule } = begin(known, sighting);
		const delayMs = schedule.delayMs(0, 'working');
		await clock.run(schedule.wait(startMs, 'working', Infinity, live));
		expect(clock.elapsed()).toBeCloseTo(delayMs, 3);
	});

	it('asks for none early after the first task, however little it was looked at', async () => {
		const { clock, schedule } = begin({ goingMs: 1000, queuedMs: 0, doneMs: 3000 });
		const delayMs = schedule.delayMs(0, 'working');
		await clock.run(schedule.wait(startMs, 'working', Infinity, live));
		expect(clock.elapsed()).toBeCloseTo(delayMs, 3);
	});

	it('asks for none early while nothing is known', async () => {
		const clock = recordingClock();
		await new PollSchedule(clock).wait(startMs - 10_000, 'working', Infinity, live);
		expect(clock.sleeps).toStrictEqual([0.55 * 10_000]);
	});

	it('expects less of the next tasks after one that was done when it was first asked for', () => {
		const { schedule } = begin(known);
		const beforeMs = schedule.delayMs(0, undefined);
		schedule.learn({ goingMs: 0, queuedMs: 0, doneMs: 3000 });
		expect(schedule.delayMs(0, undefined)).toBeLessThan(beforeMs);
	});

	it('does not wait for what is due already', async () => {
		const clock = recordingClock();
		const schedule = new PollSchedule(clock);
		await schedule.wait(startMs, undefined, startMs, live);
		schedule.learn(known);
		// Likely to be done 2900 ms after its start.
		await schedule.wait(startMs - 2900, undefined, Infinity, live);
		await schedule.wait(startMs - 10_000, undefined, Infinity, live);
		expect(clock.sleeps).toStrictEqual([]);
	});

	it('does not wait a second time where the timer rings a moment early', async () => {
		const clock = recordingClock();
		const early = {
			...clock,
			sleep: async (ms: number, signal: AbortSignal) => {
				await clock.sleep(ms > 1 ? ms - 0.5 : ms, signal);
			},
		};
		const schedule = new PollSchedule(early);
		schedule.learn(known);
		await schedule.wait(startMs, 'working', Infinity, live);
		expect(clock.sleeps).toStrictEqual([2899.5]);
	});

	it('asks for one task early after a task that may have been done for long, and for one only', async () => {
		const { clock, schedule } = begin(known, { goingMs: 0, queuedMs: 0, doneMs: 3000 });
		const wokenAtMs: number[] = [];
		const waits = [0, 0].map(async () => {
			await schedule.wait(startMs, 'working', Infinity, live);
			wokenAtMs.push(clock.elapsed());
		});
		await clock.run(Promise.all(waits));
		const [early = NaN, late = NaN] = wokenAtMs;
		expect(early).toBeCloseTo(late / 2, 3);
	});

	it.each([
		['nothing is known', []],
		['something is known', [known]],
	])('ends a wait with the reason of a stop, when %s', async (_, sightings) => {
		const { clock, schedule } = begin(...sightings);
		const stop = new AbortController();
		const waiting = schedule.wait(
			startMs - (sightings.length === 0 ? 14_000 : 0),
			'working',
			Infinity,
			stop.signal,
		);
		const stopping = clock.sleep(1000, live).then(() => stop.abort(new Error('cancelled')));
		const [outcome] = await clock.run(Promise.allSettled([waiting, stopping]));
		expect(outcome).toStrictEqual({ status: 'rejected', reason: new Error('cancelled') });
		expect(clock.elapsed()).toBe(1000);
		await expect(
			schedule.wait(clock.now(), 'working', Infinity, stop.signal),
		).rejects.toStrictEqual(new Error('cancelled'));
	});

	describe('a delay', () => {
		const ms = fc.double({ min: 0, max: 86_400_000, noNaN: true });
		/** As the poll loop sees a task: in the queue first, then going, then done. */
		const sightings = fc.array(
			fc.tuple(ms, ms, ms).map((seen): Sighting => {
				const [queuedMs = 0, goingMs = 0, doneMs = 0] = seen.toSorted((a, b) => a - b);
				return { queuedMs, goingMs, doneMs };
			}),
			{ maxLength: 20 },
		);
		/** Most tasks are done before they are asked for at all, or never seen in the queue. */
		const anySightings = sightings.chain((list) =>
			fc
				.array(fc.constantFrom(0, 1, 2), { minLength: list.length, maxLength: list.length })
				.map((kinds) =>
					list.map((seen, index) => ({
						...seen,
						...((kinds[index] ?? 0) > 0 && { queuedMs: 0 }),
						...((kinds[index] ?? 0) > 1 && { goingMs: 0 }),
					})),
				),
		);
		type Asked = Parameters<PollSchedule['delayMs']>[1];
		const forAny = (
			check: (delayMs: number, elapsedMs: number, longestMs: number, asked: Asked) => void,
		) =>
			fc.assert(
				fc.property(
					anySightings,
					ms,
					fc.constantFrom<Asked>(undefined, 'queued', 'working'),
					fc.integer(),
					(seen, elapsedMs, asked, seed) => {
						const schedule = new PollSchedule(virtualClock({ seed }));
						seen.forEach((sighting) => schedule.learn(sighting));
						const longestMs = Math.max(0, ...seen.map(({ doneMs }) => doneMs));
						check(schedule.delayMs(elapsedMs, asked), elapsedMs, longestMs, asked);
					},
				),
				{ numRuns: 2000 },
			);

		it('is a number, above nothing once the task was asked for', () => {
			forAny((delayMs, _, __, asked) => {
				expect(Number.isFinite(delayMs)).toBe(true);
				if (asked) expect(delayMs).toBeGreaterThan(0);
				else expect(delayMs).toBeGreaterThanOrEqual(0);
			});
		});

		it('is 0 before the first request if the expected end has passed', () => {
			const { schedule } = begin(known);
			expect(schedule.delayMs(3000, undefined)).toBe(0);
			expect(schedule.delayMs(1000, undefined)).toBeCloseTo(1900, 6);
			// While nothing is known, there is a wait before the first request.
			expect(begin().schedule.delayMs(0, undefined)).toBeGreaterThanOrEqual(0.8 * 450);
		});

		it('is at most 8 seconds, except for the time until the expected end', () => {
			forAny((delayMs, elapsedMs, longestMs, asked) => {
				const untilEndMs = asked === 'queued' ? longestMs : longestMs - elapsedMs;
				expect(delayMs).toBeLessThanOrEqual(Math.max(maxDelayMs, untilEndMs));
			});
		});

		it.each([
			[0, 0.8],
			[0.5, 1],
			[1, 1.2],
		])('is, while nothing is known and with the chance %d, %d of the usual', (random, share) => {
			const schedule = new PollSchedule(recordingClock({ random }));
			expect(schedule.delayMs(0, 'working')).toBeCloseTo(share * 450, 6);
			expect(schedule.delayMs(10_000, 'working')).toBeCloseTo(share * 5500, 6);
		});

		it.each([
			// Expected are 3 s, give or take 0.1 s.
			[2900, 70],
			[3100, 70],
			[4000, 550],
			[10_000, 3850],
			[100_000, 8000],
		])('after %i ms of a task that takes too long is %i ms', (elapsedMs, expected) => {
			const { schedule } = begin(known);
			expect(schedule.delayMs(elapsedMs, 'working')).toBeCloseTo(expected, 6);
		});

		it('spreads tasks of one moment that know nothing', () => {
			const { schedule } = begin();
			const delays = times(10, 1000).map((elapsedMs) => schedule.delayMs(elapsedMs, 'working'));
			expect(new Set(delays).size).toBe(10);
		});
	});
});

describe('the time beside a stream', () => {
	it.each([
		[0, 8000],
		[4000, 8000],
		[4001, 8002],
		[8000, 16_000],
		[29_999, 59_998],
		[3_600_000, 60_000],
	])('after %i ms is %i ms', (elapsedMs, expected) => {
		expect(safetyDelayMs(elapsedMs)).toBe(expected);
	});
});

describe('the schedules of a process', () => {
	const url = 'https://api.novita.ai';
	const of = (clock: Clock, changes: Partial<ImageRequest> = {}, provider: Provider = novita) =>
		scheduleOf(clock, provider, url, imageRequest(changes));

	it.each<[string, Partial<ImageRequest>]>([
		['prompt', { prompt: 'another' }],
		['seed', { seed: 7 }],
		['negative prompt', { options: { negativePrompt: 'text' } }],
		['source image', { image: 'https://files.example/a.png' }],
	])('know a request with another %s from the one before', (_, changes) => {
		const clock = virtualClock();
		expect(of(clock, changes)).toBe(of(clock));
	});

	it.each<[string, Partial<ImageRequest>]>([
		['operation', { operation: 'imageToImage' }],
		['model', { model: 'base' }],
		['server', { server: 'sglang' }],
		['width', { width: 512 }],
		['height', { height: 512 }],
		['number of images', { numberOfImages: 2 }],
		['number of LoRAs', { loras: [{ path: 'a/b', scale: 1 }] }],
		['number of steps', { options: { steps: 4 } }],
	])('start over for a request with another %s', (_, changes) => {
		const clock = virtualClock();
		expect(of(clock, changes)).not.toBe(of(clock));
		expect(of(clock, changes)).toBe(of(clock, changes));
	});

	it('start over for another provider, another server and another clock', () => {
		const clock = virtualClock();
		const first = of(clock);
		expect(of(clock, {}, fal)).not.toBe(first);
		expect(scheduleOf(clock, novita, 'https://gateway.example', imageRequest())).not.toBe(first);
		expect(of(virtualClock())).not.toBe(first);
	});

	it('are those of the last 200 kinds of requests', () => {
		const clock = virtualClock();
		const [oldest, old] = [of(clock, { width: 1 }), of(clock, { width: 2 })];
		for (let width = 3; width <= 200; width++) of(clock, { width });
		expect(of(clock, { width: 1 })).toBe(oldest);
		of(clock, { width: 201 });
		expect(of(clock, { width: 1 })).toBe(oldest);
		expect(of(clock, { width: 2 })).not.toBe(old);
	});
});
