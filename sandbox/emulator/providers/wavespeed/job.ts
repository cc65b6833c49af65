import type { z } from 'zod';
import type { Context } from '../../context';
import { randomSeed } from '../../ids';
import { loadLoras, type LoadedLoras } from '../../inputs/uploadedLora';
import { asUrl, startReading, type InputProblem, type Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import type { Steering } from '../../steering';
import { clampSide, readSize, type WaveSpeedInput, type WaveSpeedModel } from './models';

/** Why a task has failed. The codes: [WaveSpeed docs: error-codes] */
export interface WaveSpeedFailure {
	readonly code: 1200 | 1400 | 1401 | 1402 | 1405;
	readonly error: string;
}

/** What a task works on. */
export interface WaveSpeedJob {
	readonly model: WaveSpeedModel;
	/** Without its images: they can be long, and tasks are kept. Undefined where the request was wrong. */
	readonly input: WaveSpeedInput | undefined;
	/** What is wrong with the request itself. */
	readonly problem: WaveSpeedFailure | undefined;
	readonly inputs: Inputs;
	readonly seed: number;
	/** Made once, so that every answer shows the same. */
	link?: string;
	/** Whether it was deleted after its end. */
	isDeleted?: boolean;
}

/** Reads a request. What is wrong with it shows in its task: no page tells of a refusal. GUESS: that none is refused at once. */
export function startJob(context: Context, model: WaveSpeedModel, body: object): WaveSpeedJob {
	const parsed = model.schema.safeParse(body);
	if (parsed.success) context.noteIgnored('wavespeed', body, parsed.data);
	const input = parsed.data;
	const inputs = startReading(context, 'wavespeed', {
		image: { field: 'image', url: asUrl(input?.image) },
		mask: { field: 'mask_image', url: asUrl(input?.mask_image) },
	});
	const seed = input?.seed ?? -1;
	const loaded = loadLoras(context, input?.loras ?? []);
	const loras = 'loras' in loaded ? loaded.loras : [];
	return {
		model,
		input: input && { ...input, loras, image: undefined, mask_image: undefined },
		problem: parsed.success ? loraProblem(parsed.data, loaded) : problemOf(parsed.error),
		inputs,
		seed: seed < 0 ? randomSeed() : seed,
	};
}

/** The first thing wrong with a request: a field that is missing, or a value. GUESS: the words. */
function problemOf({ issues: [issue] }: z.ZodError): WaveSpeedFailure {
	const field = issue?.path.join('.') ?? '';
	return issue?.code === 'invalid_type' && issue.received === 'undefined'
		? { code: 1400, error: `A required parameter is missing: ${field}` }
		: { code: 1401, error: `The parameter value is invalid: ${field}: ${issue?.message ?? ''}` };
}

/** "owner/repo" or a URL. [wavespeed.ai/models/wavespeed-ai/z-image/turbo-lora] GUESS: the code, and the words. */
function loraProblem(
	{ loras = [] }: WaveSpeedInput,
	loaded: LoadedLoras,
): WaveSpeedFailure | undefined {
	if ('unreadable' in loaded) {
		// [reported by others] GUESS: the code.
		const error = `Failed to get remote file properties of ${loaded.unreadable}: 404`;
		return { code: 1402, error };
	}
	const bad = loras.find(({ path }) => !/^(https?:\/\/.+|[\w.-]+\/[\w.-]+)$/i.test(path));
	return bad && { code: 1402, error: `Failed to download LoRA weights from ${bad.path}.` };
}

/** 1402: "Unable to access the provided media URL." GUESS: that other faults of an image are an invalid parameter. */
const INPUT_PROBLEMS: Record<InputProblem['kind'], readonly [1401 | 1402, string]> = {
	'data-url': [1401, 'is not a supported data URL'],
	download: [1402, 'Failed to download image from the provided URL.'],
	'too-large': [1401, 'is too large'],
	image: [1401, 'is not an image'],
};

function inputFailure({ kind, field }: InputProblem): WaveSpeedFailure {
	const [code, words] = INPUT_PROBLEMS[kind];
	return {
		code,
		error: code === 1402 ? words : `The parameter value is invalid: ${field} ${words}`,
	};
}

/** Whether and how a job fails. */
export async function failureOf(
	{ problem, inputs }: WaveSpeedJob,
	steering: Steering,
): Promise<WaveSpeedFailure | undefined> {
	if (problem !== undefined) return problem;
	if (steering.moderate) {
		return { code: 1200, error: 'The content contains sensitive information.' };
	}
	if (steering.fail !== undefined) return { code: 1405, error: steering.fail.reason };
	const inputProblem = await inputs.ready;
	return inputProblem && inputFailure(inputProblem);
}

/** What a job draws, if its request was right. */
export function pictureOf(job: WaveSpeedJob): Picture | undefined {
	const { model, input, inputs, seed } = job;
	if (input === undefined) return undefined;
	const { mode, negative_prompt } = input;
	// GUESS: how strong a mask is.
	const strength = input.strength ?? 1;
	const notes = [
		...inputNotes(inputs),
		...(inputs.image === null ? [] : [`strength ${strength}`]),
		...(mode === undefined ? [] : [`mode ${mode}`]),
		...(negative_prompt ? [`not: ${negative_prompt}`] : []),
	];
	return {
		provider: 'WaveSpeed',
		model: model.id,
		prompt: input.prompt,
		seed,
		...sizeOf(input, inputs),
		// GUESS: the file type of the models that have no field for it.
		format: input.output_format ?? 'jpeg',
		loras: input.loras ?? [],
		index: 0,
		black: false,
		notes,
		...(inputs.image === null ? {} : { source: inputs.image.sha256, strength }),
		...(inputs.mask === null ? {} : { mask: inputs.mask.sha256 }),
		...(mode === undefined ? {} : { control: mode }),
	};
}

/** In an inpainted image of 768 x 408 the short side came back as 512. [reported by others] */
const SHORTEST_INPAINTED = 512;

/** GUESS: that an image keeps its size when the request has none, within what a size may be. */
function sizeOf(
	{ size }: WaveSpeedInput,
	{ image, mask }: Inputs,
): { width: number; height: number } {
	if (size !== undefined || image === null) return readSize(size ?? '1024*1024');
	const lowest = mask === null ? undefined : SHORTEST_INPAINTED;
	return { width: clampSide(image.width, lowest), height: clampSide(image.height, lowest) };
}
