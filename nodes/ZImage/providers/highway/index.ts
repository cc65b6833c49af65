import type { Provider } from '../provider';
import { v3Async, v3AsyncBody } from '../shared/v3Async';

const model = 'z-image-turbo-lora';

/**
 * Highway API. Source: its reference of z-image-turbo-lora (POST /v3/async/z-image-turbo-lora).
 * The one endpoint serves requests with and without LoRAs.
 */
export const highway = {
	...v3Async,
	id: 'highway',
	displayName: 'Highway API',
	credentialType: 'zImageHighwayApi',
	defaultBaseUrl: 'https://api.highwayapi.ai',
	supports: ['outputFormat'],
	limits: {
		// Not stated by Highway; the range of the same API at its sister brands.
		side: { min: 256, max: 1536 },
		seed: { min: 0, max: 2_147_483_647 },
		imagesPerTask: 1,
	},
	submit(request) {
		const { outputFormat } = request.options;
		const body = {
			...v3AsyncBody(request),
			...(outputFormat !== undefined && { output_format: outputFormat }),
		};
		return { method: 'POST', path: `/v3/async/${model}`, body, model };
	},
} as const satisfies Provider;
