import type { INodeProperties } from 'n8n-workflow';

/** The options that both nodes with images have, by name. */
export const outputOptions = {
	binaryPropertyName: {
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
		description: 'Name of the binary field for the image. Default: data.',
	},
	fileName: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. product-42',
		description:
			'Name of the image file, without the extension. Several images of one item are numbered. Default: the first words of the prompt and the seed.',
	},
	downloadWeights: {
		displayName: 'Download Weights',
		name: 'downloadWeights',
		type: 'boolean',
		default: true,
		description:
			'Whether to put the .safetensors file of a trained LoRA in the output field for files. Default: off.',
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description:
			'Whether output items keep the JSON fields of their input item. Fields of this node win. Default: off.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
		default: 10,
		description: 'Maximum tasks at once, from 1 to 100. Default: 10.',
	},
	maxCostUsd: {
		displayName: 'Max Cost (USD)',
		name: 'maxCostUsd',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 4 },
		default: 1,
		description:
			'Stops before the estimated cost of this execution exceeds this amount. Default: no limit.',
	},
	timeoutSeconds: {
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 86_400 },
		default: 300,
		description:
			'How long to wait for a task, from 1 to 86400 seconds. Get Task Result can fetch a task that takes longer. Default: 300.',
	},
} as const satisfies Record<string, INodeProperties>;
