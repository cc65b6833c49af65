/** The values in a JSON body by field path. `[]` stands for each entry of a list. */
export type Leaves = ReadonlyMap<string, unknown>;

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** Whether a list contains objects, whose fields are then listed one by one. */
export function hasFields(value: unknown): value is Record<string, unknown> | unknown[] {
	return Array.isArray(value) ? value.some(isObject) : isObject(value);
}

export function join(path: string, key: string, parent: unknown): string {
	if (Array.isArray(parent)) return `${path}[]`;
	return path === '' ? key : `${path}.${key}`;
}

/** The fields without subfields, with their values. Combines the entries of a list. */
export function leavesOf(body: unknown): Leaves {
	const leaves = new Map<string, unknown[]>();
	const visit = (value: unknown, path: string): void => {
		if (hasFields(value) && Object.keys(value).length > 0) {
			for (const [key, entry] of Object.entries(value)) visit(entry, join(path, key, value));
		} else if (path !== '') {
			leaves.set(path, [...(leaves.get(path) ?? []), value]);
		}
	};
	visit(body, '');
	return leaves;
}

/** All fields of a body, including those with subfields. */
export function fieldsOf(body: unknown): string[] {
	const fields = new Set<string>();
	for (const path of leavesOf(body).keys()) {
		const parts = path.split('.');
		parts.forEach((_, index) => {
			const field = parts.slice(0, index + 1).join('.');
			fields.add(field);
			fields.add(field.replace(/\[]$/, ''));
		});
	}
	return [...fields].filter((field) => !field.endsWith('[]')).sort();
}

/**
 * The same value, but it records which fields are read.
 * @param read called with the path of every field without subfields that is read
 */
export function recordReads<T>(body: T, read: Set<string>, path = ''): T {
	if (!hasFields(body)) return body;
	return new Proxy(body, {
		get(target, key, receiver) {
			const value: unknown = Reflect.get(target, key, receiver);
			if (typeof key !== 'string' || !Object.hasOwn(target, key)) return value;
			if (Array.isArray(target) && key === 'length') return value;
			const field = join(path, key, target);
			if (!hasFields(value)) read.add(field);
			return recordReads(value, read, field);
		},
	});
}

function another(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(another);
	if (typeof value === 'number') return value + 1;
	if (typeof value === 'boolean') return !value;
	if (typeof value !== 'string') return value;
	return /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}x`;
}

/** The body with other values in one field. */
export function withOther(body: unknown, field: string, path = ''): unknown {
	if (path === field) return another(body);
	if (!hasFields(body)) return body;
	const entries = Object.entries(body).map(([key, value]): [string, unknown] => [
		key,
		withOther(value, field, join(path, key, body)),
	]);
	return Array.isArray(body) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
