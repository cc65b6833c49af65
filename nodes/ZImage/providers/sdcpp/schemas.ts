import { z } from 'zod';

import { listOf, optionalFields, optionalText, taskId } from '../shared/tolerant';

/** Answer to a submit. Source: examples/server/api.md, POST /sdcpp/v1/img_gen */
export const submitSchema = z.object({ id: taskId });

/** How a job is doing, and why it has failed or was cancelled. */
export const jobSchema = z.object({
	id: taskId,
	status: z.string().trim(),
	error: optionalFields({ message: optionalText }),
});

const imageSchema = z.object({ b64_json: z.string().trim().min(1) });

/** What a completed job returned. One of its images is readable. */
export const resultSchema = z.object({
	result: z.object({
		images: listOf(imageSchema).refine((images) => images.some((image) => image !== null)),
	}),
});

/** A completed job without its images. */
export const emptySchema = z.object({
	result: z.object({ images: z.array(z.unknown()).length(0) }).nullable(),
});

/** An error of the server itself. A proxy's error has another form. */
export const errorSchema = z.object({ error: z.string() });

/** Source: examples/server/api.md, GET /sdcpp/v1/capabilities */
export const capabilitiesSchema = z.object({
	loras: z.array(z.object({ path: z.string().min(1) })),
});
