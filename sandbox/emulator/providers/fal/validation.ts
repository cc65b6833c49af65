import type { z } from 'zod';
import type { Answer } from '../../answer';
import { falDetail, falModelError, pydanticDetail, type FalDetail } from './errors';
import { FLOAT_FIELDS, type FalInput, type FalSchema } from './schemas';

const TYPE_NAMES: Record<string, readonly [string, string]> = {
	integer: ['int_type', 'Input should be a valid integer'],
	number: ['float_type', 'Input should be a valid number'],
	string: ['string_type', 'Input should be a valid string'],
	boolean: ['bool_type', 'Input should be a valid boolean'],
	array: ['list_type', 'Input should be a valid list'],
	object: ['model_attributes_type', 'Input should be a valid dictionary'],
};

const inputAt = (body: unknown, path: ReadonlyArray<string | number>): unknown =>
	path.reduce<unknown>(
		(value, key) =>
			typeof value === 'object' && value !== null
				? (value as Record<string | number, unknown>)[key]
				: undefined,
		body,
	);

/** A value beyond a limit. "Sequences" in fal's documentation are arrays. */
function translateLimit(issue: z.ZodTooSmallIssue | z.ZodTooBigIssue): {
	type: string;
	words: string;
	ctx: Record<string, unknown>;
} {
	if (issue.code === 'too_big') {
		const le = issue.maximum;
		return issue.type === 'array'
			? {
					type: 'sequence_too_long',
					words: `Sequence should have at most ${le} items`,
					ctx: { max_length: le },
				}
			: {
					type: 'less_than_equal',
					words: `Input should be less than or equal to ${le}`,
					ctx: { le },
				};
	}
	const least = issue.minimum;
	return issue.inclusive
		? {
				type: 'greater_than_equal',
				words: `Input should be greater than or equal to ${least}`,
				ctx: { ge: least },
			}
		: {
				type: 'greater_than',
				words: `Input should be greater than ${least}`,
				ctx: { gt: least },
			};
}

function translateType(issue: z.ZodInvalidTypeIssue, body: unknown): FalDetail {
	const loc = ['body', ...issue.path];
	const input = inputAt(body, issue.path);
	if (issue.received === 'undefined') {
		const parent = inputAt(body, issue.path.slice(0, -1));
		return pydanticDetail('missing', 'Field required', loc, parent);
	}
	if (issue.expected === 'integer' && typeof input === 'number') {
		const words = 'Input should be a valid integer, got a number with a fractional part';
		return pydanticDetail('int_from_float', words, loc, input);
	}
	const isInteger = issue.expected === 'number' && !FLOAT_FIELDS.has(issue.path.at(-1));
	const expected = isInteger ? 'integer' : issue.expected;
	const [type, words] =
		TYPE_NAMES[expected] ?? (['value_error', issue.message ?? 'Invalid value'] as const);
	return pydanticDetail(type, words, loc, input);
}

/** Translates zod's errors into the messages in fal's documentation or, if there is none, pydantic's. */
function translate(issue: z.ZodIssue, body: unknown): FalDetail[] {
	const loc = ['body', ...issue.path];
	const input = inputAt(body, issue.path);
	if (issue.code === 'invalid_type') return [translateType(issue, body)];
	if (issue.code === 'too_small' || issue.code === 'too_big') {
		const { type, words, ctx } = translateLimit(issue);
		return [falDetail(type, words, loc, { ctx, input })];
	}
	if (issue.code === 'not_multiple_of') {
		const words = `Input should be a multiple of ${issue.multipleOf}`;
		return [
			falDetail('multiple_of', words, loc, { ctx: { multiple_of: issue.multipleOf }, input }),
		];
	}
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => {
			const value = inputAt(body, [...issue.path, key]);
			return pydanticDetail(
				'extra_forbidden',
				'Extra inputs are not permitted',
				[...loc, key],
				value,
			);
		});
	}
	if (issue.code === 'invalid_enum_value') {
		const expected = issue.options.map((option) => `'${String(option)}'`);
		const words = `Input should be ${expected.slice(0, -1).join(', ')} or ${expected.at(-1) ?? ''}`;
		return [falDetail('one_of', words, loc, { ctx: { expected: issue.options }, input })];
	}
	if (issue.code === 'invalid_union') {
		// image_size: an object is a custom size, anything else a preset.
		const meant = typeof input === 'object' && input !== null ? -1 : 0;
		const issues = issue.unionErrors.at(meant)?.issues ?? [];
		return issues.flatMap((inner) => translate(inner, body));
	}
	return [pydanticDetail('value_error', issue.message, loc, input)];
}

/** The input in a body, or the errors that its result will contain. */
export type CheckedFal<Input> = { readonly input: Input } | { readonly error: Answer };

/**
 * Checks a body as strictly as the endpoint documents: unknown fields and values out of range are errors.
 * GUESS: a value of another type ("7" for 7) is an error, too. pydantic may be more lenient.
 */
export function validateBody<Input>(
	schema: z.ZodType<Input, z.ZodTypeDef, unknown>,
	body: unknown,
): CheckedFal<Input> {
	const parsed = schema.safeParse(body);
	return parsed.success ? { input: parsed.data } : { error: validationError(parsed.error, body) };
}

/** The same for an image endpoint. */
export function validateFal(schema: FalSchema, body: unknown): CheckedFal<FalInput> {
	const checked = validateBody(schema, body);
	if ('error' in checked) return checked;
	return { input: { ...checked.input, loras: checked.input.loras ?? [] } };
}

/** zod's errors for a body, as a response. */
export const validationError = ({ issues }: z.ZodError, body: unknown): Answer =>
	falModelError(
		422,
		issues.flatMap((issue) => translate(issue, body)),
	);
