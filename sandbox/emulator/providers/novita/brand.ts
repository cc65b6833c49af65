import { errorsOf, v3Error, type V3Brand } from '../v3Async/brand';
import { turbo, turboLora } from './schemas';

/** [SEED 000, 001; Novita docs: basic-error-code] */
export const NOVITA: V3Brand = {
	name: 'novita',
	label: 'Novita',
	models: { 'z-image-turbo': turbo, 'z-image-turbo-lora': turboLora },
	hasBalance: true,
	notFound: [404, 'API_NOT_FOUND', 'api not found'],
	noMoney: [400, 'BILLING_BALANCE_NOT_ENOUGH', 'not enough balance'],
	checkKey: (header, key) => {
		if (header === undefined || header === '') {
			return v3Error(400, 'MISSING_API_KEY', 'missing API key');
		}
		// Documented with Bearer, but the official novita-sdk sends only the key. GUESS: another scheme is a
		// wrong key.
		if (header !== `Bearer ${key}` && header !== key)
			return v3Error(403, 'INVALID_API_KEY', 'invalid API key');
		return undefined;
	},
	errorForStatus: errorsOf({
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
