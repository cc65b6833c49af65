import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FailedTask, HttpAnswer, Provider } from '../providers/provider';
import { adviceFor, adviceOn } from '../errors/advice';
import type { NetworkError } from './networkError';
import { wasNotSent } from './networkError';
import type { Purpose } from './retry';

/** Longest text of a provider that goes into an error. */
const maxTextLength = 500;

function shorten(text: string): string {
	return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

/** The failure behind an answer that is not a success. */
export function answerFailure(
	provider: Provider,
	answer: HttpAnswer,
	what: string,
	task?: IDataObject,
): Failure {
	const text = provider.errorText(answer.body) ?? 'no reason given';
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

/** The failure behind an answer of a form that the provider does not document. */
export function formFailure(
	provider: Provider,
	{ statusCode }: HttpAnswer,
	what: string,
	task?: IDataObject,
): Failure {
	return new Failure(
		`${provider.displayName} ${what} (HTTP ${statusCode}), and the answer has not the documented form`,
		{
			kind: 'other',
			httpCode: statusCode,
			description:
				'Check the Base URL in the credential of this node. If it is right, the provider may have changed its API: please report this.',
			...(task && { task }),
		},
	);
}

function mayBePaid({ displayName }: Provider): string {
	return `${displayName} may have accepted the task, and may charge for it. Look at the requests in your account there before you generate again.`;
}

/** The failure behind a submit that was a success, but whose answer tells of no task. */
export function unreadableFailure(
	provider: Provider,
	{ statusCode }: HttpAnswer,
	why: string,
): Failure {
	return new Failure(
		`${provider.displayName} answered the request (HTTP ${statusCode}), but ${why}`,
		{ kind: 'other', httpCode: statusCode, description: mayBePaid(provider), isAmbiguous: true },
	);
}

/** The failure of a request that was not sent, as the provider takes none before the deadline. */
export function refusalFailure(provider: Provider, task?: IDataObject): Failure {
	return new Failure(`${provider.displayName} takes no more requests in time (HTTP 429)`, {
		httpCode: 429,
		...adviceOn('rateLimit'),
		...(task && { task }),
	});
}

/** The failure behind a request that got no whole answer. */
export function networkFailure(
	provider: Provider,
	error: NetworkError,
	purpose: Purpose,
	task?: IDataObject,
): Failure {
	const { code } = error;
	const fault =
		code === 'EMSGSIZE'
			? `${provider.displayName} sent a longer answer than is read`
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
			'Check the Base URL in the credential of this node and the network connection of n8n, and run again.',
		...(task && { task }),
	});
}
