import { z } from 'zod';
import type { FalEndpoint } from './endpoint';
import { startTraining } from './trainingJob';

const common = z
	.object({
		image_data_url: z.string(),
		learning_rate: z.number().default(0.0005),
		default_caption: z.string().nullish(),
	})
	.strict();

/** [fal.models.training.json of TanStack/ai: the queue's own OpenAPI] GUESS: that unknown fields are refused, as by the other endpoints. */
const trainer = common.extend({ steps: z.number().int().gte(10).lte(40000).default(2000) });
const firstTrainer = common.extend({
	steps: z.number().int().gte(100).lte(10000).multipleOf(100).default(1000),
	learning_rate: z.number().default(0.0001),
	training_type: z.enum(['content', 'style', 'balanced']).default('balanced'),
});

/** A body of any trainer, once it is checked. */
export interface FalTraining extends z.infer<typeof trainer> {
	readonly training_type?: 'content' | 'style' | 'balanced' | undefined;
}

export type FalTrainingSchema = z.ZodType<FalTraining, z.ZodTypeDef, unknown>;

const STEPS_OF_PRICE = 1000;

function endpoint(name: string, schema: FalTrainingSchema, pricePer1000: number): FalEndpoint {
	const made: FalEndpoint = {
		id: `fal-ai/${name}`,
		unitPrice: pricePer1000 / STEPS_OF_PRICE,
		// GUESS: the pages tell a price for 1000 steps; the list's unit isn't known.
		unit: 'steps',
		category: 'training',
		start: (context, host, body) => startTraining(context, host, made, schema, body),
	};
	return made;
}

/**
 * The trainers of LoRAs for Turbo, and for Base. [fal.ai/models/fal-ai/z-image-turbo-trainer-v2, z-image-trainer: llms.txt]
 * GUESS: that Base is still there.
 */
export const FAL_TRAINERS: readonly FalEndpoint[] = [
	endpoint('z-image-turbo-trainer-v2', trainer, 0.85),
	endpoint('z-image-trainer', firstTrainer, 2.26),
	endpoint('z-image-base-trainer', trainer, 0.85),
];
