import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { HttpAnswer, HttpCall, Provider } from '../providers/provider';
import type { Clock } from './clock';
import { networkFailure } from './failures';
import { NetworkError, wasNotSent } from './networkError';
import { sendRequest } from './request';
import type { Purpose } from './retry';
import { withRetries } from './retrying';

/** What a single request may take, unless the whole task ends sooner. */
const requestTimeoutMs = 60_000;

export interface SendOptions {
	readonly purpose: Purpose;
	/** Milliseconds since 1970 by which the task has to be done. */
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** The accepted task that the call is about; an error hands it out. */
	readonly task?: IDataObject;
	/** Left out: as often as the decision on retries allows. */
	readonly maxAttempts?: number | undefined;
}

/** One provider with the node's credential for it. */
export interface Client {
	readonly provider: Provider;
	readonly baseUrl: string;
	readonly clock: Clock;
	/**
	 * Sends a call, again where that costs nothing.
	 * @returns the last answer, whatever its status code
	 * @throws Failure when no answer came
	 */
	send(call: HttpCall, options: SendOptions): Promise<HttpAnswer>;
}

/**
 * Connects a provider with the node's credential.
 * @throws NodeOperationError of n8n when the node has no such credential
 */
export async function createClient(
	context: IExecuteFunctions,
	provider: Provider,
	clock: Clock,
): Promise<Client> {
	const { credentialType, tasks } = provider;
	const credentials = await context.getCredentials<{ baseUrl?: string }>(credentialType);
	const baseUrl = credentials.baseUrl?.trim() || provider.defaultBaseUrl;
	return {
		provider,
		baseUrl,
		clock,
		async send(call, { purpose, deadline, signal, task, maxAttempts }) {
			const retryOptions = { purpose, clock, signal, deadline, maxAttempts };
			try {
				return await withRetries(retryOptions, async () => {
					const leftMs = deadline - clock.now();
					// The answer of a synchronous provider comes when the image is done.
					const timeoutMs = tasks ? Math.min(leftMs, requestTimeoutMs) : leftMs;
					return await sendRequest(context, { credentialType, baseUrl }, call, timeoutMs);
				});
			} catch (error) {
				throw error instanceof NetworkError
					? networkFailure(provider, error, purpose, wasNotSent(error), task)
					: error;
			}
		},
	};
}
