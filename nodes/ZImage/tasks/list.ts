import { count, Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { answerFailure } from '../http/failures';
import { isSuccess } from '../http/retry';
import type { ListedTask, ListQuery, TaskList, TaskPage } from '../providers/provider';
import { parseAnswer } from './check';
import type { TaskLimits } from './task';

/** How far back a list goes, and its maximum length. */
export interface ListBounds {
	/** Milliseconds since 1970. */
	readonly sinceMs: number;
	/** The maximum number of tasks; `Infinity` for all tasks of that period. */
	readonly most: number;
}

const askList = { did: 'when asked for its recent tasks', didNot: 'did not list the tasks' };

/** @throws Failure when there is no answer, or it's an error or unreadable */
async function readPage(
	client: Client,
	{ call, parse }: TaskList,
	query: ListQuery,
	limits: TaskLimits,
): Promise<TaskPage> {
	const answer = await client.send(call(query), { ...limits, purpose: 'read' });
	if (!isSuccess(answer)) throw answerFailure(client.provider, answer, askList.didNot);
	return parseAnswer(client, answer, askList, (page) => parse(page, query));
}

/**
 * Lists the recent tasks of the account, in the order of the provider, page by page. A task without a time counts as
 * recent, because it may be paid for.
 * @throws Failure when a page isn't available, or the time is up
 */
export async function listTasks(
	client: Client,
	list: TaskList,
	{ sinceMs, most }: ListBounds,
	limits: TaskLimits,
): Promise<ListedTask[]> {
	const { clock, provider } = client;
	const found = new Map<string, ListedTask>();
	let query: ListQuery | undefined = { sinceMs };
	while (query && found.size < most) {
		if (clock.now() >= limits.deadline) {
			throw new Failure(
				`${provider.displayName} did not list the tasks within ${count(limits.timeoutSeconds, 'second')}`,
				{
					kind: 'timeout',
					description:
						'Raise Timeout (Seconds) in the options, or lower Limit or Submitted Within (Hours).',
				},
			);
		}
		await limits.lookForStop?.();
		const { tasks, next }: TaskPage = await readPage(client, list, query, limits);
		for (const task of tasks) {
			if ((task.submittedAtMs ?? sinceMs) >= sinceMs) found.set(task.taskId, task);
		}
		query = next === undefined ? undefined : { sinceMs, cursor: next };
	}
	return [...found.values()].slice(0, most);
}
