import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import type { Endpoint, ImageRequest, ProviderOption } from '../providers/provider';
import { toChoice, toNumber, toText } from '../run/parameters';

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

function toWords(value: unknown): string {
	return toText(value) ?? '';
}

/** Every option that only some endpoints have, and how its value is read. */
const providerOptions: Readonly<Record<ProviderOption, OptionReader>> = {
	acceleration: {
		displayName: 'Acceleration',
		read: (value, field) => toChoice(value, field, ['none', 'regular', 'high']),
	},
	controlEnd: { displayName: 'Control End', read: toNumber },
	controlScale: { displayName: 'Control Scale', read: toNumber },
	controlStart: { displayName: 'Control Start', read: toNumber },
	enablePromptExpansion: { displayName: 'Enable Prompt Expansion', read: toFlag },
	enableSafetyChecker: { displayName: 'Enable Safety Checker', read: toFlag },
	guidanceScale: { displayName: 'Guidance Scale', read: toNumber },
	negativePrompt: { displayName: 'Negative Prompt', read: toWords },
	outputFormat: {
		displayName: 'Output Format',
		read: (value, field) => toChoice(value, field, ['jpeg', 'png', 'webp']),
	},
	preprocess: {
		displayName: 'Preprocess',
		read: (value, field) => toChoice(value, field, ['none', 'canny', 'depth', 'pose']),
	},
	steps: { displayName: 'Steps', read: toNumber },
	strength: { displayName: 'Strength', read: toNumber },
	tileSize: { displayName: 'Tile Size', read: toNumber },
	tileStride: { displayName: 'Tile Stride', read: toNumber },
	tilingMode: {
		displayName: 'Tiling Mode',
		read: (value, field) => toChoice(value, field, ['both', 'horizontal', 'vertical']),
	},
};

/** What the editor calls the options. */
export const optionNames = Object.fromEntries(
	Object.entries(providerOptions).map(([name, { displayName }]) => [name, displayName]),
) as Readonly<Record<ProviderOption, string>>;

/** What the options ask of the endpoint, and which of them it cannot honour. */
export interface ReadProviderOptions {
	readonly honoured: ImageRequest['options'];
	/** As the editor calls them. */
	readonly ignored: readonly string[];
}

/**
 * Sorts the options into those that the endpoint has and those that it has not.
 * @throws Failure when the value of one that it has is of the wrong kind
 */
export function readProviderOptions(endpoint: Endpoint, options: IDataObject): ReadProviderOptions {
	const given = (Object.keys(providerOptions) as ProviderOption[]).filter(
		(name) => options[name] !== undefined && options[name] !== null && options[name] !== '',
	);
	const supported = given.filter((name) => endpoint.options[name] !== undefined);
	return {
		honoured: Object.fromEntries(
			supported.map((name) => {
				const { displayName, read } = providerOptions[name];
				return [name, read(options[name], displayName)];
			}),
		),
		ignored: given
			.filter((name) => endpoint.options[name] === undefined)
			.map((name) => providerOptions[name].displayName),
	};
}
