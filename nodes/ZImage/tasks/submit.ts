import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { answerFailure, unreadableFailure } from '../http/failures';
import { isRateLimited, isSuccess } from '../http/retry';
import type {
	FailedTask,
	HttpAnswer,
	ImageRequest,
	PendingTask,
	Provider,
	Submitted,
	SucceededTask,
} from '../providers/provider';
import { assertNoError } from './assertNoError';
import type { SubmittedTask, Task, TaskLimits } from './task';

/** The message for an answer, and the answer's own message if it's an error. */
function withWords(provider: Provider, { body }: HttpAnswer, said: string): string {
	const words = provider.errorText(body);
	return words === undefined ? said : `${said}: ${words}`;
}

/** Reads the answer to a successful submit: an unreadable one may be paid for. */
function parseAccepted(provider: Provider, answer: HttpAnswer): Submitted {
	let submitted: Submitted;
	try {
		submitted = provider.parseSubmit(answer);
	} catch {
		throw unreadableFailure(
			provider,
			answer,
			withWords(provider, answer, 'the response has an unexpected form'),
		);
	}
	const { taskId, state } = submitted;
	if (taskId !== null || state.status === 'succeeded') return submitted;
	if (state.status !== 'failed') {
		throw unreadableFailure(provider, answer, 'the response has no task ID');
	}
	if (state.charged !== 'no') throw unreadableFailure(provider, answer, state.reason);
	return submitted;
}

function refused(provider: Provider, answer: HttpAnswer): Failure {
	const failure = answerFailure(provider, answer, 'did not accept the request');
	const description = provider.explainRefusal?.(answer);
	return description === undefined
		? failure
		: new Failure(failure.message, { ...failure.details, description });
}

/** Interprets an unsuccessful answer: only the provider's own refusal proves that nothing was accepted. */
function notAccepted(provider: Provider, answer: HttpAnswer): Failure {
	if (isRateLimited(answer) || provider.isRefusal(answer)) return refused(provider, answer);
	return unreadableFailure(
		provider,
		answer,
		withWords(provider, answer, "the response doesn't say whether the task was accepted"),
	);
}

/** Anyone who knows a callback URL can call it. */
function secretsIn({ callbackUrl }: ImageRequest): string[] {
	return callbackUrl === undefined ? [] : [callbackUrl, new URL(callbackUrl).search.slice(1)];
}

/**
 * Submits a request once: it's repeated only if the provider can't have accepted it.
 * @throws Failure when the provider refuses it, when it isn't known whether it was accepted, or when its task has
 * already failed
 */
export async function submitTask(
	client: Client,
	given: ImageRequest,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { provider, clock } = client;
	const random = clock.random();
	const seed = given.seed ?? provider.drawSeed?.(random, given);
	const request: ImageRequest = { ...given, random, ...(seed !== undefined && { seed }) };
	const { model, ...call } = provider.submit(request);
	const secrets = secretsIn(request);
	const answer = await client.send(call, { purpose: 'submit', secrets, ...limits });
	if (!isSuccess(answer) || provider.isRefusal(answer)) throw notAccepted(provider, answer);
	const { taskId, state } = parseAccepted(provider, answer);
	const task: Task = {
		provider: provider.id,
		model,
		taskId,
		submittedAt: new Date(clock.now()).toISOString(),
		prompt: request.prompt,
		seed: request.seed ?? null,
		loras: request.loras,
		estimatedCostUsd: (state.status === 'succeeded' ? state.costUsd : undefined) ?? null,
	};
	// The first status request reports an undocumented state; until then, the task ID is kept.
	const open: FailedTask | PendingTask | SucceededTask =
		state.status === 'unknown' ? { status: 'pending', queued: true } : state;
	assertNoError(provider, task, open);
	return { task, state: open };
}
