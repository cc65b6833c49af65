/** Where an error's words may be. The first field with a value is used. */
const textFields = ['detail', 'message', 'msg', 'error', 'errors', 'error_message'] as const;

/** The fields with an error's machine-readable kind. */
const labelFields = ['error_type', 'type', 'reason'] as const;

/** More than a person would read. */
const maxEntries = 10;
const maxTextLength = 500;
const maxLength = 1000;
/** Deeper than any documented error is nested. */
const maxDepth = 4;

function shorten(text: string, length: number): string {
	return text.length > length ? `${text.slice(0, length)}…` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? shorten(value.trim(), maxTextLength) || undefined : undefined;
}

/** A non-empty text, a number or a flag, at its place in JSON. */
const hasValue = /[[:](?:"[^"]|[-\dtf])/;

/** An object or a list without words, as JSON. */
function jsonOf(value: unknown): string | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	try {
		const json = JSON.stringify(value);
		return hasValue.test(json) ? shorten(json, maxTextLength) : undefined;
	} catch {
		// It is nested too deep.
		return undefined;
	}
}

/** The field of the request that an entry is about, such as `loras.0.path`. */
function placeOf({ loc }: Readonly<Record<string, unknown>>): string | undefined {
	if (!Array.isArray(loc)) return undefined;
	const parts = loc.filter((part) => typeof part === 'string' || typeof part === 'number');
	return textOf(parts.filter((part) => part !== 'body').join('.'));
}

/**
 * fal reports what its content checker has found: https://fal.ai/docs/model-apis/errors
 * (content_policy_violation)
 */
function categoriesOf({ categories }: Readonly<Record<string, unknown>>): string {
	const names = Array.isArray(categories) ? categories.slice(0, maxEntries).flatMap(textOf) : [];
	return names.filter(Boolean).join(', ');
}

function labelOf(record: Readonly<Record<string, unknown>>): string | undefined {
	const label = labelFields.map((name) => textOf(record[name])).find(Boolean);
	return label && [label, categoriesOf(record)].filter(Boolean).join(': ');
}

function readRecord(record: Readonly<Record<string, unknown>>, depth: number): string | undefined {
	const name = textFields.find((field) => read(record[field], depth + 1) !== undefined);
	const text = name && read(record[name], depth + 1);
	// Nested values have their own label.
	const label =
		name === undefined || typeof record[name] === 'string' ? labelOf(record) : undefined;
	if (text === undefined && label === undefined) {
		return depth > 0 ? undefined : textFields.map((field) => jsonOf(record[field])).find(Boolean);
	}
	const place = placeOf(record);
	return [place && `${place}:`, text, label && `(${label})`].filter(Boolean).join(' ');
}

function read(value: unknown, depth: number): string | undefined {
	if (typeof value === 'string') return textOf(value);
	if (depth > maxDepth) return undefined;
	if (Array.isArray(value)) {
		const entries = value.slice(0, maxEntries).map((entry) => read(entry, depth + 1));
		return entries.filter(Boolean).join('; ') || undefined;
	}
	return isRecord(value) ? readRecord(value, depth) : undefined;
}

/**
 * The words in the body of an error, in whatever form a provider or a gateway in front of it writes them: a
 * text, a list of texts or entries, or an object with `detail`, `message`, `msg` or `error`, which may be
 * nested. An entry in pydantic's form also names its field and its type. Long texts are shortened.
 * @returns `undefined` for a body without words
 */
export function wordsIn(body: unknown): string | undefined {
	const words = read(body, 0);
	return words && shorten(words, maxLength);
}
