import { jsonAnswer, type Answer } from '../../answer';
import type { Steering } from '../../steering';
import type { FalJob } from './endpoint';
import { falDetail, falModelError, falModelText, falModerated, falRequestError } from './errors';

export interface FalFailure {
	/** The response of the result call. */
	readonly answer: Answer;
	/** What the status contains on COMPLETED. [fal_client Completed.error, error_type] */
	readonly error?: string;
	readonly errorType?: string;
}

/** Whether and how a job fails after it has run. */
export function falFailure(
	{ checked, shownInput }: FalJob,
	prompt: string,
	steering: Steering,
): FalFailure | undefined {
	if ('error' in checked) return { answer: checked.error };
	if (steering.moderate) return { answer: falModerated(prompt, steering.moderate.categories) };
	if (steering.fail === undefined) return undefined;
	const { reason } = steering.fail;
	const detail = (type: string) => [falDetail(type, reason, ['body'], { input: shownInput })];
	const requestError = (status: number, errorType: string): FalFailure => {
		return { answer: falRequestError(status, reason, errorType), error: reason, errorType };
	};
	switch (steering.failAs) {
		case 'error':
			return requestError(500, 'internal_error');
		case 'runner':
			return requestError(503, 'runner_disconnected');
		case '422':
			return { answer: falModelError(422, detail('no_media_generated')) };
		case '500':
		case 'out-of-memory':
		case 'interrupted':
			return { answer: falModelError(500, detail('internal_server_error'), true) };
		case 'text-400':
		case 'text-422':
		case 'text-499':
		case 'text-500':
			return { answer: falModelText(Number(steering.failAs.slice('text-'.length)), reason) };
		case '504':
			return { answer: falModelError(504, detail('generation_timeout'), true) };
		case 'detail-200':
			return { answer: jsonAnswer(200, { detail: detail('internal_server_error') }) };
	}
}

/** The result of a finished job: its output or its failure, with the charge. */
export async function falResult(
	job: FalJob,
	prompt: string,
	taskId: string,
	steering: Steering,
): Promise<Answer> {
	const failure = falFailure(job, prompt, steering);
	const answer = failure?.answer ?? (await job.output(taskId, steering));
	const isGood = failure === undefined && answer.status < 300;
	if (!isGood && !steering.isCharged) return answer;
	const units = { 'x-fal-billable-units': String(job.billableUnits()) };
	return { ...answer, headers: { ...answer.headers, ...units } };
}
