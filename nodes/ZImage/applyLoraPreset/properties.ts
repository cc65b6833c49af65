import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { LoraPreset } from './presets';
import { loraPresets } from './presets';
import { hubUrlOption, loraPathProperty, loraScaleProperty } from '../properties/loras';
import { firstVersion, inVersions, laterVersions, movedIntoOptions } from '../properties/versions';

const presetOptions: INodePropertyOptions[] = loraPresets.map(
	({ name, displayName, description, scale, path }: LoraPreset) => ({
		name: displayName,
		value: name,
		description: `${description}. Scale ${scale}. ${path}.`,
	}),
);

const combineOptions: INodePropertyOptions[] = [
	{
		name: 'Stack',
		value: 'stack',
		action: 'Stack all LoRAs on each item',
		description: 'Put all LoRAs on each item: one mixed style, at most 3 LoRAs',
	},
	{
		name: 'Variations',
		value: 'variations',
		action: 'Create one item per LoRA',
		description: 'Create one item per LoRA: the same prompt in every style',
	},
	{
		name: 'Sweep',
		value: 'sweep',
		action: 'Create one item per LoRA scale',
		description: 'Create one item per LoRA and scale, to find the best scale',
	},
	{
		name: 'Random',
		value: 'random',
		action: 'Pick random LoRAs for each item',
		description: 'Pick random LoRAs for each item. If none are chosen, pick from all presets.',
	},
];

const combineProperty = inVersions(firstVersion, {
	displayName: 'Combine',
	name: 'combine',
	type: 'options',
	options: combineOptions,
	default: 'stack',
	description: 'How to combine several LoRAs, or several scales of one',
});

/** Replaces Combine in later versions: n8n lists its values as actions when users search for the node. */
const operationProperty = inVersions(laterVersions, {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: combineOptions,
	default: 'stack',
});

/**
 * The parameters of Sweep and Random.
 * @param combine the parameter that selects them
 */
function combineProperties(combine: 'combine' | 'operation'): INodeProperties[] {
	return [
		{
			displayName: 'From Scale',
			name: 'sweepFrom',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
			default: 0.6,
			displayOptions: { show: { [combine]: ['sweep'] } },
			description:
				'The first scale, from 0 to 4. It replaces the scales of the LoRAs. Default: 0.6.',
		},
		{
			displayName: 'To Scale',
			name: 'sweepTo',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
			default: 1,
			displayOptions: { show: { [combine]: ['sweep'] } },
			description: 'The last scale, from 0 to 4. It can be lower than the first one. Default: 1.',
		},
		{
			displayName: 'Steps',
			name: 'sweepSteps',
			type: 'number',
			typeOptions: { minValue: 2, maxValue: 20, numberPrecision: 0 },
			default: 3,
			displayOptions: { show: { [combine]: ['sweep'] } },
			description:
				'Number of scales from the first to the last, from 2 to 20. Each becomes an item. Default: 3.',
		},
		{
			displayName: 'LoRAs per Item',
			name: 'randomCount',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3, numberPrecision: 0 },
			default: 1,
			displayOptions: { show: { [combine]: ['random'] } },
			description: 'How many different LoRAs to pick for each item, from 1 to 3. Default: 1.',
		},
		{
			displayName: 'Seed',
			name: 'randomSeed',
			type: 'number',
			typeOptions: { minValue: -1, numberPrecision: 0 },
			default: -1,
			displayOptions: { show: { [combine]: ['random'] } },
			description:
				'The same seed picks the same LoRAs again, from 0 to 2147483647. Default: -1, different LoRAs in every run.',
		},
	];
}

const addTriggerWordsProperty: INodeProperties = {
	displayName: 'Add Trigger Words',
	name: 'addTriggerWords',
	type: 'boolean',
	default: true,
	description:
		'Whether to add the trigger words of the LoRAs to the prompt if they are missing. Default: on.',
};

const promptFieldProperty: INodeProperties = {
	displayName: 'Prompt Field',
	name: 'promptField',
	type: 'string',
	default: 'prompt',
	description: 'Field of the input item that holds the prompt. Default: prompt.',
};

export const applyLoraPresetProperties: INodeProperties[] = [
	operationProperty,
	{
		displayName: 'Presets',
		name: 'presets',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Preset',
		default: {},
		description: 'Community LoRAs for Z-Image Turbo from Hugging Face',
		options: [
			{
				displayName: 'Preset',
				name: 'preset',
				values: [
					{
						displayName: 'Preset Name',
						name: 'name',
						type: 'options',
						options: presetOptions,
						default: 'childrensDrawings',
						description: 'The style or character to add',
					},
					{
						displayName: 'Scale',
						name: 'scale',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
						default: '',
						placeholder: 'Recommended',
						description:
							'How strongly to apply the LoRA, from 0 to 4. Leave empty to use the recommended scale.',
					},
				],
			},
		],
	},
	{
		displayName: 'Custom LoRAs',
		name: 'customLoras',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Custom LoRA',
		default: {},
		description: "LoRAs that aren't presets",
		options: [
			{
				displayName: 'LoRA',
				name: 'lora',
				values: [
					loraPathProperty,
					loraScaleProperty,
					{
						displayName: 'Trigger Words',
						name: 'trigger',
						type: 'string',
						default: '',
						placeholder: 'e.g. class1cpa1nt',
						description:
							'Words the LoRA was trained with; see its page. Default: those on its page, for a LoRA from the list.',
					},
				],
			},
		],
	},
	{
		displayName: 'Own Presets',
		name: 'ownPresets',
		type: 'options',
		options: [
			{
				name: 'From Input Item',
				value: 'input',
				description: 'Read them from a field of the input item',
			},
			{ name: 'From JSON', value: 'json', description: 'Enter them in this node' },
			{ name: 'None', value: 'none' },
		],
		default: 'none',
		description: 'Your own list of LoRAs. Used in addition to the LoRAs above.',
	},
	{
		displayName: 'Own Presets (JSON)',
		name: 'ownPresetsJson',
		type: 'json',
		typeOptions: { rows: 4 },
		default: '[]',
		hint: 'For example [{ "name": "Mine", "path": "owner/name", "scale": 0.8, "trigger": "m1ne" }]',
		displayOptions: { show: { ownPresets: ['json'] } },
		description:
			'A list of { name, path, scale, trigger }. Only path is required: owner/name on Hugging Face or an https URL. Default: none.',
	},
	{
		displayName: 'Own Presets Field',
		name: 'ownPresetsField',
		type: 'string',
		default: 'loraPresets',
		displayOptions: { show: { ownPresets: ['input'] } },
		description:
			'Field of the input item with a list of { name, path, scale, trigger }. Only path is required. Default: loraPresets.',
	},
	combineProperty,
	...combineProperties('combine'),
	...combineProperties('operation'),
	inVersions(firstVersion, addTriggerWordsProperty),
	inVersions(firstVersion, {
		...promptFieldProperty,
		displayOptions: { show: { addTriggerWords: [true] } },
	}),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			movedIntoOptions(addTriggerWordsProperty),
			movedIntoOptions(promptFieldProperty),
			hubUrlOption,
		],
	},
];
