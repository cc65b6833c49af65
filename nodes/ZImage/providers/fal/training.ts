import type { IDataObject } from 'n8n-workflow';

import type { SubmitCall, TrainedLora, Trainer, TrainingRequest } from '../provider';
import { logsSchema, trainedSchema } from './schemas';

/** Of every trainer: their pages advise at least 10 images; more are better. */
const advisedImages = 10;

/**
 * What it costs at least is documented for the first version only. For the others it's a GUESS after fal's trainers of other
 * models, which charge for 250 or 500 steps at least.
 */
const guessedLeastSteps = 500;

/**
 * Sources: the schemas of fal's queue, as https://github.com/TanStack/ai keeps them
 * (packages/ai-schemas/scripts/specs/fal/fal.models.training.json), and the pages of the models, for example
 * https://fal.ai/models/fal-ai/z-image-turbo-trainer-v2, 2026-10-08 to 2026-11-20.
 */
export const trainers = [
	{
		id: 'v2',
		displayName: 'Z-Image Turbo Trainer V2',
		endpoint: 'fal-ai/z-image-turbo-trainer-v2',
		model: 'turbo',
		steps: { min: 10, max: 40_000, multipleOf: 1 },
		defaultLearningRate: 0.0005,
		advisedImages,
		price: { perThousandSteps: 0.85, leastSteps: guessedLeastSteps },
	},
	{
		id: 'v1',
		displayName: 'Z-Image Turbo Trainer V1',
		endpoint: 'fal-ai/z-image-trainer',
		model: 'turbo',
		steps: { min: 100, max: 10_000, multipleOf: 100 },
		defaultLearningRate: 0.0001,
		types: ['balanced', 'content', 'style'],
		advisedImages,
		price: { perThousandSteps: 2.26, leastSteps: 100 },
	},
	{
		id: 'base',
		displayName: 'Z-Image Base Trainer',
		// Not in fal's newest lists. If it is gone, fal refuses the request, which costs nothing.
		endpoint: 'fal-ai/z-image-base-trainer',
		model: 'base',
		steps: { min: 10, max: 40_000, multipleOf: 1 },
		defaultLearningRate: 0.0005,
		advisedImages,
		price: { perThousandSteps: 0.85, leastSteps: guessedLeastSteps },
	},
] as const satisfies readonly Trainer[];

/** The trigger word has no separate field: it's in the captions. */
export function trainingCall(request: TrainingRequest): SubmitCall {
	const { trainer, archiveUrl, defaultCaption, steps, learningRate, type, callbackUrl } = request;
	const body: IDataObject = {
		image_data_url: archiveUrl,
		steps,
		...(learningRate !== undefined && { learning_rate: learningRate }),
		default_caption: defaultCaption,
		...(type !== undefined && { training_type: type }),
	};
	return {
		method: 'POST',
		path: `/${trainer.endpoint}`,
		...(callbackUrl !== undefined && { query: { fal_webhook: callbackUrl } }),
		body,
		model: trainer.endpoint,
	};
}

/**
 * GUESS: how trainers log their steps is not documented. `450/1000` behind a bar or the word, or the word and a number; "steps"
 * and a number are how many there will be.
 */
const stepForms = [
	/\bsteps?\b\D{0,20}(\d{1,6}) ?\/ ?\d/i,
	/\| ?(\d{1,6}) ?\/ ?\d/,
	/\bstep\b[\s:=#]{0,3}(\d{1,6})(?![\d.])/i,
];

function stepIn(message: string): number | undefined {
	const found = stepForms.map((form) => form.exec(message)?.[1]).find(Boolean);
	return found === undefined ? undefined : Number(found);
}

/** The last step that the logs of a status tell. */
export function stepsDoneIn(status: unknown): number | undefined {
	return logsSchema
		.parse(status)
		.flatMap((message) => (message === null ? [] : (stepIn(message) ?? [])))
		.at(-1);
}

/** What a result has of a training; `undefined` for the result of another model. */
export function loraIn(body: unknown): TrainedLora | undefined {
	// Most results are images, and an error of zod for each of them takes time.
	if (typeof body !== 'object' || body === null || !('diffusers_lora_file' in body))
		return undefined;
	const { data } = trainedSchema.safeParse(body);
	if (!data) return undefined;
	// Media stay until the account's setting removes them, by default forever.
	return { url: data.diffusers_lora_file, configUrl: data.config_file, expiresInSeconds: null };
}
