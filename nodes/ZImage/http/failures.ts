import type { IDataObject } from 'n8n-workflow';

import { Failure, shorten } from '../errors/failure';
import type { FailedTask, HttpAnswer, Provider } from '../providers/provider';
import { adviceFor, adviceOn } from '../errors/advice';
import type { HostError } from './hostError';
import type { NetworkError } from './networkError';
import { isOfCertificate, wasNotSent } from './networkError';
import type { Purpose } from './retry';

/** The failure for an unsuccessful answer. */
export function answerFailure(
	provider: Provider,
	answer: HttpAnswer,
	what: string,
	task?: IDataObject,
): Failure {
	const text = provider.errorText(answer.body) ?? (answer.text || 'no reason given');
	return new Failure(
		`${provider.displayName} ${what} (HTTP ${answer.statusCode}): ${shorten(text)}`,
		{
			httpCode: answer.statusCode,
			...adviceFor(provider.errorPatterns, text, answer.statusCode),
			...(task && { task }),
		},
	);
}

/** The failure of a task that the provider has ended, in the provider's own words. */
export function taskFailure(
	provider: Provider,
	{ reason, kind, charged }: FailedTask,
	task?: IDataObject,
): Failure {
	return new Failure(`${provider.displayName} could not make the image: ${shorten(reason)}`, {
		...(kind ? adviceOn(kind) : adviceFor(provider.errorPatterns, reason)),
		...(charged && { charged }),
		...(task && { task }),
	});
}

/** What is wrong with a training that makes no LoRA of what it got. */
const trainingAdvice =
	'Check the images, the captions and the steps; a zip of your own needs PNG, JPEG or WebP files at its top level, each with a text file of the same name for its caption. Some providers charge for a failed training: look at your account there.';

/** The failure of a training that the provider has ended, in the provider's own words. */
export function trainingFailure(
	provider: Provider,
	failed: FailedTask,
	task: IDataObject,
): Failure {
	const { details } = taskFailure(provider, failed, task);
	const { kind } = details;
	// What is said of weights or a file is about the zip: a training is given no LoRA.
	const isOfInput = kind === 'lora' || kind === 'input' || kind === 'other';
	return new Failure(
		`${provider.displayName} could not train the LoRA: ${shorten(failed.reason)}`,
		isOfInput
			? { ...details, kind: kind === 'other' ? kind : 'input', description: trainingAdvice }
			: details,
	);
}

/** The failure behind an answer of a form that the provider does not document. */
export function formFailure(
	provider: Provider,
	{ statusCode, text }: HttpAnswer,
	what: string,
	task?: IDataObject,
): Failure {
	return new Failure(
		`${provider.displayName} returned an unexpected response (HTTP ${statusCode}) ${what}`,
		{
			kind: 'other',
			httpCode: statusCode,
			description: `Check the Base URL in the node's credential. If it is right, the provider may have changed its API: please report this.${beginsWith(text)}`,
			...(task && { task }),
		},
	);
}

/** The unreadable text, because it may contain a task ID. */
function beginsWith(text: string | undefined): string {
	return text ? ` The response begins with: ${text}` : '';
}

function mayBePaid({ displayName }: Provider): string {
	return `${displayName} may have accepted the task and may charge you for it. Check the requests in your account there before you run again.`;
}

/** The failure for an answer to a submit that doesn't say whether a task was accepted. */
export function unreadableFailure(
	provider: Provider,
	{ statusCode, text, body }: HttpAnswer,
	why: string,
): Failure {
	const words = provider.errorText(body) ?? '';
	const isError = statusCode < 200 || statusCode >= 300;
	return new Failure(
		`${provider.displayName} answered the request (HTTP ${statusCode}), but ${why}`,
		{
			kind: isError ? adviceFor(provider.errorPatterns, words, statusCode).kind : 'other',
			httpCode: statusCode,
			description: `${mayBePaid(provider)}${beginsWith(text)}`,
			isAmbiguous: true,
		},
	);
}

/** The failure of a request that wasn't sent because the provider limits the rate beyond the deadline. */
export function refusalFailure(provider: Provider, task?: IDataObject): Failure {
	return new Failure(
		`${provider.displayName} kept rate-limiting requests until the timeout (HTTP 429)`,
		{
			httpCode: 429,
			...adviceOn('rateLimit'),
			...(task && { task }),
		},
	);
}

/** The failure of a submit that wasn't sent because its answer could have come too late. */
export function noTimeFailure({ displayName }: Provider): Failure {
	return new Failure(`No time was left to send the request to ${displayName}`, {
		kind: 'timeout',
		description:
			'Nothing was sent. Earlier steps, such as an upload, used up Timeout (Seconds). Raise it in the options.',
	});
}

/** The failure of a request that n8n could not send. */
export function hostFailure(
	{ displayName }: Provider,
	{ message }: HostError,
	task?: IDataObject,
): Failure {
	return new Failure(`n8n could not read the node's credential: ${message}`, {
		kind: 'unavailable',
		description: task
			? `This is a problem of n8n, perhaps of its database. The task is still running at ${displayName}, and Get Task Result can fetch it.`
			: `This is a problem of n8n, perhaps of its database. Nothing was sent to ${displayName}. Run again.`,
		...(task && { task }),
	});
}

/** What to do about a connection that failed. */
function connectAdvice(error: NetworkError): string {
	if (isOfCertificate(error)) {
		return "The certificate of this address isn't trusted. Check the Base URL in the node's credential. If your company has its own certificate authority, set NODE_EXTRA_CA_CERTS for n8n.";
	}
	if (error.code === 'EPROXY') {
		return "n8n's proxy (HTTP_PROXY, HTTPS_PROXY) refused the connection. Check its address and password.";
	}
	return "Check the Base URL in the node's credential (https or http) and the network connection of n8n, and run again.";
}

/** The failure of a request without a complete answer. */
export function networkFailure(
	provider: Provider,
	error: NetworkError,
	purpose: Purpose,
	task?: IDataObject,
): Failure {
	const { code } = error;
	const fault =
		code === 'EMSGSIZE'
			? `${provider.displayName} sent a response that is too large`
			: `The connection to ${provider.displayName} broke (${code})`;
	if (purpose === 'submit' && !wasNotSent(error)) {
		return new Failure(`${fault} after the request was sent`, {
			kind: 'unavailable',
			description: mayBePaid(provider),
			isAmbiguous: true,
		});
	}
	const message = wasNotSent(error) ? `${provider.displayName} cannot be reached (${code})` : fault;
	return new Failure(message, {
		kind: 'unavailable',
		description:
			task && purpose === 'read'
				? `${connectAdvice(error)} The task is still running at ${provider.displayName}, and Get Task Result can fetch it.`
				: connectAdvice(error),
		...(task && { task }),
	});
}
