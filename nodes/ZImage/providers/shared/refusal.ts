import type { HttpAnswer } from '../provider';

/**
 * Statuses that refuse the request as it is, whether they come from the provider or from a gateway in front of
 * it, so that no work is done. Sources: https://www.rfc-editor.org/rfc/rfc9110#section-15.5 (400 to 426),
 * https://www.rfc-editor.org/rfc/rfc6585 (429 and 431). 408, 409, 422 and 5xx aren't among them: the request
 * may have been read, and the work started.
 */
const refusals: ReadonlySet<number> = new Set([
	400, 401, 402, 403, 404, 405, 407, 411, 413, 414, 415, 421, 426, 429, 431,
]);

/**
 * See Other is the response to a request that was performed:
 * https://www.rfc-editor.org/rfc/rfc9110#section-15.4.4
 */
const seeOther = 303;

/**
 * Whether the status of a response alone proves that the request was refused: it is a redirect, which isn't
 * followed, or a status with which nothing accepts a request.
 */
export function isRefusedByStatus({ statusCode }: HttpAnswer): boolean {
	const isRedirect = statusCode >= 300 && statusCode < 400 && statusCode !== seeOther;
	return isRedirect || refusals.has(statusCode);
}
