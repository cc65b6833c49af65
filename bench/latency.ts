import type { Arrival } from './engine/job';
import type { Seen, SeenTask } from './sandboxProcess';

/** What one of the sandbox's hosts received. Downloads come from another host. */
export function ofProvider({ tasks, requests }: Seen, provider: string): Seen {
	return { tasks: tasks.filter((task) => task.provider === provider), requests };
}

/** What the sandbox received from a moment on. Earlier requests were a warm-up. */
export function since({ tasks, requests }: Seen, time: number): Seen {
	return {
		tasks: tasks.filter(({ submittedAt }) => submittedAt >= time),
		requests: requests.filter(({ at }) => at >= time),
	};
}

/** When the last request with the task's ID arrived: for its result, or for its file. */
function lastRequestAt({ requests }: Seen, { id }: SeenTask): number {
	return Math.max(...requests.filter(({ path }) => path.includes(id)).map(({ at }) => at));
}

/**
 * For each task, the time from its end until its image was there, in milliseconds. If it is unknown when the
 * image was in n8n's store, the last request with the task's ID counts, which is slightly earlier.
 */
export function latenciesMs(arrivals: readonly Arrival[], seen: Seen): number[] {
	const arrivedAt = new Map(arrivals.map(({ taskId, at }) => [taskId, at]));
	return seen.tasks.map((task) => {
		if (task.doneAt === null) throw new Error(`The task ${task.id} never ends`);
		return (arrivedAt.get(task.id) ?? lastRequestAt(seen, task)) - task.doneAt;
	});
}

/** A status stream counts as one status request. */
const STATUS_PATH =
	/\/requests\/[^/]+\/status(\/stream)?$|\/v1\/tasks\/|\/predictions\/[^/]+\/result$/;

/**
 * For each task, how long after its end the first request about it came, in milliseconds: the status request that found it
 * done or, after a stream has told of the end, that for the result.
 */
export function noticedAfterMs({ requests, tasks }: Seen): number[] {
	return tasks.map(({ id, doneAt }) => {
		const end = doneAt ?? Infinity;
		const after = requests.filter(({ path, at }) => path.includes(id) && at >= end);
		return Math.min(...after.map(({ at }) => at)) - end;
	});
}

/** The status requests per task. */
export function statusRequestsPerTask({ requests, tasks }: Seen): number {
	const ids = tasks.map(({ id }) => id);
	const count = requests.filter(
		({ method, path }) =>
			method === 'GET' && STATUS_PATH.test(path) && ids.some((id) => path.includes(id)),
	).length;
	return count / tasks.length;
}

/** The submits that the provider refused, per accepted task. */
export function refusalsPerTask({ requests, tasks }: Seen, provider: string): number {
	const submits = requests.filter(
		(request) => request.provider === provider && request.method === 'POST',
	).length;
	return submits / tasks.length - 1;
}
