import type { IDataObject } from 'n8n-workflow';

import type { Host, RequestHost } from '../host';
import type { HttpAnswer, HttpCall, Provider, ProviderTasks } from '../providers/provider';
import type { Clock } from './clock';
import type { CredentialFields } from './credential';
import { formsOfSecrets, readCredential } from './credential';
import { hostFailure, networkFailure, noTimeFailure, refusalFailure } from './failures';
import { HostError, isOfUser, toHostError } from './hostError';
import { NetworkError, withCauses } from './networkError';
import { readEvents } from './events';
import type { OpenOptions, ReadAnswer, ReadStream } from './open';
import { readOpened } from './open';
import type { Pacing } from './pacing';
import { NoTimeLeft, paceOf, TooManyRequests } from './pacing';
import type { Connection } from './request';
import { openRequest, parseJson, sendRequest, withCancelSignal, withoutSecrets } from './request';
import type { Purpose } from './retry';
import { isSuccess } from './retry';
import { withPatience, withRetries } from './retrying';

/** How long a single request may take, unless the whole task ends sooner. */
const timeoutsMs: Readonly<Record<Purpose, number>> = { read: 20_000, submit: 60_000 };

/** The minimum time for the answer to a submit, because it names the accepted task or, without tasks, is the image. */
const answerMs = { withTasks: 5000, withoutTasks: 30_000 };

/** More calls than any provider needs for one result. */
export const maxCalls = 5;

/** How long a stream of events may be silent. */
const silenceMs = 120_000;

/** How long n8n may fail to read the credential before anything has started. */
const credentialMs = 60_000;

export interface SendOptions {
	readonly purpose: Purpose;
	/** Milliseconds since 1970 by which the task has to be done. */
	readonly deadline: number;
	/** How long the whole task may take; only set for a submit. */
	readonly timeoutSeconds?: number;
	readonly signal: AbortSignal;
	/** Other secrets of the call, besides the key, to mask in the answer. */
	readonly secrets?: readonly string[];
	/** The accepted task that the call is about; an error carries it. */
	readonly task?: IDataObject;
	/** Default: as often as the retry decision allows. */
	readonly maxAttempts?: number | undefined;
	/** Whether an error would only be repeated. Default: the retry decision, which goes by the status code. */
	readonly isLasting?: ((answer: HttpAnswer) => boolean) | undefined;
}

/** One provider with the node's credential for it. */
export interface Client {
	readonly provider: Provider;
	readonly baseUrl: string;
	/** Where files are uploaded to; the base URL where the provider has no storage of its own. */
	readonly storageUrl: string;
	readonly clock: Clock;
	/** Shared with all clients of this process that use the same account. */
	readonly pacing: Pacing;
	/** The number of requests that this client has retried. */
	readonly retries: number;
	/**
	 * Sends a call, and repeats it if that costs nothing.
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
		read: ReadStream<T>,
	) => Promise<ReadAnswer<T>>;
	/**
	 * Listens to the events that answer a call, until they end. Nothing is sent again: another call tells as much.
	 * @param hear gets each event as if it were the whole answer to a call
	 * @throws NetworkError, TooManyRequests or HostError when the events don't come to their end; the signal's reason
	 */
	readonly listen: (
		call: HttpCall,
		options: Pick<SendOptions, 'deadline' | 'signal'>,
		hear: (event: HttpAnswer) => void,
	) => Promise<void>;
	/**
	 * Asks the provider to give a task up, where it can.
	 * @param calls about the task. Default: those about images
	 * @returns whether the provider has confirmed it; the task may still end well otherwise
	 */
	readonly cancel: (taskId: string, calls?: ProviderTasks) => Promise<boolean>;
}

/** What the user has entered in the node's credential. n8n reads it from its database, which may be unavailable for a moment. */
async function readFields(
	host: Pick<Host, 'getCredentials' | 'getExecutionCancelSignal'>,
	provider: Provider,
	clock: Clock,
): Promise<CredentialFields> {
	const signal = host.getExecutionCancelSignal() ?? new AbortController().signal;
	const patience = { clock, signal, deadline: clock.now() + credentialMs };
	const read = async () =>
		await host.getCredentials<CredentialFields>(provider.credentialType).catch((error: unknown) => {
			throw withCauses(error).some(isOfUser) ? error : toHostError(error);
		});
	return await withPatience(patience, read).catch((error: unknown) => {
		throw error instanceof HostError ? hostFailure(provider, error) : error;
	});
}

/**
 * Connects a provider with the node's credential.
 * @throws NodeOperationError of n8n when the node has no such credential; Failure when the credential is invalid
 */
export async function createClient(
	host: Pick<Host, 'getCredentials'> & RequestHost,
	provider: Provider,
	clock: Clock,
): Promise<Client> {
	const { credentialType, tasks } = provider;
	const fields = await readFields(host, provider, clock);
	const { baseUrl, storageUrl, platformUrl, secrets } = readCredential(provider, fields);
	const pacing = paceOf(clock, [provider.id, fields]);
	let retries = 0;
	const onRetry = () => void retries++;
	const urls = { platform: platformUrl, storage: storageUrl };
	const connectionFor = ({ service }: HttpCall): Connection => ({
		credentialType,
		baseUrl: service ? urls[service] : baseUrl,
		secrets,
	});
	// Stopping the execution must not abort a submit: its task could be accepted without anyone knowing its ID.
	const uncancelled = withCancelSignal(host);
	return {
		provider,
		baseUrl,
		storageUrl,
		clock,
		pacing,
		get retries() {
			return retries;
		},
		async cancel(taskId, calls = tasks) {
			// Of a provider that only takes note of it nothing confirms it.
			const { cancel, parseCancel = () => false } = calls ?? {};
			if (!cancel) return false;
			const ask = async (call: HttpCall) =>
				await sendRequest(uncancelled, connectionFor(call), call, timeoutsMs.read);
			try {
				let told = parseCancel(await ask(cancel(taskId)), taskId);
				for (let calls = 1; typeof told === 'object' && calls < maxCalls; calls++) {
					told = told.parse(await ask(told.call));
				}
				return told === true;
			} catch {
				return false;
			}
		},
		async open(call, options, read) {
			const open = async (timeoutMs: number) =>
				await openRequest(host, connectionFor(call), call, timeoutMs);
			return await readOpened({ ...options, clock }, open, read);
		},
		async listen(call, { signal, deadline }, hear) {
			const connection = connectionFor(call);
			const options = { clock, signal, deadline, timeoutMs: silenceMs, maxAttempts: 1 };
			const open = async (timeoutMs: number, stop: AbortSignal) =>
				await openRequest(withCancelSignal(host, stop), connection, call, timeoutMs);
			const listening = async () =>
				await readOpened(options, open, async (answer, goesOn) => {
					if (!isSuccess(answer)) return;
					const { statusCode, headers, body } = answer;
					for await (const text of readEvents(body as AsyncIterable<Buffer>, goesOn)) {
						const shown = withoutSecrets(text, connection.secrets);
						hear({ statusCode, headers, body: parseJson(shown, connection.secrets) });
					}
				});
			await pacing.inTurn({ purpose: 'read', signal, deadline }, listening);
		},
		async send(
			call,
			{ purpose, deadline, timeoutSeconds, signal, secrets: own, task, maxAttempts, isLasting },
		) {
			const connection = connectionFor(call);
			const hidden = [...formsOfSecrets(own ?? []), ...connection.secrets];
			const isSubmit = purpose === 'submit';
			const leastMs = isSubmit ? (tasks ? answerMs.withTasks : answerMs.withoutTasks) : 0;
			// Send at least one request, even if the user's timeout is short.
			const reserveMs = Math.min(leastMs, ((timeoutSeconds ?? Infinity) * 1000) / 2);
			const retryOptions = { purpose, clock, signal, deadline, maxAttempts, pacing, reserveMs };
			try {
				return await withRetries({ ...retryOptions, isLasting, onRetry }, async () => {
					const leftMs = deadline - clock.now();
					// A synchronous provider answers when the image is done.
					const mostMs = tasks ? Math.min(leftMs, timeoutsMs[purpose]) : leftMs;
					const timeoutMs = Math.max(leastMs, mostMs);
					const sender = isSubmit ? uncancelled : host;
					return await sendRequest(sender, { ...connection, secrets: hidden }, call, timeoutMs);
				});
			} catch (error) {
				if (error instanceof HostError) throw hostFailure(provider, error, task);
				if (error instanceof NoTimeLeft) throw noTimeFailure(provider);
				if (error instanceof NetworkError) {
					throw networkFailure(provider, error, purpose, task);
				}
				throw error instanceof TooManyRequests ? refusalFailure(provider, task) : error;
			}
		},
	};
}
