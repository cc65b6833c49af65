import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, createHost, pathOf } from '../../host';
import { newId, randomSeed } from '../../ids';
import type { Picture } from '../../picture/picture';
import { parseSteering, promptOf, steeringProblem, type Steering } from '../../steering';
import { workSynchronously } from '../../tasks';
import { AIMLAPI_MODELS, aimlapiModel, aimlapiSize, type AimlapiInput } from './models';

const MESSAGES: Record<number, string> = {
	400: 'Body validation error',
	401: 'This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys',
	403: "You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
	404: 'Not Found',
	429: 'Too Many Requests',
	500: 'Something wrong with the server',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Generation timeout',
};

/** The status code is a string in the documented example. [AI/ML API docs: errors-and-messages/general-info] */
const errorBody = (request: FastifyRequest, status: number, message?: string): Answer =>
	jsonAnswer(status, {
		message: message ?? MESSAGES[status] ?? `Error ${status}`,
		path: pathOf(request),
		requestId: newId(),
		statusCode: String(status),
		timestamp: new Date().toISOString(),
	});

/**
 * "Body validation error", followed by what was expected and received. [AI/ML API docs:
 * errors-with-status-code-4xx]
 */
function validationMessage(error: z.ZodError): string {
	const lines = error.issues.map((issue) => {
		const path = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
		return issue.code === 'invalid_type'
			? `${path}Expected ${issue.expected}, received ${issue.received}`
			: `${path}${issue.message}`;
	});
	return ['Body validation error', ...lines].join('\n');
}

/** AI/ML API's synchronous API: the response contains the links. [SEED 003] */
export function createAimlapiHost(context: Context): FastifyInstance {
	const host = createHost('aimlapi', context);
	const isKeyGood = (request: FastifyRequest): boolean =>
		request.headers.authorization === `Bearer ${context.keys.aimlapi}`;
	host.setNotFoundHandler((request, reply) =>
		send(reply, errorBody(request, 404, `Cannot ${request.method} ${pathOf(request)}`)),
	);
	host.setErrorHandler((_error, request, reply) => send(reply, errorBody(request, 500)));

	host.post('/v1/images/generations', async (request, reply) => {
		reply.header('x-inference-id', newId());
		if (!isKeyGood(request)) return await send(reply, errorBody(request, 401));
		const body = bodyOf(request).json ?? {};
		const prompt = promptOf(body);
		const steering = parseSteering(prompt, 'aimlapi');
		const problem = steeringProblem(steering);
		if (problem !== undefined) return await send(reply, errorBody(request, 400, problem));
		if (steering.noMoney) return await send(reply, errorBody(request, 403));
		return await respond({
			context,
			stage: 'submit',
			key: `aimlapi ${prompt}`,
			faults: steering.faults.submit,
			request,
			reply,
			error: (status) => errorBody(request, status),
			answer: async (accept) => {
				const parsed = aimlapiModel.safeParse(body);
				if (!parsed.success) return errorBody(request, 400, validationMessage(parsed.error));
				context.noteIgnored('aimlapi', body, parsed.data);
				if (steering.moderate) {
					// GUESS: the documentation doesn't say how a refused prompt fails.
					return errorBody(request, 400, 'The prompt was rejected by the content moderation.');
				}
				// "Failed requests are never charged." [AI/ML API docs: account-balance]
				if (steering.fail === undefined) accept();
				await workSynchronously(context, 'aimlapi', steering);
				// GUESS: the status of a failed generation.
				if (steering.fail !== undefined) return errorBody(request, 500, steering.fail.reason);
				return await generation(context, parsed.data, steering);
			},
		});
	});

	// [AI/ML API docs: service-endpoints]
	host.get('/v2/billing', (request, reply) =>
		send(
			reply,
			isKeyGood(request)
				? jsonAnswer(200, { current_balance: 10, currency: 'USD' })
				: errorBody(request, 401),
		),
	);
	// Needs no key, so it can't check one.
	for (const path of ['/v1/models', '/models', '/api/v1/models']) {
		host.get(path, (_request, reply) =>
			send(
				reply,
				jsonAnswer(200, {
					object: 'list',
					data: Object.keys(AIMLAPI_MODELS).map((id) => ({ id, object: 'model', type: 'image' })),
				}),
			),
		);
	}
	return host;
}

async function generation(
	context: Context,
	input: AimlapiInput,
	steering: Steering,
): Promise<Answer> {
	const taskId = newId();
	const seed = input.seed ?? randomSeed();
	const { width, height } = aimlapiSize(input.image_size);
	const images = Array.from({ length: input.num_images }, async (_item, index) => {
		const picture: Picture = {
			provider: 'AI/ML API',
			model: input.model,
			prompt: input.prompt,
			seed,
			width,
			height,
			format: input.output_format,
			loras: (input.loras ?? []).map(({ path, scale = 1 }) => ({ path, scale })),
			index,
			// GUESS: its schema is fal's, where a flagged image is black. The response has no flag.
			black: steering.nsfw && input.enable_safety_checker,
		};
		if (steering.inline) {
			// GUESS: the schema has the field, but the documentation doesn't say how to request it.
			const { bytes } = await context.imageFile(picture);
			return { b64_json: bytes.toString('base64') };
		}
		return { url: context.files.publicLink('/flamingo/files/b', picture, taskId, steering) };
	});
	// Per started megapixel. The documented example without a LoRA has tokens_used, the one with a LoRA
	// credits_used.
	const megapixels = Math.ceil((width * height) / 1_000_000);
	const credits = AIMLAPI_MODELS[input.model].credits * megapixels * input.num_images;
	const usage =
		(input.loras ?? []).length > 0 ? { credits_used: credits } : { tokens_used: credits };
	return jsonAnswer(200, { data: await Promise.all(images), meta: { usage } });
}
