import type { INodeProperties } from 'n8n-workflow';

import { hubIdPattern, huggingFaceUrl } from '../lora/hub';

/** The location of a row's LoRA. Workflows older than the resource locator contain text, which stays valid. */
export const loraPathProperty: INodeProperties = {
	displayName: 'LoRA',
	name: 'path',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'A LoRA for Z-Image Turbo: from Hugging Face, a link, a binary field, or your own server',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a LoRA...',
			typeOptions: {
				searchListMethod: 'searchLoras',
				searchable: true,
				searchFilterRequired: false,
				// The list of Hugging Face is open to everybody; the node's credential is the provider's.
				skipCredentialsCheckInRLC: true,
			},
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. ostris/z_image_turbo_childrens_drawings',
			hint: 'A Hugging Face repository. If it has several .safetensors files, add /file.safetensors.',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: `\\s*${hubIdPattern}\\s*(?:#.*)?`,
						errorMessage: 'Enter owner/name or owner/name/file.safetensors',
					},
				},
			],
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://huggingface.co/owner/name/resolve/main/file.safetensors',
			hint: 'A direct link to a .safetensors file, or its Hugging Face page',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: '\\s*https://.+',
						errorMessage: 'Enter a URL that starts with https://',
					},
				},
			],
		},
		{
			displayName: 'By File',
			name: 'file',
			type: 'string',
			placeholder: 'e.g. styles/pencil.safetensors',
			hint: 'The path of a file on your own server',
		},
		{
			displayName: 'From Binary Field',
			name: 'binary',
			type: 'string',
			placeholder: 'e.g. lora',
			hint: 'The name of a binary field of the input item with a .safetensors file (fal, WaveSpeed)',
		},
	],
};

/** How strongly a row's LoRA counts. */
export const loraScaleProperty: INodeProperties = {
	displayName: 'Scale',
	name: 'scale',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 4, numberPrecision: 2 },
	default: 1,
	description:
		'How strongly to apply the LoRA, from 0 to 4. Most look best between 0.6 and 1. Default: 1.',
};

/** The address of the list of LoRAs, in the collection Options of each node with the list. */
export const hubUrlOption: INodeProperties = {
	displayName: 'Hugging Face URL',
	name: 'hubUrl',
	type: 'string',
	default: huggingFaceUrl,
	description:
		'Where the list of LoRAs comes from, for example a mirror. The provider always downloads from huggingface.co. Default: https://huggingface.co.',
};

export const useInputLorasProperty: INodeProperties = {
	displayName: 'Use LoRAs From Input',
	name: 'useInputLoras',
	type: 'boolean',
	default: true,
	description:
		'Whether to use the LoRAs in the "loras" field of the input item, added by a Z-Image Apply LoRA Preset node. Default: on.',
};

export const lorasProperty: INodeProperties = {
	displayName: 'LoRAs',
	name: 'loras',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add LoRA',
	default: {},
	description:
		'Styles and characters to add to the image, at most 3 including those of the input item. Default: none.',
	options: [
		{
			displayName: 'LoRA',
			name: 'lora',
			values: [loraPathProperty, loraScaleProperty],
		},
	],
};
