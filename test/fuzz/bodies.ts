import type fc from 'fast-check';

import { fixtureNames, readFixture } from '../support/fixture';
import type { Choices } from './choices';
import { casesOf } from './choices';

type Container = Record<string, unknown> | unknown[];

/** Strings that cause trouble in parsers, paths, logs and file systems. */
export const oddTexts = [
	'',
	' ',
	'\n',
	'\0',
	'\ud800',
	'a\udc00b',
	'🗼',
	'无效令牌',
	'e\u0301\u202e',
	'__proto__',
	'constructor',
	'../../etc/passwd',
	'https://a.example/b.png',
	'data:image/png;base64,AA==',
	'javascript:alert(1)',
	'0',
	'-1',
	'1e309',
	'0x10',
	'9007199254740993',
	'NaN',
	'null',
	'[object Object]',
	'COMPLETED',
	'TASK_STATUS_SUCCEED',
	'x'.repeat(1000),
] as const;

/** All forms of JSON numbers, and some that aren't valid JSON. */
export const oddNumbers = [
	0,
	-0,
	1,
	-1,
	0.5,
	429,
	2 ** 31,
	2 ** 53 - 1,
	2 ** 53,
	-(2 ** 53),
	8_640_000_000_001,
	1e21,
	1e300,
	Number.MAX_VALUE,
	Number.MIN_VALUE,
	Infinity,
	-Infinity,
] as const;

const oddKeys = [
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'hasOwnProperty',
	'toJSON',
	'length',
	'0',
	'',
	'\ud800',
] as const;

/** Like JSON.parse: a key with any name becomes the object's own. */
function put(object: object, key: string, value: unknown): void {
	// A JSON list has only elements, and no holes.
	if (Array.isArray(object) && !(Number(key) < object.length)) return;
	Object.defineProperty(object, key, {
		value,
		writable: true,
		enumerable: true,
		configurable: true,
	});
}

function nest(value: unknown, depth: number): unknown {
	let nested = value;
	for (let level = 0; level < depth; level++) nested = level % 2 ? { a: nested } : [nested];
	return nested;
}

interface Documents {
	/** JSON texts that the bodies are mutations of. */
	readonly texts: readonly string[];
	/** Names of the fields that the parsers read. */
	readonly keys: readonly string[];
}

function scalar(choices: Choices): unknown {
	switch (choices.below(4)) {
		case 0:
			return choices.pick([null, true, false, undefined]);
		case 1:
			return choices.pick(oddNumbers);
		default:
			return choices.pick(oddTexts);
	}
}

/** Any JSON value, with names that the parsers know. */
function anyValue(choices: Choices, keys: readonly string[], depth = 0): unknown {
	if (choices.isEmpty() || depth > 6) return scalar(choices);
	const size = choices.below(4);
	switch (choices.below(5)) {
		case 0:
		case 1:
			return scalar(choices);
		case 2:
			return Array.from({ length: size }, () => anyValue(choices, keys, depth + 1));
		default: {
			const object = {};
			for (let i = 0; i <= size; i++) {
				const key = choices.pick(choices.below(4) === 0 ? oddKeys : keys);
				put(object, key, anyValue(choices, keys, depth + 1));
			}
			return object;
		}
	}
}

interface Place {
	readonly parent: Container;
	readonly key: string;
}

function placesIn(value: unknown, places: Place[]): Place[] {
	if (typeof value !== 'object' || value === null || places.length > 100) return places;
	for (const key of Object.keys(value)) {
		places.push({ parent: value as Container, key });
		placesIn((value as Record<string, unknown>)[key], places);
	}
	return places;
}

/** A value's text. An object may have a field named `toString`. */
function textOf(value: unknown): string {
	return typeof value === 'object' ? '' : String(value);
}

function changed(value: unknown, choices: Choices, keys: readonly string[]): unknown {
	switch (choices.below(10)) {
		case 0:
			return choices.pick(oddTexts);
		case 1:
			return choices.pick(oddNumbers);
		case 2:
			return scalar(choices);
		case 3:
			return [value];
		case 4:
			return Array.isArray(value)
				? { ...(value as unknown[]) }
				: Object.values(Object(value) as object);
		case 5:
			return typeof value === 'number' ? String(value) : Number(textOf(value));
		case 6:
			return nest(value, 1 + choices.below(200));
		case 7:
			// Otherwise copies of copies would become too many.
			return Array<unknown>(1 + choices.below(typeof value === 'object' ? 3 : 40)).fill(value);
		case 8:
			return anyValue(choices, keys, 4);
		default:
			return `${textOf(value)}${choices.pick(oddTexts)}`;
	}
}

function mutateAt({ parent, key }: Place, choices: Choices, keys: readonly string[]): void {
	const value = (parent as Record<string, unknown>)[key];
	switch (choices.below(6)) {
		case 0:
			if (Array.isArray(parent)) parent.splice(Number(key), 1);
			else delete parent[key];
			return;
		case 1:
			put(parent, choices.pick(oddKeys), nest({ polluted: true, prototype: { polluted: 1 } }, 0));
			return;
		case 2:
			put(parent, choices.pick(keys), value);
			return;
		default:
			put(parent, key, changed(value, choices, keys));
	}
}

function bodyFrom(choices: Choices, { texts, keys }: Documents): unknown {
	const mode = choices.below(6);
	if (mode === 5) return anyValue(choices, keys);
	const root = { body: JSON.parse(choices.pick(texts)) as unknown };
	for (let count = 0; count < 4 && !choices.isEmpty(); count++) {
		const places = placesIn(root, []);
		const place = choices.pick(places);
		if (place) mutateAt(place, choices, keys);
	}
	return root.body;
}

function fieldsOf(texts: readonly string[]): string[] {
	const names = texts.flatMap((text) =>
		[...text.matchAll(/"([A-Za-z_0-9]+)":/g)].map(([, name = '']) => name),
	);
	return [...new Set(names)].slice(0, 256);
}

/** Bodies of any form, most of them mutated documented bodies. */
export function bodiesLike(documents: readonly unknown[]): fc.Arbitrary<unknown> {
	const texts = documents.map((document) => JSON.stringify(document));
	const keys = fieldsOf(texts);
	return casesOf((choices) => bodyFrom(choices, { texts, keys }));
}

/** Every documented body of a provider. */
export function documentedBodies(providerId: string, names: RegExp = /./): unknown[] {
	return fixtureNames(providerId)
		.filter((name) => names.test(name))
		.map((name) => readFixture(providerId, name).body);
}
