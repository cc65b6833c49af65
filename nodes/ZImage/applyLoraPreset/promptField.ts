import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import { isRecord } from '../values';

/** The default field for an item's prompt. */
export const defaultPromptField = 'prompt';

/** The most names that an error lists. */
const maxNames = 20;

function namesIn(json: IDataObject): string {
	const names = Object.keys(json);
	if (names.length === 0) return 'It has none.';
	const more = names.length > maxNames ? `, and ${names.length - maxNames} more` : '';
	return `Its fields: ${names.slice(0, maxNames).map(show).join(', ')}${more}.`;
}

/**
 * Finds a field by its name, or by a path such as `output.prompt`.
 * @returns the names that lead to it. `undefined` if an item lacks the default field, so that Generate adds the
 * trigger words
 * @throws Failure that lists the existing fields
 */
export function findField(json: IDataObject, name: string): string[] | undefined {
	if (Object.hasOwn(json, name)) return [name];
	const names = name.split('.');
	let at: unknown = json;
	for (const part of names) {
		at = isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined;
	}
	if (at !== undefined) return names;
	if (name === defaultPromptField) return undefined;
	throw new Failure(`The input item has no field ${show(name)}, which is set as Prompt Field`, {
		description: `${namesIn(json)} Enter the name of the field that holds the prompt, not the prompt itself.`,
	});
}

/** The value of a field. */
export function readField(json: IDataObject, names: readonly string[]): unknown {
	return names.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), json);
}

/** The same item with another value in a field. */
export function withField(
	json: IDataObject,
	[name = '', ...names]: readonly string[],
	value: string,
): IDataObject {
	if (names.length === 0) return { ...json, [name]: value };
	const inner = json[name];
	return { ...json, [name]: withField(isRecord(inner) ? inner : {}, names, value) };
}
