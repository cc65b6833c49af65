import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readProviderOptions } from '../../nodes/ZImage/generate/readOptions';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Operation, Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import {
	documentedOptions,
	endpointOf,
	optionNamesInOrder,
	optionValues,
	optionNames,
} from '../support/request';

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
])('%#: what it has is honoured, and what it has not is named', (provider, honoured, ignored) => {
	expect(readProviderOptions(endpointOf(provider), all)).toStrictEqual({ honoured, ignored });
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
		expect(readProviderOptions(endpointOf(provider), options as IDataObject)).toStrictEqual({
			honoured: {},
			ignored: [],
		});
	}
});

it('reads a number written as text', () => {
	expect(readProviderOptions(endpointOf(fal), { steps: '4' }).honoured).toStrictEqual({ steps: 4 });
});

it.each<[IDataObject, string]>([
	[{ steps: 'few' }, 'Steps is "few", which is not a number'],
	[{ outputFormat: 'gif' }, 'Output Format is "gif", but it is one of: jpeg, png, webp'],
	[{ acceleration: 'max' }, 'Acceleration is "max", but it is one of: none, regular, high'],
	[{ enableSafetyChecker: 'yes' }, 'Enable Safety Checker is "yes", but it is true or false'],
	[{ enablePromptExpansion: 1 }, 'Enable Prompt Expansion is 1, but it is true or false'],
])('fal refuses %j', (options, message) => {
	expect(() => readProviderOptions(endpointOf(fal), options)).toThrow(new Failure(message));
});

it('does not read what the provider has not', () => {
	expect(readProviderOptions(endpointOf(novita), { steps: 'few' })).toStrictEqual({
		honoured: {},
		ignored: ['Steps'],
	});
});

describe.each(
	providers.flatMap((provider: Provider) =>
		provider.endpoints.map(
			(endpoint) => [`${provider.id} ${endpoint.operation} ${endpoint.model}`, endpoint] as const,
		),
	),
)('%s', (name, endpoint) => {
	const has = documentedOptions[name] ?? [];

	it('honours what it has of all options and names what it has not', () => {
		expect(readProviderOptions(endpoint, optionValues)).toStrictEqual({
			honoured: Object.fromEntries(has.map((option) => [option, optionValues[option]])),
			ignored: optionNamesInOrder
				.filter((option) => !has.includes(option))
				.map((option) => optionNames[option]),
		});
	});

	it('honours nothing of nothing', () => {
		expect(readProviderOptions(endpoint, {})).toStrictEqual({ honoured: {}, ignored: [] });
	});
});

it('the table of options has every endpoint', () => {
	const endpoints = providers.flatMap((provider: Provider) =>
		provider.endpoints.map(({ operation, model }) => `${provider.id} ${operation} ${model}`),
	);
	expect(Object.keys(documentedOptions).sort()).toStrictEqual(endpoints.sort());
});

it.each<[string, IDataObject, string]>([
	['inpaint', { controlEnd: 'late' }, 'Control End is "late", which is not a number'],
	['inpaint', { controlScale: true }, 'Control Scale is true, which is not a number'],
	['inpaint', { controlStart: {} }, 'Control Start is {}, which is not a number'],
	['imageToImage', { strength: 'much' }, 'Strength is "much", which is not a number'],
	[
		'controlNet',
		{ preprocess: 'edges' },
		'Preprocess is "edges", but it is one of: none, canny, depth, pose',
	],
	['seamlessTiling', { tileSize: '1k' }, 'Tile Size is "1k", which is not a number'],
	['seamlessTiling', { tileStride: [] }, 'Tile Stride is [], which is not a number'],
	[
		'seamlessTiling',
		{ tilingMode: 'diagonal' },
		'Tiling Mode is "diagonal", but it is one of: both, horizontal, vertical',
	],
])('fal, for %s, refuses %j', (operation, options, message) => {
	const endpoint = endpointOf(fal, operation as Operation);
	expect(() => readProviderOptions(endpoint, options)).toThrow(new Failure(message));
});

it('Base refuses a guidance scale that is no number', () => {
	expect(() =>
		readProviderOptions(endpointOf(fal, 'textToImage', 'base'), { guidanceScale: 'high' }),
	).toThrow(new Failure('Guidance Scale is "high", which is not a number'));
});

it.each([
	['a hat', 'a hat'],
	[7, '7'],
	[['a', 'b'], '["a","b"]'],
])('Base takes the negative prompt %j as words', (negativePrompt, expected) => {
	const base = endpointOf(fal, 'textToImage', 'base');
	expect(readProviderOptions(base, { negativePrompt }).honoured).toStrictEqual({
		negativePrompt: expected,
	});
});

it('reads numbers written as text', () => {
	expect(
		readProviderOptions(endpointOf(fal, 'inpaint'), { strength: '0.5', controlEnd: ' 1 ' }),
	).toStrictEqual({ honoured: { strength: 0.5, controlEnd: 1 }, ignored: [] });
});

it('keeps a 0 and a false: they are given', () => {
	expect(
		readProviderOptions(endpointOf(fal, 'imageToImage'), {
			strength: 0,
			enableSafetyChecker: false,
		}).honoured,
	).toStrictEqual({ strength: 0, enableSafetyChecker: false });
});
