import type { Provider } from '../provider';
import { threeLoras } from '../shared/threeLoras';
import { refusesWith, v3Async, v3AsyncBody, v3AsyncLimits } from '../shared/v3Async';

const model = 'z-image-turbo-lora';

/** Of every endpoint. */
const common = {
	model: 'turbo',
	limits: v3AsyncLimits,
	loras: threeLoras,
	// Of `strength` none is documented.
	defaults: { outputFormat: 'webp' },
} as const;

const imageOptions = { outputFormat: true, strength: { min: 0, max: 1 } } as const;

/**
 * Highway API. Source: its reference of z-image-turbo-lora (POST /v3/async/z-image-turbo-lora).
 * The one endpoint serves requests with and without LoRAs, source image and mask.
 */
export const highway = {
	...v3Async,
	id: 'highway',
	displayName: 'Highway API',
	credentialType: 'zImageHighwayApi',
	defaultBaseUrl: 'https://api.highwayapi.ai',
	endpoints: [
		{ ...common, operation: 'textToImage', options: { outputFormat: true } },
		{ ...common, operation: 'imageToImage', options: imageOptions, image: 'required' },
		{
			...common,
			operation: 'inpaint',
			options: imageOptions,
			image: 'required',
			mask: 'required',
		},
	],
	// Highway documents URLs only, and no bound; 10 MiB is what such APIs usually take.
	files: { maxBytes: 10 * 1024 * 1024, maxInlineBytes: 10 * 1024 * 1024, isGuess: true },
	// That nothing was begun is read from its name, in the list of errors of the same service as JieKou AI.
	isRefusal: refusesWith({ SERVICE_NOT_AVAILABLE: 503 }),
	submit(request) {
		const { options, image, mask } = request;
		const { outputFormat, strength } = options;
		const body = {
			...v3AsyncBody(request),
			...(outputFormat !== undefined && { output_format: outputFormat }),
			...(image !== undefined && { image_url: image }),
			...(mask !== undefined && { mask }),
			...(strength !== undefined && { strength }),
		};
		return { method: 'POST', path: `/v3/async/${model}`, body, model };
	},
} as const satisfies Provider;
