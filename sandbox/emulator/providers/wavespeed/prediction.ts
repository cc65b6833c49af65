import type { Context } from '../../context';
import type { Phase, Task } from '../../tasks';
import { failureOf, pictureOf, type WaveSpeedJob } from './job';

/** "Outputs are kept 7 days, then deleted." [WaveSpeed docs] */
const LINK_SECONDS = 7 * 24 * 3600;

const STATES: Record<Phase, string> = {
	queued: 'created',
	running: 'processing',
	done: 'completed',
};

/** The `data` of an answer, and the body of a webhook. [WaveSpeed docs: get-result, shared/api-result] */
export interface Prediction {
	readonly id: string;
	readonly status: string;
	readonly outputs: readonly string[];
	readonly code: number;
	readonly error: string;
	readonly [field: string]: unknown;
}

/** A task, as it is seen in a phase. */
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
		outputs: isCompleted ? await outputsOf(context, task) : [],
		urls: { get: `${context.urls.wavespeed}/api/v3/predictions/${id}/result` },
		has_nsfw_contents: isCompleted ? [steering.nsfw] : [],
		// GUESS: what a deleted task looks like afterwards; clients end on this status.
		status: isDeleted ? 'deleted' : failure ? 'failed' : STATES[phase],
		created_at: new Date(submittedAt).toISOString(),
		code: failure?.code ?? 0,
		error: failure?.error ?? '',
		executionTime: inferenceMs,
		timings: { inference: inferenceMs },
	};
}

async function outputsOf(context: Context, task: Task<WaveSpeedJob>): Promise<string[]> {
	const { id, data, steering } = task;
	const picture = pictureOf(data);
	if (picture === undefined) return [];
	if (data.input?.enable_base64_output === true || steering.inline) {
		// Without the prefix of a data URI, as others report.
		const { bytes } = await context.imageFile(picture);
		return [bytes.toString('base64')];
	}
	data.link ??= context.files.publicLink('/predictions', picture, id, steering, LINK_SECONDS);
	return [data.link];
}
