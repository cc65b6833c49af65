import type { FalEndpoint } from './endpoint';
import { firstTrainer, trainer, type FalTrainingSchema } from './trainingFields';
import { startTraining } from './trainingJob';

const STEPS_OF_PRICE = 1000;

function endpoint(name: string, schema: FalTrainingSchema, pricePer1000: number): FalEndpoint {
	const made: FalEndpoint = {
		id: `fal-ai/${name}`,
		unitPrice: pricePer1000 / STEPS_OF_PRICE,
		// GUESS: the pages state a price for 1000 steps. The list's unit is unknown.
		unit: 'steps',
		category: 'training',
		start: (context, host, body) => startTraining(context, host, made, schema, body),
	};
	return made;
}

/**
 * The LoRA trainers for Turbo and for Base. [fal.ai/models/fal-ai/z-image-turbo-trainer-v2, z-image-trainer:
 * llms.txt] GUESS: that Base's trainer still exists.
 */
export const FAL_TRAINERS: readonly FalEndpoint[] = [
	endpoint('z-image-turbo-trainer-v2', trainer, 0.85),
	endpoint('z-image-trainer', firstTrainer, 2.26),
	endpoint('z-image-base-trainer', trainer, 0.85),
];
