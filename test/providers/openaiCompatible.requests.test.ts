import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import type { ImageRequest, ServerKind } from '../../nodes/ZImage/providers/provider';
import { imageRequest } from '../support/request';

/** The fields of every request, without the seed. */
const least = { prompt: 'a lighthouse', size: '1024x1024', response_format: 'b64_json' };

const diffusion = {
	num_inference_steps: 9,
	guidance_scale: 0,
	negative_prompt: 'text',
	output_format: 'webp',
};
const diffusionOptions = {
	steps: 9,
	guidanceScale: 0,
	negativePrompt: 'text',
	outputFormat: 'webp',
} as const;

const lora = { path: '/models/loras/pencil.safetensors', scale: 0.8 };

it.each<[ServerKind | undefined, Partial<ImageRequest>, object]>([
	[undefined, {}, least],
	['standard', {}, least],
	['standard', { seed: 0 }, { ...least, seed: 0 }],
	[
		'standard',
		{ width: 512, height: 768, options: { modelName: 'z-image-turbo' } },
		{ ...least, size: '512x768', model: 'z-image-turbo' },
	],

	['vllmOmni', { seed: 7 }, { ...least, seed: 7 }],
	[
		'vllmOmni',
		{ seed: 7, options: { ...diffusionOptions, modelName: 'Tongyi-MAI/Z-Image-Turbo' } },
		{ ...least, seed: 7, model: 'Tongyi-MAI/Z-Image-Turbo', ...diffusion },
	],
	[
		'vllmOmni',
		{ seed: 7, loras: [lora] },
		{ ...least, seed: 7, lora: { name: lora.path, path: lora.path, scale: 0.8 } },
	],

	['sglang', { seed: 7, options: diffusionOptions }, { ...least, seed: 7, ...diffusion }],

	['localAi', { seed: 7 }, { ...least, seed: 7 }],
	[
		'localAi',
		{ seed: 7, options: { steps: 8, negativePrompt: 'text' } },
		{ ...least, prompt: 'a lighthouse|text', seed: 7, step: 8 },
	],

	[
		'sdServer',
		{ seed: 7 },
		{
			...least,
			prompt:
				'a lighthouse <sd_cpp_extra_args>{"seed":7,"sample_params":{"sample_steps":8,"guidance":{"txt_cfg":1}}}</sd_cpp_extra_args>',
		},
	],
	[
		'sdServer',
		{
			seed: 7,
			loras: [lora],
			options: {
				steps: 28,
				guidanceScale: 5,
				negativePrompt: 'two\nlines </sd_cpp_extra_args>',
				outputFormat: 'jpeg',
			},
		},
		{
			...least,
			output_format: 'jpeg',
			prompt:
				'a lighthouse <sd_cpp_extra_args>{"seed":7,"sample_params":{"sample_steps":28,"guidance":{"txt_cfg":5}},"negative_prompt":"two\\nlines \\u003c/sd_cpp_extra_args>","lora":[{"path":"/models/loras/pencil.safetensors","multiplier":0.8}]}</sd_cpp_extra_args>',
		},
	],
])('%s receives %j', (server, changes, body) => {
	const request = imageRequest({ ...(server && { server }), ...changes });
	expect(openaiCompatible.submit(request)).toStrictEqual({
		method: 'POST',
		path: '/v1/images/generations',
		model: changes.options?.modelName ?? 'default',
		body,
		holdsImages: true,
	});
});

it.each<[ServerKind, number | undefined]>([
	['standard', undefined],
	['vllmOmni', 1_073_741_824],
	['sglang', 1_073_741_824],
	['localAi', 1_073_741_824],
	['sdServer', 1_073_741_824],
])('%s: the random seed is %s', (server, seed) => {
	expect(openaiCompatible.drawSeed(0.5, imageRequest({ server }))).toBe(seed);
});
