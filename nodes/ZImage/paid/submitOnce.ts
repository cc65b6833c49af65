import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { withSourceImages } from '../images/sourceImage';
import { submitTask } from '../tasks/submit';
import type { SubmittedTask, TaskLimits } from '../tasks/task';
import type { AcceptedTasks } from './acceptedTasks';
import type { Budget } from './budget';
import type { Submission } from './submission';

/** What a person can fetch a paid task by: its ID or, where it has none, the URLs of its images. */
export function handlesOf({ task, state }: SubmittedTask): string[] {
	if (task.taskId !== null) return [task.taskId];
	if (state.status === 'pending') return [];
	return state.images.flatMap((image) => ('url' in image ? [image.url] : []));
}

/** Submits a request, unless an earlier attempt of this execution has sent it and may have been heard. */
export async function submitOnce(
	client: Client,
	{ request, images, loraPreset, costUsd, key }: Submission,
	limits: TaskLimits,
	accepted: AcceptedTasks,
	budget: Budget,
): Promise<SubmittedTask> {
	const ambiguous = accepted.findAmbiguous(key);
	if (ambiguous !== undefined) {
		const { displayName } = client.provider;
		throw new Failure(`${ambiguous} in an earlier attempt, and it is not sent again`, {
			kind: 'other',
			description: `${displayName} may have accepted the task, and may charge for it. Look at the requests in your account there. To generate it all the same, run the workflow anew instead of retrying it.`,
			isAmbiguous: true,
		});
	}
	const sent = await withSourceImages(client, request, images, limits);
	const { task, state } = await submitTask(client, sent, limits).catch((error: unknown) => {
		if (error instanceof Failure && error.details.isAmbiguous) {
			accepted.keepAmbiguous(key, error.message);
			// It may be paid for.
			budget.spend(costUsd);
		}
		throw error;
	});
	budget.spend(costUsd);
	return {
		task: {
			...task,
			// What the provider itself says that it costs goes first.
			estimatedCostUsd: task.estimatedCostUsd ?? costUsd,
			...(loraPreset !== undefined && { loraPreset }),
		},
		state,
	};
}

/**
 * Whether nothing is left to fetch: the task has failed, or it is one of an earlier attempt and the
 * provider does not know it any more.
 */
export function isLost(error: unknown, isKept: boolean): boolean {
	if (!(error instanceof Failure)) return false;
	const { task, httpCode } = error.details;
	return task?.status === 'failed' || (isKept && httpCode === 404);
}
