import type { ImageRequest, ServerKind } from '../provider';
import { sdParameters } from '../shared/sdParameters';

type Body = Readonly<Record<string, unknown>>;

/** OpenAI's own fields. Source: https://platform.openai.com/docs/api-reference/images/create */
function commonBody({ prompt, width, height, options }: ImageRequest) {
	const { modelName } = options;
	return {
		prompt,
		...(modelName !== undefined && { model: modelName }),
		size: `${width}x${height}`,
		response_format: 'b64_json',
	};
}

/**
 * The fields that vLLM-Omni and SGLang have in common.
 * Sources: https://github.com/vllm-project/vllm-omni (vllm_omni/entrypoints/openai/protocol/images.py),
 * https://github.com/sgl-project/sglang (python/sglang/multimodal_gen/runtime/entrypoints/openai/protocol.py)
 */
function diffusionBody(request: ImageRequest) {
	const { seed, options } = request;
	const { guidanceScale, negativePrompt, outputFormat, steps } = options;
	return {
		...commonBody(request),
		// SGLang uses a fixed one by default.
		seed,
		...(steps !== undefined && { num_inference_steps: steps }),
		...(guidanceScale !== undefined && { guidance_scale: guidanceScale }),
		...(negativePrompt !== undefined && { negative_prompt: negativePrompt }),
		...(outputFormat !== undefined && { output_format: outputFormat }),
	};
}

/** JSON in one line that the end of the block can't be found in. */
function jsonIn(block: object): string {
	return JSON.stringify(block).replaceAll('<', '\\u003c');
}

/** What each server is asked for. */
export const bodies: Readonly<Record<ServerKind, (request: ImageRequest) => Body>> = {
	// A seed isn't one of OpenAI's fields, so it is sent only if the user wants one.
	standard: (request) => ({
		...commonBody(request),
		...(request.seed !== undefined && { seed: request.seed }),
	}),
	vllmOmni(request) {
		const [lora] = request.loras;
		return {
			...diffusionBody(request),
			...(lora && { lora: { name: lora.path, path: lora.path, scale: lora.scale } }),
		};
	},
	sglang: diffusionBody,
	// Source: https://github.com/mudler/LocalAI (core/http/endpoints/openai/image.go)
	localAi(request) {
		const { prompt, seed, options } = request;
		const { negativePrompt, steps } = options;
		return {
			...commonBody(request),
			prompt: negativePrompt === undefined ? prompt : `${prompt}|${String(negativePrompt)}`,
			seed,
			...(steps !== undefined && { step: steps }),
		};
	},
	// Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md (sd_cpp_extra_args)
	sdServer(request) {
		const { prompt, ...common } = commonBody(request);
		const { outputFormat } = request.options;
		const block = jsonIn(sdParameters(request));
		return {
			...common,
			prompt: `${prompt} <sd_cpp_extra_args>${block}</sd_cpp_extra_args>`,
			...(outputFormat !== undefined && { output_format: outputFormat }),
		};
	},
};
