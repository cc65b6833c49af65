import { errorsOf, v3Error, type V3Brand } from '../v3Async/brand';
import { turboLora } from './schemas';

/** [SEED 002; error names of its sister JieKou] */
export const HIGHWAY: V3Brand = {
	name: 'highway',
	label: 'Highway API',
	models: { 'z-image-turbo-lora': turboLora },
	hasBalance: false,
	// GUESS: the name for an unknown path.
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
	errorForStatus: errorsOf({
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
