import { z } from 'zod';

/** Answer to a submit. Source: https://fal.ai/docs/model-apis/model-endpoints/queue */
export const submitSchema = z.object({ request_id: z.string().min(1) });

/** `error` and `error_type` stand beside COMPLETED when the request failed. Source: fal_client. */
export const statusSchema = z.object({
	status: z.string(),
	error: z.string().nullish(),
	error_type: z.string().nullish(),
});

/** The model's output. Source: https://fal.ai/models/fal-ai/z-image/turbo/lora/api */
export const resultSchema = z.object({
	images: z
		.array(
			z.object({
				url: z.string().min(1),
				width: z.number().nullish(),
				height: z.number().nullish(),
			}),
		)
		.min(1),
	seed: z.number().nullish(),
	has_nsfw_concepts: z.array(z.boolean().nullable()).nullish(),
	prompt: z.string().nullish(),
});

/** A place in fal's storage. Source: https://github.com/fal-ai/fal-js (libs/client/src/storage.ts) */
export const uploadSchema = z.object({
	upload_url: z.string().min(1),
	file_url: z.string().min(1),
});

/** The answer to a cancel, and the body for a request that the queue does not know; the latter is reported by third parties. */
export const statusErrorSchema = z.object({ status: z.string() });

const errorDetailSchema = z.object({
	msg: z.string(),
	type: z.string().nullish(),
	loc: z.array(z.union([z.string(), z.number()])).nullish(),
});

export type ErrorDetail = z.infer<typeof errorDetailSchema>;

/**
 * An error's body. `detail` is a list in the form of pydantic, or a plain string.
 * Source: https://fal.ai/docs/model-apis/errors
 */
export const errorSchema = z.object({
	error_type: z.string().nullish(),
	detail: z.union([z.string(), z.array(errorDetailSchema)]),
});
