import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors';
import type { ImageRequest, Provider, ProviderOption } from '../providers/provider';
import { toChoice, toNumber } from './parameters';

function toFlag(value: unknown, field: string): boolean {
	if (typeof value !== 'boolean') {
		throw new Failure(`${field} is ${show(value)}, but it is true or false`);
	}
	return value;
}

interface OptionReader {
	/** As the editor calls it. */
	readonly displayName: string;
	readonly read: (value: unknown, field: string) => boolean | number | string;
}

/** Every option that only some providers have, and how its value is read. */
export const providerOptions: Readonly<Record<ProviderOption, OptionReader>> = {
	acceleration: {
		displayName: 'Acceleration',
		read: (value, field) => toChoice(value, field, ['none', 'regular', 'high']),
	},
	enablePromptExpansion: { displayName: 'Enable Prompt Expansion', read: toFlag },
	enableSafetyChecker: { displayName: 'Enable Safety Checker', read: toFlag },
	outputFormat: {
		displayName: 'Output Format',
		read: (value, field) => toChoice(value, field, ['jpeg', 'png', 'webp']),
	},
	steps: { displayName: 'Steps', read: toNumber },
};

/** What the options ask of the provider, and which of them it cannot honour. */
export interface ReadProviderOptions {
	readonly honoured: ImageRequest['options'];
	/** As the editor calls them. */
	readonly ignored: readonly string[];
}

/**
 * Sorts the options into those that the provider has and those that it has not.
 * @throws Failure when the value of one that it has is of the wrong kind
 */
export function readProviderOptions(provider: Provider, options: IDataObject): ReadProviderOptions {
	const given = (Object.keys(providerOptions) as ProviderOption[]).filter(
		(name) => options[name] !== undefined && options[name] !== null && options[name] !== '',
	);
	const supported = given.filter((name) => provider.supports.includes(name));
	return {
		honoured: Object.fromEntries(
			supported.map((name) => {
				const { displayName, read } = providerOptions[name];
				return [name, read(options[name], displayName)];
			}),
		),
		ignored: given
			.filter((name) => !provider.supports.includes(name))
			.map((name) => providerOptions[name].displayName),
	};
}
