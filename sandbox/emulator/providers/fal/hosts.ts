import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, createHost, pathOf } from '../../host';
import type { HostName } from '../../hosts';
import { newId } from '../../ids';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { workSynchronously } from '../../tasks';
import {
	falDetail,
	falError,
	falInvalidJson,
	falLocked,
	falModelError,
	falNotStarted,
} from './errors';
import { checkFalKey } from './key';
import type { FalEndpoint } from './endpoint';
import { findFalEndpoint } from './endpoints';
import { falResult } from './failure';
import { addFalPlatform } from './platform';
import { FalQueue, startSeconds } from './queue';
import { addFalStorage } from './storage';
import { FalWebhooks } from './webhooks';

interface FalSubmit {
	readonly endpoint: FalEndpoint;
	readonly body: unknown;
	readonly prompt: string;
}

/**
 * A submit, up to the point where the queue and a direct call differ. Undefined if it was refused and answered.
 */
function readSubmit(
	context: Context,
	request: FastifyRequest,
	reply: FastifyReply,
): FalSubmit | undefined {
	const id = pathOf(request).slice(1).replace(/\/$/, '');
	const endpoint = findFalEndpoint(id);
	const refuse = (answer: Answer) => void send(reply, answer);
	const key = checkFalKey(context, request);
	// GUESS: the documents say that public models accept status, result and cancel without a key; a paid submit without
	// one is refused here.
	if (key === 'missing') {
		return refuse(
			jsonAnswer(401, {
				detail: `Cannot access application '${id}'. Authentication is required to access this application.`,
			}),
		);
	}
	if (key !== 'good') return refuse(key);
	if (endpoint === undefined) {
		return refuse(jsonAnswer(404, { detail: `Application '${id}' not found` }));
	}
	const { isJson, json } = bodyOf(request);
	if (!isJson) return refuse(falInvalidJson());
	const prompt = promptOf(json);
	const steering = parseSteering(prompt, 'fal');
	const problem = steeringProblem(steering);
	if (problem !== undefined) {
		return refuse(falModelError(422, [falDetail('value_error', problem, ['body', 'prompt'])]));
	}
	if (steering.noMoney) return refuse(falLocked());
	return { endpoint, body: json, prompt };
}

function createFalHost(name: HostName, context: Context): FastifyInstance {
	const host = createHost(name, context);
	host.addHook('onRequest', (_request, reply, done) => {
		reply.header('x-fal-request-id', newId());
		done();
	});
	host.setNotFoundHandler((_request, reply) => send(reply, falError(404)));
	host.setErrorHandler((_error, _request, reply) => send(reply, falError(500)));
	return host;
}

/** queue.fal.run, plus api.fal.ai/v1 and rest.fal.ai, whose paths don't collide with it. */
export function createFalQueueHost(context: Context): FastifyInstance {
	const host = createFalHost('fal', context);
	const webhooks = new FalWebhooks(context);
	webhooks.addTo(host);
	const queue = new FalQueue(context, webhooks);
	addFalPlatform(host, context, queue);
	addFalStorage(host, context);
	host.post('/*', async (request, reply) => {
		const submit = readSubmit(context, request, reply);
		if (submit === undefined) return await reply;
		const full = queue.refuseWhenFull(request, submit.endpoint);
		if (full !== undefined) return await send(reply, full);
		return await respond({
			context,
			stage: 'submit',
			key: `fal ${submit.prompt}`,
			faults: parseSteering(submit.prompt, 'fal').faults.submit,
			request,
			reply,
			error: falError,
			answer: () => {
				const job = submit.endpoint.start(context, 'fal', submit.body);
				return queue.submit(submit.prompt, job, request);
			},
		});
	});
	host.get('/*', (request, reply) => queue.read(request, reply));
	host.put('/*', (request, reply) => queue.cancel(request, reply));
	return host;
}

/** fal.run: returns the output on the same connection. */
export function createFalSyncHost(context: Context): FastifyInstance {
	const host = createFalHost('falSync', context);
	host.post('/*', async (request, reply) => {
		const submit = readSubmit(context, request, reply);
		if (submit === undefined) return await reply;
		const steering = parseSteering(submit.prompt, 'fal');
		return await respond({
			context,
			stage: 'submit',
			key: `falSync ${submit.prompt}`,
			faults: steering.faults.submit,
			request,
			reply,
			error: falError,
			answer: async () => {
				const job = submit.endpoint.start(context, 'falSync', submit.body);
				const work = { startSeconds: startSeconds(request), seconds: job.seconds };
				if (!(await workSynchronously(context, 'falSync', steering, work))) return falNotStarted();
				const id = String(reply.getHeader('x-fal-request-id'));
				return await falResult(job, submit.prompt, id, steering);
			},
		});
	});
	return host;
}
