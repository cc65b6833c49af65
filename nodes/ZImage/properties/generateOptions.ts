import type { INodeProperties } from 'n8n-workflow';

import type { ProviderOption } from '../providers/provider';
import { providersSupporting, providersWithout } from '../providers/registry';
import { outputOptions } from './output';

/** The options that only some providers have. */
const providerOptions: readonly INodeProperties[] = [
	{
		displayName: 'Acceleration',
		name: 'acceleration',
		type: 'options',
		options: [
			{ name: 'High', value: 'high', description: 'Fastest' },
			{ name: 'None', value: 'none', description: 'Slowest, best fidelity' },
			{ name: 'Regular', value: 'regular', description: 'The balance of both' },
		],
		default: 'regular',
		description: 'How much speed is preferred to fidelity. Left out: regular.',
	},
	{
		displayName: 'Enable Prompt Expansion',
		name: 'enablePromptExpansion',
		type: 'boolean',
		default: false,
		description:
			'Whether the provider adds details to the prompt by itself. On fal this costs 0.0025 USD more per request. Left out: off.',
	},
	{
		displayName: 'Enable Safety Checker',
		name: 'enableSafetyChecker',
		type: 'boolean',
		default: true,
		description:
			'Whether the provider checks images for unsafe content; a flagged image may be black. Left out: on.',
	},
	{
		displayName: 'Output Format',
		name: 'outputFormat',
		type: 'options',
		options: [
			{ name: 'JPEG', value: 'jpeg' },
			{ name: 'PNG', value: 'png' },
			{ name: 'WebP', value: 'webp' },
		],
		default: 'png',
		description: 'File type of the image. Left out: PNG on fal and AI/ML API, WebP on Highway API.',
	},
	{
		displayName: 'Steps',
		name: 'steps',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 8, numberPrecision: 0 },
		default: 8,
		description:
			'Number of inference steps, from 1 to 8: fewer are faster and rougher. Left out: the default of the provider, which is 8 on fal.',
	},
];

/**
 * An option as it is offered with the providers that have it, and a hidden twin for the others. n8n drops
 * the value of a parameter that is not displayed; the twin keeps it, so that the run can say that the
 * value was not used.
 */
function onlyWhereSupported(option: INodeProperties): INodeProperties[] {
	const name = option.name as ProviderOption;
	return [
		{ ...option, displayOptions: { show: { '/provider': providersSupporting(name) } } },
		{
			...option,
			type: 'hidden',
			displayOptions: { show: { '/provider': providersWithout(name) } },
		},
	];
}

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: -1, numberPrecision: 0 },
	default: -1,
	description:
		'The same seed and prompt give the same image again. From 0 (AI/ML API: from 1) to 2147483647. Several tasks of one item count up from it. Left out, or -1: random.',
};

/** By code units: the order of a language would cost half of the package's time to load. */
function byDisplayName(a: INodeProperties, b: INodeProperties): number {
	if (a.displayName === b.displayName) return 0;
	return a.displayName < b.displayName ? -1 : 1;
}

/** The collection Options of Generate, in the order of the editor's list. */
export const generateOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		...providerOptions.flatMap(onlyWhereSupported),
		seed,
		...Object.values(outputOptions),
	].sort(byDisplayName),
};
