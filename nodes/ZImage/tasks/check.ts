import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { answerFailure, formFailure, taskFailure, unreadableFailure } from '../http/failures';
import type {
	EndedTask,
	HttpAnswer,
	ImageRequest,
	PendingTask,
	Provider,
	SucceededTask,
	TaskState,
} from '../providers/provider';
import type { PollSchedule } from './schedule';
import type { Task } from './task';
import { taskJson } from './task';

/** How long a task may take, and what stops it. */
export interface TaskLimits {
	/** How long the task may take in all. */
	readonly timeoutSeconds: number;
	/** Its end, in milliseconds since 1970. */
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** What a task has come to that is not an error. */
export type OpenTask = PendingTask | SucceededTask;

/** A task that the provider has taken, and what the answer to its submit says of it. */
export interface SubmittedTask {
	readonly task: Task;
	readonly state: OpenTask;
}

function isSuccess({ statusCode }: HttpAnswer): boolean {
	return statusCode >= 200 && statusCode < 300;
}

function parse(
	client: Client,
	answer: HttpAnswer,
	what: string,
	task: Task,
	parser: () => TaskState,
) {
	try {
		return parser();
	} catch {
		throw formFailure(client.provider, answer, what, taskJson(task));
	}
}

/** Turns a state that is an error into one. */
function settle<T extends TaskState>(client: Client, task: Task, state: T) {
	if (state.status === 'failed') {
		throw taskFailure(client.provider, state.reason, { ...taskJson(task), status: 'failed' });
	}
	if (state.status === 'unknown') {
		throw new Failure(
			`${client.provider.displayName} says that the task is in the unknown state "${state.value}"`,
			{
				description: 'The task may still end well: Get Task Result can check it again later.',
				task: taskJson(task),
			},
		);
	}
	return state as Exclude<T, { status: 'failed' | 'unknown' }>;
}

/** Reads the answer to a submit that was a success: what cannot be read may be paid for. */
function parseAccepted(provider: Provider, answer: HttpAnswer): TaskState {
	let state: TaskState;
	try {
		state = provider.parseSubmit(answer.body);
	} catch {
		throw unreadableFailure(provider, answer, 'the answer has not the documented form');
	}
	if (state.status === 'failed') throw unreadableFailure(provider, answer, state.reason);
	return state;
}

/**
 * Submits a request once: it is sent again only where the provider cannot have accepted it.
 * @throws Failure when the provider refuses it
 */
export async function submitTask(
	client: Client,
	request: ImageRequest,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { provider, clock } = client;
	const { model, ...call } = provider.submit(request);
	const answer = await client.send(call, { purpose: 'submit', ...limits });
	if (!isSuccess(answer)) throw answerFailure(provider, answer, 'did not accept the request');
	const state = parseAccepted(provider, answer);
	const task: Task = {
		provider: provider.id,
		model,
		taskId: state.status === 'pending' ? state.taskId : null,
		submittedAt: new Date(clock.now()).toISOString(),
		prompt: request.prompt,
		seed: request.seed ?? null,
		loras: request.loras,
		estimatedCostUsd: (state.status === 'succeeded' ? state.costUsd : undefined) ?? null,
	};
	return { task, state: settle(client, task, state) as OpenTask };
}

/** Fetches the payload of a task that has ended, from a provider where that is a call of its own. */
async function fetchResult(
	client: Client,
	task: Task,
	taskId: string,
	{ error }: EndedTask,
	limits: TaskLimits,
): Promise<TaskState> {
	const { provider } = client;
	const { result, parseResult, isTaskError } = provider.tasks ?? {};
	if (!result || !parseResult) return { status: 'unknown', value: 'ended' };
	const answer = await client.send(result(taskId), {
		...limits,
		purpose: 'read',
		task: taskJson(task),
		// The task is known to have failed: its own words are worth one request, not a wait.
		maxAttempts: error === undefined ? undefined : 1,
	});
	if (!isSuccess(answer) && !isTaskError?.(answer.body)) {
		if (error !== undefined) return { status: 'failed', reason: error };
		throw answerFailure(provider, answer, 'did not hand out the result', taskJson(task));
	}
	return parse(client, answer, 'answered the result', task, () => parseResult(answer, taskId));
}

/**
 * Asks once how a task is doing, and fetches its images if it is done.
 * @throws Failure when the task has failed, or when its state cannot be had
 */
export async function checkTask(
	client: Client,
	task: Task,
	taskId: string,
	limits: TaskLimits,
): Promise<OpenTask> {
	const { provider } = client;
	const { tasks } = provider;
	if (!tasks) throw new Failure(`${provider.displayName} has no tasks to ask for`);
	const answer = await client.send(tasks.status(taskId), {
		...limits,
		purpose: 'read',
		task: taskJson(task),
	});
	if (!isSuccess(answer)) {
		throw answerFailure(provider, answer, 'did not tell the state of the task', taskJson(task));
	}
	const state = settle(
		client,
		task,
		parse(client, answer, 'told the state of the task', task, () =>
			tasks.parseStatus(answer.body, taskId),
		),
	);
	if (state.status !== 'ended') return state;
	return settle(client, task, await fetchResult(client, task, taskId, state, limits)) as OpenTask;
}

/** Time kept free before the deadline for the answer to the last status request. */
const lastCheckMs = 500;

/** How long a task has been going; a task whose submit is not known begins now. */
function startOf({ submittedAt }: Task, now: number): number {
	const start = Date.parse(submittedAt ?? '');
	return start <= now ? start : now;
}

/**
 * Waits until a task is done: the one poll loop of all providers.
 * @param schedule says when to ask, and learns from how long the task takes
 * @throws Failure when the task fails, or is not done at the deadline
 */
export async function awaitTask(
	client: Client,
	{ task, state: submitted }: SubmittedTask,
	limits: TaskLimits,
	schedule: PollSchedule,
): Promise<SucceededTask> {
	const { clock, provider } = client;
	const { timeoutSeconds, deadline, signal } = limits;
	const startedAt = startOf(task, clock.now());
	let goingMs = clock.now() - startedAt;
	let queuedMs = 0;
	let asked: 'queued' | 'working' | undefined;
	let state = submitted;
	while (state.status === 'pending') {
		const latest = deadline - lastCheckMs;
		if (clock.now() >= latest) {
			throw new Failure(
				`${provider.displayName} had not finished the image after ${timeoutSeconds} seconds`,
				{
					description:
						'The task goes on at the provider, and Get Task Result can fetch it. To wait longer, raise Timeout (Seconds) in the options.',
					task: taskJson(task),
				},
			);
		}
		await schedule.wait(startedAt, asked, latest, signal);
		const askedMs = clock.now() - startedAt;
		state = await checkTask(client, task, state.taskId, limits);
		if (state.status === 'pending') {
			goingMs = askedMs;
			asked = state.queued ? 'queued' : 'working';
			if (state.queued) queuedMs = askedMs;
		} else {
			schedule.learn({ goingMs, queuedMs, doneMs: askedMs });
		}
	}
	return state;
}
