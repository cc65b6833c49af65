import type { Endpoint, ImageRequest } from '../providers/provider';
import { isEmpty, isRecord, toChoice, toFlag, toName, toNumber, toText } from '../values';
import type { OptionRow } from './optionTable';
import { choicesOf, optionTable } from './optionTable';

/** The options for the endpoint, and those that it doesn't support. */
export interface ReadProviderOptions {
	readonly honoured: ImageRequest['options'];
	/** The editor's names, in alphabetical order. */
	readonly ignored: readonly string[];
}

function read(endpoint: Endpoint, row: OptionRow, value: unknown): boolean | number | string {
	switch (row.kind) {
		case 'choice':
			return toChoice(value, row.displayName, choicesOf(endpoint, row), row.aliases);
		case 'flag':
			return toFlag(value, row.displayName);
		case 'number':
			return toNumber(value, row.displayName);
		case 'json':
			return typeof value === 'string' ? value : JSON.stringify(value);
		case 'name':
			return toName(value, row.displayName) ?? '';
		case 'text':
			return toText(value, row.displayName) ?? '';
	}
}

/** The value chosen in the editor's resource locator, or the value itself. */
function valueOf(given: unknown): unknown {
	return isRecord(given) && given.__rl === true ? given.value : given;
}

/**
 * Sorts the options into those that the endpoint supports and the others.
 * @throws Failure when the value of a supported one has the wrong type
 */
export function readProviderOptions(
	endpoint: Endpoint,
	options: Readonly<Record<string, unknown>>,
): ReadProviderOptions {
	const values = new Map(optionTable.map(({ name }) => [name, valueOf(options[name])]));
	const given = optionTable.filter(({ name }) => !isEmpty(values.get(name)));
	const isHonoured = ({ name }: OptionRow) => endpoint.options[name] !== undefined;
	return {
		honoured: Object.fromEntries(
			given.filter(isHonoured).map((row) => [row.name, read(endpoint, row, values.get(row.name))]),
		),
		ignored: given
			.filter((row) => !isHonoured(row))
			.map(({ displayName }) => displayName)
			.sort(),
	};
}
