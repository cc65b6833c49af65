import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import type { Phase, Task, TaskStore } from '../../tasks';
import { sdError } from './errors';
import { failureOf, imagesOf, type Generation } from './generation';

export interface SdJob extends Generation {
	/** In milliseconds, for a job that a request ended. */
	endedAt?: number;
}

/**
 * A job exists for this long after its end, and is reported as expired for the same time again. [sd.cpp
 * async_jobs.h, async_jobs.cpp: purge_expired_jobs]
 */
const LIFETIME_SECONDS = 600;

/** Waiting and running jobs. [sd.cpp async_jobs.h: max_pending_jobs] */
export const MOST_PENDING = 64;

const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** `job_<seconds>_<number>`, both in hexadecimal. [sd.cpp async_jobs.cpp: make_async_job_id] */
export const jobIds = (): (() => string) => {
	let next = 0;
	return () =>
		`job_${toSeconds(Date.now()).toString(16)}_${(next++).toString(16).padStart(8, '0')}`;
};

function endOf({ steering, slot, data, cancelled }: Task<SdJob>): number {
	if (steering.polls === undefined && !cancelled) return slot.doneAt;
	return (data.endedAt ??= Date.now());
}

/** Why a job isn't available. Undefined if it is. */
export function missing(
	tasks: TaskStore<SdJob>,
	task: Task<SdJob> | undefined,
): Answer | undefined {
	if (task === undefined) return sdError(404, 'job not found');
	if (tasks.phase(task) !== 'done') return undefined;
	const age = toSeconds(Date.now()) - toSeconds(endOf(task));
	if (age >= 2 * LIFETIME_SECONDS) return sdError(404, 'job not found');
	return age >= LIFETIME_SECONDS ? sdError(410, 'job expired') : undefined;
}

const STATES: Record<Phase, string> = {
	queued: 'queued',
	running: 'generating',
	done: 'completed',
};

const CANCELLED = {
	status: 'cancelled',
	error: { code: 'cancelled', message: 'job cancelled by client' },
};

/** [sd.cpp async_jobs.cpp: make_async_job_json] */
export async function jobAnswer(
	context: Context,
	tasks: TaskStore<SdJob>,
	task: Task<SdJob>,
	phase: Phase,
): Promise<Answer> {
	const { data, steering, cancelled } = task;
	const isDone = phase === 'done';
	const reason = isDone ? (steering.fail?.reason ?? failureOf(data)) : undefined;
	const ending = cancelled
		? CANCELLED
		: reason !== undefined
			? { status: 'failed', error: { code: 'generation_failed', message: reason } }
			: undefined;
	return jsonAnswer(200, {
		id: task.id,
		kind: 'img_gen',
		status: ending?.status ?? STATES[phase],
		created: toSeconds(task.submittedAt),
		started: phase === 'queued' || cancelled ? null : toSeconds(task.slot.startedAt),
		completed: isDone ? toSeconds(endOf(task)) : null,
		queue_position: phase === 'queued' ? tasks.queued(() => true, task) + 1 : 0,
		result:
			isDone && ending === undefined
				? {
						output_format: data.format,
						images: (await imagesOf(context, 'stable-diffusion.cpp', data)).map(
							(b64_json, index) => ({ index, b64_json }),
						),
					}
				: null,
		error: ending?.error ?? null,
	});
}
