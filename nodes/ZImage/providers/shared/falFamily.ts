import type { IDataObject } from 'n8n-workflow';

import type { ImageRequest, ProviderOption } from '../provider';

/**
 * fal's and AI/ML API's names for six sizes. Source: fal's and AI/ML API's reference of z-image-turbo-lora; the
 * pixels are from fal's toolkit, https://github.com/fal-ai/fal (toolkit/image/image.py).
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
 * fal's names for the options. AI/ML API has some of them. Source: https://github.com/fal-ai/fal-js
 * (libs/client/src/types/endpoints.ts, ZImage…Input)
 */
const optionFields: Readonly<Partial<Record<ProviderOption, string>>> = {
	acceleration: 'acceleration',
	controlEnd: 'control_end',
	controlScale: 'control_scale',
	controlStart: 'control_start',
	enablePromptExpansion: 'enable_prompt_expansion',
	enableSafetyChecker: 'enable_safety_checker',
	guidanceScale: 'guidance_scale',
	negativePrompt: 'negative_prompt',
	outputFormat: 'output_format',
	preprocess: 'preprocess',
	steps: 'num_inference_steps',
	strength: 'strength',
	tileSize: 'tile_size',
	tileStride: 'tile_stride',
	tilingMode: 'tiling_mode',
};

function imageSize({ width, height, automaticSize }: ImageRequest) {
	if (automaticSize) return 'auto';
	return sizeNames[`${width}x${height}`] ?? { width, height };
}

/**
 * The request fields that fal and AI/ML API have in common, under the names that both document. What the user
 * left out is left out here, so that the provider's own default applies.
 */
export function falFamilyBody(request: ImageRequest): IDataObject {
	const { prompt, numberOfImages, seed, loras, options, image, mask } = request;
	const named = (Object.keys(options) as ProviderOption[]).flatMap((name) => {
		const field = optionFields[name];
		return field === undefined ? [] : [[field, options[name]]];
	});
	return {
		prompt,
		image_size: imageSize(request),
		num_images: numberOfImages,
		...(seed !== undefined && { seed }),
		...(Object.fromEntries(named) as IDataObject),
		...(image !== undefined && { image_url: image }),
		...(mask !== undefined && { mask_image_url: mask }),
		...(loras.length > 0 && { loras: loras.map(({ path, scale }) => ({ path, scale })) }),
	};
}
