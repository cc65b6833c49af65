import type { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import { highwayTurboLora, novitaTurbo, novitaTurboLora, type V3Input } from './schemas';

type ErrorParts = readonly [status: number, reason: string, message: string];

/** What differs between the hosts of the v3/async family. */
export interface V3Brand {
	readonly name: 'novita' | 'highway';
	readonly label: string;
	readonly models: Readonly<Record<string, z.ZodType<V3Input, z.ZodTypeDef, unknown>>>;
	readonly hasBalance: boolean;
	readonly notFound: ErrorParts;
	readonly noMoney: ErrorParts;
	/** The refusal, or undefined for a good key. */
	checkKey(header: string | undefined, key: string): Answer | undefined;
	errorForStatus(status: number): Answer;
}

/** `{code, reason, message, metadata}`; the code repeats the status. [novita-sdk; docs: basic-error-code] */
export const v3Error = (status: number, reason: string, message: string): Answer =>
	jsonAnswer(status, { code: status, reason, message, metadata: {} });

/** The first thing wrong with a body. */
export function v3Issue(error: z.ZodError): Answer {
	const [issue] = error.issues;
	const field = issue?.path.join('.') ?? '';
	const message = issue?.message ?? 'invalid';
	return v3Error(400, 'INVALID_REQUEST_BODY', field === '' ? message : `${field}: ${message}`);
}

const errors = (known: Readonly<Record<number, readonly [string, string]>>) => (status: number) => {
	const [reason, message] = known[status] ?? ['INTERNAL_ERROR', `error ${status}`];
	return v3Error(status, reason, message);
};

/** [SEED 000, 001; Novita docs: basic-error-code] */
export const NOVITA: V3Brand = {
	name: 'novita',
	label: 'Novita',
	models: { 'z-image-turbo': novitaTurbo, 'z-image-turbo-lora': novitaTurboLora },
	hasBalance: true,
	notFound: [404, 'API_NOT_FOUND', 'api not found'],
	noMoney: [400, 'BILLING_BALANCE_NOT_ENOUGH', 'not enough balance'],
	checkKey: (header, key) => {
		if (header === undefined || header === '') {
			return v3Error(400, 'MISSING_API_KEY', 'missing API key');
		}
		// Documented with Bearer; the official novita-sdk sends the bare key. GUESS: another scheme is a wrong key.
		if (header !== `Bearer ${key}` && header !== key)
			return v3Error(403, 'INVALID_API_KEY', 'invalid API key');
		return undefined;
	},
	errorForStatus: errors({
		400: ['INVALID_REQUEST_BODY', 'invalid request body'],
		401: ['INVALID_API_KEY', 'invalid API key'],
		403: ['INVALID_API_KEY', 'invalid API key'],
		404: ['TASK_NOT_FOUND', 'task not found'],
		429: ['RATE_LIMIT_EXCEEDED', 'rate limit exceeded'],
		500: ['TASK_FAILED', 'task failed'],
		502: ['BAD_GATEWAY', 'bad gateway'],
		503: ['SERVICE_NOT_AVAILABLE', 'service not available'],
		504: ['GATEWAY_TIMEOUT', 'gateway timeout'],
	}),
};

/** [SEED 002; error names of its sister JieKou] */
export const HIGHWAY: V3Brand = {
	name: 'highway',
	label: 'Highway API',
	models: { 'z-image-turbo-lora': highwayTurboLora },
	hasBalance: false,
	// GUESS: which name an unknown path gets.
	notFound: [404, 'MODEL_NOT_FOUND', 'model not found'],
	noMoney: [403, 'NOT_ENOUGH_BALANCE', 'not enough balance'],
	checkKey: (header, key) => {
		if (header === undefined || header === '') {
			return v3Error(403, 'INVALID_API_KEY', 'no API key given');
		}
		if (header !== `Bearer ${key}`) {
			return v3Error(401, 'FAILED_TO_AUTH', 'failed to authenticate API key');
		}
		return undefined;
	},
	errorForStatus: errors({
		400: ['INVALID_REQUEST_BODY', 'invalid request body'],
		401: ['FAILED_TO_AUTH', 'failed to authenticate API key'],
		403: ['ACCESS_DENY', 'access denied'],
		404: ['TASK_NOT_FOUND', 'task not found'],
		429: ['RATE_LIMIT_EXCEEDED', 'RPM limit exceeded'],
		500: ['SERVER_ERROR', 'internal server error'],
		502: ['BAD_GATEWAY', 'bad gateway'],
		503: ['SERVICE_NOT_AVAILABLE', 'service not available'],
		504: ['GATEWAY_TIMEOUT', 'gateway timeout'],
	}),
};
