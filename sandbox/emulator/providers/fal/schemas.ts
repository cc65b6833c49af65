import { z } from 'zod';
import { CONTROLS, FORMATS, TILINGS, type Control, type Tiling } from '../../picture/picture';

/** [fal toolkit image.py: PRESETS] */
export const PRESET_SIZES = {
	square_hd: { width: 1024, height: 1024 },
	square: { width: 512, height: 512 },
	portrait_4_3: { width: 768, height: 1024 },
	portrait_16_9: { width: 576, height: 1024 },
	landscape_4_3: { width: 1024, height: 768 },
	landscape_16_9: { width: 1024, height: 576 },
} as const;
type Preset = keyof typeof PRESET_SIZES;
export const PRESETS = Object.keys(PRESET_SIZES) as [Preset, ...Preset[]];

/** "Flexible resolutions up to 4 megapixels". [fal.ai/models/fal-ai/z-image/turbo] GUESS: that 2048 x 2048 is within that. */
const MOST_PIXELS = 2048 * 2048;

/**
 * Width and height default to 512, and must be above 0 and at most 14142. Further fields are ignored, as in
 * pydantic models that don't forbid them. [fal toolkit image.py: ImageSize] GUESS: how more than 4 megapixels
 * are refused.
 */
const side = z.number().int().gt(0).lte(14142).default(512);
const customSize = z
	.object({ width: side, height: side })
	.refine(({ width, height }) => width * height <= MOST_PIXELS, {
		message: `Image size should have at most ${MOST_PIXELS} pixels`,
	});

/** A union is checked in two steps (see `falValidation`), so that the error names the field. */
const fixedSize = z.union([z.enum(PRESETS), customSize]);
/** `auto` is the size of the input image. [fal-js endpoints.ts] */
const anySize = z.union([z.enum([...PRESETS, 'auto']), customSize]);

const common = z
	.object({
		prompt: z.string(),
		image_size: fixedSize.default('landscape_4_3'),
		seed: z.number().int().nullish(),
		sync_mode: z.boolean().default(false),
		num_images: z.number().int().gte(1).lte(4).default(1),
		enable_safety_checker: z.boolean().default(true),
		output_format: z.enum(FORMATS).default('png'),
		acceleration: z.enum(['none', 'regular', 'high']).default('regular'),
	})
	.strict();

/** [SEED 004, without its loras] */
export const turbo = common.extend({
	num_inference_steps: z.number().int().gte(1).lte(8).default(8),
	enable_prompt_expansion: z.boolean().default(false),
});

/** [fal-js endpoints.ts: ZImageBaseLoraInput; ranges: fal.ai/docs/model-api-reference, z-image-base] */
export const base = common.extend({
	num_inference_steps: z.number().int().gte(1).lte(50).default(28),
	guidance_scale: z.number().gte(1).lte(20).default(4),
	negative_prompt: z.string().default(''),
});

/**
 * [ranges of control_*: fal.ai/docs/model-api-reference, z-image-turbo-controlnet] GUESS: the range of
 * strength.
 */
const fraction = z.number().gte(0).lte(1);
const control = {
	control_scale: z.number().gte(0).lte(1).default(0.75),
	control_start: fraction.default(0),
	control_end: fraction.default(0.8),
};
const fromImage = turbo.extend({ image_size: anySize.default('auto'), image_url: z.string() });

/** [fal-js endpoints.ts: ZImageTurboImageToImageInput and the following] */
export const imageToImage = fromImage.extend({ strength: fraction.default(0.6) });
export const inpaint = fromImage.extend({
	...control,
	mask_image_url: z.string(),
	strength: fraction.default(1),
});
export const controlnet = fromImage.extend({
	...control,
	preprocess: z.enum(CONTROLS).default('none'),
});

/** In latent units of 8 pixels. [fal.ai/docs/model-api-reference, z-image-turbo-tiling] */
const tile = (from: number, to: number) => z.number().int().gte(from).lte(to).multipleOf(2);
export const tiling = turbo.extend({
	image_size: anySize.default('square_hd'),
	image_url: z.string().nullish(),
	mask_image_url: z.string().nullish(),
	strength: fraction.default(0.6),
	tiling_mode: z.enum(TILINGS).default('both'),
	tile_size: tile(32, 256).default(128),
	tile_stride: tile(16, 128).default(64),
});

/** [SEED 004; the range of `scale`: fal-js endpoints.ts, LoRAInput, as AI/ML API has it in SEED 003] */
const lora = z.object({ path: z.string(), scale: z.number().gte(0).lte(4).default(1) }).strict();
export const loras = { loras: z.array(lora).max(3).default([]) };

/** The fields whose numbers needn't be whole. */
export const FLOAT_FIELDS: ReadonlySet<unknown> = new Set([
	'scale',
	'strength',
	'guidance_scale',
	'learning_rate',
	...Object.keys(control),
]);

/** A valid input of any image endpoint. */
export interface FalFields extends Omit<z.infer<typeof common>, 'image_size'> {
	readonly image_size: z.infer<typeof anySize>;
	readonly num_inference_steps: number;
	readonly loras?: z.infer<(typeof loras)['loras']> | undefined;
	readonly image_url?: string | null | undefined;
	readonly mask_image_url?: string | null | undefined;
	readonly strength?: number | undefined;
	readonly preprocess?: Control | undefined;
	readonly control_scale?: number | undefined;
	readonly control_start?: number | undefined;
	readonly control_end?: number | undefined;
	readonly tiling_mode?: Tiling | undefined;
	readonly tile_size?: number | undefined;
	readonly tile_stride?: number | undefined;
	readonly guidance_scale?: number | undefined;
	readonly negative_prompt?: string | undefined;
}

export type FalSchema = z.ZodType<FalFields, z.ZodTypeDef, unknown>;

export interface FalInput extends FalFields {
	readonly loras: NonNullable<FalFields['loras']>;
}
