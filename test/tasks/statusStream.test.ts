import { Failure } from '../../nodes/ZImage/errors/failure';
import type { Client } from '../../nodes/ZImage/http/client';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { Pacing } from '../../nodes/ZImage/http/pacing';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer } from '../../nodes/ZImage/providers/provider';
import { PollSchedule } from '../../nodes/ZImage/tasks/schedule';
import { StatusStreams } from '../../nodes/ZImage/tasks/statusStream';
import type { Task, TaskLimits } from '../../nodes/ZImage/tasks/task';
import { awaitTask } from '../../nodes/ZImage/tasks/wait';
import {
	answer,
	documented,
	errorOf,
	fakeClient,
	limits as limitsOf,
	sessionOf,
} from '../support/fakeClient';
import { startMs } from '../support/recordingClock';
import { virtualClock } from '../support/virtualClock';

const queued = documented(fal, 'statusInQueue');
const working = documented(fal, 'statusInProgress');
const completed = documented(fal, 'statusCompleted');
const result = documented(fal, 'result');
const live = new AbortController().signal;

/** What a stream does at a time, in milliseconds since the task was accepted: tells something, breaks, or ends. */
type Step = readonly [atMs: number, does: Error | HttpAnswer | 'end'];

interface Scene {
	/** When the task is done. Default: 3 s */
	readonly doneMs?: number;
	/** Of every stream. It stays open after the last step. */
	readonly steps: readonly Step[];
	/** Answers to the requests, instead of good ones; the first one is that to the first request. */
	readonly odd?: ReadonlyArray<HttpAnswer | undefined>;
	readonly limits?: Partial<TaskLimits>;
	readonly tasks?: number;
}

const taskOf = (taskId: string): Task => ({
	provider: 'fal',
	model: 'fal-ai/z-image/turbo',
	taskId,
	submittedAt: new Date(startMs).toISOString(),
	prompt: null,
	seed: null,
	loras: null,
	estimatedCostUsd: null,
});

/** Waits for tasks of a provider that takes exactly so long, and a millisecond for each answer. */
function begin({ doneMs = 3000, steps, odd = [], limits, tasks = 1 }: Scene) {
	const clock = virtualClock();
	const asked: string[] = [];
	const open = { now: 0, most: 0 };
	const client: Client = {
		...fakeClient(fal, []),
		clock,
		pacing: new Pacing(clock),
		async listen({ path, headers }, { signal }, hear) {
			expect(path).toMatch(/^\/fal-ai\/z-image\/requests\/task-\d\/status\/stream$/);
			expect(headers).toStrictEqual({ Accept: 'text/event-stream' });
			asked.push(`stream ${clock.elapsed()}`);
			open.most = Math.max(open.most, ++open.now);
			try {
				for (const [atMs, does] of steps) {
					await clock.sleep(Math.max(0, atMs - clock.elapsed()), signal);
					if (does === 'end') return;
					if (does instanceof Error) throw does;
					hear(does);
				}
				await clock.sleep(86_400_000, signal);
			} finally {
				open.now--;
			}
		},
		async send({ path }) {
			const isStatus = path.endsWith('/status');
			const instead = odd[asked.length];
			asked.push(`${isStatus ? 'status' : 'result'} ${clock.elapsed()}`);
			await clock.sleep(1, live);
			if (instead) return instead;
			const isDone = clock.elapsed() >= doneMs;
			if (isStatus) return isDone ? completed : working;
			return isDone ? result : documented(fal, 'resultInProgress');
		},
	};
	const schedule = new PollSchedule(clock);
	const streams = new StatusStreams(client);
	const waits = Array.from({ length: tasks }, async (_, index) => {
		const submitted = {
			task: taskOf(`task-${index}`),
			state: { status: 'pending', queued: true },
		} as const;
		const given = { ...limitsOf(), ...limits };
		return await awaitTask({ client, schedule, streams }, submitted, given);
	});
	const hasStreams = () => streams.has(taskOf('another'));
	return { clock, asked, open, schedule, hasStreams, finished: Promise.all(waits) };
}

const good: readonly Step[] = [
	[130, queued],
	[1000, working],
	[3000, completed],
	[3000, 'end'],
];

it('asks soon, then listens, and fetches the result as soon as the stream reports it', async () => {
	const { clock, asked, schedule, hasStreams, finished } = begin({ steps: good });
	const learn = jest.spyOn(schedule, 'learn');
	expect(await clock.run(finished)).toMatchObject([{ status: 'succeeded' }]);
	expect(asked).toStrictEqual(['status 120', 'stream 121', 'result 3000']);
	expect(hasStreams()).toBe(true);
	expect(learn.mock.calls).toStrictEqual([[{ goingMs: 3000, queuedMs: 130, doneMs: 3000 }]]);
});

it('opens no stream for a task that is done when it is first asked for', async () => {
	const { clock, asked, finished } = begin({ doneMs: 50, steps: good });
	await clock.run(finished);
	expect(asked).toStrictEqual(['status 120', 'result 121']);
});

it('has as many streams open as there are tasks, and closes each', async () => {
	const endless = good.slice(0, 3);
	const { clock, open, finished } = begin({ tasks: 9, steps: endless });
	await clock.run(finished);
	expect(open).toStrictEqual({ now: 0, most: 9 });
});

describe('a stream that cannot be relied on never decides', () => {
	it('asks for the status if the stream reports an error', async () => {
		const { clock, asked, finished } = begin({
			steps: [
				[130, queued],
				[3000, documented(fal, 'statusCompletedError')],
			],
		});
		await clock.run(finished);
		expect(asked).toStrictEqual(['status 120', 'stream 121', 'status 3000', 'result 3001']);
	});

	it.each<[string, HttpAnswer]>([
		['is not available', answer(502)],
		['is not there yet', documented(fal, 'resultInProgress')],
		['is an error', documented(fal, 'resultValidationError')],
		['is not readable', answer(200, 'x')],
	])('asks for the status where the result %s', async (_, odd) => {
		const { clock, asked, finished } = begin({
			steps: good,
			odd: [undefined, undefined, odd],
		});
		expect(await clock.run(finished)).toMatchObject([{ status: 'succeeded' }]);
		expect(asked.slice(2)).toStrictEqual(['result 3000', 'status 3001', 'result 3002']);
	});

	it.each<[string, readonly Step[], string | undefined]>([
		['breaks', [[500, new NetworkError('ECONNRESET')]], undefined],
		['ends too soon', [[500, 'end']], undefined],
		['tells what is no status', [[500, answer(200, { hello: 'there' })]], undefined],
		['tells what is no JSON', [[500, answer(200)]], undefined],
		['tells a state that nobody knows', [[500, documented(fal, 'statusFailed')]], 'status 500'],
		['reports an end too early', [[500, completed]], 'result 500'],
	])('polls on when it %s, and opens no other one', async (_, steps, next) => {
		const { clock, asked, hasStreams, finished } = begin({
			steps: [[130, queued], ...steps],
		});
		expect(await clock.run(finished)).toMatchObject([{ status: 'succeeded' }]);
		expect(asked.slice(0, 2)).toStrictEqual(['status 120', 'stream 121']);
		if (next !== undefined) expect(asked[2]).toBe(next);
		expect(asked.filter((one) => one.startsWith('stream'))).toHaveLength(1);
		expect(hasStreams()).toBe(false);
		// From 0.5 s on, it is asked for as always.
		expect(clock.elapsed()).toBeLessThanOrEqual(3000 * 1.8);
	});

	it('polls as always while it says nothing, and opens no other one once it has missed an end', async () => {
		const { clock, asked, hasStreams, finished } = begin({ steps: [] });
		await clock.run(finished);
		expect(asked.filter((one) => one.startsWith('status')).length).toBeGreaterThan(3);
		expect(clock.elapsed()).toBeLessThanOrEqual(3000 * 1.8);
		expect(hasStreams()).toBe(false);
	});

	it('takes the end from one that tells everything at the end', async () => {
		const { clock, asked, hasStreams, finished } = begin({
			steps: good.map(([, does]) => [3000, does] as const),
		});
		await clock.run(finished);
		expect(asked.at(-1)).toBe('result 3000');
		expect(hasStreams()).toBe(true);
	});

	it('is not blamed for an end of this moment', async () => {
		const { clock, hasStreams, finished } = begin({ doneMs: 400, steps: [[700, completed]] });
		await clock.run(finished);
		expect(clock.elapsed()).toBeLessThan(700);
		expect(hasStreams()).toBe(true);
	});

	it('asks ever less often beside one that has gone silent, and opens no other one', async () => {
		const { clock, asked, hasStreams, finished } = begin({
			doneMs: 150_000,
			steps: [[130, queued]],
		});
		await clock.run(finished);
		// Twice as long as the task has taken, from 8 s to a minute.
		const times = [120, 8130, 24_393, 73_182, 133_183, 193_184];
		expect(asked).toStrictEqual([
			'status 120',
			'stream 121',
			...times.slice(1).map((time) => `status ${time}`),
			'result 193185',
		]);
		expect(hasStreams()).toBe(false);
	});
});

describe('while it listens', () => {
	const goesOn: readonly Step[] = [[130, working]];

	it('a stop of the execution ends the wait and the stream', async () => {
		const stop = new AbortController();
		const scene = begin({ steps: goesOn, limits: { signal: stop.signal } });
		const { clock, asked, open } = scene;
		const stopping = clock.sleep(2000, live).then(() => stop.abort(new Error('stopped')));
		const [error] = await clock.run(Promise.all([errorOf(scene.finished), stopping]));
		expect(error).toStrictEqual(new Error('stopped'));
		expect([clock.elapsed(), open.now]).toStrictEqual([2000, 0]);
		expect(asked).toStrictEqual(['status 120', 'stream 121']);
	});

	it('it looks every 5 seconds whether the execution was stopped', async () => {
		const lookedAt: number[] = [];
		const lookForStop = async () => void lookedAt.push(clock.elapsed());
		const scene = begin({ doneMs: 40_000, steps: goesOn, limits: { lookForStop } });
		const { clock } = scene;
		await clock.run(scene.finished);
		const gaps = lookedAt.slice(1).map((time, index) => time - (lookedAt[index] ?? 0));
		// The news at 130 ms, 10 ms after the first look, begin another 5 seconds.
		expect(Math.max(...gaps)).toBeLessThanOrEqual(5010);
	});

	it('a stop that was found so ends the wait', async () => {
		const stop = new AbortController();
		const scene = begin({
			steps: goesOn,
			limits: {
				signal: stop.signal,
				lookForStop: async () => {
					if (scene.clock.elapsed() > 1000) stop.abort(new Error('stopped'));
				},
			},
		});
		const error = await scene.clock.run(errorOf(scene.finished));
		expect(error).toStrictEqual(new Error('stopped'));
		expect(scene.clock.elapsed()).toBe(5130);
	});

	it('the deadline ends the wait and the stream, after one more look', async () => {
		const deadline = startMs + 12_000;
		const scene = begin({
			doneMs: Infinity,
			steps: goesOn,
			limits: { deadline, timeoutSeconds: 12 },
		});
		const error = await scene.clock.run(errorOf(scene.finished));
		expect(error).toStrictEqual(new Failure('fal did not finish the image within 12 seconds'));
		expect(scene.asked).toStrictEqual(['status 120', 'stream 121', 'status 8130', 'status 11500']);
		expect(scene.open.now).toBe(0);
	});
});

it('never listens to a provider without streams', async () => {
	const client = {
		...fakeClient(novita, [documented(novita, 'taskQueued'), documented(novita, 'taskSucceed')]),
		listen: jest.fn(),
	};
	const submitted = {
		task: { ...taskOf('task-1'), provider: 'novita' },
		state: { status: 'pending', queued: true },
	} as const;
	await awaitTask(sessionOf(client), submitted, limitsOf());
	expect(client.sent).toHaveLength(2);
	expect(client.listen).not.toHaveBeenCalled();
});

it('never listens to a training, which takes minutes', () => {
	const [{ endpoint }] = fal.training.trainers;
	const streams = new StatusStreams(fakeClient(fal, []));
	expect(streams.has(taskOf('a'))).toBe(true);
	expect(streams.has({ ...taskOf('a'), model: endpoint })).toBe(false);
});
