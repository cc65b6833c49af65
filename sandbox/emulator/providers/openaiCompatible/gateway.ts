import { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import { bodyOf } from '../../host';
import { newId, randomSeed } from '../../ids';
import { FORMATS } from '../../picture/picture';
import { parseSteering } from '../../steering';
import { proxyPage } from '../sdcpp/errors';
import type { Flavor } from './flavor';
import { encode, nowInSeconds, picturesOf, type Size } from './images';

const MODEL = 'z-image-turbo';

/** [OpenAI: error codes; openai-node: APIError] */
const openAiError = (
	status: number,
	message: string,
	{ type = 'invalid_request_error', param = null, code = null }: Partial<OpenAiError> = {},
): Answer => jsonAnswer(status, { error: { message, type, param, code } });

interface OpenAiError {
	readonly type: string;
	readonly param: string | null;
	readonly code: string | null;
}

const ERRORS: Readonly<Record<number, readonly [words: string, more?: Partial<OpenAiError>]>> = {
	400: ['The server had an error parsing the request.'],
	403: ['You are not allowed to use this model.'],
	404: [`The model '${MODEL}' does not exist`, { param: 'model', code: 'model_not_found' }],
	422: ['The request could not be processed.'],
	429: ['Rate limit reached for requests', { type: 'requests', code: 'rate_limit_exceeded' }],
	500: ['The server had an error while processing your request', { type: 'server_error' }],
	503: [
		'The engine is currently overloaded, please try again later',
		{ type: 'service_unavailable_error' },
	],
};

/** GUESS: the range. A gateway has the sizes of its models. */
const SIDES = { lowest: 64, highest: 2048 };

const isSize = (size: string): boolean => {
	const sides = /^(\d+)x(\d+)$/.exec(size)?.slice(1).map(Number);
	if (sides === undefined) return size === 'auto';
	return sides.every((side) => side >= SIDES.lowest && side <= SIDES.highest);
};

/** OpenAI's own fields, and no others. [OpenAI: Create image] */
const schema = z
	.object({
		model: z.string(),
		prompt: z.string().max(32_000),
		n: z.number().int().gte(1).lte(10).nullish(),
		size: z.string().refine(isSize).nullish(),
		quality: z.enum(['auto', 'low', 'medium', 'high', 'standard', 'hd']).nullish(),
		style: z.enum(['vivid', 'natural']).nullish(),
		background: z.enum(['auto', 'opaque', 'transparent']).nullish(),
		moderation: z.enum(['auto', 'low']).nullish(),
		response_format: z.enum(['url', 'b64_json']).nullish(),
		output_format: z.enum(FORMATS).nullish(),
		output_compression: z.number().int().gte(0).lte(100).nullish(),
		user: z.string().nullish(),
	})
	.strict();

/** The first error. GUESS: the messages, which are from OpenAI's other endpoints. */
function refusalOf({ issues: [issue] }: z.ZodError): Answer {
	const param = issue?.path.join('.') ?? null;
	const refuse = (code: string, words: string, name = param): Answer =>
		openAiError(400, words, { param: name, code });
	if (issue?.code === 'unrecognized_keys') {
		const [name = ''] = issue.keys;
		return refuse('unknown_parameter', `Unknown parameter: '${name}'.`, name);
	}
	if (issue?.code !== 'invalid_type') {
		return refuse('invalid_value', `Invalid value for '${param}'.`);
	}
	const { expected, received } = issue;
	if (received === 'undefined') {
		return refuse('missing_required_parameter', `Missing required parameter: '${param}'.`);
	}
	const words = `Invalid type for '${param}': expected ${expected}, but got ${received} instead.`;
	return refuse('invalid_type', words);
}

const readSize = (size: string): Size => {
	const [width = 1024, height = 1024] = size === 'auto' ? [] : size.split('x').map(Number);
	return { width, height };
};

/** A gateway that strictly follows OpenAI's own form: no other fields, and no request without its key. */
export const GATEWAY: Flavor = {
	path: '',
	refuseKey: (header, key) => {
		if (header === `Bearer ${key}`) return undefined;
		if (header === undefined) {
			return openAiError(
				401,
				"You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
			);
		}
		return openAiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
	},
	errorFor: (status) => {
		if (status === 401)
			return openAiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
		const known = ERRORS[status];
		return known === undefined ? proxyPage(status) : openAiError(status, ...known);
	},
	problem: (message) => openAiError(400, message),
	failure: (reason) => openAiError(500, reason, { type: 'server_error' }),
	moderated: openAiError(400, 'Your request was rejected as a result of our safety system.', {
		type: 'image_generation_user_error',
		code: 'moderation_blocked',
	}),
	noMoney: openAiError(
		429,
		'You exceeded your current quota, please check your plan and billing details.',
		{ type: 'insufficient_quota', code: 'insufficient_quota' },
	),
	models: {
		object: 'list',
		data: [{ id: MODEL, object: 'model', created: 1_735_689_600, owned_by: 'sandbox' }],
	},
	read: ({ context }, request) => {
		const { isJson, json } = bodyOf(request);
		if (!isJson) {
			return Promise.resolve(openAiError(400, 'We could not parse the JSON body of your request.'));
		}
		const parsed = schema.safeParse(json);
		if (!parsed.success) return Promise.resolve(refusalOf(parsed.error));
		const { model, prompt, n, size, response_format, output_format } = parsed.data;
		if (model !== MODEL) {
			return Promise.resolve(
				openAiError(404, `The model '${model}' does not exist`, {
					param: 'model',
					code: 'model_not_found',
				}),
			);
		}
		return Promise.resolve(async () => {
			const pictures = picturesOf(n ?? 1, {
				model,
				prompt,
				seed: randomSeed(),
				format: output_format ?? 'png',
				...readSize(size ?? 'auto'),
			});
			const [id, steering] = [newId(), parseSteering(prompt, 'openaiCompatible')];
			const data =
				response_format === 'b64_json'
					? (await encode(context, pictures)).map((b64_json) => ({ b64_json }))
					: pictures.map((picture) => ({
							url: context.files.presignedLink(picture, id, steering),
						}));
			return jsonAnswer(200, { created: nowInSeconds(), data });
		});
	},
};
