import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A number's range and default. */
const whole = (from: number, to: number, standard: number) =>
	z.number().int().gte(from).lte(to).default(standard);
const fraction = (from: number, to: number, standard: number) =>
	z.number().gte(from).lte(to).default(standard);

/** An https URL or a data URI. GUESS: that http is allowed, too, and the message for other texts. */
const file = z.string().regex(/^(https?:\/\/|data:)/i, "Does not match format 'uri'");

const every = {
	prompt: z.string(),
	seed: z.number().int().nullish(),
	num_inference_steps: whole(1, 50, 8),
	guidance_scale: fraction(0, 20, 0),
	output_format: z.enum(['jpg', 'png', 'webp']).default('jpg'),
	output_quality: whole(0, 100, 80),
	// Reported by others.
	go_fast: z.boolean().default(false),
};
const turbo = { ...every, width: whole(64, 1440, 1024), height: whole(64, 1440, 1024) };
/** GUESS: that any number of them is accepted. */
const loras = {
	lora_weights: z.array(z.string()).default([]),
	lora_scales: z.array(z.number()).default([]),
};
const base = {
	...every,
	width: whole(64, 2048, 1024),
	height: whole(64, 2048, 1024),
	negative_prompt: z.string().default(''),
	num_inference_steps: whole(1, 50, 28),
	guidance_scale: fraction(0, 20, 4),
};

/** The input of any model after it is read. */
export interface ReplicateInput {
	readonly prompt: string;
	readonly num_inference_steps: number;
	readonly guidance_scale: number;
	readonly output_format: 'jpg' | 'png' | 'webp';
	readonly output_quality: number;
	readonly seed?: number | null | undefined;
	readonly width?: number | undefined;
	readonly height?: number | undefined;
	readonly negative_prompt?: string | undefined;
	readonly lora_weights?: readonly string[] | undefined;
	readonly lora_scales?: readonly number[] | undefined;
	readonly image?: string | undefined;
	readonly mask_image?: string | undefined;
	readonly control_image?: string | undefined;
	readonly strength?: number | undefined;
	readonly controlnet_conditioning_scale?: number | undefined;
}

type Schema = z.ZodType<ReplicateInput, z.ZodTypeDef, unknown>;

export interface ReplicateModel {
	readonly owner: string;
	readonly name: string;
	readonly schema: Schema;
	/** Its latest version's ID. */
	readonly version: string;
}

/** Further inputs are ignored. GUESS: that they aren't refused. */
const model = (name: string, schema: Schema): ReplicateModel => ({
	owner: 'prunaai',
	name,
	schema,
	version: createHash('sha256').update(name).digest('hex'),
});

/**
 * prunaai's models. [replicate.com/prunaai: the schemas] GUESS: that all can be used without a version,
 * including image to image.
 */
export const REPLICATE_MODELS: readonly ReplicateModel[] = [
	model('z-image-turbo', z.object(turbo)),
	model('z-image-turbo-lora', z.object({ ...turbo, ...loras })),
	model(
		'z-image-turbo-img2img',
		z.object({ ...every, ...loras, image: file, strength: fraction(0, 1, 0.6) }),
	),
	model('z-image-turbo-inpaint', z.object({ ...every, image: file, mask_image: file })),
	model(
		'z-image-turbo-controlnet',
		z.object({
			...every,
			...loras,
			control_image: file,
			controlnet_conditioning_scale: fraction(0, 2, 0.75),
		}),
	),
	model('z-image', z.object(base)),
	model('z-image-lora', z.object({ ...base, ...loras })),
];

export const findReplicateModel = (owner: string, name: string): ReplicateModel | undefined =>
	REPLICATE_MODELS.find((each) => each.owner === owner && each.name === name);

/**
 * A model by version ID, by `owner/name`, or both, and whether the version was given. [replicate-python-beta]
 */
export function findReplicateVersion(
	text: string,
): { readonly model: ReplicateModel; readonly isNamed: boolean } | undefined {
	const [path, id] = text.includes('/') ? text.split(':', 2) : [undefined, text];
	const [owner = '', name = ''] = path?.split('/', 2) ?? [];
	const model =
		path === undefined
			? REPLICATE_MODELS.find(({ version }) => version === id)
			: findReplicateModel(owner, name);
	if (model === undefined || (id !== undefined && id !== model.version)) return undefined;
	return { model, isNamed: id !== undefined };
}
