import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, claimsJson, createHost, queryOf } from '../../host';
import { randomSeed } from '../../ids';
import { startReading } from '../../inputs/inputs';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { TaskStore } from '../../tasks';
import { v3Error, v3Issue, type V3Brand } from './brand';
import { taskResult, type V3Job } from './result';
import type { V3Input } from './schemas';

/**
 * A host of the v3/async family: submit, then task-result. `brand` contains the differences between Novita and
 * Highway API.
 */
export function createV3AsyncHost(brand: V3Brand, context: Context): FastifyInstance {
	const host = createHost(brand.name, context);
	const tasks = new TaskStore<V3Job>(context, brand.name);
	const error = (status: number): Answer => brand.errorForStatus(status);
	host.setNotFoundHandler((_request, reply) => send(reply, v3Error(...brand.notFound)));
	host.setErrorHandler((_error, _request, reply) => send(reply, error(500)));

	/**
	 * Checks the key, the Content-Type and the body, in that order. Undefined if one was refused and answered.
	 */
	const readSubmit = (request: FastifyRequest, reply: FastifyReply): unknown => {
		const refuse = (answer: Answer) => void send(reply, answer);
		const refused = brand.checkKey(request.headers.authorization, context.keys[brand.name]);
		if (refused !== undefined) return refuse(refused);
		// Content-Type is documented as required. What happens without it is a GUESS.
		if (!claimsJson(request)) {
			return refuse(v3Error(400, 'INVALID_REQUEST_BODY', 'Content-Type must be application/json'));
		}
		const { isJson, json } = bodyOf(request);
		if (!isJson || typeof json !== 'object' || json === null || Array.isArray(json)) {
			return refuse(v3Error(400, 'INVALID_REQUEST_BODY', 'the request body is not a JSON object'));
		}
		const steering = parseSteering(promptOf(json), brand.name);
		const problem = steeringProblem(steering);
		if (problem !== undefined) return refuse(v3Error(400, 'INVALID_REQUEST_BODY', problem));
		if (steering.noMoney) return refuse(v3Error(...brand.noMoney));
		return json;
	};

	for (const [model, schema] of Object.entries(brand.models)) {
		host.post(`/v3/async/${model}`, async (request, reply) => {
			const body = readSubmit(request, reply);
			if (body === undefined) return await reply;
			const prompt = promptOf(body);
			const steering = parseSteering(prompt, brand.name);
			return await respond({
				context,
				stage: 'submit',
				key: `${brand.name} ${prompt}`,
				faults: steering.faults.submit,
				request,
				reply,
				error,
				answer: () => {
					const parsed = schema.safeParse(body);
					if (!parsed.success) return v3Issue(parsed.error);
					if (steering.moderate) {
						return v3Error(400, 'ILLEGAL_PROMPT', 'the prompt contains illegal content');
					}
					const { image_url, mask, ...input }: V3Input = parsed.data;
					const seed = input.seed < 0 ? randomSeed() : input.seed;
					const inputs = startReading(context, brand.name, {
						image: { field: 'image_url', url: image_url },
						mask: { field: 'mask', url: mask },
					});
					const task = tasks.add(prompt, { model, input, inputs, seed });
					return jsonAnswer(200, { task_id: task.id });
				},
			});
		});
	}

	host.get('/v3/async/task-result', async (request, reply) => {
		const refused = brand.checkKey(request.headers.authorization, context.keys[brand.name]);
		if (refused !== undefined) return await send(reply, refused);
		const id = queryOf(request)['task_id'] ?? '';
		if (id === '')
			return await send(reply, v3Error(400, 'INVALID_REQUEST_BODY', 'task_id is required'));
		const task = tasks.get(id);
		if (task === undefined)
			return await send(reply, v3Error(404, 'TASK_NOT_FOUND', 'task not found'));
		return await respond({
			context,
			stage: 'status',
			key: `${brand.name} ${task.id}`,
			faults: task.steering.faults.status,
			request,
			reply,
			error,
			answer: async () => jsonAnswer(200, await taskResult(context, brand, task, tasks.poll(task))),
		});
	});

	if (brand.hasBalance) {
		// Strings in 1/10000 USD. [Novita docs: basic-get-user-balance]
		host.get('/openapi/v1/billing/balance/detail', (request, reply) =>
			send(
				reply,
				brand.checkKey(request.headers.authorization, context.keys[brand.name]) ??
					jsonAnswer(200, {
						availableBalance: '100000',
						cashBalance: '100000',
						creditLimit: '0',
						pendingCharges: '0',
						outstandingInvoices: '0',
					}),
			),
		);
	}
	return host;
}
