import { z } from 'zod';

import {
	imageUrl,
	listOf,
	optionalFields,
	optionalFlag,
	optionalInteger,
	optionalSide,
	optionalText,
	optionalTime,
	requestedLoras,
	taskId,
} from '../shared/tolerant';

/** Answer to a submit. Source: https://fal.ai/docs/model-apis/model-endpoints/queue */
export const submitSchema = z.object({ request_id: taskId });

/** `error` and `error_type` accompany COMPLETED when the request failed. Source: fal_client. */
export const statusSchema = z.object({
	status: z.string().trim(),
	error: z.unknown(),
	error_type: optionalText,
});

/** The messages of the logs beside a status, where they were asked for. Source: https://fal.ai/docs/model-apis/model-endpoints/queue */
export const logsSchema = z
	.object({ logs: listOf(z.object({ message: z.string() }).transform(({ message }) => message)) })
	.transform(({ logs }) => logs);

const sides = { width: optionalSide, height: optionalSide };

/** An image, or its bare URL. */
const imageSchema = z.union([
	z.object({ url: imageUrl, ...sides }),
	imageUrl.transform((url) => ({ ...optionalFields(sides).parse({}), url })),
]);

/** The model's output. Source: https://fal.ai/models/fal-ai/z-image/turbo/lora/api */
export const resultSchema = z.object({
	images: listOf(imageSchema).refine((images) => images.some((image) => image !== null)),
	seed: optionalInteger,
	has_nsfw_concepts: listOf(optionalFlag),
	prompt: optionalText,
});

/** A result without its images. */
export const emptySchema = z.object({ images: z.array(z.unknown()).length(0) });

const fileUrl = z
	.string()
	.trim()
	.regex(/^https?:/i);

/** The URL of a file, or of one that is named by its bare URL. */
const fileSchema = z.union([z.object({ url: fileUrl }).transform(({ url }) => url), fileUrl]);

/** The output of a trainer. Source: the schemas of fal's queue (see training.ts) */
export const trainedSchema = z.object({
	diffusers_lora_file: fileSchema,
	config_file: fileSchema.nullable().catch(null),
});

/** The output of a trainer without the weights. */
export const untrainedSchema = z.object({ diffusers_lora_file: z.null() });

/** A place in fal's storage. Source: https://github.com/fal-ai/fal-js (libs/client/src/storage.ts) */
export const uploadSchema = z.object({
	upload_url: z.string().min(1),
	file_url: z.string().min(1),
});

/** The response to a part of an upload. Source: https://github.com/fal-ai/fal-js libs/client/src/storage.ts */
export const partSchema = z.object({ etag: z.string().min(1) });

/** The answer to a cancel, and the body for a request that the queue does not know; the latter is reported by third parties. */
export const statusErrorSchema = z.object({ status: z.string() });

/**
 * An error's body. `detail` is a list in the form of pydantic, or a text; an error of the request, and not of the model,
 * has an `error_type`.
 * Sources: https://fal.ai/docs/model-apis/errors, https://fal.ai/docs/documentation/model-apis/request-errors
 */
export const errorSchema = z.object({ error_type: optionalText, detail: z.unknown() });

/** What a webhook says, as far as it is used. Source: https://fal.ai/docs/model-apis/model-endpoints/webhooks */
export const reportSchema = z.object({ request_id: taskId });

/** The public keys of webhooks. Other kinds of keys may be in the list. Source: the same page */
export const keySetSchema = z.object({
	keys: listOf(
		z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1) }),
	).refine((keys) => keys.some((key) => key !== null)),
});

/**
 * The list of requests. The payloads are missing where fal doesn't keep them, and the end of one that still runs.
 * Source: https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint
 */
export const requestsSchema = z.object({
	items: z.array(
		z.object({
			request_id: taskId,
			endpoint_id: optionalText,
			sent_at: optionalTime,
			ended_at: optionalTime,
			status_code: optionalInteger,
			json_input: z
				.object({ prompt: optionalText, seed: optionalInteger, loras: requestedLoras })
				.nullable()
				.catch(null),
			json_output: optionalFields({ seed: optionalInteger }),
		}),
	),
	next_cursor: optionalText,
});
