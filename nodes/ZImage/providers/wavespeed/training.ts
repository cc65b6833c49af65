import type { SubmitCall, Trainer, TrainingRequest } from '../provider';

/** The end of the URL of a trainer's file. */
export const weightsFile = /\.safetensors(?:$|[?#])/i;

/**
 * Sources: https://wavespeed.ai/models/wavespeed-ai/z-image-lora-trainer/llms.txt, 2026-11-20. The learning
 * rate and the price are from users and their clients.
 */
export const trainers = [
	{
		id: 'turbo',
		displayName: 'Z-Image LoRA Trainer',
		endpoint: 'wavespeed-ai/z-image-lora-trainer',
		model: 'turbo',
		// GUESS: the range isn't documented. What WaveSpeed refuses costs nothing.
		steps: { min: 1, max: 40_000, multipleOf: 1 },
		defaultLearningRate: 0.0001,
		advisedImages: 4,
		// GUESS: no minimum charge is documented.
		price: { perThousandSteps: 1.25, leastSteps: 0 },
	},
] as const satisfies readonly [Trainer, ...Trainer[]];

/** Images without a text file get the trigger word as their caption. */
export function trainingCall(request: TrainingRequest): SubmitCall {
	const { trainer, archiveUrl, triggerWord, steps, learningRate, callbackUrl } = request;
	return {
		method: 'POST',
		path: `/api/v3/${trainer.endpoint}`,
		...(callbackUrl !== undefined && { query: { webhook: callbackUrl } }),
		body: {
			data: archiveUrl,
			trigger_word: triggerWord,
			steps,
			...(learningRate !== undefined && { learning_rate: learningRate }),
		},
		model: trainer.endpoint,
	};
}
