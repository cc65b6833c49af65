import type { FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';

export type KeyCheck = 'good' | 'missing' | Answer;

/** `Authorization: Key <id>:<secret>`. [SEED 004] */
export function checkFalKey(context: Context, request: FastifyRequest): KeyCheck {
	const header = request.headers.authorization;
	if (header === undefined || header === '') return 'missing';
	if (header === `Key ${context.keys.fal}`) return 'good';
	if (/^bearer /i.test(header)) {
		// fal.run expects a JWT there. The message is reported by others, the body around it is a GUESS.
		return jsonAnswer(401, { detail: 'bearer: unable to decode issuer' });
	}
	return jsonAnswer(401, { detail: 'invalid key credentials' });
}
