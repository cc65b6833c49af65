import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from './errors/failure';

/** Whether a value is an object with fields of its own. */
export function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What nobody sees at the beginning of a pasted value: spaces of all kinds, line ends, zero-width characters, byte order
 * marks and direction marks.
 */
const leading = /^[\s\p{Cf}\0]+/u;

/** A text without what nobody sees at its ends. */
export function trimmed(text: string): string {
	const start = text.replace(leading, '');
	let end = start.length;
	while (end > 0 && leading.test(start.charAt(end - 1))) end--;
	return start.slice(0, end);
}

/** Whether a workflow gives nothing: an empty text is nothing, and so is one of spaces. */
export function isEmpty(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && trimmed(value) === '')
	);
}

/** A text as any provider takes it: without NUL, and without half of a character that was cut in two. */
function wellFormed(text: string): string {
	return text.replace(/\p{Cs}|\0/gu, '');
}

/** The longest text that is looked at for a number. */
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

/** @returns `undefined` for a text that is no number */
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
 * A number as a workflow brings it: expressions and tables often give it as a text, also as people write it in their
 * country (`0,8`, `1,024`).
 * @param field as the editor calls it
 * @throws Failure for anything else
 */
export function toNumber(value: unknown, field: string): number {
	const number = numberIn(value);
	if (number === undefined) throw new Failure(`${field} must be a number (got ${show(value)})`);
	return number;
}

/**
 * A number within bounds; `fallback` where the workflow gives none.
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
 * A whole number within bounds; `fallback` where the workflow gives none.
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
 * A text as it was written, or `undefined` for nothing.
 * @throws Failure for a list, an object, or an invalid number
 */
export function toText(value: unknown, field: string): string | undefined {
	if (isEmpty(value)) return undefined;
	if (typeof value === 'string') return wellFormed(value);
	if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
	throw new Failure(`${field} must be text (got ${show(value)})`);
}

/**
 * A name, an ID or an address: a text without what nobody sees at its ends, or `undefined` for nothing.
 * @throws Failure for a list or an object
 */
export function toName(value: unknown, field: string): string | undefined {
	const text = toText(value, field);
	return text === undefined ? undefined : trimmed(text) || undefined;
}

/** What a field of an item says, as far as it is a text or a number; the item may have come from anywhere. */
export function textIn(value: unknown): string | undefined {
	return typeof value === 'string' || typeof value === 'number'
		? trimmed(wellFormed(String(value))) || undefined
		: undefined;
}

/** What a field of an item says, as far as it is a number; a table may have kept it as a text. */
export function numberIn(value: unknown): number | undefined {
	const number = typeof value === 'string' ? parseNumber(value) : value;
	// Adding 0 makes a zero of -0, which is sent as "-0" by some writers.
	return typeof number === 'number' && Number.isFinite(number) ? number + 0 : undefined;
}

/**
 * One of a list of values, in any case and with spaces around it.
 * @param aliases what else people call them, in lower case
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
 * On or off, also as a table or a form writes it: true, yes, on, 1 and their opposites, in any case; `fallback` where the
 * workflow gives nothing.
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
 * A list as a workflow brings it: a list, JSON of one (a table or a form holds it as text), or nothing, which is an empty
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
