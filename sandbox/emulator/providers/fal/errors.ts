import { jsonAnswer, type Answer } from '../../answer';

export interface FalDetail {
	readonly loc: ReadonlyArray<string | number>;
	readonly msg: string;
	readonly type: string;
	readonly url: string;
	readonly ctx?: Record<string, unknown>;
	readonly input?: unknown;
	/** For `content_policy_violation`. */
	readonly categories?: readonly string[];
}

const FAL_DOCS = 'https://docs.fal.ai/errors/#';
const PYDANTIC_DOCS = 'https://errors.pydantic.dev/2.10/v/';

/** One entry of `detail`, with the documented link. [fal docs: model-apis/errors] */
export const falDetail = (
	type: string,
	msg: string,
	loc: ReadonlyArray<string | number>,
	more: Pick<FalDetail, 'ctx' | 'input' | 'categories'> = {},
): FalDetail => ({ loc, msg, type, url: `${FAL_DOCS}${type}`, ...more });

/** An error in pydantic's words, if fal's documentation has none. */
export const pydanticDetail = (
	type: string,
	msg: string,
	loc: ReadonlyArray<string | number>,
	input: unknown,
): FalDetail => ({ loc, msg, type, url: `${PYDANTIC_DOCS}${type}`, input });

/** Whether a retry helps: `X-Fal-Retryable` in the older documentation, `X-Fal-Needs-Retry` in the newer. */
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
 * A model's error as a text: "Some APIs are still being migrated." [fal docs: model-apis/errors] GUESS: that it
 * has the retry header, and that a retry helps for a 5xx.
 */
export const falModelText = (status: number, detail: string): Answer =>
	jsonAnswer(status, { detail }, retryHeaders(status >= 500));

/**
 * An error of fal's own systems. [fal docs: model-apis/request-errors] GUESS: when a retry helps. It is
 * documented only for `concurrent_requests_limit`.
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

/**
 * The request didn't start within its `X-Fal-Request-Timeout`. [fal docs: common-parameters] GUESS: the
 * message.
 */
export const falNotStarted = (): Answer =>
	falRequestError(504, 'The request did not start in time', 'request_timeout', {
		'x-fal-request-timeout-type': 'user',
		...retryHeaders(false),
	});

const REQUEST_ERRORS: Record<number, readonly [string, string]> = {
	400: ['Bad request', 'bad_request'],
	// GUESS: the documentation has the type and the status, but not the message.
	429: ['Concurrent requests limit reached', 'concurrent_requests_limit'],
	499: ['The client closed the request', 'client_disconnected'],
	500: ['Internal server error', 'internal_error'],
	502: ['The runner sent an incomplete response', 'runner_incomplete_response'],
	503: ['The runner disconnected', 'runner_disconnected'],
	504: ['Request timed out', 'request_timeout'],
};

/** The body that fal sends with a status code, wherever the prompt asks for one. */
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

/** An empty balance: 403, not 402. [issues of fal-ai/fal] */
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

/**
 * GUESS: the response to a body that isn't JSON or isn't sent as JSON. It is what FastAPI, which fal's apps
 * use, responds.
 */
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
