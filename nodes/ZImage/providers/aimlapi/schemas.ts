import { z } from 'zod';

import { imageUrl, listOf, optionalFields, optionalNumber, optionalText } from '../shared/tolerant';

const credits = optionalNumber.transform((value) => (value !== null && value >= 0 ? value : null));

/** An image by its URL or in base64, or its bare URL. */
const imageSchema = z.union([
	z.object({ url: imageUrl.nullable().catch(null), b64_json: optionalText }),
	imageUrl.transform((url) => ({ url, b64_json: null })),
]);

/** The form of its own errors. Source: https://docs.aimlapi.com/errors-and-messages/general-info */
export const errorSchema = z.object({
	path: z.string(),
	statusCode: z.union([z.string(), z.number()]).transform(Number),
});

/**
 * Answer to a generation; everything in it may be null.
 * Source: https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo-lora
 */
export const generationSchema = z.object({
	data: listOf(imageSchema),
	// The two examples of the document have the same number under these two names.
	meta: optionalFields({ usage: optionalFields({ tokens_used: credits, credits_used: credits }) }),
});
