import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from './errors/failure';

/** Whether a value is an object with fields of its own. */
export function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A number as a workflow brings it: expressions often give its digits as a text.
 * @param field as the editor calls it
 * @throws Failure for anything else
 */
export function toNumber(value: unknown, field: string): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) {
		throw new Failure(`${field} is ${show(value)}, which is not a number`);
	}
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
	if (value === undefined || value === null || value === '') return fallback;
	const number = toNumber(value, field);
	if (number < min || number > max) {
		throw new Failure(`${field} is ${number}, but it goes from ${min} to ${max}`);
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
		throw new Failure(`${field} is ${number}, but it is a whole number`);
	}
	return number;
}

/** A text, or `undefined` for nothing. What is no text is written as JSON. */
export function toText(value: unknown): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * One of a list of values.
 * @throws Failure that names the values
 */
export function toChoice<T extends string>(
	value: unknown,
	field: string,
	choices: readonly T[],
): T {
	const choice = choices.find((candidate) => candidate === value);
	if (choice === undefined) {
		throw new Failure(`${field} is ${show(value)}, but it is one of: ${choices.join(', ')}`);
	}
	return choice;
}

/**
 * On or off.
 * @throws Failure for anything else
 */
export function toFlag(value: unknown, field: string): boolean {
	if (typeof value !== 'boolean') {
		throw new Failure(`${field} is ${show(value)}, but it is true or false`);
	}
	return value;
}
