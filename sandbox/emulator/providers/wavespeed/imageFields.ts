import { z } from 'zod';
import { CONTROLS, FORMATS, type Control, type Format } from '../../picture/picture';

const SIDE = { lowest: 256, highest: 1536 };
/** For ControlNet. */
const HIGHEST_CONTROLLED = 2048;

export function readSize(value: string): { width: number; height: number } {
	const [width = 0, height = 0] = value.split('*').map(Number);
	return { width, height };
}

/** The nearest allowed side. */
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

/** GUESS: that every model has the two `enable_` fields. Only some pages name them. */
const every = {
	prompt: z.string().min(1),
	enable_sync_mode: z.boolean().default(false),
	enable_base64_output: z.boolean().default(false),
};
export const drawn = {
	...every,
	size: size.optional(),
	seed: z.number().int().gte(-1).lte(2147483647).default(-1),
	output_format: z.enum(FORMATS).default('jpeg'),
};
/** GUESS: the range of a scale, 0 to 4 like the sister models, and its default. */
const lora = z.object({ path: z.string().min(1), scale: z.number().gte(0).lte(4).default(1) });
export const loras = { loras: z.array(lora).max(3).default([]) };
export const image = z.string().min(1);
export const strength = z.number().gte(0).lte(1).default(0.6);
export const fromImage = { ...drawn, image, strength };
/** No strength, seed, file type or LoRAs. */
export const inpaint = z.object({ ...every, size: size.optional(), image, mask_image: image });
/**
 * GUESS: the default and the range of its strength, and that it has Turbo's seed and file type, which others
 * send.
 */
export const controlnet = z.object({
	...drawn,
	size: sizeUpTo(HIGHEST_CONTROLLED).default('1024*1024'),
	image,
	mode: z.enum(CONTROLS).default('depth'),
	strength: z.number().gte(0).lte(1).default(0.75),
});
/** GUESS: that Base has Turbo's size, seed and file type. */
export const base = { ...drawn, negative_prompt: z.string().default('') };

/** A request after it is read. */
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

export type WaveSpeedSchema = z.ZodType<WaveSpeedInput, z.ZodTypeDef, unknown>;
