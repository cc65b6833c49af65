import type { Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import { PRESET_SIZES, type FalInput } from './schemas';

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

/** The pictures for an input. */
export function falPictures(
	id: string,
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
		loras: inputs.loras,
		index,
		// GUESS: fal's checker blacks out a flagged image. It isn't documented for Z-Image.
		black: isFlagged && input.enable_safety_checker,
		...falDrawing(input, inputs),
	}));
}

/** What an input adds to the picture besides its prompt. */
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
