import type { Context } from '../../context';
import { randomSeed } from '../../ids';
import { asUrl, startReading, type InputProblem, type Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import type { Steering } from '../../steering';
import { clampSide, readSize, type WaveSpeedInput, type WaveSpeedSchema } from './imageFields';
import {
	LINK_SECONDS,
	problemOf,
	type WaveSpeedFailure,
	type WaveSpeedJob,
	type WaveSpeedModel,
} from './model';

/** Reads a request for an image. */
export function startImage(
	context: Context,
	model: WaveSpeedModel,
	schema: WaveSpeedSchema,
	body: object,
): WaveSpeedJob {
	const parsed = schema.safeParse(body);
	if (parsed.success) context.noteIgnored('wavespeed', body, parsed.data);
	const badRequest = parsed.success ? loraProblem(parsed.data) : problemOf(parsed.error);
	return new WaveSpeedImageJob(context, model, parsed.data, badRequest);
}

class WaveSpeedImageJob implements WaveSpeedJob {
	readonly inputs: Inputs;
	readonly seconds: number;
	readonly isSync: boolean;
	isDeleted?: boolean;
	/**
	 * Without its images, because they can be long and tasks are kept. Undefined if the request was invalid.
	 */
	private readonly input: WaveSpeedInput | undefined;
	private readonly seed: number;
	/** Created once, so that every response shows the same. */
	private link?: string;

	constructor(
		private readonly context: Context,
		readonly model: WaveSpeedModel,
		input: WaveSpeedInput | undefined,
		readonly badRequest: WaveSpeedFailure | undefined,
	) {
		const image = { field: 'image', url: asUrl(input?.image) };
		const mask = { field: 'mask_image', url: asUrl(input?.mask_image) };
		const loras = badRequest === undefined ? input?.loras : [];
		this.inputs = startReading(context, 'wavespeed', { image, mask }, loras);
		this.input = input && { ...input, image: undefined, mask_image: undefined };
		this.isSync = input?.enable_sync_mode === true;
		this.seconds = context.taskSeconds;
		const seed = input?.seed ?? -1;
		this.seed = seed < 0 ? randomSeed() : seed;
	}

	async badFile(): Promise<WaveSpeedFailure | undefined> {
		const problem = await this.inputs.ready;
		return problem && inputFailure(problem);
	}

	async outputs(taskId: string, steering: Steering): Promise<string[]> {
		const { context, input } = this;
		if (input === undefined) return [];
		const picture = this.picture(input);
		if (input.enable_base64_output || steering.inline) {
			// Without a data URI's prefix, as others report.
			const { bytes } = await context.imageFile(picture);
			return [bytes.toString('base64')];
		}
		this.link ??= context.files.publicLink('/predictions', picture, taskId, steering, LINK_SECONDS);
		return [this.link];
	}

	private picture(input: WaveSpeedInput): Picture {
		const { inputs } = this;
		const { mode, negative_prompt } = input;
		// GUESS: the strength of a mask.
		const strength = input.strength ?? 1;
		const notes = [
			...inputNotes(inputs),
			...(inputs.image === null ? [] : [`strength ${strength}`]),
			...(mode === undefined ? [] : [`mode ${mode}`]),
			...(negative_prompt ? [`not: ${negative_prompt}`] : []),
		];
		return {
			provider: 'WaveSpeed',
			model: this.model.id,
			prompt: input.prompt,
			seed: this.seed,
			...sizeOf(input, inputs),
			// GUESS: the file type of models without a field for it.
			format: input.output_format ?? 'jpeg',
			loras: inputs.loras,
			index: 0,
			black: false,
			notes,
			...(inputs.image === null ? {} : { source: inputs.image.sha256, strength }),
			...(inputs.mask === null ? {} : { mask: inputs.mask.sha256 }),
			...(mode === undefined ? {} : { control: mode }),
		};
	}
}

/**
 * "owner/repo" or a URL. [wavespeed.ai/models/wavespeed-ai/z-image/turbo-lora] GUESS: the code and the message.
 */
function loraProblem({ loras = [] }: WaveSpeedInput): WaveSpeedFailure | undefined {
	const bad = loras.find(({ path }) => !/^(https?:\/\/.+|[\w.-]+\/[\w.-]+)$/i.test(path));
	return bad && { code: 1402, error: `Failed to download LoRA weights from ${bad.path}.` };
}

/**
 * 1402: "Unable to access the provided media URL." GUESS: that other errors of an image are an invalid
 * parameter.
 */
const INPUT_PROBLEMS: Record<InputProblem['kind'], readonly [1401 | 1402, string]> = {
	'data-url': [1401, 'is not a supported data URL'],
	download: [1402, 'Failed to download image from the provided URL.'],
	'too-large': [1401, 'is too large'],
	image: [1401, 'is not an image'],
};

function inputFailure({ kind, field, url }: InputProblem): WaveSpeedFailure {
	// [reported by others] GUESS: the code.
	if (field.startsWith('loras.')) {
		return { code: 1402, error: `Failed to get remote file properties from ${url}: 404` };
	}
	const [code, words] = INPUT_PROBLEMS[kind];
	return {
		code,
		error: code === 1402 ? words : `The parameter value is invalid: ${field} ${words}`,
	};
}

/** In an inpainted image of 768 x 408, the short side was returned as 512. [reported by others] */
const SHORTEST_INPAINTED = 512;

/** GUESS: that an image keeps its size, within the allowed range, if the request has none. */
function sizeOf(
	{ size }: WaveSpeedInput,
	{ image, mask }: Inputs,
): { width: number; height: number } {
	if (size !== undefined || image === null) return readSize(size ?? '1024*1024');
	const lowest = mask === null ? undefined : SHORTEST_INPAINTED;
	return { width: clampSide(image.width, lowest), height: clampSide(image.height, lowest) };
}
