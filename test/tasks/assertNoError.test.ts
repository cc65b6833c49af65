import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { FailedTask, Provider, TaskState } from '../../nodes/ZImage/providers/provider';
import { assertNoError } from '../../nodes/ZImage/tasks/assertNoError';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { taskJson } from '../../nodes/ZImage/tasks/taskItem';
import { failureOf } from '../support/failureOf';

const task: Task = {
	provider: 'fal',
	model: 'fal-ai/z-image/turbo',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: [],
	estimatedCostUsd: 0.005,
	loraPreset: 'Pencil',
};

const failureIn = (state: TaskState, provider: Provider = fal) =>
	failureOf(() => assertNoError(provider, task, state));

it.each<TaskState>([
	{ status: 'pending', queued: true },
	{ status: 'pending', queued: false },
	{ status: 'ended' },
	{ status: 'ended', error: 'its result says more' },
	{ status: 'succeeded', images: [], seed: null, prompt: null },
])('accepts %j', (state) => {
	expect(() => assertNoError(fal, task, state)).not.toThrow();
});

it.each<[string, FailedTask, Provider, object]>([
	[
		'by its words',
		{ status: 'failed', reason: 'User is locked' },
		fal,
		{ message: 'fal could not make the image: User is locked', details: { kind: 'balance' } },
	],
	[
		"by its own provider's words",
		{ status: 'failed', reason: 'TASK_NOT_FOUND' },
		novita,
		{ message: 'Novita could not make the image: TASK_NOT_FOUND', details: { kind: 'notFound' } },
	],
	[
		"by the provider's explicit kind, whatever the words",
		{ status: 'failed', reason: 'User is locked', kind: 'moderation' },
		fal,
		{ message: 'fal could not make the image: User is locked', details: { kind: 'moderation' } },
	],
])('a failed task is an error of a kind: %s', (_, state, provider, expected) => {
	expect(failureIn(state, provider)).toMatchObject(expected);
});

it('a failed task is returned as one, and can be submitted again', () => {
	const { details } = failureIn({ status: 'failed', reason: 'it broke', charged: 'maybe' });
	expect(details.task).toStrictEqual({ ...taskJson(task), status: 'failed' });
	expect(details.task).toMatchObject({ taskId: 'task-1', loraPreset: 'Pencil' });
	expect(details).not.toHaveProperty('isAmbiguous');
});

it('an unknown state is an error that names it, and leaves the task pending', () => {
	const failure = failureIn({ status: 'unknown', value: 'PAUSED' });
	expect(failure.message).toBe('fal reports an unknown task status: "PAUSED"');
	expect(failure.details).toStrictEqual({
		kind: 'other',
		description: 'The task may still succeed. Get Task Result can check it again later.',
		task: taskJson(task),
	});
	expect(failure.details.task).toMatchObject({ taskId: 'task-1', status: 'pending' });
});
