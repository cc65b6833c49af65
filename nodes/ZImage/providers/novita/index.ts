import type { Provider } from '../provider';
import { threeLoras } from '../shared/threeLoras';
import { refusesWith, v3Async, v3AsyncBody, v3AsyncLimits } from '../shared/v3Async';

/**
 * Novita. Sources: https://novita.ai/docs/api-reference/model-apis-z-image-turbo and
 * https://novita.ai/docs/api-reference/model-apis-z-image-turbo-lora
 */
export const novita = {
	...v3Async,
	id: 'novita',
	displayName: 'Novita',
	credentialType: 'zImageNovitaApi',
	defaultBaseUrl: 'https://api.novita.ai',
	endpoints: [
		{
			operation: 'textToImage',
			model: 'turbo',
			options: {},
			limits: v3AsyncLimits,
			loras: threeLoras,
		},
	],
	// That nothing was begun is read from its name: https://novita.ai/docs/api-reference/basic-error-code
	isRefusal: refusesWith({ CREATE_TASK_FAILED: 500 }),
	submit(request) {
		const model = request.loras.length > 0 ? 'z-image-turbo-lora' : 'z-image-turbo';
		return { method: 'POST', path: `/v3/async/${model}`, body: v3AsyncBody(request), model };
	},
} as const satisfies Provider;
