import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { chargedOf } from '../errors/charged';
import { Failure, handingOut } from '../errors/failure';
import type { Client } from '../http/client';
import { callsOf } from '../tasks/calls';
import type { SubmittedTask, Task, TaskLimits } from '../tasks/task';
import { taskJson } from '../tasks/taskItem';
import type { Budget } from './budget';
import type { Ledger } from './ledger';
import type { Submission } from './submission';

/** What a submit needs besides its request. */
interface SubmitSetting {
	readonly client: Client;
	readonly ledger: Ledger;
	readonly budget: Budget;
	/** Puts images that came in the answer itself where n8n keeps files. Default: none come. */
	readonly storeInline?: (submitted: SubmittedTask) => Promise<SubmittedTask>;
}

function notAgain(doubt: string, displayName: string): Failure {
	return new Failure(`${doubt} in an earlier attempt, so it is not sent again`, {
		kind: 'other',
		description: `${displayName} may have accepted the task and may charge you for it. Check the requests in your account there. To generate it anyway, start the workflow again with Execute Workflow instead of retrying it.`,
		isAmbiguous: true,
	});
}

/** Whether the request may have been accepted despite an error: true for any unknown error. */
function isDoubtful(error: unknown, { signal }: TaskLimits): boolean {
	if (error instanceof Failure) return error.details.isAmbiguous === true;
	// n8n's own errors are about the node's credential. A stop ends the wait for a turn, never a request that is on its way.
	const isOfN8n = error instanceof NodeApiError || error instanceof NodeOperationError;
	return !isOfN8n && !signal.aborted;
}

/** The same error, with a note that the request may have been accepted. */
function inDoubt(error: unknown): Failure {
	if (error instanceof Failure) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new Failure(message, { kind: 'other', isAmbiguous: true });
}

/**
 * Submits a request, unless an earlier attempt of this execution has sent it and it may have been accepted. The outcome is
 * in the ledger before anything else can fail.
 * @throws Failure when it's refused, or when it isn't known whether it was accepted
 */
export async function submitOnce(
	{ client, ledger, budget, storeInline = (made) => Promise.resolve(made) }: SubmitSetting,
	{ costUsd, key, prepare, notes }: Submission,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { provider } = client;
	const doubt = ledger.findDoubt(key);
	if (doubt !== undefined) throw notAgain(doubt, provider.displayName);
	const submit = await prepare(client, limits);
	await limits.lookForStop?.();
	limits.signal.throwIfAborted();
	ledger.begin(key, provider);
	budget.spend(key, costUsd);
	const { task, state } = await submit().catch((error: unknown) => {
		if (isDoubtful(error, limits)) {
			const doubt = inDoubt(error);
			ledger.doubt(key, provider, doubt.message);
			throw doubt;
		}
		ledger.forget(key);
		if (chargedOf(error) === 'no') budget.giveBack(key);
		throw error;
	});
	const accepted: Task = {
		...task,
		// The cost reported by the provider has priority.
		estimatedCostUsd: task.estimatedCostUsd ?? costUsd,
		...notes,
	};
	const submitted = await storeInline({ task: accepted, state }).catch((error: unknown) => {
		throw handingOut(error, taskJson(accepted));
	});
	ledger.accept(key, provider, submitted);
	return submitted;
}

/** Whether there is nothing left to fetch because the provider said that the task failed. */
export function hasFailed(error: unknown): boolean {
	return error instanceof Failure && error.details.task?.status === 'failed';
}

/**
 * Handles a task whose results aren't available: one that the provider has failed, or has canceled for a
 * stopped execution, is forgotten.
 * @returns the error, with the task
 */
export async function leaveTask(
	{ client, ledger }: Pick<SubmitSetting, 'client' | 'ledger'>,
	key: string,
	task: Task,
	isStopped: boolean,
	error: unknown,
): Promise<Failure> {
	const { taskId } = task;
	const calls = callsOf(client.provider, task);
	const isCanceled = taskId !== null && isStopped && (await client.cancel(taskId, calls));
	if (isCanceled || hasFailed(error)) ledger.forget(key);
	return handingOut(error, taskJson(task), isCanceled ? 'no' : undefined);
}
