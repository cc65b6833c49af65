import { z } from 'zod';

/**
 * Readers of what stands beside an image in an answer. The image is paid for, so none of them fails: a field in another
 * form counts as one that isn't there, which is `null`.
 */

const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/** A text with something in it, as it is. */
export const optionalText = z.string().min(1).nullable().catch(null);

/** A finite number, also one that is written as text. */
export const optionalNumber = z
	.union([z.number().finite(), z.string().trim().regex(decimal).transform(Number)])
	.nullable()
	.catch(null);

/** A whole number that JavaScript holds exactly, as a seed is or a number of seconds. */
export const optionalInteger = optionalNumber.transform((value) =>
	Number.isSafeInteger(value) ? value : null,
);

/** The length of a side in pixels. */
export const optionalSide = optionalNumber.transform((value) =>
	value !== null && value > 0 ? value : null,
);

/** A time in ISO 8601, as milliseconds since 1970. */
export const optionalTime = z
	.string()
	.transform(Date.parse)
	.pipe(z.number().finite())
	.nullable()
	.catch(null);

export const optionalFlag = z.boolean().nullable().catch(null);

/** An object of fields that are all optional; anything else counts as one without them. */
export function optionalFields<T extends z.ZodRawShape>(shape: T) {
	const schema = z.object(shape);
	return schema.catch(() => schema.parse({}));
}

/** A list in which each entry is read for itself: one that can't be read is `null` in its place. */
export function listOf<T extends z.ZodTypeAny>(entry: T) {
	return z
		.array(z.unknown())
		.catch([])
		.transform((entries) =>
			entries.map((given): z.output<T> | null => {
				const parsed = entry.safeParse(given);
				return parsed.success ? (parsed.data as z.output<T>) : null;
			}),
		);
}

/** LoRAs as a request has named them. */
export const requestedLoras = listOf(
	z.object({ path: z.string(), scale: z.number().catch(1) }),
).transform((loras) => loras.filter((lora) => lora !== null));

/** The ID of a task, which an answer must have: a text, or a whole number that JavaScript holds exactly. */
export const taskId = z.union([
	z.string().trim().min(1),
	z.number().refine(Number.isSafeInteger).transform(String),
]);

/** What an answer calls the URL of an image; some providers put a `data:` URI there. */
export const imageUrl = z
	.string()
	.trim()
	.regex(/^(?:https?|data):/i);
