import { z } from 'zod';
import { fieldsOf, type WaveSpeedModel } from './model';
import { startTraining } from './trainingJob';

/**
 * [wavespeed.ai/models/wavespeed-ai/z-image-lora-trainer: llms.txt; the defaults as clients have them] GUESS: the ranges, those of
 * a client; that further fields are ignored.
 */
const training = z.object({
	data: z.string().min(1),
	trigger_word: z.string().default(''),
	steps: z.number().int().gte(100).lte(5000).default(1000),
	learning_rate: z.number().gt(0).default(0.0001),
	lora_rank: z.number().int().gte(4).lte(64).default(16),
});
export type WaveSpeedTraining = z.infer<typeof training>;
export type WaveSpeedTrainingSchema = typeof training;

/** In dollars, for 1000 steps. [reported by others] */
const PRICE = 1.25;

/** GUESS: that steps which aren't a number cost as those of the default. */
function priceOf(inputs: unknown): number {
	const { data } = z.object({ steps: training.shape.steps }).safeParse(inputs ?? {});
	return ((data?.steps ?? 1000) * PRICE) / 1000;
}

function trainer(name: string): WaveSpeedModel {
	const made: WaveSpeedModel = {
		id: `wavespeed-ai/${name}`,
		fields: fieldsOf(training.shape),
		priceOf,
		start: (context, body) => startTraining(context, made, training, body),
	};
	return made;
}

/** The trainers of LoRAs for Turbo, and for Base. GUESS: the latter, which only users name. */
export const WAVESPEED_TRAINERS: readonly WaveSpeedModel[] = [
	trainer('z-image-lora-trainer'),
	trainer('z-image/base-lora-trainer'),
];
