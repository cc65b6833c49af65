import type { INodeProperties } from 'n8n-workflow';

export const loraProperties: INodeProperties[] = [
	{
		displayName: 'Use LoRAs From Input',
		name: 'useInputLoras',
		type: 'boolean',
		default: true,
		description:
			'Whether to use the LoRAs in the field "loras" of the input item, as Z-Image Apply LoRA Preset puts them there',
	},
	{
		displayName: 'LoRAs',
		name: 'loras',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add LoRA',
		default: {},
		description:
			'Styles and characters to add to the model. At most 3, with those of the input item. Left out: none.',
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
						placeholder: 'e.g. ostris/z_image_turbo_childrens_drawings',
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
				],
			},
		],
	},
];
