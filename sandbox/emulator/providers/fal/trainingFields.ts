import { z } from 'zod';

const common = z
	.object({
		image_data_url: z.string(),
		learning_rate: z.number().default(0.0005),
		default_caption: z.string().nullish(),
	})
	.strict();

/**
 * [fal.models.training.json of TanStack/ai: the queue's own OpenAPI] GUESS: that unknown fields are refused, as
 * by the other endpoints.
 */
export const trainer = common.extend({ steps: z.number().int().gte(10).lte(40000).default(2000) });
export const firstTrainer = common.extend({
	steps: z.number().int().gte(100).lte(10000).multipleOf(100).default(1000),
	learning_rate: z.number().default(0.0001),
	training_type: z.enum(['content', 'style', 'balanced']).default('balanced'),
});

/** A valid body of any trainer. */
export interface FalTraining extends z.infer<typeof trainer> {
	readonly training_type?: 'content' | 'style' | 'balanced' | undefined;
}

export type FalTrainingSchema = z.ZodType<FalTraining, z.ZodTypeDef, unknown>;
