import type { FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';

/** The envelope of every good answer. [WaveSpeed docs: get-result] */
export const waveSpeedAnswer = (data: unknown): Answer =>
	jsonAnswer(200, { code: 200, message: 'success', data });

/** [WaveSpeed docs: troubleshooting-guide, account-levels] GUESS: the words for all but 401 and 429, and those for no balance. */
const MESSAGES: Record<number, string> = {
	400: 'Bad Request',
	401: 'invalid authentication',
	402: 'Insufficient credits. Please top up your balance.',
	403: 'Forbidden',
	404: 'Not Found',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

/**
 * `{code, message}`; the code repeats the status. [mcp-server: api.ts] Official clients know errors inside a 200, too:
 * their code is another than 200. [n8n-nodes-wavespeed: GenericFunctions.ts] GUESS: which one.
 */
export function waveSpeedError(status: number, message?: string): Answer {
	const code = status < 300 ? 500 : status;
	return jsonAnswer(status, { code, message: message ?? MESSAGES[code] ?? `Error ${code}` });
}

/** The refusal of a key, or undefined for a good one. GUESS: that a missing key gets the words of a wrong one. */
export const refuseKey = (context: Context, request: FastifyRequest): Answer | undefined =>
	request.headers.authorization === `Bearer ${context.keys.wavespeed}`
		? undefined
		: waveSpeedError(401);
