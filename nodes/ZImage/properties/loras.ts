import type { INodeProperties } from 'n8n-workflow';

import { hubIdPattern, huggingFaceUrl } from '../lora/hub';

/** Where a row's LoRA is. Workflows of before the resource locator hold a text, which stays valid. */
export const loraPathProperty: INodeProperties = {
	displayName: 'LoRA',
	name: 'path',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'A LoRA for Z-Image Turbo: from the list of those on Hugging Face, a repository there, or the link of a weights file that needs no key. Replicate needs the file: owner/name/file.safetensors, or a LoRA from the list with one file. On a server of your own: a file that it has.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a LoRA…',
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
			hint: 'A repository on Hugging Face. Where it has several weights files, add /file.safetensors.',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: `\\s*${hubIdPattern}\\s*(?:#.*)?`,
						errorMessage: 'Give owner/name, or owner/name/file.safetensors',
					},
				},
			],
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://huggingface.co/owner/name/resolve/main/file.safetensors',
			hint: 'The link of a .safetensors file, or of a page on Hugging Face',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: '\\s*https://.+',
						errorMessage: 'Give a URL that starts with https://',
					},
				},
			],
		},
		{
			displayName: 'By File',
			name: 'file',
			type: 'string',
			placeholder: 'e.g. styles/pencil.safetensors',
			hint: 'A file that your own server has, by the path that it has there',
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
	description: 'How strongly the LoRA counts, from 0 to 4; most look best from 0.6 to 1',
};

/** The address that the list of LoRAs comes from; it stands in the collection Options of each node that has the list. */
export const hubUrlOption: INodeProperties = {
	displayName: 'Hugging Face URL',
	name: 'hubUrl',
	type: 'string',
	default: huggingFaceUrl,
	description:
		'Where the list of LoRAs is loaded from, such as a mirror of Hugging Face. It is an http or https URL. The provider loads the LoRA from huggingface.co all the same. Left out: https://huggingface.co.',
};

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
			'Styles and characters to add to the model. At most 3, with those of the input item. WaveSpeed takes none for Inpaint and ControlNet, Replicate none for Inpaint. Left out: none.',
		options: [
			{
				displayName: 'LoRA',
				name: 'lora',
				values: [loraPathProperty, loraScaleProperty],
			},
		],
	},
];
