import type { Context } from '../../context';
import type { Phase, Task } from '../../tasks';
import { failureOf, type WaveSpeedJob } from './model';

const STATES: Record<Phase, string> = {
	queued: 'created',
	running: 'processing',
	done: 'completed',
};

/** A response's `data`, and a webhook's body. [WaveSpeed docs: get-result, shared/api-result] */
export interface Prediction {
	readonly id: string;
	readonly status: string;
	readonly outputs: readonly string[];
	readonly code: number;
	readonly error: string;
	readonly [field: string]: unknown;
}

/** A task, as seen in a phase. */
export async function predictionOf(
	context: Context,
	task: Task<WaveSpeedJob>,
	phase: Phase,
): Promise<Prediction> {
	const { id, data, steering, submittedAt, slot } = task;
	const isDeleted = task.cancelled || data.isDeleted === true;
	const isDone = phase === 'done' && !isDeleted;
	const failure = isDone ? await failureOf(data, steering) : undefined;
	const isCompleted = isDone && failure === undefined;
	const inferenceMs = isDone ? Math.max(0, slot.doneAt - slot.startedAt) : 0;
	return {
		id,
		model: data.model.id,
		outputs: isCompleted ? await data.outputs(id, steering) : [],
		urls: { get: `${context.urls.wavespeed}/api/v3/predictions/${id}/result` },
		has_nsfw_contents: isCompleted ? [steering.nsfw] : [],
		// GUESS: a deleted task's later status. Clients stop at this one.
		status: isDeleted ? 'deleted' : failure ? 'failed' : STATES[phase],
		created_at: new Date(submittedAt).toISOString(),
		code: failure?.code ?? 0,
		error: failure?.error ?? '',
		executionTime: inferenceMs,
		timings: { inference: inferenceMs },
	};
}
