import { z } from 'zod';
import { CONTROLS, FORMATS, type Control, type Format } from '../../picture/picture';

const SIDE = { lowest: 256, highest: 1536 };
/** Of ControlNet. */
const HIGHEST_CONTROLLED = 2048;

export function readSize(value: string): { width: number; height: number } {
	const [width = 0, height = 0] = value.split('*').map(Number);
	return { width, height };
}

/** The nearest side that a size may have. */
export const clampSide = (side: number, lowest = SIDE.lowest): number =>
	Math.max(lowest, Math.min(SIDE.highest, side));

const sizeUpTo = (highest: number) =>
	z
		.string()
		.regex(/^\d+\*\d+$/, 'must be width*height, for example 1024*1024')
		.refine(
			(value) =>
				Object.values(readSize(value)).every((side) => side >= SIDE.lowest && side <= highest),
			{ message: `each side must be between ${SIDE.lowest} and ${highest}` },
		);
const size = sizeUpTo(SIDE.highest);

/** GUESS: that every model has the two `enable_` fields; the pages of some name them. */
const every = {
	prompt: z.string().min(1),
	enable_sync_mode: z.boolean().default(false),
	enable_base64_output: z.boolean().default(false),
};
const drawn = {
	...every,
	size: size.optional(),
	seed: z.number().int().gte(-1).lte(2147483647).default(-1),
	output_format: z.enum(FORMATS).default('jpeg'),
};
/** GUESS: the range of a scale, 0 to 4 as in the family, and its default. */
const lora = z.object({ path: z.string().min(1), scale: z.number().gte(0).lte(4).default(1) });
const loras = { loras: z.array(lora).max(3).default([]) };
const image = z.string().min(1);
const strength = z.number().gte(0).lte(1).default(0.6);
const fromImage = { ...drawn, image, strength };
/** No strength, seed, file type and LoRAs. */
const inpaint = z.object({ ...every, size: size.optional(), image, mask_image: image });
/** GUESS: the default and the range of its strength, and that it has the seed and file type of Turbo, as others send them. */
const controlnet = z.object({
	...drawn,
	size: sizeUpTo(HIGHEST_CONTROLLED).default('1024*1024'),
	image,
	mode: z.enum(CONTROLS).default('depth'),
	strength: z.number().gte(0).lte(1).default(0.75),
});
/** GUESS: that Base has the size, seed and file type of Turbo. */
const base = { ...drawn, negative_prompt: z.string().default('') };

/** A request once it is read. */
export interface WaveSpeedInput {
	readonly prompt: string;
	readonly enable_sync_mode: boolean;
	readonly enable_base64_output: boolean;
	readonly size?: string | undefined;
	readonly seed?: number | undefined;
	readonly output_format?: Format | undefined;
	readonly loras?: ReadonlyArray<{ readonly path: string; readonly scale: number }> | undefined;
	readonly image?: string | undefined;
	readonly mask_image?: string | undefined;
	readonly strength?: number | undefined;
	readonly mode?: Control | undefined;
	readonly negative_prompt?: string | undefined;
}

export interface WaveSpeedModel {
	readonly id: string;
	readonly schema: z.ZodType<WaveSpeedInput, z.ZodTypeDef, unknown>;
	/** The names of its fields, and whether each is required. */
	readonly fields: ReadonlyArray<{ readonly name: string; readonly isRequired: boolean }>;
	/** In dollars for an image. */
	readonly price: number;
}

/** Further fields are ignored: GUESS, as no page says what becomes of them. */
const model = (
	name: string,
	schema: WaveSpeedModel['schema'] & { readonly shape: z.ZodRawShape },
	price: number,
): WaveSpeedModel => ({
	id: `wavespeed-ai/${name}`,
	schema,
	fields: Object.entries(schema.shape).map(([field, type]) => ({
		name: field,
		isRequired: !type.isOptional(),
	})),
	price,
});

/**
 * Every Z-Image model. [wavespeed.ai/models/wavespeed-ai/…: the pages and their llms.txt] GUESS: the price of image to
 * image with LoRAs.
 */
export const WAVESPEED_MODELS: readonly WaveSpeedModel[] = [
	model('z-image/turbo', z.object(drawn), 0.005),
	model('z-image/turbo-lora', z.object({ ...drawn, ...loras }), 0.01),
	model('z-image-turbo/image-to-image', z.object(fromImage), 0.005),
	model('z-image-turbo/image-to-image-lora', z.object({ ...fromImage, ...loras }), 0.01),
	model('z-image/turbo-inpaint', inpaint, 0.02),
	model('z-image-turbo/controlnet', controlnet, 0.05),
	model('z-image/base', z.object({ ...base, image: image.optional(), strength }), 0.01),
	model('z-image/base-lora', z.object({ ...base, ...loras }), 0.012),
];

export const findWaveSpeedModel = (id: unknown): WaveSpeedModel | undefined =>
	WAVESPEED_MODELS.find((each) => each.id === id);
