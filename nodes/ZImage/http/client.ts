import type { IDataObject } from 'n8n-workflow';

import type { Host } from '../host';
import type { HttpAnswer, HttpCall, Provider } from '../providers/provider';
import type { Clock } from './clock';
import type { CredentialFields } from './credential';
import { readCredential } from './credential';
import { networkFailure, refusalFailure } from './failures';
import { NetworkError } from './networkError';
import type { OpenOptions, ReadAnswer, StreamedAnswer } from './open';
import { readOpened } from './open';
import type { Pacing } from './pacing';
import { TooManyRequests } from './pacing';
import type { Connection } from './request';
import { openRequest, sendRequest, withoutCancelSignal } from './request';
import type { Purpose } from './retry';
import { isSuccess } from './retry';
import { withRetries } from './retrying';

/** What a single request may take, unless the whole task ends sooner. */
const timeoutsMs: Readonly<Record<Purpose, number>> = { read: 20_000, submit: 60_000 };

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
	/** Where files are uploaded to; the base URL where the provider has no storage of its own. */
	readonly storageUrl: string;
	readonly clock: Clock;
	/**
	 * Sends a call, again where that costs nothing.
	 * @returns the last answer, whatever its status code
	 * @throws Failure when no answer came
	 */
	readonly send: (call: HttpCall, options: SendOptions) => Promise<HttpAnswer>;
	/**
	 * Fetches a file from the credential's own host.
	 * @throws NetworkError or TooManyRequests, as for a file from anywhere else
	 */
	readonly open: <T>(
		call: HttpCall,
		options: Omit<OpenOptions, 'clock'>,
		read: (answer: StreamedAnswer) => Promise<T>,
	) => Promise<ReadAnswer<T>>;
	/**
	 * Asks the provider to give a task up, where it can.
	 * @returns whether the provider has confirmed it; the task may still end well otherwise
	 */
	readonly cancel: (taskId: string) => Promise<boolean>;
}

/**
 * Connects a provider with the node's credential.
 * @param pacing shared by all requests of the run
 * @throws NodeOperationError of n8n when the node has no such credential; Failure when it can't be used as it is
 */
export async function createClient(
	host: Pick<Host, 'getCredentials' | 'getExecutionCancelSignal' | 'helpers'>,
	provider: Provider,
	clock: Clock,
	pacing: Pacing,
): Promise<Client> {
	const { credentialType, tasks } = provider;
	const fields = await host.getCredentials<CredentialFields>(credentialType);
	const { baseUrl, storageUrl, secrets } = readCredential(provider, fields);
	const connectionFor = ({ service }: HttpCall): Connection => ({
		credentialType,
		baseUrl: service === 'storage' ? storageUrl : baseUrl,
		secrets,
	});
	// What stops the execution must not cut off a submit: the task would be accepted, and nobody would know it.
	const uncancelled = withoutCancelSignal(host);
	return {
		provider,
		baseUrl,
		storageUrl,
		clock,
		async cancel(taskId) {
			const call = tasks?.cancel?.(taskId);
			if (!call) return false;
			const timeoutMs = timeoutsMs.read;
			return await sendRequest(uncancelled, connectionFor(call), call, timeoutMs).then(
				(answer) => isSuccess(answer) && tasks?.isCanceled?.(answer.body) === true,
				() => false,
			);
		},
		async open(call, options, read) {
			const open = async (timeoutMs: number) =>
				await openRequest(host, connectionFor(call), call, timeoutMs);
			return await readOpened({ ...options, clock }, open, read);
		},
		async send(call, { purpose, deadline, signal, task, maxAttempts }) {
			const retryOptions = { purpose, clock, signal, deadline, maxAttempts, pacing };
			try {
				return await withRetries(retryOptions, async () => {
					const leftMs = deadline - clock.now();
					// The answer of a synchronous provider comes when the image is done.
					const timeoutMs = tasks ? Math.min(leftMs, timeoutsMs[purpose]) : leftMs;
					const sender = purpose === 'submit' ? uncancelled : host;
					return await sendRequest(sender, connectionFor(call), call, timeoutMs);
				});
			} catch (error) {
				if (error instanceof NetworkError) {
					throw networkFailure(provider, error, purpose, task);
				}
				throw error instanceof TooManyRequests ? refusalFailure(provider, task) : error;
			}
		},
	};
}
