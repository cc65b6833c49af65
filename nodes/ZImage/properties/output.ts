import type { INodeProperties } from 'n8n-workflow';

/** The options that both nodes with images have, by name. */
export const outputOptions = {
	binaryPropertyName: {
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
		description: 'Name of the binary property that holds the image. Left out: data.',
	},
	fileName: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. product-42',
		description:
			'Name of the image file; the true extension is added. Several images of one item are numbered. Left out: z-image, the task ID and the number of the image.',
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description:
			"Whether output items keep the JSON fields of their input item, below this node's own. Files of the input are not included. Left out: off.",
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
		default: 10,
		description:
			'How many tasks are at work at once, from 1 to 100; the value of the first item counts. Left out: 10.',
	},
	timeoutSeconds: {
		displayName: 'Timeout (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 86_400 },
		default: 300,
		description:
			'How long a task may take from its request to its files, from 1 to 86400. A task that takes longer is not lost: the error has its ID, and Get Task Result can fetch it. Left out: 300.',
	},
} as const satisfies Record<string, INodeProperties>;
