import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf } from '../../host';
import { parseWords, wordProblem } from '../../words';
import { falDetail, falError, falInvalidJson, falLocked, falModelError } from './errors';
import { checkFalKey } from './key';
import { validationError } from './validation';

/**
 * `X-Fal-Object-Lifecycle` of an initiation: when the file is deleted, and who may read it. [fal-js:
 * storage.ts] GUESS: how other values are refused.
 */
const lifecycle = z.object({
	expiration_duration_seconds: z.number().int().gt(0).optional(),
	initial_acl: z.unknown(),
});

/** How long an upload exists, in seconds. `invalid` for an invalid header. */
function lifetimeOf({ headers }: FastifyRequest): number | 'invalid' {
	const header = headers['x-fal-object-lifecycle'];
	if (header === undefined) return Infinity;
	try {
		const { expiration_duration_seconds } = lifecycle.parse(JSON.parse(String(header)));
		return expiration_duration_seconds ?? Infinity;
	} catch {
		return 'invalid';
	}
}

const initiateBody = z.object({ file_name: z.string(), content_type: z.string() });

/**
 * rest.fal.ai: where a client requests the URL for uploading a file, whole or in parts. [fal-js: storage.ts]
 */
export function addFalStorage(host: FastifyInstance, context: Context): void {
	const initiate = (inParts: boolean) => async (request: FastifyRequest, reply: FastifyReply) => {
		const key = checkFalKey(context, request);
		// GUESS: the message for a missing key here.
		if (key === 'missing') return await send(reply, falError(401));
		if (key !== 'good') return await send(reply, key);
		const { isJson, json } = bodyOf(request);
		if (!isJson) return await send(reply, falInvalidJson());
		// GUESS: that a missing field is refused, and how.
		const parsed = initiateBody.safeParse(json);
		if (!parsed.success) return await send(reply, validationError(parsed.error, json));
		const { file_name, content_type } = parsed.data;
		const problem = wordProblem(file_name);
		if (problem !== undefined) {
			const detail = falDetail('value_error', problem, ['body', 'file_name']);
			return await send(reply, falModelError(422, [detail]));
		}
		const lifetimeSeconds = lifetimeOf(request);
		if (lifetimeSeconds === 'invalid') {
			const loc = ['header', 'x-fal-object-lifecycle'];
			return await send(reply, falModelError(422, [falDetail('value_error', 'Invalid JSON', loc)]));
		}
		// "User is locked" refuses uploads as well as submits. [issues of fal-ai/fal]
		if (file_name.includes('sandbox-no-money')) return await send(reply, falLocked());
		return await respond({
			context,
			stage: 'initiate',
			key: file_name,
			faults: parseWords(file_name, 'initiate'),
			request,
			reply,
			error: falError,
			answer: () => {
				const faults = parseWords(file_name, 'upload');
				const options = { faults, inParts, lifetimeSeconds };
				return jsonAnswer(200, context.uploads.initiate(file_name, content_type, options));
			},
		});
	};
	host.post('/storage/upload/initiate', initiate(false));
	host.post('/storage/upload/initiate-multipart', initiate(true));
	for (const path of ['/storage', '/storage/*']) {
		host.all(path, (_request, reply) => send(reply, falError(404)));
	}
}
