import { sleep } from 'n8n-workflow';

import { withEither } from './either';

/** Time and randomness. Tests use their own implementation. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Waits; rejects with the signal's reason as soon as the signal aborts. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** From 0 (inclusive) to 1. */
	random(): number;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	async sleep(ms, signal) {
		signal.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => reject(signal.reason as Error);
			signal.addEventListener('abort', onAbort);
			// Hosts before n8n 2.34 ignore the signal here, so it's also handled above.
			sleep(ms, signal)
				.then(resolve, reject)
				.finally(() => signal.removeEventListener('abort', onAbort));
		});
	},
};

/**
 * Waits until the time is over, or something else happens.
 * @param happens one of these aborts
 * @returns whether that came first
 * @throws the signal's reason as soon as it aborts
 */
export async function sleepUnless(
	happens: readonly AbortSignal[],
	clock: Clock,
	ms: number,
	signal: AbortSignal,
): Promise<boolean> {
	try {
		await withEither([signal, ...happens], async (either) => await clock.sleep(ms, either));
		return false;
	} catch {
		signal.throwIfAborted();
		return true;
	}
}
