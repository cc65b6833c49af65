import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { chargedOf } from '../errors/charged';
import { Failure, handingOut } from '../errors/failure';
import type { Client } from '../http/client';
import { withSourceImages } from '../images/sourceImage';
import { submitTask } from '../tasks/submit';
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
	/** Stores images from the answer itself in n8n's file storage. */
	readonly storeInline: (submitted: SubmittedTask) => Promise<SubmittedTask>;
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
	{ client, ledger, budget, storeInline }: SubmitSetting,
	{ request, images, loraPreset, costUsd, key, failedProviders = [] }: Submission,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { provider } = client;
	const doubt = ledger.findDoubt(key);
	if (doubt !== undefined) throw notAgain(doubt, provider.displayName);
	const sent = await withSourceImages(client, request, images, limits);
	await limits.lookForStop?.();
	limits.signal.throwIfAborted();
	ledger.begin(key, provider);
	budget.spend(key, costUsd);
	const { task, state } = await submitTask(client, sent, limits).catch((error: unknown) => {
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
		...(loraPreset !== undefined && { loraPreset }),
		...(failedProviders.length > 0 && { failedProviders }),
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
