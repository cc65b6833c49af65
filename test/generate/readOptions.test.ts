import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readProviderOptions } from '../../nodes/ZImage/generate/readOptions';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Operation, Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import {
	documentedOptions,
	endpointName,
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
])('%#: supported options are used, and others are named', (provider, honoured, ignored) => {
	expect(readProviderOptions(endpointOf(provider), all)).toStrictEqual({ honoured, ignored });
});

it("leaves out what is not set, and what isn't an option", () => {
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

it.each<[unknown, unknown]>([
	['z-image-turbo', 'z-image-turbo'],
	[' z-image-turbo\n', 'z-image-turbo'],
	[{ __rl: true, mode: 'list', value: 'z-image-turbo' }, 'z-image-turbo'],
	[{ __rl: true, mode: 'name', value: ' z-image-turbo ' }, 'z-image-turbo'],
	[{ __rl: true, mode: 'list', value: '' }, undefined],
	['', undefined],
])('reads the model name %j', (modelName, expected) => {
	const options = { modelName } as IDataObject;
	expect(readProviderOptions(endpointOf(openaiCompatible), options)).toStrictEqual({
		honoured: expected === undefined ? {} : { modelName: expected },
		ignored: [],
	});
});

it('reads a number written as text', () => {
	expect(readProviderOptions(endpointOf(fal), { steps: '4' }).honoured).toStrictEqual({ steps: 4 });
});

it.each<[IDataObject, string]>([
	[{ steps: 'few' }, 'Steps must be a number (got "few")'],
	[{ outputFormat: 'gif' }, 'Output Format must be one of: jpeg, png, webp (got "gif")'],
	[{ acceleration: 'max' }, 'Acceleration must be one of: none, regular, high (got "max")'],
	[{ enableSafetyChecker: 'maybe' }, 'Enable Safety Checker must be true or false (got "maybe")'],
	[{ enablePromptExpansion: 2 }, 'Enable Prompt Expansion must be true or false (got 2)'],
])('fal refuses %j', (options, message) => {
	expect(() => readProviderOptions(endpointOf(fal), options)).toThrow(new Failure(message));
});

it("does not read what the provider doesn't support", () => {
	expect(readProviderOptions(endpointOf(novita), { steps: 'few' })).toStrictEqual({
		honoured: {},
		ignored: ['Steps'],
	});
});

describe.each(
	providers.flatMap((provider: Provider) =>
		provider.endpoints.map((endpoint) => [endpointName(provider, endpoint), endpoint] as const),
	),
)('%s', (name, endpoint) => {
	const has = documentedOptions[name] ?? [];

	it('uses the supported ones of all options and names the others', () => {
		expect(readProviderOptions(endpoint, optionValues)).toStrictEqual({
			honoured: Object.fromEntries(has.map((option) => [option, optionValues[option]])),
			ignored: optionNamesInOrder
				.filter((option) => !has.includes(option))
				.map((option) => optionNames[option]),
		});
	});

	it('uses nothing if nothing is set', () => {
		expect(readProviderOptions(endpoint, {})).toStrictEqual({ honoured: {}, ignored: [] });
	});
});

it('the table of options has every endpoint', () => {
	const endpoints = providers.flatMap((provider: Provider) =>
		provider.endpoints.map((endpoint) => endpointName(provider, endpoint)),
	);
	expect(Object.keys(documentedOptions).sort()).toStrictEqual(endpoints.sort());
});

it.each<[string, IDataObject, string]>([
	['inpaint', { controlEnd: 'late' }, 'Control End must be a number (got "late")'],
	['inpaint', { controlScale: true }, 'Control Scale must be a number (got true)'],
	['inpaint', { controlStart: {} }, 'Control Start must be a number (got {})'],
	['imageToImage', { strength: 'much' }, 'Strength must be a number (got "much")'],
	[
		'controlNet',
		{ preprocess: 'edges' },
		'Preprocess must be one of: none, canny, depth, pose (got "edges")',
	],
	['seamlessTiling', { tileSize: '1k' }, 'Tile Size must be a number (got "1k")'],
	['seamlessTiling', { tileStride: [] }, 'Tile Stride must be a number (got [])'],
	[
		'seamlessTiling',
		{ tilingMode: 'diagonal' },
		'Tiling Mode must be one of: both, horizontal, vertical (got "diagonal")',
	],
])('fal, for %s, refuses %j', (operation, options, message) => {
	const endpoint = endpointOf(fal, operation as Operation);
	expect(() => readProviderOptions(endpoint, options)).toThrow(new Failure(message));
});

it("Base refuses a guidance scale that isn't a number", () => {
	expect(() =>
		readProviderOptions(endpointOf(fal, 'textToImage', 'base'), { guidanceScale: 'high' }),
	).toThrow(new Failure('Guidance Scale must be a number (got "high")'));
});

it.each([
	['a hat', 'a hat'],
	[7, '7'],
])('Base accepts the negative prompt %j as text', (negativePrompt, expected) => {
	const base = endpointOf(fal, 'textToImage', 'base');
	expect(readProviderOptions(base, { negativePrompt }).honoured).toStrictEqual({
		negativePrompt: expected,
	});
});

it('does not read a list as a negative prompt', () => {
	const base = endpointOf(fal, 'textToImage', 'base');
	expect(() => readProviderOptions(base, { negativePrompt: ['a', 'b'] })).toThrow(
		new Failure('Negative Prompt must be text (got ["a","b"])'),
	);
});

it('reads switches and choices as a table stores them', () => {
	const options = { enableSafetyChecker: 'no\n', outputFormat: 'JPG', acceleration: ' High' };
	expect(readProviderOptions(endpointOf(fal), options).honoured).toStrictEqual({
		enableSafetyChecker: false,
		outputFormat: 'jpeg',
		acceleration: 'high',
	});
});

it('reads numbers written as text', () => {
	expect(
		readProviderOptions(endpointOf(fal, 'inpaint'), { strength: '0.5', controlEnd: ' 1 ' }),
	).toStrictEqual({ honoured: { strength: 0.5, controlEnd: 1 }, ignored: [] });
});

it('keeps a 0 and a false, because they are set', () => {
	expect(
		readProviderOptions(endpointOf(fal, 'imageToImage'), {
			strength: 0,
			enableSafetyChecker: false,
		}).honoured,
	).toStrictEqual({ strength: 0, enableSafetyChecker: false });
});
