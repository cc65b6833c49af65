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
import { lorasProperty, useInputLorasProperty } from '../properties/loras';
import {
	fallbackProperties,
	providerProperty,
	toolDescriptionProperty,
} from '../properties/provider';
import { firstVersion, inVersions, movedIntoOptions } from '../properties/versions';
import { generateOptions, optionParameters } from './optionProperties';
import { imageOperations, sourceImageProperties } from './sourceImageProperties';

const operations = Object.keys(operationNames) as Operation[];

const operationTexts: Readonly<Record<Operation, { action: string; description: string }>> = {
	controlNet: {
		action: 'Generate an image with ControlNet',
		description: 'Follow the edges, depth or poses of another image',
	},
	imageToImage: {
		action: 'Change an image',
		description: 'Change an image with a prompt',
	},
	inpaint: {
		action: 'Repaint part of an image',
		description: 'Repaint the white area of a mask',
	},
	seamlessTiling: {
		action: 'Generate a seamless tile',
		description: 'Create a texture that repeats without visible seams',
	},
	textToImage: {
		action: 'Generate an image from text',
		description: 'Create an image from a prompt',
	},
};

const operationProperty: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: operations.map((operation) => ({
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
	description:
		'The model that generates the image. Most LoRAs are made for Turbo. Default: Z-Image Turbo.',
};

const serverTexts: Readonly<Record<ServerKind, string>> = {
	standard: "Only OpenAI's own fields, which every server supports",
	vllmOmni: 'With steps, a guidance scale, a negative prompt and one LoRA',
	sglang: 'With steps, a guidance scale and a negative prompt',
	localAi: 'With steps and a negative prompt',
	sdServer:
		"stable-diffusion.cpp through its OpenAI-compatible API, if its native API isn't available",
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
	description: 'The software your server runs. It determines which fields a request can have.',
};

const numberOfImagesProperty: INodeProperties = {
	displayName: 'Number of Images',
	name: 'numberOfImages',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 4, numberPrecision: 0 },
	default: 1,
	description:
		'Images per input item, from 1 to 4. You pay for each one, and each becomes an output item. Default: 1.',
};

const modeProperty: INodeProperties = {
	displayName: 'Mode',
	name: 'mode',
	type: 'options',
	options: [
		{
			name: 'Wait',
			value: 'wait',
			description: 'Wait for the images and return them as files',
		},
		{
			name: 'Submit',
			value: 'submit',
			description: 'Return the task ID right away; fetch the image later with Get Task Result',
			displayOptions: { show: { provider: taskProviders.map(({ id }) => id) } },
		},
	],
	default: 'wait',
	description: 'Whether to wait for the images or return task IDs. Default: Wait.',
};

/** Outside Options in the first version, and inside since the second. */
const rarelyChanged = [numberOfImagesProperty, modeProperty, useInputLorasProperty];

const promptTexts: Readonly<Record<Operation, { placeholder: string; description: string }>> = {
	controlNet: {
		placeholder: 'e.g. A marble statue in a museum',
		description: 'What the image should show in the shapes of the source image',
	},
	imageToImage: {
		placeholder: 'e.g. The same street in winter, covered in snow',
		description: 'What the changed image should show',
	},
	inpaint: {
		placeholder: 'e.g. A wooden rowing boat',
		description: 'What the white area of the mask should show',
	},
	seamlessTiling: {
		placeholder: 'e.g. Mossy cobblestones seen from above',
		description: 'What the texture should show',
	},
	textToImage: {
		placeholder: 'e.g. A lighthouse at dusk, long exposure',
		description: 'What the image should show',
	},
};

/** The prompt of each operation, with a matching example. */
const promptProperties = operations.map((operation): INodeProperties => ({
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	...promptTexts[operation],
	displayOptions: { show: { operation: [operation] } },
}));

const sizes: INodePropertyOptions[] = [
	{ name: 'Square (1024x1024)', value: '1024x1024' },
	{ name: 'Landscape 16:9 (1024x576)', value: '1024x576' },
	{ name: 'Landscape 4:3 (1024x768)', value: '1024x768' },
	{ name: 'Portrait 3:4 (768x1024)', value: '768x1024' },
	{ name: 'Portrait 9:16 (576x1024)', value: '576x1024' },
	{ name: 'Custom', value: 'custom', description: 'Any width and height the provider supports' },
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
			'In pixels. The range depends on the provider, for example 256 to 1536. Default: 1024.',
	}));
}

const toolDescription =
	'Generates an image from a text prompt and returns its url, width, height, seed and taskId. Describe everything the image should show in the prompt: subject, place, light, style. Every image costs money: make one call per image. If the result has "error", read it and "whatToDo". After an error, repeating the call resumes the task you already paid for. Show the url to the user unchanged.';

export const generateProperties: INodeProperties[] = [
	toolDescriptionProperty(toolDescription),
	providerProperty(providers),
	operationProperty,
	inVersions(firstVersion, modelProperty),
	serverProperty,
	...promptProperties,
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
			'Width and height of the image in pixels. An expression can set any size, such as 1280x720.',
	},
	{
		displayName: 'Output Size',
		name: 'outputSize',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'Same as the source image (1024x1024 if unknown)',
			},
			...sizes,
		],
		default: 'auto',
		displayOptions: { show: { operation: imageOperations } },
		description:
			'Width and height of the new image in pixels. An expression can set any size, such as 1280x720.',
	},
	...sideProperties({ operation: ['textToImage'], size: ['custom'] }),
	...sideProperties({ operation: imageOperations, outputSize: ['custom'] }),
	...rarelyChanged.map((property) => inVersions(firstVersion, property)),
	lorasProperty,
	...fallbackProperties(providers),
	generateOptions([modelProperty, ...rarelyChanged].map(movedIntoOptions)),
];
