import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Operation, ServerKind } from '../providers/provider';
import {
	hasServerKinds,
	operationNames,
	providers,
	providersWith,
	serverNames,
	taskProviders,
} from '../providers/registry';
import { generateOptions, optionParameters } from './optionProperties';
import { loraProperties } from '../properties/loras';
import {
	fallbackProperties,
	providerProperty,
	toolDescriptionProperty,
} from '../properties/provider';
import { imageOperations, sourceImageProperties } from './sourceImageProperties';

const operationTexts: Readonly<Record<Operation, { action: string; description: string }>> = {
	controlNet: {
		action: 'Generate an image with ControlNet',
		description: 'Make an image with the edges, depth or poses of another one',
	},
	imageToImage: {
		action: 'Generate an image from an image',
		description: 'Change an image as the prompt says',
	},
	inpaint: {
		action: 'Repaint a part of an image',
		description: 'Repaint the part of an image that a mask shows in white',
	},
	seamlessTiling: {
		action: 'Generate a seamless tile',
		description: 'Make a texture whose copies join without a seam',
	},
	textToImage: {
		action: 'Generate an image from text',
		description: 'Make an image from the prompt alone',
	},
};

const operationProperty: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: (Object.keys(operationNames) as Operation[]).map((operation) => ({
		name: operationNames[operation],
		value: operation,
		...operationTexts[operation],
		displayOptions: { show: { provider: providersWith(operation).map(({ id }) => id) } },
	})),
	default: 'textToImage',
};

const modelProperty: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Z-Image Turbo', value: 'turbo', description: 'Fast and cheap' },
		{
			name: 'Z-Image Base',
			value: 'base',
			description: 'Slower, with a negative prompt and a guidance scale',
		},
	],
	default: 'turbo',
	displayOptions: {
		show: {
			operation: ['textToImage'],
			provider: providersWith('textToImage', 'base').map(({ id }) => id),
		},
	},
	description: 'The model that makes the image. Most LoRAs are made for Turbo.',
};

const serverTexts: Readonly<Record<ServerKind, string>> = {
	standard: "OpenAI's own fields only, which every server takes",
	vllmOmni: 'With steps, a guidance scale, a negative prompt and one LoRA',
	sglang: 'With steps, a guidance scale and a negative prompt',
	localAi: 'With steps and a negative prompt',
	sdServer: 'That of stable-diffusion.cpp, where its native API is out of reach',
};

const serverProperty: INodeProperties = {
	displayName: 'Server',
	name: 'server',
	type: 'options',
	noDataExpression: true,
	options: (Object.keys(serverNames) as ServerKind[]).map((server) => ({
		name: serverNames[server],
		value: server,
		description: serverTexts[server],
	})),
	default: 'standard',
	displayOptions: {
		show: { provider: providers.filter(hasServerKinds).map(({ id }) => id) },
	},
	description: 'The program that your server runs. It decides which fields a request may have.',
};

const sizes: INodePropertyOptions[] = [
	{ name: 'Square (1024×1024)', value: '1024x1024' },
	{ name: 'Landscape 16:9 (1024×576)', value: '1024x576' },
	{ name: 'Landscape 4:3 (1024×768)', value: '1024x768' },
	{ name: 'Portrait 3:4 (768×1024)', value: '768x1024' },
	{ name: 'Portrait 9:16 (576×1024)', value: '576x1024' },
	{ name: 'Custom', value: 'custom', description: 'Any width and height the provider takes' },
];

function sideProperties(show: Record<string, string[]>): INodeProperties[] {
	return ['Width', 'Height'].map((displayName) => ({
		displayName,
		name: displayName.toLowerCase(),
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1024,
		displayOptions: { show },
		description:
			'Pixels. WaveSpeed, Novita and Highway API: from 256 to 1536. Replicate: from 64 to 1440. AI/ML API: from 512 to 2048, in multiples of 32. ComfyUI: multiples of 16. Other servers of your own: from 64 to 4096.',
	}));
}

const toolDescription =
	'Makes an image from a text prompt and gives its url, width, height, seed and taskId. Say in the prompt all that the image shows: subject, place, light, style. Each image is paid for: make one call per image that is wanted. If the result has "error", read it and "whatToDo". After an error, the same call again takes up a task that is paid for already. Give the url to the user as it is.';

export const generateProperties: INodeProperties[] = [
	toolDescriptionProperty(toolDescription),
	providerProperty(providers),
	operationProperty,
	modelProperty,
	serverProperty,
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
	...sourceImageProperties,
	...optionParameters,
	{
		displayName: 'Size',
		name: 'size',
		type: 'options',
		options: sizes,
		default: '1024x1024',
		displayOptions: { show: { operation: ['textToImage'] } },
		description:
			'Width and height of the image in pixels. An expression may give any, such as 1280x720.',
	},
	{
		displayName: 'Output Size',
		name: 'outputSize',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'That of the source image; without one, or where it is not known, 1024×1024',
			},
			...sizes,
		],
		default: 'auto',
		displayOptions: { show: { operation: imageOperations } },
		description:
			'Width and height of the new image in pixels. An expression may give any, such as 1280x720. Automatic is that of the source image; on WaveSpeed and Highway API only for a file, and made to fit the limits. Replicate always keeps that of the source image.',
	},
	...sideProperties({ operation: ['textToImage'], size: ['custom'] }),
	...sideProperties({ operation: imageOperations, outputSize: ['custom'] }),
	{
		displayName: 'Number of Images',
		name: 'numberOfImages',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 4, numberPrecision: 0 },
		default: 1,
		description:
			'Images per input item, from 1 to 4, each paid for and each an item of its own. All but fal and AI/ML API make one task for each.',
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait for the images and hand them out as files',
			},
			{
				name: 'Submit',
				value: 'submit',
				description: 'Hand out the task at once, for Z-Image Get Task Result to fetch later',
				displayOptions: { show: { provider: taskProviders.map(({ id }) => id) } },
			},
		],
		default: 'wait',
		description: 'Whether to wait for the images or to hand out tasks',
	},
	...loraProperties,
	...fallbackProperties(providers),
	generateOptions,
];
