import { z } from 'zod';
import { fieldsOf, type WaveSpeedModel } from './model';
import { training } from './trainingFields';
import { startTraining } from './trainingJob';

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
