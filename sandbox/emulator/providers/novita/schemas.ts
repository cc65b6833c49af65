import { z } from 'zod';
import { common, loras } from '../v3Async/schemas';

/**
 * [SEED 001] GUESS: that unknown fields are refused, here and on Highway API. It isn't documented, and a wrong
 * name should show.
 */
export const turbo = z
	.object({ ...common, enable_base64_output: z.boolean().default(false) })
	.strict();

/** [SEED 000] */
export const turboLora = z.object({ ...common, loras }).strict();
