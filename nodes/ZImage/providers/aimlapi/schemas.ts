import { z } from 'zod';

const credits = z.number().finite().nonnegative().nullish().catch(null);

/**
 * Answer to a generation; everything in it may be null.
 * Source: https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo-lora
 */
export const generationSchema = z.object({
	data: z.array(z.object({ url: z.string().nullish(), b64_json: z.string().nullish() })).nullish(),
	// The two examples of the document have the same number under these two names.
	meta: z
		.object({ usage: z.object({ tokens_used: credits, credits_used: credits }).nullish() })
		.nullish()
		.catch(null),
});

/** An error's body; the form of a validation error's `message` is not documented. */
export const errorSchema = z.object({ message: z.unknown() });
