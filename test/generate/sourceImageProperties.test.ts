import type { INodeParameters } from 'n8n-workflow';

import { providers } from '../../nodes/ZImage/providers/registry';
import { operations } from '../support/request';
import { copiesOf, isDisplayed, parametersOf, timesShown } from '../support/nodeValues';

/** The image and size parameters that a person sees, in the node's order. */
const names = [
	'imageSource',
	'imageField',
	'imageUrl',
	'maskSource',
	'maskField',
	'maskUrl',
	'preprocess',
	'size',
	'outputSize',
	'width',
	'height',
] as const;

const url = { imageSource: 'url', imageUrl: 'https://a.example/b.png' };
const maskUrl = { maskSource: 'url', maskUrl: 'https://a.example/c.png' };
const file = { imageSource: 'binary' };
const maskFile = { maskSource: 'binary' };
const none = { imageSource: 'none' };
const custom = { size: 'custom' };
const customOutput = { outputSize: 'custom' };

/** A node's parameters, and what is visible then. */
const rows: Array<[provider: string, operation: string, INodeParameters, seen: string]> = [
	['fal', 'textToImage', {}, 'size'],
	['fal', 'textToImage', custom, 'size width height'],
	['fal', 'textToImage', { model: 'base' }, 'size'],
	['novita', 'textToImage', {}, 'size'],
	['novita', 'textToImage', custom, 'size width height'],
	['highway', 'textToImage', {}, 'size'],
	['aimlapi', 'textToImage', custom, 'size width height'],
	['wavespeed', 'textToImage', { model: 'base' }, 'size'],
	['replicate', 'textToImage', custom, 'size width height'],
	['comfyui', 'textToImage', custom, 'size width height'],
	['sdcpp', 'textToImage', {}, 'size'],
	['openaiCompatible', 'textToImage', custom, 'size width height'],

	['fal', 'imageToImage', {}, 'imageSource imageField outputSize'],
	['fal', 'imageToImage', file, 'imageSource imageField outputSize'],
	['fal', 'imageToImage', url, 'imageSource imageUrl outputSize'],
	['fal', 'imageToImage', customOutput, 'imageSource imageField outputSize width height'],
	[
		'fal',
		'imageToImage',
		{ ...url, ...customOutput },
		'imageSource imageUrl outputSize width height',
	],
	['highway', 'imageToImage', {}, 'imageSource imageField outputSize'],
	['highway', 'imageToImage', url, 'imageSource imageUrl outputSize'],
	['highway', 'imageToImage', customOutput, 'imageSource imageField outputSize width height'],

	['wavespeed', 'imageToImage', customOutput, 'imageSource imageField outputSize width height'],
	['replicate', 'imageToImage', url, 'imageSource imageUrl outputSize'],

	['comfyui', 'imageToImage', {}, 'imageSource imageField outputSize'],
	['sdcpp', 'imageToImage', {}, 'imageSource imageField outputSize'],
	['sdcpp', 'imageToImage', customOutput, 'imageSource imageField outputSize width height'],

	['comfyui', 'inpaint', {}, 'imageSource imageField maskSource maskField outputSize'],
	['sdcpp', 'inpaint', {}, 'imageSource imageField maskSource maskField outputSize'],
	['fal', 'inpaint', {}, 'imageSource imageField maskSource maskField outputSize'],
	['fal', 'inpaint', { ...url, ...maskUrl }, 'imageSource imageUrl maskSource maskUrl outputSize'],
	['highway', 'inpaint', {}, 'imageSource imageField maskSource maskField outputSize'],
	['highway', 'inpaint', maskUrl, 'imageSource imageField maskSource maskUrl outputSize'],
	['highway', 'inpaint', url, 'imageSource imageUrl maskSource maskField outputSize'],

	['wavespeed', 'inpaint', {}, 'imageSource imageField maskSource maskField outputSize'],
	['replicate', 'inpaint', maskUrl, 'imageSource imageField maskSource maskUrl outputSize'],

	['wavespeed', 'controlNet', {}, 'imageSource imageField preprocess outputSize'],
	['replicate', 'controlNet', { preprocess: 'pose' }, 'imageSource imageField outputSize'],
	['fal', 'controlNet', {}, 'imageSource imageField preprocess outputSize'],
	[
		'fal',
		'controlNet',
		{ ...url, ...customOutput },
		'imageSource imageUrl preprocess outputSize width height',
	],

	['fal', 'seamlessTiling', {}, 'imageSource outputSize'],
	['fal', 'seamlessTiling', none, 'imageSource outputSize'],
	['fal', 'seamlessTiling', customOutput, 'imageSource outputSize width height'],
	['fal', 'seamlessTiling', file, 'imageSource imageField maskSource outputSize'],
	[
		'fal',
		'seamlessTiling',
		{ ...url, ...customOutput },
		'imageSource imageUrl maskSource outputSize width height',
	],
	[
		'fal',
		'seamlessTiling',
		{ ...file, ...maskFile },
		'imageSource imageField maskSource maskField outputSize',
	],
	[
		'fal',
		'seamlessTiling',
		{ ...url, ...maskUrl },
		'imageSource imageUrl maskSource maskUrl outputSize',
	],

	// Leftover values of another choice have no effect.
	['fal', 'seamlessTiling', maskFile, 'imageSource outputSize'],
	[
		'fal',
		'seamlessTiling',
		{ ...none, ...maskUrl, imageUrl: url.imageUrl },
		'imageSource outputSize',
	],
	['fal', 'textToImage', { ...url, ...maskUrl, ...customOutput }, 'size'],
	['novita', 'textToImage', { ...file, preprocess: 'pose', outputSize: '512x512' }, 'size'],
	['fal', 'imageToImage', { ...custom, ...maskUrl }, 'imageSource imageField outputSize'],
	['fal', 'imageToImage', { ...file, imageUrl: url.imageUrl }, 'imageSource imageField outputSize'],
	['fal', 'imageToImage', { model: 'base' }, 'imageSource imageField outputSize'],
	[
		'fal',
		'inpaint',
		{ ...file, preprocess: 'pose' },
		'imageSource imageField maskSource maskField outputSize',
	],
];

describe.each(rows)('%s, %s, %j', (provider, operation, changes, seen) => {
	const given = { provider, operation, ...changes };

	it('shows exactly what is needed', () => {
		const values = parametersOf(given);
		expect(names.filter((name) => timesShown(name, values) === 1).join(' ')).toBe(seen);
		expect(names.filter((name) => timesShown(name, values) > 1)).toStrictEqual([]);
	});

	it('runs with exactly what is shown', () => {
		const values = parametersOf(given);
		expect(names.filter((name) => values[name] !== undefined).join(' ')).toBe(seen);
		const shown: INodeParameters = Object.fromEntries(
			Object.entries(given).filter(([name]) => seen.split(' ').includes(name)),
		);
		expect(values).toMatchObject(shown);
	});

	it('is the same after the editor has stored it', () => {
		const values = parametersOf(given);
		expect(parametersOf(values)).toStrictEqual(values);
	});
});

it('there is a row for every operation of every provider', () => {
	const offered = providers.flatMap(({ id, endpoints }) =>
		operations
			.filter((name) => endpoints.some(({ operation }) => operation === name))
			.map((operation) => `${id} ${operation}`),
	);
	const tested = new Set(rows.map(([provider, operation]) => `${provider} ${operation}`));
	expect([...tested].sort()).toStrictEqual(offered.sort());
});

it.each([
	['fal', ['binary', 'url']],
	['highway', ['binary', 'url']],
	['comfyui', ['binary']],
	['sdcpp', ['binary']],
])('%s takes an image from %j', (provider, expected) => {
	const values = parametersOf({ provider, operation: 'inpaint' });
	for (const name of ['imageSource', 'maskSource']) {
		const shown = copiesOf(name).filter((copy) => isDisplayed(copy, values));
		const offered = shown.flatMap(({ options = [] }) =>
			options.flatMap((option) =>
				'value' in option && isDisplayed(option, values) ? [option.value] : [],
			),
		);
		expect(offered).toStrictEqual(expected);
	}
});

it('an expression for the source shows and keeps both variants', () => {
	const given = {
		imageSource: '={{ $json.from }}',
		imageField: 'boat',
		imageUrl: '={{ $json.url }}',
	};
	const values = parametersOf({ provider: 'fal', operation: 'imageToImage', ...given });
	expect(values).toMatchObject(given);
});

it('an expression for the size keeps the sides', () => {
	const given = { size: '={{ $json.size }}', width: 640, height: 480 };
	expect(parametersOf({ provider: 'fal', operation: 'textToImage', ...given })).toMatchObject(
		given,
	);
});

it.each(['seamlessTiling', 'imageToImage'])('%s: an automatic size is the default', (operation) => {
	expect(parametersOf({ provider: 'fal', operation })).toMatchObject({ outputSize: 'auto' });
});
