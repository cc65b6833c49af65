import { z } from 'zod';
import { FORMATS } from '../../picture/picture';
import { common, loras } from '../v3Async/schemas';

/** [SEED 002] The range of a LoRA's scale is from its sister JieKou. */
export const turboLora = z
	.object({
		...common,
		loras,
		// GUESS: that a data URI is read, too. The page says URL.
		image_url: z.string().min(1).optional(),
		mask: z.string().min(1).optional(),
		strength: z.number().gte(0).lte(1).optional(),
		output_format: z.enum(FORMATS).default('webp'),
		enable_base64_output: z.boolean().default(false),
	})
	.strict()
	.superRefine((input, issues) => {
		for (const field of ['mask', 'strength'] as const) {
			if (input[field] !== undefined && input.image_url === undefined) {
				issues.addIssue({
					code: 'custom',
					path: [field],
					message: `${field} must be used with image_url`,
				});
			}
		}
	});
