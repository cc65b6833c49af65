import type { Answer } from '../../answer';

/**
 * For a server whose key is optional: without a key it accepts every request. A wrong key is refused, as by a
 * server that was started with a key, so that it shows.
 */
export const optionalKey =
	(refusal: Answer) =>
	(header: string | undefined, key: string | undefined): Answer | undefined =>
		header === undefined || header === `Bearer ${key}` ? undefined : refusal;
