const firstDelayMs = 400;
const growth = 1.4;
const maxDelayMs = 5000;

/**
 * How long to wait before a status request: short at first, as Turbo takes seconds, then ever longer.
 * @param attempt number of status requests so far, from 0
 * @returns milliseconds
 */
export function pollDelayMs(attempt: number): number {
	return Math.min(maxDelayMs, Math.round(firstDelayMs * growth ** attempt));
}
