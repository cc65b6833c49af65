import { z } from 'zod';

import { listOf, optionalFields, optionalText, taskId } from '../shared/tolerant';

/** Answer to a submit. Source: examples/server/api.md, POST /sdcpp/v1/img_gen */
export const submitSchema = z.object({ id: taskId });

/** What a job has come to: `images` where it is completed, `error` where it failed or was cancelled. */
export const jobSchema = z.object({
	id: taskId,
	status: z.string().trim(),
	result: optionalFields({ images: listOf(z.object({ b64_json: z.string().trim().min(1) })) }),
	error: optionalFields({ message: optionalText }),
});

/** An error of the server itself; that of a proxy in front of it has another form. */
export const errorSchema = z.object({ error: z.string() });

/** Source: examples/server/api.md, GET /sdcpp/v1/capabilities */
export const capabilitiesSchema = z.object({
	loras: z.array(z.object({ path: z.string().min(1) })),
});
