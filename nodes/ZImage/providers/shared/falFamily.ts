import type { IDataObject } from 'n8n-workflow';

import type { ImageRequest } from '../provider';

/**
 * The names that fal and AI/ML API give to six sizes.
 * Source: fal's and AI/ML API's reference of z-image-turbo-lora; the pixels are from fal's toolkit,
 * https://github.com/fal-ai/fal (toolkit/image/image.py).
 */
const sizeNames: Readonly<Record<string, string>> = {
	'1024x1024': 'square_hd',
	'512x512': 'square',
	'768x1024': 'portrait_4_3',
	'576x1024': 'portrait_16_9',
	'1024x768': 'landscape_4_3',
	'1024x576': 'landscape_16_9',
};

/**
 * The request fields that fal and AI/ML API have in common, under the names that both document.
 * What the user left out is left out here, so that the provider's own default holds.
 */
export function falFamilyBody({
	prompt,
	width,
	height,
	numberOfImages,
	seed,
	loras,
	options,
}: ImageRequest): IDataObject {
	return {
		prompt,
		image_size: sizeNames[`${width}x${height}`] ?? { width, height },
		num_images: numberOfImages,
		...(seed !== undefined && { seed }),
		...(options.steps !== undefined && { num_inference_steps: options.steps }),
		...(options.outputFormat !== undefined && { output_format: options.outputFormat }),
		...(options.acceleration !== undefined && { acceleration: options.acceleration }),
		...(options.enableSafetyChecker !== undefined && {
			enable_safety_checker: options.enableSafetyChecker,
		}),
		...(options.enablePromptExpansion !== undefined && {
			enable_prompt_expansion: options.enablePromptExpansion,
		}),
		...(loras.length > 0 && { loras: loras.map(({ path, scale }) => ({ path, scale })) }),
	};
}
