import type { INodeProperties } from 'n8n-workflow';

import { providers, taskProviders } from '../providers/registry';
import { generateOptions } from './generateOptions';
import { loraProperties } from './loras';
import { providerProperty } from './provider';

export const generateProperties: INodeProperties[] = [
	providerProperty(providers),
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. A lighthouse at dusk, long exposure',
		description: 'What the image should show. AI/ML API takes up to 4000 characters.',
	},
	{
		displayName: 'Size',
		name: 'size',
		type: 'options',
		options: [
			{ name: 'Custom', value: 'custom', description: 'Any width and height the provider takes' },
			{ name: 'Landscape 16:9 (1024×576)', value: '1024x576' },
			{ name: 'Landscape 4:3 (1024×768)', value: '1024x768' },
			{ name: 'Portrait 3:4 (768×1024)', value: '768x1024' },
			{ name: 'Portrait 9:16 (576×1024)', value: '576x1024' },
			{ name: 'Square (1024×1024)', value: '1024x1024' },
		],
		default: '1024x1024',
		description:
			'Width and height of the image in pixels. An expression may give any, such as 1280x720.',
	},
	{
		displayName: 'Width',
		name: 'width',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		displayOptions: { show: { size: ['custom'] } },
		description:
			'Pixels. Novita and Highway API: from 256 to 1536. AI/ML API: from 512 to 2048, in multiples of 32.',
	},
	{
		displayName: 'Height',
		name: 'height',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		displayOptions: { show: { size: ['custom'] } },
		description:
			'Pixels. Novita and Highway API: from 256 to 1536. AI/ML API: from 512 to 2048, in multiples of 32.',
	},
	{
		displayName: 'Number of Images',
		name: 'numberOfImages',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 4, numberPrecision: 0 },
		default: 1,
		description:
			'Images per input item, from 1 to 4, each paid for and each an item of its own. Novita and Highway API make one task for each.',
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{
				name: 'Submit',
				value: 'submit',
				description: 'Hand out the task at once, for Z-Image Get Task Result to fetch later',
				displayOptions: { show: { provider: taskProviders.map(({ id }) => id) } },
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait for the images and hand them out as files',
			},
		],
		default: 'wait',
		description: 'Whether to wait for the images or to hand out tasks',
	},
	...loraProperties,
	generateOptions,
];
