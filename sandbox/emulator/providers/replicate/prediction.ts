import type { Context } from '../../context';
import type { Phase, Task } from '../../tasks';
import { failureOf, pictureOf, type ReplicateJob } from './job';

/** "Input, output and files of API predictions are removed after an hour." [Replicate docs: data-retention] */
const LIFETIME_SECONDS = 3600;

/** [Replicate docs: reference/http; topics/predictions/lifecycle] */
export interface Prediction {
	readonly id: string;
	readonly status: string;
	readonly [field: string]: unknown;
}

/** A prediction, as seen in a phase. */
export async function predictionOf(
	context: Context,
	task: Task<ReplicateJob>,
	phase: Phase,
): Promise<Prediction> {
	const { id, data, steering, submittedAt, cancelled } = task;
	noteTimes(task, phase);
	const { startedAt, completedAt } = data;
	const isDone = phase === 'done';
	const failure = isDone && !cancelled ? await failureOf(data, steering) : undefined;
	const hasSucceeded = isDone && !cancelled && failure === undefined;
	const isRemoved = completedAt !== undefined && Date.now() - completedAt > LIFETIME_SECONDS * 1000;
	if (hasSucceeded) {
		const picture = pictureOf(data);
		data.link ??= context.files.publicLink('/xezq', picture, id, steering, LIFETIME_SECONDS);
	}
	const base = `${context.urls.replicate}/v1/predictions/${id}`;
	const secondsTo = (from: number | undefined) => ((completedAt ?? 0) - (from ?? 0)) / 1000;
	return {
		id,
		model: `${data.model.owner}/${data.model.name}`,
		version: data.version,
		input: isRemoved ? {} : data.sent,
		output: hasSucceeded && !isRemoved ? data.link : null,
		logs: isRemoved ? null : logsOf(task, phase),
		error: failure ?? null,
		status: statusOf(task, phase, failure),
		created_at: new Date(submittedAt).toISOString(),
		...(startedAt === undefined ? {} : { started_at: new Date(startedAt).toISOString() }),
		...(completedAt === undefined ? {} : { completed_at: new Date(completedAt).toISOString() }),
		data_removed: isRemoved,
		...(startedAt === undefined || completedAt === undefined
			? {}
			: { metrics: { predict_time: secondsTo(startedAt), total_time: secondsTo(submittedAt) } }),
		urls: {
			get: base,
			cancel: `${base}/cancel`,
			web: `https://replicate.com/p/${id}`,
		},
	};
}

function statusOf(
	{ data, cancelled }: Task<ReplicateJob>,
	phase: Phase,
	failure: string | undefined,
): string {
	if (phase === 'queued') return 'starting';
	if (phase === 'running') return 'processing';
	if (cancelled) return data.isAborted === true ? 'aborted' : 'canceled';
	return failure === undefined ? 'succeeded' : 'failed';
}

/** If status requests decide, the times are those of the requests. */
function noteTimes({ data, slot, steering, cancelled }: Task<ReplicateJob>, phase: Phase): void {
	const isTimed = steering.polls === undefined;
	if (phase !== 'queued' && data.isAborted !== true) {
		data.startedAt ??= isTimed ? slot.startedAt : Date.now();
	}
	if (phase === 'done') {
		data.completedAt ??= isTimed && !cancelled ? slot.doneAt : Date.now();
	}
}

/**
 * GUESS: the form. The official client expects tqdm's progress format in it. [replicate-javascript:
 * lib/util.js]
 */
function logsOf({ data, polls, slot, steering }: Task<ReplicateJob>, phase: Phase): string {
	if (phase === 'queued') return '';
	const steps = data.input.num_inference_steps;
	const part =
		steering.polls === undefined
			? (Date.now() - slot.startedAt) / (slot.doneAt - slot.startedAt)
			: polls / (steering.polls + 1);
	const step = phase === 'done' ? steps : Math.floor(steps * Math.min(part || 0, 1));
	const percent = Math.round((100 * step) / steps);
	const bar = '█'.repeat(Math.round(percent / 10)).padEnd(10);
	return `Using seed: ${data.seed}\n${String(percent).padStart(3)}%|${bar}| ${step}/${steps} [00:00<00:00, 8.00it/s]\n`;
}
