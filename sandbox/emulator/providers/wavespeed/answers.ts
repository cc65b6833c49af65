import type { FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';

/** The envelope of every successful response. [WaveSpeed docs: get-result] */
export const waveSpeedAnswer = (data: unknown): Answer =>
	jsonAnswer(200, { code: 200, message: 'success', data });

/**
 * [WaveSpeed docs: troubleshooting-guide, account-levels] GUESS: the messages of all but 401 and 429, and the
 * one for an empty balance.
 */
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
 * `{code, message}`. The code repeats the status. [mcp-server: api.ts] Official clients also handle errors
 * inside a 200, whose code isn't 200. [n8n-nodes-wavespeed: GenericFunctions.ts] GUESS: which one.
 */
export function waveSpeedError(status: number, message?: string): Answer {
	const code = status < 300 ? 500 : status;
	return jsonAnswer(status, { code, message: message ?? MESSAGES[code] ?? `Error ${code}` });
}

/**
 * The refusal of a key, or undefined for a correct one. GUESS: that a missing key has the same message as a
 * wrong one.
 */
export const refuseKey = (context: Context, request: FastifyRequest): Answer | undefined =>
	request.headers.authorization === `Bearer ${context.keys.wavespeed}`
		? undefined
		: waveSpeedError(401);
