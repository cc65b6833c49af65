import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from './errors/failure';

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Invisible characters at the beginning of a pasted value: all kinds of spaces, line breaks, zero-width characters, byte
 * order marks and direction marks.
 */
const leading = /^[\s\p{Cf}\0]+/u;

/** A text without invisible characters at its ends. */
export function trimmed(text: string): string {
	const start = text.replace(leading, '');
	let end = start.length;
	while (end > 0 && leading.test(start.charAt(end - 1))) end--;
	return start.slice(0, end);
}

/** Whether a value is empty; empty text and spaces count as empty. */
export function isEmpty(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && trimmed(value) === '')
	);
}

/** A text that every provider accepts: without NUL and without lone surrogates. */
function wellFormed(text: string): string {
	return text.replace(/\p{Cs}|\0/gu, '');
}

/** The longest text that is parsed as a number. */
const maxNumberLength = 40;
/** `1024`, `-0.5`, `.5`, `1e-3`: plain, with a decimal comma, or with commas, dots or spaces between thousands. */
const plainNumber = /^[+-]?(\d{1,15}\.?\d{0,20}|\.\d{1,20})(e[+-]?\d{1,3})?$/i;
const decimalComma = /^[+-]?\d{1,15},\d{1,20}$/;
const thousands = [
	{ form: /^[+-]?[1-9]\d{0,2}(,\d{3}){1,5}(\.\d{1,20})?$/, separator: ',' },
	{ form: /^[+-]?[1-9]\d{0,2}(\.\d{3}){2,5}(,\d{1,20})?$/, separator: '.' },
	{ form: /^[+-]?[1-9]\d{0,2}(\.\d{3}){1,5},\d{1,20}$/, separator: '.' },
	{ form: /^[+-]?[1-9]\d{0,2}([ '’\u00a0\u202f]\d{3}){1,5}([.,]\d{1,20})?$/, separator: ' ' },
] as const;

/** @returns `undefined` if the text isn't a number */
function parseNumber(given: string): number | undefined {
	const text = trimmed(given);
	if (text.length > maxNumberLength) return undefined;
	const grouped = thousands.find(({ form }) => form.test(text));
	if (grouped) {
		const separators = grouped.separator === ' ' ? /[ '’\u00a0\u202f]/g : grouped.separator;
		return Number(text.replaceAll(separators, '').replace(',', '.'));
	}
	if (decimalComma.test(text)) return Number(text.replace(',', '.'));
	return plainNumber.test(text) ? Number(text) : undefined;
}

/**
 * A number from a workflow: expressions and tables often contain it as text, possibly in a local format (`0,8`,
 * `1,024`).
 * @param field the editor's name
 * @throws Failure for anything else
 */
export function toNumber(value: unknown, field: string): number {
	const number = numberIn(value);
	if (number === undefined) throw new Failure(`${field} must be a number (got ${show(value)})`);
	return number;
}

/**
 * A number within bounds; `fallback` if the value is empty.
 * @throws Failure that names the field, the value and the bounds
 */
export function toBounded(
	value: unknown,
	field: string,
	{ min, max, fallback }: { min: number; max: number; fallback: number },
): number {
	if (isEmpty(value)) return fallback;
	const number = toNumber(value, field);
	if (number < min || number > max) {
		throw new Failure(`${field} must be between ${min} and ${max} (got ${number})`);
	}
	return number;
}

/**
 * A whole number within bounds; `fallback` if the value is empty.
 * @throws Failure that names the field, the value and the bounds
 */
export function toBoundedInteger(
	value: unknown,
	field: string,
	bounds: { min: number; max: number; fallback: number },
): number {
	const number = toBounded(value, field, bounds);
	if (!Number.isInteger(number)) {
		throw new Failure(`${field} must be a whole number (got ${number})`);
	}
	return number;
}

/**
 * A text as written, or `undefined` if it's empty.
 * @throws Failure for a list, an object, or an invalid number
 */
export function toText(value: unknown, field: string): string | undefined {
	if (isEmpty(value)) return undefined;
	if (typeof value === 'string') return wellFormed(value);
	if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
	throw new Failure(`${field} must be text (got ${show(value)})`);
}

/**
 * A name, an ID or an address: a text without invisible characters at its ends, or `undefined` if it's empty.
 * @throws Failure for a list or an object
 */
export function toName(value: unknown, field: string): string | undefined {
	const text = toText(value, field);
	return text === undefined ? undefined : trimmed(text) || undefined;
}

/** A field of an item if it's text or a number; the item may come from anywhere. */
export function textIn(value: unknown): string | undefined {
	return typeof value === 'string' || typeof value === 'number'
		? trimmed(wellFormed(String(value))) || undefined
		: undefined;
}

/** A field of an item if it's a number; a table may have stored it as text. */
export function numberIn(value: unknown): number | undefined {
	const number = typeof value === 'string' ? parseNumber(value) : value;
	// Adding 0 turns -0 into 0, because some serializers write "-0".
	return typeof number === 'number' && Number.isFinite(number) ? number + 0 : undefined;
}

/**
 * One of a list of values, in any letter case and with surrounding spaces.
 * @param aliases other names for the values, in lower case
 * @throws Failure that names the values
 */
export function toChoice<T extends string>(
	value: unknown,
	field: string,
	values: readonly T[],
	aliases: Readonly<Record<string, T>> = {},
): T {
	const name = typeof value === 'string' ? trimmed(value).toLowerCase() : undefined;
	const choice =
		name === undefined
			? undefined
			: (values.find((candidate) => candidate.toLowerCase() === name) ??
				(Object.hasOwn(aliases, name) ? aliases[name] : undefined));
	if (choice === undefined) {
		throw new Failure(`${field} must be one of: ${values.join(', ')} (got ${show(value)})`);
	}
	return choice;
}

const flags: Readonly<Record<string, boolean>> = {
	true: true,
	yes: true,
	on: true,
	'1': true,
	false: false,
	no: false,
	off: false,
	'0': false,
};

/**
 * A boolean, also in the forms that tables and forms use: true, yes, on, 1 and their opposites, in any letter case; `fallback` if
 * the value is empty.
 * @throws Failure for anything else
 */
export function toFlag(value: unknown, field: string, fallback?: boolean): boolean {
	if (typeof value === 'boolean') return value;
	if (fallback !== undefined && isEmpty(value)) return fallback;
	const name =
		typeof value === 'string' || typeof value === 'number'
			? trimmed(String(value)).toLowerCase()
			: '';
	const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
	if (flag === undefined) throw new Failure(`${field} must be true or false (got ${show(value)})`);
	return flag;
}

/**
 * A list from a workflow: a list, JSON text of a list (from a table or a form), or empty, which is an empty
 * list.
 * @returns `undefined` for anything else
 */
export function toList(value: unknown): unknown[] | undefined {
	if (isEmpty(value)) return [];
	if (Array.isArray(value)) return value as unknown[];
	if (typeof value !== 'string') return undefined;
	try {
		const parsed: unknown = JSON.parse(trimmed(value));
		return Array.isArray(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}
