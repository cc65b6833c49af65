import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import type { Client } from '../http/client';
import { maxCalls } from '../http/client';
import { answerFailure, formFailure } from '../http/failures';
import { isSuccess } from '../http/retry';
import type {
	Ask,
	EndedTask,
	HttpAnswer,
	SettledState,
	SucceededTask,
	TaskState,
} from '../providers/provider';
import { assertNoError } from './assertNoError';
import { callsOf } from './calls';
import type { OpenTask, Task, TaskLimits } from './task';
import { taskJson } from './taskItem';

/** The purpose of a call about a task, worded for errors. */
interface Purpose {
	/** For an unreadable answer. */
	readonly did: string;
	/** For an answer that is an error. */
	readonly didNot: string;
}

const askStatus: Purpose = {
	did: 'when asked for the task status',
	didNot: 'could not report the task status',
};
const askResult: Purpose = {
	did: 'when asked for the result',
	didNot: 'did not return the result',
};

/**
 * Reads an answer about a task, or about several.
 * @throws Failure for an answer that the parser can't read, with the provider's message if it contains one
 */
export function parseAnswer<T>(
	{ provider }: Client,
	answer: HttpAnswer,
	{ did, didNot }: Purpose,
	parser: (answer: HttpAnswer) => T,
	task?: IDataObject,
): T {
	try {
		return parser(answer);
	} catch {
		throw provider.errorText(answer.body) === undefined
			? formFailure(provider, answer, did, task)
			: answerFailure(provider, answer, didNot, task);
	}
}

/** @throws Failure for an answer about another task, because its images aren't the requested ones */
function assertSameTask({ provider }: Client, answer: HttpAnswer, task: Task): void {
	const named = callsOf(provider, task)?.namedTask?.(answer);
	if (named === undefined || named.toLowerCase() === task.taskId?.toLowerCase()) return;
	throw new Failure(
		`${provider.displayName} returned the status of another task (${show(named)})`,
		{
			kind: 'other',
			description: 'The task may still succeed. Get Task Result can check it again later.',
			task: taskJson(task),
		},
	);
}

/** Fetches the result of a finished task, if the provider has a separate call for it. */
async function fetchResult(
	client: Client,
	task: Task,
	taskId: string,
	{ error }: EndedTask,
	limits: TaskLimits,
	// The task is known to have failed: send one request for its message, but don't wait.
	maxAttempts = error === undefined ? undefined : 1,
): Promise<SettledState> {
	const { provider } = client;
	const { result, parseResult, isTaskError, isLastingError } = callsOf(provider, task) ?? {};
	if (!result || !parseResult) return { status: 'unknown', value: 'ended' };
	const answer = await client.send(result(taskId), {
		...limits,
		purpose: 'read',
		task: taskJson(task),
		maxAttempts,
		isLasting: isLastingError,
	});
	if (!isSuccess(answer) && !isTaskError?.(answer)) {
		if (error !== undefined) return { status: 'failed', reason: error };
		throw answerFailure(provider, answer, askResult.didNot, taskJson(task));
	}
	return parseAnswer(client, answer, askResult, parseResult, taskJson(task));
}

/**
 * Fetches the result of a task that has ended, as its status stream says.
 * @returns `undefined` where that isn't so, or fails: only a status request can tell what has become of the task
 */
export async function fetchEnded(
	client: Client,
	task: Task,
	limits: TaskLimits,
): Promise<SucceededTask | undefined> {
	if (task.taskId === null) return undefined;
	try {
		const state = await fetchResult(client, task, task.taskId, { status: 'ended' }, limits, 1);
		return state.status === 'succeeded' ? state : undefined;
	} catch {
		limits.signal.throwIfAborted();
		return undefined;
	}
}

/** How long after its acceptance a provider may not know a task everywhere; this is our guess. */
const freshMs = 60_000;

function isFresh({ submittedAt }: Task, now: number): boolean {
	return now - Date.parse(submittedAt ?? '') < freshMs;
}

/**
 * Gets the state of a task, with as many calls as the provider needs.
 * @throws Failure when it isn't available
 */
async function askState(
	client: Client,
	task: Task,
	limits: TaskLimits,
	first: Pick<Ask<TaskState>, 'call' | 'parse'>,
): Promise<EndedTask | SettledState> {
	const { provider } = client;
	let ask = first;
	for (let calls = 0; calls < maxCalls; calls++) {
		const answer = await client.send(ask.call, {
			...limits,
			purpose: 'read',
			task: taskJson(task),
		});
		if (!isSuccess(answer) && !callsOf(provider, task)?.tellsState?.(answer)) {
			if (answer.statusCode === 404 && isFresh(task, client.clock.now())) {
				return { status: 'pending', queued: true };
			}
			throw answerFailure(provider, answer, askStatus.didNot, taskJson(task));
		}
		assertSameTask(client, answer, task);
		const told = parseAnswer(client, answer, askStatus, ask.parse, taskJson(task));
		if (told.status !== 'ask') return told;
		ask = told;
	}
	return { status: 'unknown', value: 'ask' };
}

/** Answers to the status call that mean that the credential's account has no such task. */
const unknownTask: ReadonlySet<number> = new Set([400, 403, 404, 422]);

/**
 * Whether the credential's account has a task, in any state.
 * @throws Failure when that can't be determined
 */
export async function hasTask(client: Client, task: Task, limits: TaskLimits): Promise<boolean> {
	const { provider } = client;
	const tasks = callsOf(provider, task);
	if (!tasks || task.taskId === null) return false;
	const answer = await client.send(tasks.status(task.taskId), {
		...limits,
		purpose: 'read',
		task: taskJson(task),
	});
	if (isSuccess(answer) || tasks.tellsState?.(answer)) return true;
	if (unknownTask.has(answer.statusCode)) return false;
	throw answerFailure(provider, answer, askStatus.didNot, taskJson(task));
}

/**
 * Asks once how a task is doing, and fetches what it has made if it is done.
 * @throws Failure when the task has failed, or when its state is unavailable
 */
export async function checkTask(client: Client, task: Task, limits: TaskLimits): Promise<OpenTask> {
	const { provider } = client;
	const tasks = callsOf(provider, task);
	const { taskId } = task;
	if (!tasks || taskId === null) {
		throw new Failure(`${provider.displayName} doesn't have tasks`);
	}
	const told = await askState(client, task, limits, {
		call: tasks.status(taskId),
		parse: (answer) => tasks.parseStatus(answer, taskId),
	});
	const state =
		told.status === 'ended' ? await fetchResult(client, task, taskId, told, limits) : told;
	assertNoError(provider, task, state);
	return state;
}
