/** The types of JSON values. */
type JsonType = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';

/**
 * How much the nodes depend on a field. `must`: they fail without it. `may`: it is optional, but another type
 * is an error. `tries`: they use it if they can, and work without it or with another type. `no`: they don't
 * read it.
 */
export type Use = 'may' | 'must' | 'no' | 'tries';

/**
 * A field in the form `path`, types, use. `images[].url` is a path. A `?` at its end means that the field is
 * optional.
 */
export type FieldRow = readonly [path: string, types: string, use: Use];

export interface Field {
	readonly path: string;
	readonly isOptional: boolean;
	readonly types: readonly string[];
	readonly use: Use;
}

/** What a response contains according to the provider's documentation. */
export type Shape = readonly Field[];

/** One difference between a response and the documentation. */
export interface Difference {
	/** Whether the nodes rely on what differs. */
	readonly breaks: boolean;
	readonly text: string;
}

export function shape(...rows: readonly FieldRow[]): Shape {
	return rows.map(([path, types, use]) => ({
		path: path.replace(/\?$/, ''),
		isOptional: path.endsWith('?'),
		types: types.split('|'),
		use,
	}));
}

function typeOf(value: unknown): JsonType {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value as JsonType;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeOf(value) === 'object';

/**
 * The objects that should contain the last name of a path, and whether they do. A missing parent contains
 * nothing.
 */
export function valuesAt(body: unknown, path: string): unknown[] {
	return path.split('.').reduce<unknown[]>(
		(parents, part) => {
			const name = part.replace(/\[\]$/, '');
			const values = parents.filter(isObject).map((parent) => parent[name]);
			return part.endsWith('[]')
				? values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []))
				: values;
		},
		[body],
	);
}

/** Every path of a body with its types. Skips the contents of fields that the documentation doesn't detail. */
function pathsOf(value: unknown, known: ReadonlySet<string>, prefix = ''): Array<[string, string]> {
	if (Array.isArray(value)) {
		const isKnown = [...known].some((path) => path.startsWith(`${prefix}[].`));
		return isKnown ? value.flatMap((element) => pathsOf(element, known, `${prefix}[]`)) : [];
	}
	if (!isObject(value)) return [];
	const isOpen = prefix !== '' && ![...known].some((path) => path.startsWith(`${prefix}.`));
	if (isOpen) return [];
	return Object.entries(value).flatMap(([name, inner]): Array<[string, string]> => {
		const path = prefix === '' ? name : `${prefix}.${name}`;
		if (!known.has(path)) return [[path, typeOf(inner)]];
		return [[path, typeOf(inner)], ...pathsOf(inner, known, path)];
	});
}

function missing({ path, isOptional, use }: Field): Difference | undefined {
	if (use === 'must') return { breaks: true, text: `${path} is missing, and the nodes need it` };
	if (isOptional) return undefined;
	return { breaks: false, text: `${path} is missing` };
}

function otherType({ path, types, use }: Field, actual: string): Difference {
	const text = `${path} is ${actual}, documented is ${types.join(' or ')}`;
	return use === 'must' || use === 'may'
		? { breaks: true, text: `${text}; the nodes read it` }
		: { breaks: false, text };
}

function compareField(body: unknown, field: Field): Difference[] {
	const values = valuesAt(body, field.path);
	const found = values.map((value) => {
		if (value === undefined) return missing(field);
		const actual = typeOf(value);
		return field.types.includes(actual) ? undefined : otherType(field, actual);
	});
	return found.filter((difference) => difference !== undefined);
}

/**
 * Lists the differences between a body and the documentation. A difference in several elements of a list is
 * listed once.
 */
export function compare(body: unknown, expected: Shape): Difference[] {
	if (!isObject(body)) return [{ breaks: true, text: `the answer is ${typeOf(body)}, no object` }];
	const known = new Set(expected.map(({ path }) => path));
	const differences = expected.flatMap((field) => compareField(body, field));
	const added = pathsOf(body, known)
		.filter(([path]) => !known.has(path))
		.map(([path, type]) => ({ breaks: false, text: `new: ${path} (${type})` }));
	return uniqueDifferences([...differences, ...added]);
}

/** Removes duplicates. */
export function uniqueDifferences(differences: readonly Difference[]): Difference[] {
	return [...new Map(differences.map((difference) => [difference.text, difference])).values()];
}
