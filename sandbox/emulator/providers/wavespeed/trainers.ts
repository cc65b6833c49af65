import { z } from 'zod';
import { fieldsOf, type WaveSpeedModel } from './model';
import { training } from './trainingFields';
import { startTraining } from './trainingJob';

/** In dollars, for 1000 steps. [reported by others] */
const PRICE = 1.25;

/** GUESS: if steps isn't a number, the default number of steps is charged. */
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

/** The LoRA trainers for Turbo and for Base. GUESS: Base's, which only users mention. */
export const WAVESPEED_TRAINERS: readonly WaveSpeedModel[] = [
	trainer('z-image-lora-trainer'),
	trainer('z-image/base-lora-trainer'),
];
