import type { Context } from '../../context';
import { randomSeed } from '../../ids';
import { startReading, type InputProblem, type Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import type { Steering } from '../../steering';
import type { ReplicateFiles } from './files';
import type { ReplicateInput, ReplicateModel } from './models';

/** A prediction's work. */
export interface ReplicateJob {
	readonly model: ReplicateModel;
	/** `hidden` if the request named none. */
	readonly version: string;
	/** As it was sent. Every response repeats it. */
	readonly sent: Readonly<Record<string, unknown>>;
	/** Without its images, because they can be long and predictions are kept. */
	readonly input: ReplicateInput;
	readonly inputs: Inputs;
	readonly seed: number;
	/** Whether it was ended before it started. */
	isAborted?: boolean;
	/** Created once, so that every response shows the same. */
	link?: string;
	startedAt?: number;
	completedAt?: number;
}

const MOST_CHARACTERS = 200;

/** GUESS: that a response doesn't repeat a long data URI. */
const shortened = (value: unknown): unknown =>
	typeof value === 'string' && /^data:/i.test(value) && value.length > MOST_CHARACTERS
		? `${value.slice(0, MOST_CHARACTERS)}…`
		: value;

/** The job of an input that matches the schema. Its images are read from now on. */
export function startJob(
	context: Context,
	files: ReplicateFiles,
	{ model, version, sent }: Pick<ReplicateJob, 'model' | 'version' | 'sent'>,
	{ image, mask_image, control_image, ...input }: ReplicateInput,
): ReplicateJob {
	const [field, url] =
		control_image === undefined ? ['image', image] : ['control_image', control_image];
	return {
		model,
		version,
		sent: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, shortened(value)])),
		input,
		inputs: startReading(context, 'replicate', {
			image: { field: field ?? '', url: files.contentUrl(url) },
			mask: { field: 'mask_image', url: files.contentUrl(mask_image) },
		}),
		seed: input.seed ?? randomSeed(),
	};
}

const MODERATED =
	'The input or output was flagged as sensitive. Please try again with different inputs. (E005)';

/** Whether and how a prediction fails: the text of its `error`. Others report the message of moderation. */
export async function failureOf(
	{ input, inputs }: ReplicateJob,
	steering: Steering,
): Promise<string | undefined> {
	// There is no flag for an image that is returned anyway.
	if (steering.moderate || steering.nsfw) return MODERATED;
	if (steering.fail !== undefined) return steering.fail.reason;
	const problem = await inputs.ready;
	return problem === undefined ? loraFailure(input) : inputFailure(problem);
}

/**
 * Weights as .safetensors, .tar or .zip links, and as many scales as weights, or none. [replicate.com/prunaai:
 * the schemas] GUESS: the messages. Others report messages of Python exceptions.
 */
function loraFailure({ lora_weights = [], lora_scales = [] }: ReplicateInput): string | undefined {
	if (lora_scales.length > 0 && lora_scales.length !== lora_weights.length) {
		return `lora_scales must have as many items as lora_weights (${lora_scales.length} != ${lora_weights.length})`;
	}
	const bad = lora_weights.find((url) => !isWeightsUrl(url));
	return bad === undefined
		? undefined
		: `Error while deserializing header: HeaderTooLarge while loading LoRA weights from ${bad}`;
}

const isWeightsUrl = (url: string): boolean =>
	URL.canParse(url) &&
	/^https?:$/.test(new URL(url).protocol) &&
	/\.(safetensors|tar|zip)$/i.test(new URL(url).pathname);

/** GUESS: the message, in the style of Python exceptions. */
const INPUT_PROBLEMS: Record<InputProblem['kind'], string> = {
	'data-url': 'ValueError: unsupported data URI',
	download: 'HTTPError: 404 Client Error: Not Found',
	'too-large': 'ValueError: file is too large',
	image: 'UnidentifiedImageError: cannot identify image file',
};

const inputFailure = ({ kind, field, url }: InputProblem): string =>
	`${INPUT_PROBLEMS[kind]} for ${field}: ${url}`;

/** What a prediction draws. */
export function pictureOf({ model, input, inputs, seed }: ReplicateJob): Picture {
	const { image, mask } = inputs;
	const { lora_weights = [], lora_scales = [], controlnet_conditioning_scale: control } = input;
	// GUESS: the strength of a mask.
	const strength = control ?? input.strength ?? 1;
	// GUESS: that a model without width and height keeps the image's size.
	const { width = image?.width ?? 1024, height = image?.height ?? 1024 } = input;
	const notes = [
		...inputNotes(inputs),
		...(image === null ? [] : [`${control === undefined ? 'strength' : 'control'} ${strength}`]),
		...(input.guidance_scale > 0 ? [`guidance ${input.guidance_scale}`] : []),
		...(input.negative_prompt ? [`not: ${input.negative_prompt}`] : []),
	];
	return {
		provider: 'Replicate',
		model: `${model.owner}/${model.name}`,
		prompt: input.prompt,
		seed,
		width,
		height,
		format: input.output_format === 'jpg' ? 'jpeg' : input.output_format,
		loras: lora_weights.map((path, index) => ({ path, scale: lora_scales[index] ?? 1 })),
		index: 0,
		black: false,
		notes,
		...(image === null ? {} : { source: image.sha256, strength }),
		...(mask === null ? {} : { mask: mask.sha256 }),
		// The model doesn't know the type of a ControlNet image.
		...(control === undefined ? {} : { control: 'none' as const }),
	};
}
