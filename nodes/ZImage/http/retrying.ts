import type { Clock } from './clock';
import { NetworkError } from './networkError';
import type { Answer, Purpose } from './retry';
import { retryDelayMs } from './retry';

interface RetryOptions {
	readonly purpose: Purpose;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970 after which nothing is sent again. */
	readonly deadline: number;
	/** Left out: as often as the decision on retries allows. */
	readonly maxAttempts?: number | undefined;
}

/**
 * Sends a request until its outcome is final or the next try would come after the deadline.
 * @throws NetworkError of the last try
 */
export async function withRetries<T extends Answer>(
	{ purpose, clock, signal, deadline, maxAttempts = Infinity }: RetryOptions,
	send: () => Promise<T>,
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		signal.throwIfAborted();
		const outcome = await send().catch((error: unknown) => {
			if (error instanceof NetworkError) return error;
			throw error;
		});
		const delayMs =
			attempt < maxAttempts
				? retryDelayMs(purpose, outcome, attempt, clock.now(), clock.random())
				: null;
		if (delayMs === null || clock.now() + delayMs >= deadline) {
			if (outcome instanceof NetworkError) throw outcome;
			return outcome;
		}
		await clock.sleep(delayMs, signal);
	}
}
