import { z } from 'zod';

import {
	listOf,
	optionalFields,
	optionalFlag,
	optionalInteger,
	optionalText,
	optionalTime,
	taskId,
} from '../shared/tolerant';

/**
 * The envelope of every response. `code` is 200 on success, whatever the HTTP status. Source:
 * https://github.com/WaveSpeedAI/n8n-nodes-wavespeed (GenericFunctions.ts)
 */
export const envelopeSchema = z.object({
	code: optionalInteger,
	message: z.unknown(),
	data: z.unknown(),
});

/** A URL, or the file itself in base64 without a `data:` prefix. */
export const outputSchema = z.string().trim().min(1);

/** Source: https://wavespeed.ai/docs/get-result; `code` is that of https://wavespeed.ai/docs/error-codes */
const predictionFields = {
	outputs: z.array(z.unknown()).catch([]),
	has_nsfw_contents: listOf(optionalFlag),
	error: z.unknown(),
	code: optionalInteger,
};

/** The answer about a task. Of one whose ID alone is known, the model tells whether it was a training. */
export const predictionSchema = z.object({
	data: z.object({ ...predictionFields, status: z.string().trim(), model: optionalText }),
});

export type Prediction = z.output<typeof predictionSchema>['data'];

/** The answer to a submit. Source: https://wavespeed.ai/docs/shared/submit-response */
export const submitSchema = z.object({
	data: z.object({ ...predictionFields, id: taskId, status: optionalText }),
});

/** What an answer says of the ID and the state of a task. */
export const namedSchema = optionalFields({
	data: optionalFields({ id: taskId.nullable().catch(null), status: optionalText }),
});

/** The error inside a task that has failed. */
export const failedSchema = optionalFields({ data: optionalFields({ error: z.unknown() }) });

/** Source: npm wavespeed 0.3.2 (client.js, upload) */
export const uploadSchema = z.object({
	data: z.object({
		upload: z.object({
			method: z.string().regex(/^put$/i),
			url: z.string().min(1),
			headers: z.record(z.string()).nullish(),
		}),
		download_url: z.string().min(1),
	}),
});

/** A webhook's data about a task, without the envelope. Source: https://wavespeed.ai/docs/webhooks */
export const reportSchema = z.object({ id: taskId, status: z.string().trim() });

/** What webhooks are signed with. Source: https://wavespeed.ai/docs/verify-webhooks */
export const secretSchema = z.object({ data: z.object({ secret: z.string().min(1) }) });

/**
 * A page of the account's predictions, without their inputs. Source: https://wavespeed.ai/docs/predictions-api
 */
export const predictionsSchema = z.object({
	data: z.object({
		items: z.array(
			z.object({
				id: taskId,
				model: optionalText,
				status: optionalText,
				created_at: optionalTime,
			}),
		),
	}),
});
