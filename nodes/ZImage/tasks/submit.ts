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
	ProviderTraining,
	SubmitCall,
	Submitted,
	SucceededTask,
	TrainingRequest,
} from '../providers/provider';
import { assertNoError } from './assertNoError';
import type { SubmittedTask, Task, TaskLimits } from './task';

/** The message for an answer, and the answer's own message if it's an error. */
function withWords(provider: Provider, { body }: HttpAnswer, said: string): string {
	const words = provider.errorText(body);
	return words === undefined ? said : `${said}: ${words}`;
}

/** A submit as it is sent, and what its task is known by. */
interface Submit {
	readonly call: SubmitCall;
	readonly parse: (answer: HttpAnswer) => Submitted;
	/** Texts of the call that must not be seen in what comes back. */
	readonly secrets: readonly string[];
	readonly facts: Pick<Task, 'loras' | 'prompt' | 'seed' | 'training'>;
}

/** Reads the answer to a submit that was a success: what cannot be read may be paid for. */
function parseAccepted(provider: Provider, answer: HttpAnswer, parse: Submit['parse']): Submitted {
	let submitted: Submitted;
	try {
		submitted = parse(answer);
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

/** Whoever knows a callback URL can call it. */
function secretsIn({ callbackUrl }: Pick<ImageRequest, 'callbackUrl'>): string[] {
	return callbackUrl === undefined ? [] : [callbackUrl, new URL(callbackUrl).search.slice(1)];
}

/**
 * Submits once: it is sent again only where the provider cannot have accepted it.
 * @throws Failure when the provider refuses it, when nobody knows whether it was accepted, or when its task has failed
 * already
 */
async function submitOf(
	client: Client,
	{ call: { model, ...call }, parse, secrets, facts }: Submit,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { provider, clock } = client;
	const answer = await client.send(call, { purpose: 'submit', secrets, ...limits });
	if (!isSuccess(answer) || provider.isRefusal(answer)) throw notAccepted(provider, answer);
	const { taskId, state } = parseAccepted(provider, answer, parse);
	const task: Task = {
		provider: provider.id,
		model,
		taskId,
		submittedAt: new Date(clock.now()).toISOString(),
		...facts,
		estimatedCostUsd: (state.status === 'succeeded' ? state.costUsd : undefined) ?? null,
	};
	// A state that isn't documented is told by the first status request: the task's ID is kept until then.
	const open: FailedTask | PendingTask | SucceededTask =
		state.status === 'unknown' ? { status: 'pending', queued: true } : state;
	assertNoError(provider, task, open);
	return { task, state: open };
}

/**
 * Submits a request for images once, as `submitOf` does.
 * @throws Failure as it does
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
	const { prompt, loras } = request;
	const submit = {
		call: provider.submit(request),
		parse: provider.parseSubmit,
		secrets: secretsIn(request),
		facts: { prompt, seed: seed ?? null, loras },
	};
	return await submitOf(client, submit, limits);
}

/**
 * Submits a training once, as `submitOf` does.
 * @param imageCount `null` where it isn't known
 * @throws Failure as it does
 */
export async function submitTraining(
	client: Client,
	{ submit, parseSubmit }: ProviderTraining,
	request: TrainingRequest,
	imageCount: number | null,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const { trainer, triggerWord: trigger, steps } = request;
	const training = { trainer: trainer.id, trigger, steps, imageCount };
	return await submitOf(
		client,
		{
			call: submit(request),
			parse: parseSubmit,
			secrets: secretsIn(request),
			facts: { prompt: null, seed: null, loras: null, training },
		},
		limits,
	);
}
