import { Failure } from '../../nodes/ZImage/errors/failure';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer, SucceededTask } from '../../nodes/ZImage/providers/provider';
import { PollSchedule } from '../../nodes/ZImage/tasks/schedule';
import type { SubmittedTask, Task } from '../../nodes/ZImage/tasks/task';
import { awaitTask } from '../../nodes/ZImage/tasks/wait';
import { documented, errorOf, fakeClient, limits, sessionOf } from '../support/fakeClient';

const task: Task = {
	provider: 'novita',
	model: 'z-image-turbo',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: [],
	estimatedCostUsd: 0.005,
};
const submitted: SubmittedTask = {
	task,
	state: { status: 'pending', queued: true },
};
const queued = documented(novita, 'taskQueued');
const processing = documented(novita, 'taskProcessing');
const succeeded = documented(novita, 'taskSucceed');

it('waits longer and longer until the task is done', async () => {
	const client = fakeClient(novita, [queued, processing, processing, processing, succeeded]);
	const result = await awaitTask(sessionOf(client), submitted, limits());
	expect(result).toMatchObject({ status: 'succeeded', seed: 158881667 });
	// Milliseconds since 1970 have no more precision than fractions of a microsecond.
	const sleeps = client.clock.sleeps.map((ms) => Number(ms.toFixed(2)));
	expect(sleeps).toStrictEqual([120, 450, 450, 561, 869.55]);
	expect(client.sent).toHaveLength(5);
});

it.each<[string, string | null, number]>([
	['just now', '2026-01-01T00:00:00.000Z', 450],
	// After the first check, at 120 ms, it waits for 0.55 of the time that the task has taken.
	['ten seconds ago', '2025-12-31T23:59:50.000Z', 0.55 * 10_120],
	// The clock of the n8n that submitted it may differ.
	['in an hour', '2026-01-01T01:00:00.000Z', 450],
	['at an unknown time', null, 450],
	['at an invalid time', 'soon', 450],
])(
	'checks a task that started %s as often as its age requires',
	async (_, submittedAt, expected) => {
		const client = fakeClient(novita, [processing, succeeded]);
		const old = { ...submitted, task: { ...task, submittedAt } };
		await awaitTask(sessionOf(client), old, limits());
		expect(client.clock.sleeps).toStrictEqual([120, expect.closeTo(expected, 2)]);
	},
);

describe('what the schedule learns', () => {
	const learnedFrom = async (answers: HttpAnswer[], submittedAt = task.submittedAt) => {
		const client = fakeClient(novita, answers);
		const schedule = new PollSchedule(client.clock);
		const learn = jest.spyOn(schedule, 'learn');
		const old = { ...submitted, task: { ...task, submittedAt } };
		await awaitTask({ ...sessionOf(client), schedule }, old, limits());
		return learn.mock.calls;
	};

	it.each([
		// Checked after 120, 570, 1020 and 1581 ms.
		['in the queue, then at work', [queued, queued, processing, succeeded], [1020, 570, 1581]],
		['in the queue only', [queued, queued, succeeded], [570, 570, 1020]],
		['at work only', [processing, succeeded], [120, 0, 570]],
		['done at the first check', [succeeded], [0, 0, 120]],
	])('of a task seen %s', async (_, answers, [goingMs = NaN, queuedMs = NaN, doneMs = NaN]) => {
		expect(await learnedFrom(answers)).toStrictEqual([
			[
				{
					goingMs: expect.closeTo(goingMs, 2) as unknown,
					queuedMs: expect.closeTo(queuedMs, 2) as unknown,
					doneMs: expect.closeTo(doneMs, 2) as unknown,
				},
			],
		]);
	});

	it('of an older task: that it was still running when it was resumed', async () => {
		expect(await learnedFrom([succeeded], '2025-12-31T23:59:50.000Z')).toStrictEqual([
			[{ goingMs: 10_000, queuedMs: 0, doneMs: 10_120 }],
		]);
	});
});

it("doesn't wait if the images are there", async () => {
	const state: SucceededTask = { status: 'succeeded', images: [], seed: null, prompt: null };
	const client = fakeClient(novita, []);
	expect(await awaitTask(sessionOf(client), { task, state }, limits())).toBe(state);
	expect(client.clock.sleeps).toStrictEqual([]);
});

it("uses the task's ID", async () => {
	const client = fakeClient(fal, [
		documented(fal, 'statusInQueue'),
		documented(fal, 'statusCompleted'),
		documented(fal, 'result'),
	]);
	await awaitTask(sessionOf(client), submitted, limits());
	expect(client.paths()).toStrictEqual([
		'GET /fal-ai/z-image/requests/task-1/status',
		'GET /fal-ai/z-image/requests/task-1/status',
		'GET /fal-ai/z-image/requests/task-1',
	]);
});

describe('a task that is not done at the deadline', () => {
	const failureAfter = async (seconds: number, requestMs = 0) => {
		const client = fakeClient(novita, Array(100).fill(processing), requestMs);
		const schedule = new PollSchedule(client.clock);
		const error = await errorOf(
			awaitTask({ ...sessionOf(client), schedule }, submitted, limits(seconds * 1000)),
		);
		const { clock } = client;
		return { client, error, tookMs: clock.now() - Date.parse('2026-01-01T00:00:00Z') };
	};

	it.each([
		[1, '1 second'],
		[1.5, '1.5 seconds'],
	])('is named with the timeout of %d', async (timeoutSeconds, words) => {
		const { error } = await failureAfter(timeoutSeconds);
		expect(error).toStrictEqual(new Failure(`Novita did not finish the image within ${words}`));
	});

	it('is returned, with the way to fetch it', async () => {
		const { error } = await failureAfter(30);
		expect(error).toStrictEqual(new Failure('Novita did not finish the image within 30 seconds'));
		expect(error).toMatchObject({
			details: {
				kind: 'timeout',
				description: expect.stringContaining('Get Task Result can fetch it') as unknown,
				task: {
					provider: 'novita',
					model: 'z-image-turbo',
					taskId: 'task-1',
					status: 'pending',
					submittedAt: '2026-01-01T00:00:00.000Z',
					prompt: 'a lighthouse',
					seed: 7,
					loras: [],
					estimatedCostUsd: 0.005,
				},
			},
		});
		expect((error as Failure).details).not.toHaveProperty('httpCode');
	});

	it.each([1, 2, 5, 30, 300])('is checked once more just before, at %i s', async (seconds) => {
		const { client, tookMs } = await failureAfter(seconds);
		expect(tookMs).toBeLessThanOrEqual(seconds * 1000);
		expect(tookMs).toBeGreaterThanOrEqual(seconds * 1000 - 1000);
		const slept = client.clock.sleeps.reduce((sum, ms) => sum + ms, 0);
		// The clock has no more precision than fractions of a microsecond.
		expect(slept).toBeCloseTo(tookMs, 3);
		expect(client.sent).toHaveLength(client.clock.sleeps.length);
	});

	it('is checked at least once even within 1 second', async () => {
		const { client } = await failureAfter(1);
		expect(client.sent.length).toBeGreaterThanOrEqual(1);
	});

	it('counts the time of the requests', async () => {
		const { client } = await failureAfter(10, 3000);
		expect(client.sent).toHaveLength(3);
	});
});

it('ends with the failure of the task', async () => {
	const client = fakeClient(novita, [queued, documented(novita, 'taskFailed')]);
	const error = await errorOf(awaitTask(sessionOf(client), submitted, limits()));
	expect(error).toStrictEqual(
		new Failure('Novita could not make the image: failed to load lora: owner/name not found'),
	);
	expect(error).toMatchObject({ details: { task: { taskId: 'task-1', status: 'failed' } } });
});

it('ends with an error of the check', async () => {
	const failure = new Failure('Novita cannot be reached (ECONNRESET)');
	const client = fakeClient(novita, [queued, failure]);
	expect(await errorOf(awaitTask(sessionOf(client), submitted, limits()))).toBe(failure);
});

it('ends with the reason of a stop, and checks no more', async () => {
	const stop = new AbortController();
	stop.abort(new Error('cancelled'));
	const client = fakeClient(novita, [succeeded]);
	const schedule = new PollSchedule(client.clock);
	const error = await errorOf(
		awaitTask({ ...sessionOf(client), schedule }, submitted, limits(300_000, stop.signal)),
	);
	expect(error).toStrictEqual(new Error('cancelled'));
	expect(client.sent).toStrictEqual([]);
});

it('checks before each request whether the execution was stopped', async () => {
	const client = fakeClient(novita, [processing, processing, succeeded]);
	const seen: number[] = [];
	const lookForStop = async () => void seen.push(client.sent.length);
	await awaitTask(sessionOf(client), submitted, { ...limits(), lookForStop });
	expect(seen).toStrictEqual([0, 1, 2]);
});
