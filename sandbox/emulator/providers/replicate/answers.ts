import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';

/** `{title, detail, status}`. GUESS: the Content-Type. The body follows RFC 9457. */
const problem = (status: number, title: string, detail: string, more: object = {}): Answer =>
	jsonAnswer(
		status,
		{ title, detail, status, ...more },
		{ 'content-type': 'application/problem+json' },
	);

const RETRY_SECONDS = 5;

/**
 * Title and detail. [Replicate docs: reference/http; other people's issues for 402, 404 and 422] GUESS: those
 * of 400, 403 and 5xx.
 */
const PROBLEMS: Record<number, readonly [title: string, detail: string]> = {
	400: ['Bad request', 'The request could not be read.'],
	401: ['Unauthenticated', 'You did not pass a valid authentication token'],
	402: [
		'Insufficient credit',
		'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a few minutes before trying again.',
	],
	403: ['Forbidden', 'You do not have permission to perform this action.'],
	422: ['Invalid version or not permitted', 'The specified version does not exist'],
	500: ['Internal server error', 'An internal server error occurred.'],
	502: ['Bad gateway', 'Bad gateway'],
	503: ['Service unavailable', 'Service unavailable'],
	504: ['Gateway timeout', 'Gateway timeout'],
};

/** The error that Replicate gives with a status code. */
export function replicateError(status: number, retryAfterSeconds = RETRY_SECONDS): Answer {
	// These two have no title.
	if (status === 404) {
		const detail = 'The requested resource could not be found.';
		return jsonAnswer(404, { detail, status });
	}
	if (status === 429) {
		const detail = `Request was throttled. Your rate limit resets in ~${retryAfterSeconds}s.`;
		return jsonAnswer(429, { detail, status, retry_after: retryAfterSeconds });
	}
	return problem(status, ...(PROBLEMS[status] ?? ['Error', `Error ${status}`]));
}

export const replicateProblem = (status: number, detail: string): Answer =>
	problem(status, PROBLEMS[status]?.[0] ?? 'Error', detail);

/** The refusal of a key, or undefined for a correct one. */
export function refuseKey(context: Context, request: FastifyRequest): Answer | undefined {
	const { authorization } = request.headers;
	if (authorization === `Bearer ${context.keys.replicate}`) return undefined;
	return authorization === undefined || authorization === ''
		? replicateProblem(401, 'You did not pass an authentication token')
		: replicateError(401);
}

interface InvalidField {
	readonly type: string;
	readonly field: string;
	readonly description: string;
}

/** GUESS: the types and the messages. Others report `type`, `field`, `description` and the lines. */
function invalidField(issue: z.ZodIssue): InvalidField {
	const field = issue.path.join('.');
	if (issue.code === 'invalid_type') {
		return issue.received === 'undefined'
			? {
					type: 'required',
					field: issue.path.slice(0, -1).join('.') || '(root)',
					description: `${String(issue.path.at(-1))} is required`,
				}
			: {
					type: 'invalid_type',
					field,
					description: `Invalid type. Expected: ${issue.expected}, given: ${issue.received}`,
				};
	}
	if (issue.code === 'too_big' && issue.type === 'number') {
		const description = `Must be less than or equal to ${issue.maximum}`;
		return { type: 'number_lte', field, description };
	}
	if (issue.code === 'too_small' && issue.type === 'number') {
		const description = `Must be greater than or equal to ${issue.minimum}`;
		return { type: 'number_gte', field, description };
	}
	if (issue.code === 'invalid_enum_value') {
		const names = issue.options.map((option) => `"${option}"`).join(', ');
		const description = `${field} must be one of the following: ${names}`;
		return { type: 'enum', field, description };
	}
	return { type: issue.code, field, description: issue.message };
}

/** A body that doesn't match the model's schema: one line per error. */
export function replicateInvalid({ issues }: z.ZodError): Answer {
	const fields = issues.map(invalidField);
	const lines = fields.map(({ field, description }) => `- ${field}: ${description}\n`);
	return problem(422, 'Input validation failed', lines.join(''), { invalid_fields: fields });
}
