import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../answer';
import { newId, randomSeed, type Context, type HostName } from '../context';
import { respond, send } from '../faults';
import { bodyOf, createHost, pathOf } from '../host';
import { parseSteering, promptOf, steeringProblem } from '../steering';
import { workSynchronously } from '../tasks';
import { falError, falInvalidJson, falLocked, falModelError, falDetail } from './falErrors';
import { checkFalKey } from './falKey';
import { isFalEndpoint } from './falModels';
import { falFailure, falOutput, type FalJob } from './falOutput';
import { addFalPlatform } from './falPlatform';
import { FalQueue } from './falQueue';

/** A submit, up to the point where queue and direct call part. Undefined when it was refused and answered. */
function readSubmit(
	context: Context,
	request: FastifyRequest,
	reply: FastifyReply,
): { job: FalJob; prompt: string } | undefined {
	const endpoint = pathOf(request).slice(1).replace(/\/$/, '');
	const refuse = (answer: Answer) => void send(reply, answer);
	const key = checkFalKey(context, request);
	// GUESS: the documents say that public models accept status, result and cancel without a key; a paid submit without
	// one is refused here.
	if (key === 'missing') {
		return refuse(
			jsonAnswer(401, {
				detail: `Cannot access application '${endpoint}'. Authentication is required to access this application.`,
			}),
		);
	}
	if (key !== 'good') return refuse(key);
	if (!isFalEndpoint(endpoint)) {
		return refuse(jsonAnswer(404, { detail: `Application '${endpoint}' not found` }));
	}
	const { isJson, json } = bodyOf(request);
	if (!isJson) return refuse(falInvalidJson());
	const prompt = promptOf(json);
	const steering = parseSteering(prompt);
	const problem = steeringProblem(steering);
	if (problem !== undefined) {
		return refuse(falModelError(422, [falDetail('value_error', problem, ['body', 'prompt'])]));
	}
	if (steering.noMoney) return refuse(falLocked());
	return { job: { endpoint, body: json, randomSeed: randomSeed() }, prompt };
}

function createFalHost(name: HostName, context: Context): FastifyInstance {
	const host = createHost(name, context);
	host.addHook('onRequest', (_request, reply, done) => {
		reply.header('x-fal-request-id', newId());
		done();
	});
	host.setErrorHandler((_error, _request, reply) => send(reply, falError(500)));
	return host;
}

/** queue.fal.run, and api.fal.ai/v1, whose paths do not collide with it. */
export function createFalQueueHost(context: Context): FastifyInstance {
	const host = createFalHost('fal', context);
	const queue = new FalQueue(context);
	addFalPlatform(host, context);
	host.post('/*', async (request, reply) => {
		const submit = readSubmit(context, request, reply);
		if (submit === undefined) return await reply;
		const full = queue.refuseWhenFull(request, submit.job.endpoint);
		if (full !== undefined) return await send(reply, full);
		return await respond({
			context,
			stage: 'submit',
			key: `fal ${submit.prompt}`,
			steering: parseSteering(submit.prompt),
			request,
			reply,
			error: falError,
			answer: () => queue.submit(submit.prompt, submit.job),
		});
	});
	host.get('/*', (request, reply) => queue.read(request, reply));
	host.put('/*', (request, reply) => queue.cancel(request, reply));
	return host;
}

/** fal.run: the output on the same connection. */
export function createFalSyncHost(context: Context): FastifyInstance {
	const host = createFalHost('falSync', context);
	host.post('/*', async (request, reply) => {
		const submit = readSubmit(context, request, reply);
		if (submit === undefined) return await reply;
		const steering = parseSteering(submit.prompt);
		return await respond({
			context,
			stage: 'submit',
			key: `falSync ${submit.prompt}`,
			steering,
			request,
			reply,
			error: falError,
			answer: async () => {
				await workSynchronously(context, 'falSync', steering);
				return await (falFailure(submit.job, steering)?.answer ??
					falOutput(context, submit.job, String(reply.getHeader('x-fal-request-id')), steering));
			},
		});
	});
	return host;
}
