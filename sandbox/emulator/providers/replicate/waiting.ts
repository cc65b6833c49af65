import type { FastifyRequest } from 'fastify';

const MOST_WAIT_SECONDS = 60;

/**
 * How many seconds `Prefer: wait` or `wait=N` delays the response to a create. Undefined without it. [Replicate
 * docs: reference/http] GUESS: that a number outside 1 to 60 is clamped.
 */
export function waitSeconds({ headers }: FastifyRequest): number | undefined {
	const [match, seconds] = /\bwait(?:=(\d+))?\b/.exec(String(headers['prefer'] ?? '')) ?? [];
	if (match === undefined) return undefined;
	return Math.min(Math.max(Number(seconds ?? MOST_WAIT_SECONDS), 1), MOST_WAIT_SECONDS);
}

/**
 * The seconds of `Cancel-After`, such as `5m`, `90s` or `1h30m`. [replicate-python-beta] GUESS: that other
 * values are ignored.
 */
export function cancelAfterSeconds({ headers }: FastifyRequest): number | undefined {
	const text = String(headers['cancel-after'] ?? '');
	const [match, hours = 0, minutes = 0, seconds = 0] =
		/^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text) ?? [];
	if (match === undefined) return undefined;
	return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
