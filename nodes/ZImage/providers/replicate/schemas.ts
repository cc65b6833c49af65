import { z } from 'zod';

import {
	listOf,
	optionalFields,
	optionalFlag,
	optionalInteger,
	optionalNumber,
	optionalText,
	optionalTime,
	taskId,
} from '../shared/tolerant';

/**
 * A prediction. `output` is one URL or a list of them.
 * Sources: https://replicate.com/docs/reference/http#predictions.get, and the schemas of prunaai's models
 */
export const predictionSchema = z.object({
	status: z.string().trim(),
	output: z.unknown(),
	error: z.unknown(),
	data_removed: optionalFlag,
});

/** The answer to a submit. */
export const submitSchema = predictionSchema.omit({ data_removed: true }).extend({ id: taskId });

export const namedSchema = z.object({ id: taskId });

/** Source: https://replicate.com/docs/reference/http#predictions.cancel */
export const canceledSchema = z.object({ status: z.literal('canceled') });

/** An error of the API. Source: https://replicate.com/docs/reference/http (title, detail, status) */
export const errorSchema = z.object({ detail: z.string().min(1) });

export const titleSchema = optionalFields({ title: optionalText });

/** Source: https://replicate.com/docs/reference/http#files.create */
export const uploadSchema = z.object({ urls: z.object({ get: z.string().min(1) }) });

/** What a webhook says of a prediction. */
export const reportSchema = z.object({ id: taskId, status: z.string().trim() });

/** What webhooks are signed with. Source: https://replicate.com/docs/reference/http#webhooks.default.secret.get */
export const secretSchema = z.object({ key: z.string().min(1) });

/**
 * A page of the account's predictions. `next` is the URL of the next one, of which the cursor is taken: the key must not
 * follow it to another host. Source: https://replicate.com/docs/reference/http#predictions.list
 */
export const predictionsSchema = z.object({
	next: z
		.string()
		.url()
		.transform((url) => new URL(url).searchParams.get('cursor'))
		.pipe(z.string().min(1))
		.nullish(),
	results: z.array(
		z.object({
			id: taskId,
			model: optionalText,
			status: optionalText,
			created_at: optionalTime,
			completed_at: optionalTime,
			data_removed: optionalFlag,
			input: optionalFields({
				prompt: optionalText,
				seed: optionalInteger,
				lora_weights: listOf(z.string()),
				lora_scales: listOf(optionalNumber),
			}),
		}),
	),
});
