import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { LoraPreset } from './presets';
import { loraPresets } from './presets';
import { hubUrlOption, loraPathProperty, loraScaleProperty } from '../properties/loras';

const presetOptions: INodePropertyOptions[] = loraPresets.map(
	({ name, displayName, description, scale, path }: LoraPreset) => ({
		name: displayName,
		value: name,
		description: `${description}. Scale ${scale}. ${path}.`,
	}),
);

export const applyLoraPresetProperties: INodeProperties[] = [
	{
		displayName: 'Presets',
		name: 'presets',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Preset',
		default: {},
		description: 'LoRAs of the community for Z-Image Turbo, from Hugging Face',
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
						default: 0,
						hint: "0 takes the preset's own scale",
						description:
							"How strongly the LoRA counts, up to 4. 0 takes the preset's own recommendation.",
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
		description: 'LoRAs that are not among the presets',
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
							'Words that the LoRA was trained on, if any; see its page. Left out: those that its page names, for a LoRA from the list, else none.',
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
				description: 'Take them from a field of the input item',
			},
			{ name: 'From JSON', value: 'json', description: 'Write them into this node' },
			{ name: 'None', value: 'none' },
		],
		default: 'none',
		description: 'LoRAs that you keep as a list of your own; they count as if chosen above',
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
			'A list of { name, path, scale, trigger }, of which only the path is needed. It is owner/name on Hugging Face or an https URL; the scale goes from 0 to 4. Left out: none, a scale of 1, no trigger words.',
	},
	{
		displayName: 'Own Presets Field',
		name: 'ownPresetsField',
		type: 'string',
		default: 'loraPresets',
		displayOptions: { show: { ownPresets: ['input'] } },
		description:
			'Field of the input item that holds a list of { name, path, scale, trigger }, of which only the path is needed; an item without it has none. Left out: loraPresets.',
	},
	{
		displayName: 'Combine',
		name: 'combine',
		type: 'options',
		options: [
			{
				name: 'Stack',
				value: 'stack',
				description: 'Put all LoRAs on each item: one mixed style, at most 3 LoRAs',
			},
			{
				name: 'Variations',
				value: 'variations',
				description: 'Make one item per LoRA: the same prompt in every style',
			},
			{
				name: 'Sweep',
				value: 'sweep',
				description: 'Make one item per scale, of each LoRA on its own: to find the best scale',
			},
			{
				name: 'Random',
				value: 'random',
				description: 'Draw LoRAs for each item; with none chosen, from all presets',
			},
		],
		default: 'stack',
		description: 'What to do with several LoRAs, or several scales of one',
	},
	{
		displayName: 'From Scale',
		name: 'sweepFrom',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
		default: 0.6,
		displayOptions: { show: { combine: ['sweep'] } },
		description:
			'The first scale, from 0 to 4. The scales of the LoRAs themselves do not count. Left out: 0.6.',
	},
	{
		displayName: 'To Scale',
		name: 'sweepTo',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
		default: 1,
		displayOptions: { show: { combine: ['sweep'] } },
		description: 'The last scale, from 0 to 4; it may be below the first. Left out: 1.',
	},
	{
		displayName: 'Steps',
		name: 'sweepSteps',
		type: 'number',
		typeOptions: { minValue: 2, maxValue: 20, numberPrecision: 0 },
		default: 3,
		displayOptions: { show: { combine: ['sweep'] } },
		description:
			'Number of scales, from 2 to 20, in equal steps with both ends among them; each is an item of its own. Left out: 3.',
	},
	{
		displayName: 'LoRAs per Item',
		name: 'randomCount',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3, numberPrecision: 0 },
		default: 1,
		displayOptions: { show: { combine: ['random'] } },
		description:
			'How many LoRAs to draw for each item, from 1 to 3, none of them twice. Left out: 1.',
	},
	{
		displayName: 'Seed',
		name: 'randomSeed',
		type: 'number',
		typeOptions: { minValue: -1, numberPrecision: 0 },
		default: -1,
		displayOptions: { show: { combine: ['random'] } },
		description:
			'The same seed draws the same LoRAs for the same item again. From 0 to 2147483647. Left out, or -1: other ones in each run.',
	},
	{
		displayName: 'Add Trigger Words',
		name: 'addTriggerWords',
		type: 'boolean',
		default: true,
		description:
			'Whether to put the trigger words of the LoRAs in front of the prompt, where it has not got them already',
	},
	{
		displayName: 'Prompt Field',
		name: 'promptField',
		type: 'string',
		default: 'prompt',
		displayOptions: { show: { addTriggerWords: [true] } },
		description: 'Field of the input item that holds the prompt. Left out: prompt.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [hubUrlOption],
	},
];
