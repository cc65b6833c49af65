import type { Answer } from '../../answer';

/**
 * For a server whose key is optional: without a key it takes every request. A wrong one is refused anyway, as by
 * a server that was started with one, so that it shows.
 */
export const optionalKey =
	(refusal: Answer) =>
	(header: string | undefined, key: string | undefined): Answer | undefined =>
		header === undefined || header === `Bearer ${key}` ? undefined : refusal;
