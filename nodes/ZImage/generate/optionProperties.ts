import type { INodeProperties } from 'n8n-workflow';

import { hubUrlOption } from '../properties/loras';
import { outputOptions } from '../properties/output';
import { whereSupported } from './whereSupported';

/** A number from 0 to 1. */
const share = { minValue: 0, maxValue: 1, numberPrecision: 2 };

/** The options that only some providers, operations or models have. */
const providerOptions: readonly INodeProperties[] = [
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
	{
		displayName: 'Strength',
		name: 'strength',
		type: 'number',
		typeOptions: share,
		default: 0.6,
		description:
			'How much the source image may change, from 0 (not at all) to 1 (all new). Left out: on fal 0.6, and 1 for Inpaint; Highway API does not say which.',
	},
	{
		displayName: 'Negative Prompt',
		name: 'negativePrompt',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. text, watermark',
		description: 'What the image should not show. Left out: nothing is excluded.',
	},
	{
		displayName: 'Guidance Scale',
		name: 'guidanceScale',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 20, numberPrecision: 2 },
		default: 4,
		description: 'How closely the image follows the prompt, from 1 to 20. Left out: 4.',
	},
	{
		displayName: 'Control Scale',
		name: 'controlScale',
		type: 'number',
		typeOptions: share,
		default: 0.75,
		description: 'How closely the source image guides the new one, from 0 to 1. Left out: 0.75.',
	},
	{
		displayName: 'Control Start',
		name: 'controlStart',
		type: 'number',
		typeOptions: share,
		default: 0,
		description:
			'When the guidance by the source image begins, as a part of all steps from 0 to 1. Left out: 0.',
	},
	{
		displayName: 'Control End',
		name: 'controlEnd',
		type: 'number',
		typeOptions: share,
		default: 0.8,
		description:
			'When the guidance by the source image ends, as a part of all steps from 0 to 1. Left out: 0.8.',
	},
	{
		displayName: 'Tiling Mode',
		name: 'tilingMode',
		type: 'options',
		options: [
			{ name: 'Both', value: 'both', description: 'Repeats in all directions' },
			{ name: 'Horizontal', value: 'horizontal', description: 'Repeats from left to right' },
			{ name: 'Vertical', value: 'vertical', description: 'Repeats from top to bottom' },
		],
		default: 'both',
		description: 'In which direction copies of the image join without a seam. Left out: both.',
	},
	{
		displayName: 'Tile Size',
		name: 'tileSize',
		type: 'number',
		typeOptions: { minValue: 32, maxValue: 256, numberPrecision: 0 },
		default: 128,
		description:
			'Size of the tiles that the image is worked on in, in steps of 8 pixels: an even number from 32 to 256. 64 is 512 pixels, 128 is 1024. Left out: 128.',
	},
	{
		displayName: 'Tile Stride',
		name: 'tileStride',
		type: 'number',
		typeOptions: { minValue: 16, maxValue: 128, numberPrecision: 0 },
		default: 64,
		description:
			'Distance from tile to tile, in steps of 8 pixels: an even number from 16 to 128; fal takes at most half the size of a tile. Left out: 64.',
	},
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
];

/** What is different with Z-Image Base. */
const onBase: Readonly<Record<string, Partial<INodeProperties>>> = {
	steps: {
		typeOptions: { minValue: 1, maxValue: 50, numberPrecision: 0 },
		default: 28,
		description:
			'Number of inference steps, from 1 to 50: fewer are faster and rougher. Left out: 28.',
	},
};

const maxCostUsd: INodeProperties = {
	displayName: 'Maximum Cost per Execution (USD)',
	name: 'maxCostUsd',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 4 },
	default: 1,
	description:
		'No request is sent by which the Generate nodes of this execution would come to cost more, by the documented prices; the value of the first item counts. Needs a provider with documented prices: fal (but for Inpaint and Base) or AI/ML API. Left out: no limit.',
};

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: -1, numberPrecision: 0 },
	default: -1,
	description:
		'The same seed and prompt give the same image again. From 0 (AI/ML API: from 1), on Novita and Highway API up to 2147483647. Several tasks of one item count up from it. Left out, or -1: random.',
};

const addTriggerWords: INodeProperties = {
	displayName: 'Add Trigger Words',
	name: 'addTriggerWords',
	type: 'boolean',
	default: true,
	description:
		'Whether to put the trigger words of a LoRA chosen from the list in front of the prompt, where it has not got them already. Left out: on.',
};

/** The collection Options of Generate, in the order of the editor's list: what is used most goes first. */
export const generateOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		seed,
		...providerOptions.flatMap((option) => whereSupported(option, onBase[option.name])),
		outputOptions.fileName,
		outputOptions.binaryPropertyName,
		maxCostUsd,
		addTriggerWords,
		outputOptions.timeoutSeconds,
		outputOptions.maxConcurrency,
		hubUrlOption,
	],
};
