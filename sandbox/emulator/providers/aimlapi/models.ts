import { z } from 'zod';
import { FORMATS } from '../../picture/picture';
import { PRESETS, PRESET_SIZES } from '../fal/schemas';

const SIDE = { lowest: 512, highest: 2048, step: 32 };
const side = z.number().int().gte(SIDE.lowest).lte(SIDE.highest).multipleOf(SIDE.step);

const MOST_CHARACTERS = 4000;

/**
 * GUESS: that characters are counted, so that an emoji is one, and not UTF-16 units, as JSON Schema specifies.
 */
const common = {
	prompt: z.string().refine((prompt) => [...prompt].length <= MOST_CHARACTERS, {
		message: `String must contain at most ${MOST_CHARACTERS} character(s)`,
	}),
	image_size: z
		.union([z.object({ width: side.default(1024), height: side.default(768) }), z.enum(PRESETS)])
		.default('landscape_4_3'),
	output_format: z.enum(FORMATS).default('png'),
	enable_prompt_expansion: z.boolean().default(true),
	num_inference_steps: z.number().int().gte(1).lte(8).optional(),
	seed: z.number().int().gte(1).optional(),
	num_images: z.number().int().gte(1).lte(4).default(1),
	enable_safety_checker: z.boolean().default(true),
	acceleration: z.enum(['none', 'regular', 'high']).default('regular'),
};

const loras = z
	.array(z.object({ path: z.string(), scale: z.number().gte(0).lte(4).optional() }))
	.max(3)
	.optional();

/** Credits per started megapixel. [SEED 003 for the LoRA model; the other by the same rule] */
export const AIMLAPI_MODELS = {
	'alibaba/z-image-turbo': { credits: 10_500 },
	'alibaba/z-image-turbo-lora': { credits: 17_850 },
} as const;

/**
 * The published JSON schema [SEED 003]. It allows further fields, so they are ignored (OpenAI's client sends
 * some). GUESS: `loras` on the model without LoRAs is refused, because ignoring them silently would hide a
 * mistake.
 */
export const aimlapiModel = z.discriminatedUnion('model', [
	z.object({
		model: z.literal('alibaba/z-image-turbo'),
		...common,
		loras: z.undefined().optional(),
	}),
	z.object({ model: z.literal('alibaba/z-image-turbo-lora'), ...common, loras }),
]);
export type AimlapiInput = z.infer<typeof aimlapiModel>;

export const aimlapiSize = (size: AimlapiInput['image_size']): { width: number; height: number } =>
	typeof size === 'string' ? PRESET_SIZES[size] : size;
