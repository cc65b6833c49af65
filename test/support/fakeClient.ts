import type { Client, SendOptions } from '../../nodes/ZImage/http/client';
import type { HttpAnswer, HttpCall, Provider } from '../../nodes/ZImage/providers/provider';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { Pacing } from '../../nodes/ZImage/http/pacing';
import { PollSchedule } from '../../nodes/ZImage/tasks/schedule';
import type { Session } from '../../nodes/ZImage/tasks/session';
import { StatusStreams } from '../../nodes/ZImage/tasks/statusStream';
import type { TaskLimits } from '../../nodes/ZImage/tasks/task';
import type { RecordingClock } from './recordingClock';
import { recordingClock, startMs } from './recordingClock';
import { isRecord } from '../../nodes/ZImage/values';
import { readFixture } from './fixture';

/** A request to a fake client: the call, and how to send it. */
export interface Sent {
	readonly call: HttpCall;
	readonly options: SendOptions;
}

export interface FakeClient extends Client {
	readonly clock: RecordingClock;
	readonly sent: Sent[];
	/** The IDs of the canceled tasks. */
	readonly cancelled: string[];
	/** `GET /path` of every call. */
	readonly paths: () => string[];
}

/**
 * A client that answers from a list in order, and throws the errors in it.
 * @param requestMs how long each request takes
 */
export function fakeClient(
	provider: Provider,
	answers: ReadonlyArray<Error | HttpAnswer>,
	requestMs = 0,
): FakeClient {
	const clock = recordingClock();
	const sent: Sent[] = [];
	const cancelled: string[] = [];
	return {
		provider,
		baseUrl: provider.defaultBaseUrl,
		storageUrl: provider.defaultStorageUrl ?? provider.defaultBaseUrl,
		clock,
		pacing: new Pacing(clock),
		retries: 0,
		sent,
		cancelled,
		paths: () => sent.map(({ call }) => `${call.method} ${call.path}`),
		async open() {
			throw new Error('The test fetches no file of the provider');
		},
		async listen() {
			throw new NetworkError('ECONNRESET');
		},
		async cancel(taskId) {
			cancelled.push(taskId);
			return true;
		},
		async send(call, options) {
			const answer = answers[sent.length];
			sent.push({ call, options });
			clock.advance(requestMs);
			await Promise.resolve();
			if (answer === undefined) throw new Error(`The test has no answer to request ${sent.length}`);
			if (answer instanceof Error) throw answer;
			return answer;
		},
	};
}

/** A run with a client, without any history. */
export function sessionOf(client: Client): Session {
	const { clock } = client;
	return { client, schedule: new PollSchedule(clock), streams: new StatusStreams(client) };
}

/** The response to a status request without the sample's task ID, because the test uses its own task. */
function aboutAnyTask(body: unknown): unknown {
	if (!isRecord(body) || !isRecord(body.task)) return body;
	return { ...body, task: { ...body.task, task_id: undefined } };
}

/** A provider's documented response, as a request returns it. */
export function documented(provider: Provider, fixture: string): HttpAnswer {
	const { statusCode, body } = readFixture(provider.id, fixture);
	return { statusCode, headers: {}, body: aboutAnyTask(body) };
}

export function answer(statusCode: number, body?: unknown): HttpAnswer {
	return { statusCode, headers: {}, body };
}

/** Limits that end this many milliseconds after the fake client's clock starts. */
export function limits(ms = 300_000, signal = new AbortController().signal): TaskLimits {
	return { timeoutSeconds: ms / 1000, deadline: startMs + ms, signal };
}

/** The reason of a promise's rejection. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
	return await promise.then(
		(value) => {
			throw new Error(`Expected an error, got ${JSON.stringify(value)}`);
		},
		(error: unknown) => error,
	);
}
