import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, textAnswer, type Answer } from '../../answer';
import { bodyOf, claimsJson } from '../../host';
import { proxyPage } from '../sdcpp/errors';

/**
 * SGLang and vLLM-Omni are FastAPI servers: an error is `{detail}`, either a string or a list of the invalid
 * fields.
 */
export const detail = (status: number, words: unknown): Answer =>
	jsonAnswer(status, { detail: words });

const WORDS: Readonly<Record<number, string>> = {
	400: 'Bad Request',
	404: 'Not Found',
	405: 'Method Not Allowed',
	422: 'Unprocessable Content',
	429: 'Too Many Requests',
	503: 'Service Unavailable',
};

/** An error for a status code. If the server never sends the status, the page of a proxy in front of it. */
export function fastApiError(status: number): Answer {
	if (status === 500) return INTERNAL_ERROR;
	const words = WORDS[status];
	return words === undefined ? proxyPage(status) : detail(status, words);
}

/** For an uncaught exception. [starlette: ServerErrorMiddleware] */
export const INTERNAL_ERROR = textAnswer(500, 'text/plain; charset=utf-8', 'Internal Server Error');

/** [vLLM, SGLang: the middleware of `--api-key`] */
export const UNAUTHORIZED = jsonAnswer(401, { error: 'Unauthorized' });

const fromText = (value: unknown): unknown =>
	typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(value) ? Number(value) : value;

/** A number, or a number as a string. [pydantic: conversion table, lax mode] */
export const number = z.preprocess(fromText, z.number());
export const integer = z.preprocess(
	fromText,
	z.unknown().transform((value, context) => {
		if (Number.isInteger(value)) return value as number;
		const received = typeof value === 'number' ? 'float' : z.getParsedType(value);
		context.addIssue({ code: 'invalid_type', expected: 'integer', received });
		return z.NEVER;
	}),
);

/** `null` is the same as missing. */
export const optional = <Type extends z.ZodTypeAny>(type: Type) =>
	type.nullish().transform((value) => value ?? undefined);

interface Complaint {
	readonly type: string;
	readonly msg: string;
}

/** [pydantic: validation errors] */
function complaintOf(issue: z.ZodIssue): Complaint {
	if (issue.code === 'invalid_type') {
		return issue.received === 'undefined'
			? { type: 'missing', msg: 'Field required' }
			: wrongType(issue);
	}
	if (issue.code === 'too_small') {
		const msg = `Input should be greater than or equal to ${issue.minimum}`;
		return { type: 'greater_than_equal', msg };
	}
	if (issue.code === 'too_big') {
		const msg = `Input should be less than or equal to ${issue.maximum}`;
		return { type: 'less_than_equal', msg };
	}
	return { type: 'value_error', msg: `Value error, ${issue.message}` };
}

function wrongType({ expected, received }: z.ZodInvalidTypeIssue): Complaint {
	if (expected === 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
	if (expected === 'boolean') return { type: 'bool_type', msg: 'Input should be a valid boolean' };
	if (expected === 'object')
		return { type: 'dict_type', msg: 'Input should be a valid dictionary' };
	const kind = expected === 'integer' ? 'int' : 'float';
	const noun = expected === 'integer' ? 'integer' : 'number';
	if (received === 'string') {
		return {
			type: `${kind}_parsing`,
			msg: `Input should be a valid ${noun}, unable to parse string as ${noun === 'integer' ? 'an' : 'a'} ${noun}`,
		};
	}
	return received === 'float'
		? {
				type: 'int_from_float',
				msg: 'Input should be a valid integer, got a number with a fractional part',
			}
		: { type: `${kind}_type`, msg: `Input should be a valid ${noun}` };
}

const at = (value: unknown, path: readonly (string | number)[]): unknown =>
	path.reduce<unknown>((inner, name) => (Object(inner) as Record<string, unknown>)[name], value);

/** Everything that is invalid in a body. [FastAPI: RequestValidationError] */
const invalid = ({ issues }: z.ZodError, body: unknown): Answer =>
	detail(
		422,
		issues.map((issue) => {
			const { type, msg } = complaintOf(issue);
			const input = type === 'missing' ? at(body, issue.path.slice(0, -1)) : at(body, issue.path);
			return { type, loc: ['body', ...issue.path], msg, input };
		}),
	);

const noObject = (input: unknown): Answer =>
	detail(422, [
		{
			type: 'model_attributes_type',
			loc: ['body'],
			msg: 'Input should be a valid dictionary or object to extract fields from',
			input,
		},
	]);

/** A body that matches the schema, or its errors. */
export function readBody<Output>(
	request: FastifyRequest,
	schema: z.ZodType<Output, z.ZodTypeDef, unknown>,
): { readonly input: Output } | { readonly refusal: Answer } {
	const { bytes, json, isJson } = bodyOf(request);
	if (bytes.length === 0) {
		const missing = { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
		return { refusal: detail(422, [missing]) };
	}
	if (!claimsJson(request)) return { refusal: noObject(bytes.toString()) };
	if (!isJson) {
		// GUESS: the error's location, and the parser's message.
		const broken = {
			type: 'json_invalid',
			loc: ['body', 0],
			msg: 'JSON decode error',
			input: {},
			ctx: { error: 'Expecting value' },
		};
		return { refusal: detail(422, [broken]) };
	}
	if (typeof json !== 'object' || json === null || Array.isArray(json)) {
		return { refusal: noObject(json) };
	}
	const parsed = schema.safeParse(json);
	return parsed.success ? { input: parsed.data } : { refusal: invalid(parsed.error, json) };
}
