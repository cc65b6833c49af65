import type { Phase, Task } from '../../tasks';
import { falNotStarted, falRequestError } from './errors';
import { falFailure, inferenceSeconds, type FalFailure, type FalJob } from './output';

/** Whether and how a queued request fails. */
export function failureOf(task: Task<FalJob>): FalFailure | undefined {
	if (task.cancelled) {
		// GUESS: what a cancelled request looks like afterwards; the error type is in the documents.
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
	return falFailure(task.data, task.steering);
}

export function metricsOf(task: Task<FalJob>): { inference_time?: number } {
	const { checked, inputs } = task.data;
	return 'input' in checked ? { inference_time: inferenceSeconds(checked.input, inputs) } : {};
}

export function logsOf(task: Task<FalJob>, phase: Phase): object[] {
	const log = (message: string, seconds: number) => ({
		message,
		level: 'INFO',
		source: 'USER',
		timestamp: new Date(task.submittedAt + seconds * 1000).toISOString(),
	});
	return [
		log('Loading the model', 0),
		log('Generating', 0.1),
		...(phase === 'done' ? [log('Finished', 0.2)] : []),
	];
}
