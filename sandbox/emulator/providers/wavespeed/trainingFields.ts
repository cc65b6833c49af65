import { z } from 'zod';

/**
 * [wavespeed.ai/models/wavespeed-ai/z-image-lora-trainer: llms.txt; the defaults are those of clients] GUESS:
 * the ranges, which are a client's, and that further fields are ignored.
 */
export const training = z.object({
	data: z.string().min(1),
	trigger_word: z.string().default(''),
	steps: z.number().int().gte(100).lte(5000).default(1000),
	learning_rate: z.number().gt(0).default(0.0001),
	lora_rank: z.number().int().gte(4).lte(64).default(16),
});
export type WaveSpeedTraining = z.infer<typeof training>;
export type WaveSpeedTrainingSchema = typeof training;
