import type { Context } from '../../context';
import type { HostName } from '../../hosts';
import { randomSeed } from '../../ids';
import { startReading, type Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import { FORMATS, type Format } from '../../picture/picture';
import { Refusal } from './errors';
import { valueOf } from './json';
import type { Dialect, Parameters } from './parameters';

/** GUESS: what no longer fits into the server's memory. Its `limits` are only informative, not enforced. */
const MOST_SIDE = 4096;

/** What sd-server must generate, after all checks. */
export interface Generation {
	readonly parameters: Parameters;
	readonly inputs: Inputs;
	readonly seed: number;
	readonly format: Format;
}

/** [sd.cpp runtime.cpp: assign_output_options] */
export function readFormat(body: unknown): Format {
	const given = valueOf(body, 'output_format', 'png').toLowerCase();
	valueOf(body, 'output_compression', 100);
	const format = FORMATS.find((known) => known === given);
	if (format === undefined) {
		throw new Refusal('invalid output_format, must be one of [png, jpeg, webp]');
	}
	return format;
}

/**
 * Reads what the parameters name, and chooses a random seed if they ask for one.
 * @throws {Refusal} for an invalid image
 */
export async function prepare(
	context: Context,
	host: HostName,
	parameters: Parameters,
	format: Format,
	{ unreadable }: Dialect,
): Promise<Generation> {
	const inputs = startReading(context, host, {
		image: { field: 'init_image', url: parameters.initImage },
		mask: { field: 'mask_image', url: parameters.maskImage },
	});
	if ((await inputs.ready) !== undefined) throw new Refusal(unreadable);
	const seed = parameters.seed < 0 ? randomSeed() : parameters.seed;
	return { parameters, inputs, seed, format };
}

/** The reason for a failure, in the server's words. Undefined if it succeeds. */
export const failureOf = ({ parameters: { width, height } }: Generation): string | undefined =>
	Math.max(width, height) > MOST_SIDE ? 'generate_image returned no results' : undefined;

/** The images, as base64. Each seed is the previous one plus one. [sd.cpp async_jobs.cpp] */
export async function imagesOf(
	context: Context,
	provider: string,
	{ parameters, inputs, seed, format }: Generation,
): Promise<string[]> {
	const { prompt, width, height, strength, steps, txtCfg, loras, count } = parameters;
	const { image, mask } = inputs;
	return await Promise.all(
		Array.from({ length: count }, async (_item, index) => {
			const { bytes } = await context.imageFile({
				provider,
				model: 'Z-Image Turbo',
				prompt,
				seed: seed + index,
				width,
				height,
				format,
				loras,
				index: 0,
				black: false,
				notes: [`${steps} steps · cfg ${txtCfg}`, ...inputNotes(inputs)],
				...(image === null ? {} : { source: image.sha256, strength }),
				...(image === null || mask === null ? {} : { mask: mask.sha256 }),
			});
			return bytes.toString('base64');
		}),
	);
}
