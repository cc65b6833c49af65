import { jsonAnswer, type Answer } from '../../answer';

export interface FalDetail {
	readonly loc: ReadonlyArray<string | number>;
	readonly msg: string;
	readonly type: string;
	readonly url: string;
	readonly ctx?: Record<string, unknown>;
	readonly input?: unknown;
	/** Of `content_policy_violation`. */
	readonly categories?: readonly string[];
}

const FAL_DOCS = 'https://docs.fal.ai/errors/#';
const PYDANTIC_DOCS = 'https://errors.pydantic.dev/2.10/v/';

/** One entry of `detail`, with the link that the documents show. [fal docs: model-apis/errors] */
export const falDetail = (
	type: string,
	msg: string,
	loc: ReadonlyArray<string | number>,
	more: Pick<FalDetail, 'ctx' | 'input' | 'categories'> = {},
): FalDetail => ({ loc, msg, type, url: `${FAL_DOCS}${type}`, ...more });

/** An error in pydantic's words, where fal's documents have none. */
export const pydanticDetail = (
	type: string,
	msg: string,
	loc: ReadonlyArray<string | number>,
	input: unknown,
): FalDetail => ({ loc, msg, type, url: `${PYDANTIC_DOCS}${type}`, input });

/** Whether it helps to try again: `X-Fal-Retryable` in the older documents, `X-Fal-Needs-Retry` in the newer. */
const retryHeaders = (retryable: boolean): Record<string, string> => ({
	'x-fal-retryable': String(retryable),
	'x-fal-needs-retry': retryable ? '1' : '0',
});

/** A model's error. [fal docs: model-apis/errors] */
export const falModelError = (
	status: number,
	detail: readonly FalDetail[],
	retryable = false,
): Answer => jsonAnswer(status, { detail }, retryHeaders(retryable));

/**
 * A model's error as a text: "Some APIs are still being migrated." [fal docs: model-apis/errors]
 * GUESS: that it has the header of retries, and that a 5xx is worth one.
 */
export const falModelText = (status: number, detail: string): Answer =>
	jsonAnswer(status, { detail }, retryHeaders(status >= 500));

/**
 * An error of fal's own machinery. [fal docs: model-apis/request-errors]
 * GUESS: what is worth another try; documented for `concurrent_requests_limit` only.
 */
export const falRequestError = (
	status: number,
	detail: string,
	errorType: string,
	headers: Record<string, string> = {},
): Answer =>
	jsonAnswer(
		status,
		{ detail, error_type: errorType },
		{
			'x-fal-error-type': errorType,
			...retryHeaders([429, 502, 503, 504].includes(status)),
			...headers,
		},
	);

/** The request didn't start in the time of its `X-Fal-Request-Timeout`. [fal docs: common-parameters] GUESS: the words. */
export const falNotStarted = (): Answer =>
	falRequestError(504, 'The request did not start in time', 'request_timeout', {
		'x-fal-request-timeout-type': 'user',
		...retryHeaders(false),
	});

const REQUEST_ERRORS: Record<number, readonly [string, string]> = {
	400: ['Bad request', 'bad_request'],
	// GUESS: the document gives the type and the status, not the words.
	429: ['Concurrent requests limit reached', 'concurrent_requests_limit'],
	499: ['The client closed the request', 'client_disconnected'],
	500: ['Internal server error', 'internal_error'],
	502: ['The runner sent an incomplete response', 'runner_incomplete_response'],
	503: ['The runner disconnected', 'runner_disconnected'],
	504: ['Request timed out', 'request_timeout'],
};

/** The body fal gives with a status code, wherever the prompt asks for one. */
export function falError(status: number): Answer {
	if (status === 401) return jsonAnswer(401, { detail: 'invalid key credentials' });
	if (status === 403) return falLocked();
	if (status === 404) return jsonAnswer(404, { detail: 'Not Found' });
	if (status === 422) {
		return falModelError(422, [
			pydanticDetail('missing', 'Field required', ['body', 'prompt'], {}),
		]);
	}
	const known = REQUEST_ERRORS[status];
	return known
		? falRequestError(status, ...known)
		: jsonAnswer(status, { detail: `Error ${status}` });
}

/** No money: 403, not 402. [issues of fal-ai/fal] */
export const falLocked = (): Answer =>
	jsonAnswer(403, {
		detail:
			'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
	});

/** Moderation of the prompt; the categories may be missing. [fal docs: model-apis/errors, content_policy_violation] */
export const falModerated = (prompt: string, categories: readonly string[]): Answer =>
	falModelError(422, [
		falDetail(
			'content_policy_violation',
			'The content could not be processed because it contained material flagged by a content checker.',
			['body', 'prompt'],
			{ input: prompt, ...(categories.length === 0 ? {} : { categories }) },
		),
	]);

/** GUESS: what a body gets that isn't JSON, or isn't sent as it; this is what FastAPI, which fal's apps use, answers. */
export const falInvalidJson = (): Answer =>
	jsonAnswer(422, {
		detail: [
			{
				type: 'json_invalid',
				loc: ['body', 0],
				msg: 'JSON decode error',
				input: {},
				ctx: { error: 'Expecting value' },
			},
		],
	});
