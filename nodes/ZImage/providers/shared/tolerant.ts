import { z } from 'zod';

/**
 * Readers of the fields next to an image in a response. The image is charged, so none of them fails: an
 * unexpected value counts as missing, which is `null`.
 */

const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/** A non-empty text, unchanged. */
export const optionalText = z.string().min(1).nullable().catch(null);

/** A finite number, also as text. */
export const optionalNumber = z
	.union([z.number().finite(), z.string().trim().regex(decimal).transform(Number)])
	.nullable()
	.catch(null);

/** A whole number that JavaScript can represent exactly, such as a seed or a number of seconds. */
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

/** An object whose fields are all optional. Anything else counts as an empty one. */
export function optionalFields<T extends z.ZodRawShape>(shape: T) {
	const schema = z.object(shape);
	return schema.catch(() => schema.parse({}));
}

/** A list in which each entry is read separately: an unreadable one becomes `null`. */
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

/**
 * The ID of a task, which a response must have: a text, or a whole number that JavaScript can represent
 * exactly.
 */
export const taskId = z.union([
	z.string().trim().min(1),
	z.number().refine(Number.isSafeInteger).transform(String),
]);

/** A response's URL of an image. Some providers return a `data:` URI there. */
export const imageUrl = z
	.string()
	.trim()
	.regex(/^(?:https?|data):/i);
