import type { Clock } from './clock';
import { HostError } from './hostError';
import { NetworkError } from './networkError';
import type { Pacing } from './pacing';
import type { Answer, Purpose } from './retry';
import { isRateLimited, retryDelayMs } from './retry';

interface RetryOptions<T extends Answer = Answer> {
	readonly purpose: Purpose;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970 after which nothing is sent again. */
	readonly deadline: number;
	/** Default: as often as the decision on retries allows. */
	readonly maxAttempts?: number | undefined;
	/** Whether an answer is final, whatever its status code. Default: none. */
	readonly isLasting?: ((answer: T) => boolean) | undefined;
	readonly pacing: Pacing;
	/** Called when the request is sent again. */
	readonly onRetry?: () => void;
	/** The least time that has to be left for a submit to be sent. */
	readonly reserveMs?: number | undefined;
}

/**
 * Does what n8n itself has to do, again while it can't, until the deadline.
 * @throws HostError of the last try; what else the work throws, at once
 */
export async function withPatience<T>(
	{ clock, signal, deadline }: Pick<RetryOptions, 'clock' | 'deadline' | 'signal'>,
	work: () => Promise<T>,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await work().then(
			(value) => ({ value }),
			(error: unknown) => {
				if (error instanceof HostError) return error;
				throw error;
			},
		);
		if (!(outcome instanceof HostError)) return outcome.value;
		const delayMs = retryDelayMs('read', outcome, attempt, clock.now(), clock.random());
		if (delayMs === null || clock.now() + delayMs >= deadline) throw outcome;
		await clock.sleep(delayMs, signal);
	}
}

/**
 * Sends a request when the pace allows it, until its outcome is final or the next try would
 * come after the deadline.
 * @throws NetworkError or HostError of the last try; TooManyRequests when its turn would come after the deadline
 */
export async function withRetries<T extends Answer>(
	{
		purpose,
		clock,
		signal,
		deadline,
		maxAttempts = Infinity,
		isLasting,
		pacing,
		reserveMs,
		onRetry,
	}: RetryOptions<T>,
	send: () => Promise<T>,
): Promise<T> {
	const turn = { purpose, since: clock.now(), signal, deadline, reserveMs };
	// An outage of n8n leaves the provider all its attempts, and so do refusals, which only end at the deadline.
	const attempts = { host: 0, provider: 0 };
	for (let attempt = 1; ; attempt++) {
		signal.throwIfAborted();
		const outcome = await pacing.inTurn(turn, send).catch((error: unknown) => {
			if (error instanceof NetworkError || error instanceof HostError) return error;
			throw error;
		});
		const isAnswered = !(outcome instanceof Error) && isLasting?.(outcome);
		const isFinal = isAnswered || attempt >= maxAttempts;
		const refused = isRateLimited(outcome);
		const side = outcome instanceof HostError ? 'host' : 'provider';
		if (!refused) attempts[side]++;
		const delayMs = refused
			? pacing.pauseMs()
			: retryDelayMs(purpose, outcome, attempts[side], clock.now(), clock.random());
		const latest = refused ? deadline : deadline - (reserveMs ?? 0);
		if (isFinal || delayMs === null || clock.now() + delayMs >= latest) {
			if (outcome instanceof Error) throw outcome;
			return outcome;
		}
		onRetry?.();
		// After HTTP 429, the pacing decides when to continue.
		if (!refused) await clock.sleep(delayMs, signal);
	}
}
