import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors';
import { readProviderOptions } from '../../nodes/ZImage/operations/providerOptions';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Provider } from '../../nodes/ZImage/providers/provider';

const all = {
	acceleration: 'high',
	enablePromptExpansion: true,
	enableSafetyChecker: false,
	outputFormat: 'webp',
	steps: 4,
};

it.each<[Provider, IDataObject, string[]]>([
	[fal, all, []],
	[aimlapi, all, []],
	[
		highway,
		{ outputFormat: 'webp' },
		['Acceleration', 'Enable Prompt Expansion', 'Enable Safety Checker', 'Steps'],
	],
	[
		novita,
		{},
		['Acceleration', 'Enable Prompt Expansion', 'Enable Safety Checker', 'Output Format', 'Steps'],
	],
])('$id honours what it has and names what it has not', (provider, honoured, ignored) => {
	expect(readProviderOptions(provider, all)).toStrictEqual({ honoured, ignored });
});

it('leaves out what is not given, and what is none of its business', () => {
	const options = {
		steps: '',
		outputFormat: null,
		seed: 7,
		fileName: 'a',
		acceleration: undefined,
	};
	for (const provider of [fal, novita]) {
		expect(readProviderOptions(provider, options as IDataObject)).toStrictEqual({
			honoured: {},
			ignored: [],
		});
	}
});

it('reads a number written as text', () => {
	expect(readProviderOptions(fal, { steps: '4' }).honoured).toStrictEqual({ steps: 4 });
});

it.each<[IDataObject, string]>([
	[{ steps: 'few' }, 'Steps is "few", which is not a number'],
	[{ outputFormat: 'gif' }, 'Output Format is "gif", but it is one of: jpeg, png, webp'],
	[{ acceleration: 'max' }, 'Acceleration is "max", but it is one of: none, regular, high'],
	[{ enableSafetyChecker: 'yes' }, 'Enable Safety Checker is "yes", but it is true or false'],
	[{ enablePromptExpansion: 1 }, 'Enable Prompt Expansion is 1, but it is true or false'],
])('fal refuses %j', (options, message) => {
	expect(() => readProviderOptions(fal, options)).toThrow(new Failure(message));
});

it('does not read what the provider has not', () => {
	expect(readProviderOptions(novita, { steps: 'few' })).toStrictEqual({
		honoured: {},
		ignored: ['Steps'],
	});
});
