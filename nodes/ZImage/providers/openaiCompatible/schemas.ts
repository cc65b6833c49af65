import { z } from 'zod';

import { imageUrl, listOf, optionalText } from '../shared/tolerant';

/** A file on the server itself, by its path: SGLang's response if it stores its images. */
const ownPath = z
	.string()
	.trim()
	.regex(/^\/(?!\/)/);

const imageSchema = z.object({
	b64_json: optionalText,
	url: z.union([imageUrl, ownPath]).nullable().catch(null),
	revised_prompt: optionalText,
});

/** Source: https://platform.openai.com/docs/api-reference/images/object */
export const generationSchema = z.object({ data: listOf(imageSchema) });

/** Source: https://platform.openai.com/docs/api-reference/models/list */
export const modelsSchema = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** FastAPI's refusal of an unreadable request, before any work has started (vLLM-Omni and SGLang). */
export const validationSchema = z.object({
	detail: z.array(z.object({ loc: z.array(z.unknown()), msg: z.string() })).min(1),
});

/** Another error of FastAPI. */
export const detailSchema = z.object({ detail: z.string() });
