import type { z } from 'zod';
import type { Inputs } from '../../inputs/inputs';
import type { Picture } from '../../picture/picture';
import { inputNotes } from '../../picture/notes';
import {
	base,
	controlnet,
	imageToImage,
	inpaint,
	loras,
	PRESET_SIZES,
	tiling,
	turbo,
	type FalFields,
} from './schemas';

type FalSchema = z.ZodType<FalFields, z.ZodTypeDef, unknown>;

export interface FalEndpoint {
	readonly id: string;
	readonly schema: FalSchema;
	readonly pricePerMegapixel: number;
	readonly category: 'text-to-image' | 'image-to-image';
}

export interface FalInput extends FalFields {
	readonly loras: NonNullable<FalFields['loras']>;
}

/** GUESS: how a mask without an image is refused; that it needs one is in the official types. */
const checkMask = (schema: FalSchema): FalSchema =>
	schema.superRefine((input, issues) => {
		if (typeof input.mask_image_url === 'string' && typeof input.image_url !== 'string') {
			const message = 'mask_image_url requires image_url';
			issues.addIssue({ code: 'custom', path: ['mask_image_url'], message });
		}
	});

/** An endpoint and its variant with LoRAs, with the prices of both. */
function pair(
	path: string,
	plain: FalSchema,
	withLoras: FalSchema,
	[price, loraPrice]: readonly [number, number],
): FalEndpoint[] {
	const id = `fal-ai/z-image/${path}`;
	const category = /^turbo$|^base$/.test(path) ? 'text-to-image' : 'image-to-image';
	return [
		{ id, schema: checkMask(plain), pricePerMegapixel: price, category },
		{ id: `${id}/lora`, schema: checkMask(withLoras), pricePerMegapixel: loraPrice, category },
	];
}

/**
 * Every Z-Image endpoint that makes images. [fal-js endpoints.ts: EndpointTypeMap] The prices are those of the pages of
 * the models. GUESS: those of inpaint, as image to image, and of base without LoRAs.
 */
export const FAL_ENDPOINTS: readonly FalEndpoint[] = [
	...pair('turbo', turbo, turbo.extend(loras), [0.005, 0.0085]),
	...pair('turbo/image-to-image', imageToImage, imageToImage.extend(loras), [0.005, 0.0085]),
	...pair('turbo/inpaint', inpaint, inpaint.extend(loras), [0.005, 0.0085]),
	...pair('turbo/controlnet', controlnet, controlnet.extend(loras), [0.0065, 0.01]),
	...pair('turbo/tiling', tiling, tiling.extend(loras), [0.02, 0.025]),
	...pair('base', base, base.extend(loras), [0.01, 0.012]),
];

export const findFalEndpoint = (id: string): FalEndpoint | undefined =>
	FAL_ENDPOINTS.find((endpoint) => endpoint.id === id);

interface Size {
	readonly width: number;
	readonly height: number;
}

/** The size of every image of an output. */
export function falSize({ image_size }: FalInput, { image }: Inputs): Size {
	if (typeof image_size === 'object') return image_size;
	if (image_size !== 'auto') return PRESET_SIZES[image_size];
	// "Use 'auto' to match the input image size (or 1024x1024 if no image)." [fal-js endpoints.ts]
	return image === null ? PRESET_SIZES.square_hd : { width: image.width, height: image.height };
}

/** The pictures that an input asks for. */
export function falPictures(
	{ id }: FalEndpoint,
	input: FalInput,
	inputs: Inputs,
	seed: number,
	isFlagged: boolean,
): Picture[] {
	return Array.from({ length: input.num_images }, (_item, index) => ({
		provider: 'fal',
		model: id,
		prompt: input.prompt,
		seed,
		...falSize(input, inputs),
		format: input.output_format,
		loras: input.loras,
		index,
		// GUESS: fal's checker blacks a flagged image out; for Z-Image no document says so.
		black: isFlagged && input.enable_safety_checker,
		...falDrawing(input, inputs),
	}));
}

/** What is drawn of an input besides its prompt. */
function falDrawing(input: FalInput, inputs: Inputs): Partial<Picture> {
	const { preprocess, control_scale, tiling_mode, strength } = input;
	const notes = [
		...inputNotes(inputs),
		...(strength !== undefined && inputs.image !== null ? [`strength ${strength}`] : []),
		...(preprocess === undefined ? [] : [`preprocess ${preprocess}`]),
		...(control_scale === undefined
			? []
			: [`control ${control_scale} from ${input.control_start} to ${input.control_end}`]),
		...(tiling_mode === undefined
			? []
			: [`tiling ${tiling_mode} · tile ${input.tile_size}/${input.tile_stride}`]),
		...(input.guidance_scale === undefined ? [] : [`guidance ${input.guidance_scale}`]),
		...(input.negative_prompt ? [`not: ${input.negative_prompt}`] : []),
	];
	return {
		...(inputs.image === null ? {} : { source: inputs.image.sha256 }),
		...(inputs.mask === null ? {} : { mask: inputs.mask.sha256 }),
		...(preprocess === undefined
			? { strength: strength ?? 1 }
			: { control: preprocess, strength: control_scale ?? 1 }),
		...(tiling_mode === undefined ? {} : { tiling: tiling_mode }),
		...(notes.length === 0 ? {} : { notes }),
	};
}
