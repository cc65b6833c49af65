import { JsonTypeError } from './errors';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}

/**
 * Reads a field like `value()` of the server's JSON library. [nlohmann/json: basic_json::value]
 * @returns the default if the field is missing
 * @throws {JsonTypeError} if it has another type, including null
 */
export function valueOf(object: unknown, name: string, fallback: string): string;
export function valueOf(object: unknown, name: string, fallback: number): number;
export function valueOf(object: unknown, name: string, fallback: boolean): boolean;
export function valueOf(object: unknown, name: string, fallback: unknown): unknown {
	if (!isObject(object)) throw new JsonTypeError(306, `cannot use value() with ${typeOf(object)}`);
	if (!Object.hasOwn(object, name)) return fallback;
	const value = object[name];
	if (typeof value !== typeof fallback) {
		throw new JsonTypeError(302, `type must be ${typeof fallback}, but is ${typeOf(value)}`);
	}
	return value;
}

/**
 * Reads a list of numbers.
 * @throws {JsonTypeError} if one of them isn't a number
 */
export function numbersOf(list: readonly unknown[] = []): number[] {
	return list.map((value) => {
		if (typeof value === 'number') return value;
		throw new JsonTypeError(302, `type must be number, but is ${typeOf(value)}`);
	});
}
