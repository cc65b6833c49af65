import type { Clock } from './clock';
import { NetworkError } from './networkError';
import type { Pacing } from './pacing';
import type { Answer, Purpose } from './retry';
import { isRateLimited, retryDelayMs } from './retry';

interface RetryOptions {
	readonly purpose: Purpose;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970 after which nothing is sent again. */
	readonly deadline: number;
	/** Left out: as often as the decision on retries allows. */
	readonly maxAttempts?: number | undefined;
	readonly pacing: Pacing;
}

/**
 * Sends a request, when the pace of the run allows it, until its outcome is final or the next try would
 * come after the deadline.
 * @throws NetworkError of the last try; TooManyRequests when the run is paused beyond the deadline
 */
export async function withRetries<T extends Answer>(
	{ purpose, clock, signal, deadline, maxAttempts = Infinity, pacing }: RetryOptions,
	send: () => Promise<T>,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		signal.throwIfAborted();
		const turn = { purpose, signal, deadline };
		const outcome = await pacing.inTurn(turn, send).catch((error: unknown) => {
			if (error instanceof NetworkError) return error;
			throw error;
		});
		const isFinal = attempt >= maxAttempts;
		const refused = isRateLimited(outcome);
		const delayMs = refused
			? pacing.pauseMs()
			: retryDelayMs(purpose, outcome, attempt, clock.now(), clock.random());
		if (isFinal || delayMs === null || clock.now() + delayMs >= deadline) {
			if (outcome instanceof NetworkError) throw outcome;
			return outcome;
		}
		pacing.retries++;
		// After a refusal it is the pace of the run that says when to go on.
		if (!refused) await clock.sleep(delayMs, signal);
	}
}
