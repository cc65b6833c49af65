import { z } from 'zod';
import { jsonAnswer } from '../../answer';
import { bodyOf } from '../../host';
import { randomSeed } from '../../ids';
import { FORMATS, type Lora } from '../../picture/picture';
import { detail, fastApiError, integer, number, optional, readBody, UNAUTHORIZED } from './fastApi';
import type { Flavor } from './flavor';
import { encode, isPossible, nowInSeconds, picturesOf, type Size } from './images';
import { optionalKey } from './keys';

const MODEL = 'Tongyi-MAI/Z-Image-Turbo';

/** The model's default size. */
const OWN_SIZE: Size = { width: 1024, height: 1024 };

/** Further fields are ignored. [vllm-omni protocol/images.py: ImageGenerationRequest] Not included: `response_format` of `file`, layers and system prompts. */
const schema = z.object({
	prompt: z.string(),
	model: optional(z.string()),
	n: z.preprocess((value) => value ?? 1, integer.pipe(z.number().gte(1).lte(10))),
	size: optional(
		z
			.string()
			.refine(
				(size) => size.includes('x'),
				"size must be in format 'WIDTHxHEIGHT' (e.g., '1024x1024')",
			),
	),
	response_format: optional(
		z.string().refine(
			(format) => format === 'b64_json',
			(format) => ({ message: `Only 'b64_json' response format is supported, got: ${format}` }),
		),
	),
	user: optional(z.string()),
	negative_prompt: optional(z.string()),
	num_inference_steps: optional(integer.pipe(z.number().gte(1).lte(200))),
	guidance_scale: optional(number.pipe(z.number().gte(0).lte(20))),
	true_cfg_scale: optional(number.pipe(z.number().gte(0).lte(20))),
	flow_shift: optional(number),
	extra_params: optional(z.object({}).passthrough()),
	seed: optional(integer),
	generator_device: optional(z.string()),
	lora: optional(z.object({}).passthrough()),
	vae_use_slicing: optional(z.boolean()),
	vae_use_tiling: optional(z.boolean()),
	output_format: optional(z.string()),
});
type Input = z.infer<typeof schema>;

/** Exceptions that the server catches and answers with 400. */
class ValueError extends Error {}

/** [vllm-omni image_api_utils.py: parse_size] */
function readSize(size: string | undefined): Size {
	if (size === undefined || size === '') return OWN_SIZE;
	const parts = size.split('x');
	if (parts.length !== 2) {
		throw new ValueError(
			`Invalid size format: '${size}'. Expected format: 'WIDTHxHEIGHT' (e.g., '1024x1024'). Did you mean to use 'x' as separator?`,
		);
	}
	if (!parts.every((part) => /^\s*[+-]?\d+\s*$/.test(part))) {
		throw new ValueError(`Invalid size format: '${size}'. Width and height must be integers.`);
	}
	const [width = 0, height = 0] = parts.map(Number);
	if (width <= 0 || height <= 0) {
		throw new ValueError(
			`Invalid size: ${width}x${height}. Width and height must be positive integers.`,
		);
	}
	for (const [name, side] of [
		['Height', height],
		['Width', width],
	] as const) {
		// GUESS: that this pipeline error keeps its type in the response. [vllm-omni pipeline_z_image.py]
		if (side % 16 !== 0) {
			throw new ValueError(
				`${name} must be divisible by 16 (got ${side}). Please adjust the ${name.toLowerCase()} to a multiple of 16.`,
			);
		}
	}
	return { width, height };
}

/** The first field with a value. */
const firstOf = (object: object, names: readonly string[]): unknown =>
	names.map((name) => (object as Record<string, unknown>)[name]).find((value) => Boolean(value));

/**
 * A directory or file on the server, or a repository. GUESS: that the server has all of them. [vllm-omni
 * lora.py]
 */
function readLora(lora: Input['lora']): Lora[] {
	if (lora === undefined) return [];
	const name = firstOf(lora, ['name', 'lora_name', 'adapter']);
	const path = firstOf(lora, ['local_path', 'path', 'lora_path', 'lora_local_path']);
	if (name === undefined || path === undefined) {
		throw new ValueError('Invalid lora object: both name and path are required.');
	}
	const scale = lora['scale'] ?? lora['lora_scale'] ?? 1;
	if (!Number.isFinite(Number(scale))) {
		throw new ValueError(`could not convert string to float: ${JSON.stringify(scale)}`);
	}
	return [{ path: typeof path === 'string' ? path : JSON.stringify(path), scale: Number(scale) }];
}

/** vLLM-Omni: `vllm serve Tongyi-MAI/Z-Image-Turbo --omni`. [vllm-omni docs: image_generation_api] */
export const VLLM_OMNI: Flavor = {
	path: '/vllm-omni',
	refuseKey: optionalKey(UNAUTHORIZED),
	errorFor: (status) => {
		if (status === 500) return VLLM_OMNI.failure('CUDA out of memory.');
		if (status !== 503) return fastApiError(status);
		return detail(503, 'Diffusion engine not initialized. Start server with a diffusion model.');
	},
	problem: (message) => detail(400, message),
	failure: (reason) => detail(500, `Image generation failed: ${reason}`),
	models: {
		object: 'list',
		data: [
			{
				id: MODEL,
				object: 'model',
				created: 1_735_689_600,
				owned_by: 'vllm',
				root: MODEL,
				parent: null,
				max_model_len: null,
				permission: [],
			},
		],
	},
	read: ({ context, host }, request) => {
		const body = readBody(request, schema);
		if ('refusal' in body) return Promise.resolve(body.refusal);
		const { input } = body;
		context.noteIgnored(host, bodyOf(request).json, input);
		try {
			const size = readSize(input.size);
			const loras = readLora(input.lora);
			const format = FORMATS.find((known) => known === input.output_format) ?? 'png';
			return Promise.resolve(async () => {
				if (!isPossible(size)) return VLLM_OMNI.errorFor(500);
				const pictures = picturesOf(input.n, {
					model: MODEL,
					prompt: input.prompt,
					seed: input.seed ?? randomSeed(),
					format,
					...size,
					loras,
				});
				return jsonAnswer(200, {
					created: nowInSeconds(),
					data: (await encode(context, pictures)).map((b64_json) => ({
						b64_json,
						url: null,
						revised_prompt: null,
					})),
					output_format: format,
					size: `${size.width}x${size.height}`,
					cot_output: null,
					metrics: null,
				});
			});
		} catch (error) {
			if (error instanceof ValueError) return Promise.resolve(detail(400, error.message));
			throw error;
		}
	},
};
