import { Failure } from '../errors/failure';
import { taskFailure, trainingFailure } from '../http/failures';
import type { FailedTask, Provider, TaskState, UnknownTask } from '../providers/provider';
import type { Task } from './task';
import { taskJson } from './taskItem';

/**
 * Throws if a state is an error.
 * @throws Failure for a task that has failed, or has an undocumented state
 */
export function assertNoError<T extends TaskState>(
	provider: Provider,
	task: Task,
	state: T,
): asserts state is Exclude<T, FailedTask | UnknownTask> {
	if (state.status === 'failed') {
		const failed = { ...taskJson(task), status: 'failed' };
		throw task.training || state.isTraining
			? trainingFailure(provider, state, failed)
			: taskFailure(provider, state, failed);
	}
	if (state.status === 'unknown') {
		throw new Failure(`${provider.displayName} reports an unknown task status: "${state.value}"`, {
			kind: 'other',
			description: 'The task may still succeed. Get Task Result can check it again later.',
			task: taskJson(task),
		});
	}
}
