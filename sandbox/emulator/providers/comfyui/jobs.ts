import { jsonAnswer, type Answer } from '../../answer';
import type { JobTask } from './job';
import { outputsOf, queueItem } from './job';
import { str } from './python';
import type { PromptQueue } from './queue';
import { isJobId } from './submit';

/** The jobs API of newer servers. [Comfy-Org/ComfyUI server.py @002c3fb: get_jobs; comfy_execution/jobs.py @172be43] */
const STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
type JobStatus = (typeof STATUSES)[number];

const refuse = (error: string): Answer => jsonAnswer(400, { error });

function statusOf(task: JobTask, isRunning: boolean): JobStatus {
	const { result, messages } = task.data;
	if (result === undefined) return isRunning ? 'in_progress' : 'pending';
	if (result === 'success') return 'completed';
	return messages.some(([event]) => event === 'execution_interrupted') ? 'cancelled' : 'failed';
}

/** The list's data about a job. */
function summary(
	task: JobTask,
	isRunning: boolean,
): { status: JobStatus } & Record<string, unknown> {
	const { number, createdAt, outputs, result } = task.data;
	// For a running job, the server looks only at the queue.
	const messages = result === undefined ? [] : task.data.messages;
	const find = (...events: string[]) => messages.find(([event]) => events.includes(event))?.[1];
	const files = [...outputs].flatMap(([nodeId, images]) =>
		images.map((image) => ({ ...image, nodeId, mediaType: 'images' })),
	);
	const preview = files.find(({ type }) => type === 'output') ?? files[0];
	const started = find('execution_start');
	const ended = find('execution_success', 'execution_error', 'execution_interrupted');
	const error = find('execution_error');
	return {
		id: task.id,
		status: statusOf(task, isRunning),
		priority: number,
		create_time: createdAt,
		...(started && { execution_start_time: started['timestamp'] }),
		...(ended && { execution_end_time: ended['timestamp'] }),
		...(error && { execution_error: error }),
		outputs_count: files.length,
		previewable_outputs_count: files.length,
		...(preview && { preview_output: preview }),
	};
}

/** One job, complete. */
export function jobAnswer(queue: PromptQueue, task: JobTask): Answer {
	const { messages, result } = task.data;
	const [, , prompt, extra_data] = queueItem(task);
	return jsonAnswer(200, {
		...summary(task, queue.isRunning(task)),
		...(result !== undefined && {
			outputs: outputsOf(task.data),
			execution_status: { status_str: result, completed: result === 'success', messages },
		}),
		workflow: { prompt, extra_data },
	});
}

export const JOB_NOT_FOUND = jsonAnswer(404, { error: 'Job not found' });

const order = (query: URLSearchParams): { error: string } | { by: string; isRising: boolean } => {
	const by = (query.get('sort_by') ?? 'created_at').toLowerCase();
	const direction = (query.get('sort_order') ?? 'desc').toLowerCase();
	if (!['created_at', 'execution_duration'].includes(by)) {
		return { error: "sort_by must be 'created_at' or 'execution_duration'" };
	}
	if (!['asc', 'desc'].includes(direction)) return { error: "sort_order must be 'asc' or 'desc'" };
	return { by, isRising: direction === 'asc' };
};

/** The jobs in the queue and in the history, newest first. */
export function listJobs(queue: PromptQueue, query: URLSearchParams): Answer {
	const wanted = (query.get('status') ?? '')
		.split(',')
		.map((status) => status.trim().toLowerCase())
		.filter((status) => status !== '');
	const unknown = wanted.filter((status) => !(STATUSES as readonly string[]).includes(status));
	if (unknown.length > 0) {
		return refuse(
			`Invalid status value(s): ${unknown.join(', ')}. Valid values: ${STATUSES.join(', ')}`,
		);
	}
	const sorting = order(query);
	if ('error' in sorting) return refuse(sorting.error);
	const limit = query.has('limit') ? Number(query.get('limit')) : null;
	const asked = Number(query.get('offset') ?? 0);
	if (limit !== null && !Number.isInteger(limit)) return refuse('limit must be an integer');
	if (limit !== null && limit <= 0) return refuse('limit must be a positive integer');
	if (!Number.isInteger(asked)) return refuse('offset must be an integer');
	const offset = Math.max(0, asked);
	const keyOf = (job: Record<string, unknown>): number =>
		sorting.by === 'created_at'
			? Number(job['create_time'])
			: Number(job['execution_end_time'] ?? 0) - Number(job['execution_start_time'] ?? 0);
	const jobs = [...queue.open(), ...queue.ended()]
		.map((task) => summary(task, queue.isRunning(task)))
		.filter(({ status }) => wanted.length === 0 || wanted.includes(status))
		.sort((one, other) => (keyOf(one) - keyOf(other)) * (sorting.isRising ? 1 : -1));
	const page = jobs.slice(offset, limit === null ? undefined : offset + limit);
	return jsonAnswer(200, {
		jobs: page,
		pagination: {
			offset,
			limit,
			total: jobs.length,
			has_more: offset + page.length < jobs.length,
		},
	});
}

/** Removes a waiting job, or stops a running one. False for any other. */
export const cancelJob = (queue: PromptQueue, id: string): boolean =>
	queue.remove(id) || queue.interrupt(id);

/** Cancels several. [server.py @002c3fb: cancel_jobs_batch] */
export function cancelJobs(queue: PromptQueue, ids: unknown): Answer {
	if (!Array.isArray(ids)) return refuse('job_ids must be a list');
	const invalid = ids.filter((id) => !isJobId(id)).map(str);
	if (invalid.length > 0) {
		return jsonAnswer(400, { error: 'job_ids contains invalid id(s)', invalid_ids: invalid });
	}
	const cancelled = ids.map((id) => cancelJob(queue, str(id)));
	return jsonAnswer(200, { cancelled: cancelled.includes(true) });
}
