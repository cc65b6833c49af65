import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { LoraPreset } from '../lora/presets';
import { loraPresets } from '../lora/presets';

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
					{
						displayName: 'Path',
						name: 'path',
						type: 'string',
						required: true,
						default: '',
						placeholder: 'e.g. owner/my-z-image-lora',
						description:
							'A Hugging Face repository (owner/name), or the URL of a weights file made for Z-Image Turbo',
					},
					{
						displayName: 'Scale',
						name: 'scale',
						type: 'number',
						typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
						default: 1,
						description: 'How strongly the LoRA counts, from 0 to 4; most look best from 0.6 to 1',
					},
					{
						displayName: 'Trigger Words',
						name: 'trigger',
						type: 'string',
						default: '',
						description:
							'Words that the LoRA was trained on, if any; see its page. Left out: none.',
					},
				],
			},
		],
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
		],
		default: 'stack',
		description: 'What to do with several LoRAs',
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
];
