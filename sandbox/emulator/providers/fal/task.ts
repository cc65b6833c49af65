import type { Task } from '../../tasks';
import { falNotStarted, falRequestError } from './errors';
import type { FalJob } from './endpoint';
import { falFailure, type FalFailure } from './failure';

/** Why a queued request didn't run to its end. */
export function stopOf(task: Task<FalJob>): FalFailure | undefined {
	if (task.cancelled) {
		// GUESS: how a canceled request looks afterwards. The error type is documented.
		const error = 'The request was cancelled by the client';
		return {
			answer: falRequestError(499, error, 'client_cancelled'),
			error,
			errorType: 'client_cancelled',
		};
	}
	if (task.isLate) {
		return {
			answer: falNotStarted(),
			error: 'The request did not start in time',
			errorType: 'request_timeout',
		};
	}
	return undefined;
}

/** Whether and how a queued request fails. */
export const failureOf = (task: Task<FalJob>): FalFailure | undefined =>
	stopOf(task) ?? falFailure(task.data, task.prompt, task.steering);

export function metricsOf({ data }: Task<FalJob>): { inference_time?: number } {
	const seconds = data.inferenceSeconds();
	return seconds === undefined ? {} : { inference_time: seconds };
}

/** @param part the finished share of the work, from 0 to 1 */
export const logsOf = ({ data, submittedAt }: Task<FalJob>, part: number): object[] =>
	data.logs(part).map((message, index) => ({
		message,
		level: 'INFO',
		source: 'USER',
		timestamp: new Date(submittedAt + index * 100).toISOString(),
	}));
