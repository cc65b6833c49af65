import type { Provider } from '../provider';
import { v3Async, v3AsyncBody } from '../shared/v3Async';

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
	endpoints: [{ operation: 'textToImage', model: 'turbo', options: {} }],
	limits: {
		// Stated for turbo; turbo-lora states no range of its own.
		side: { min: 256, max: 1536, multipleOf: 1 },
		seed: { min: 0, max: 2_147_483_647, multipleOf: 1 },
		imagesPerTask: 1,
	},
	submit(request) {
		const model = request.loras.length > 0 ? 'z-image-turbo-lora' : 'z-image-turbo';
		return { method: 'POST', path: `/v3/async/${model}`, body: v3AsyncBody(request), model };
	},
} as const satisfies Provider;
