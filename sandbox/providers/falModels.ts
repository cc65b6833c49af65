import { z } from 'zod';
import type { Picture } from '../picture/picture';
import { FORMATS } from '../picture/picture';

/** [fal toolkit image.py: PRESETS] */
export const PRESET_SIZES = {
	square_hd: { width: 1024, height: 1024 },
	square: { width: 512, height: 512 },
	portrait_4_3: { width: 768, height: 1024 },
	portrait_16_9: { width: 576, height: 1024 },
	landscape_4_3: { width: 1024, height: 768 },
	landscape_16_9: { width: 1024, height: 576 },
} as const;
export const PRESETS = Object.keys(PRESET_SIZES) as [
	keyof typeof PRESET_SIZES,
	...(keyof typeof PRESET_SIZES)[],
];

/** Width and height 512 when left out, above 0, at most 14142. [fal toolkit image.py: ImageSize] */
const side = z.number().int().gt(0).lte(14142).default(512);
export const customSize = z.object({ width: side, height: side }).strict();

const turbo = z
	.object({
		prompt: z.string(),
		// The union is checked in two steps (see `falValidation`), so that the error names the field.
		image_size: z.union([z.enum(PRESETS), customSize]).default('landscape_4_3'),
		num_inference_steps: z.number().int().gte(1).lte(8).default(8),
		seed: z.number().int().nullish(),
		sync_mode: z.boolean().default(false),
		num_images: z.number().int().gte(1).lte(4).default(1),
		enable_safety_checker: z.boolean().default(true),
		output_format: z.enum(FORMATS).default('png'),
		acceleration: z.enum(['none', 'regular', 'high']).default('regular'),
		enable_prompt_expansion: z.boolean().default(false),
	})
	.strict();

const lora = z.object({ path: z.string(), scale: z.number().gte(0).lte(4).default(1) }).strict();

/** Image-to-image, inpainting and the base model come later. [SEED 004 for turbo/lora; turbo has the same without loras] */
export const FAL_ENDPOINTS = {
	'fal-ai/z-image/turbo': {
		schema: turbo.extend({ loras: z.undefined().optional() }),
		pricePerMegapixel: 0.005,
	},
	'fal-ai/z-image/turbo/lora': {
		schema: turbo.extend({ loras: z.array(lora).max(3).default([]) }),
		pricePerMegapixel: 0.0085,
	},
} as const;
export type FalEndpointId = keyof typeof FAL_ENDPOINTS;

export const isFalEndpoint = (id: string): id is FalEndpointId => Object.hasOwn(FAL_ENDPOINTS, id);

export interface FalInput extends z.infer<typeof turbo> {
	readonly loras: ReadonlyArray<z.infer<typeof lora>>;
}

export const falSize = (input: FalInput): { width: number; height: number } =>
	typeof input.image_size === 'string' ? PRESET_SIZES[input.image_size] : input.image_size;

/** The pictures that an input asks for. */
export function falPictures(
	endpoint: FalEndpointId,
	input: FalInput,
	seed: number,
	isFlagged: boolean,
): Picture[] {
	return Array.from({ length: input.num_images }, (_item, index) => ({
		provider: 'fal',
		model: endpoint,
		prompt: input.prompt,
		seed,
		...falSize(input),
		format: input.output_format,
		loras: input.loras,
		index,
		// GUESS: fal's checker blacks a flagged image out; for Z-Image no document says so.
		black: isFlagged && input.enable_safety_checker,
	}));
}
