import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { callbackUrlOptions } from '../properties/callback';
import { outputOptions } from '../properties/output';
import { providerProperty, toolDescriptionProperty } from '../properties/provider';
import type { Provider, Trainer, TrainingType } from '../providers/provider';
import { trainingProviders } from '../providers/registry';

/** A trainer, and whose it is. */
interface Offer {
	readonly provider: Provider;
	readonly trainer: Trainer;
	/** When it's the chosen one. */
	readonly displayOptions: IDisplayOptions;
}

function trainersOf({ training }: Provider): readonly Trainer[] {
	return training?.trainers ?? [];
}

/** The providers whose trainer has to be chosen. */
const withChoice = trainingProviders.filter((provider) => trainersOf(provider).length > 1);

const offers = trainingProviders.flatMap((provider): Offer[] =>
	trainersOf(provider).map((trainer) => ({
		provider,
		trainer,
		displayOptions: {
			show: {
				provider: [provider.id],
				...(withChoice.includes(provider) && { trainer: [trainer.id] }),
			},
		},
	})),
);

const trainerProperties = withChoice.map((provider): INodeProperties => ({
	displayName: 'Trainer',
	name: 'trainer',
	type: 'options',
	options: trainersOf(provider).map(({ id, displayName, model, price }) => ({
		name: displayName,
		value: id,
		description: `For Z-Image ${model === 'base' ? 'Base' : 'Turbo'}, about $${price.perThousandSteps} per 1000 steps`,
	})),
	default: 'v2',
	displayOptions: { show: { provider: [provider.id] } },
	description: "Which of the provider's trainers to use",
}));

/** What a training costs, for a person to read before the run; the subtitle has the sum. */
const priceNotices = offers.map(
	({ provider, trainer: { price }, displayOptions }): INodeProperties => ({
		displayName: [
			`${provider.displayName} charges about $${price.perThousandSteps} per 1000 steps`,
			price.leastSteps > 0 && `, and for at least ${price.leastSteps} steps`,
			". The canvas shows the estimate under the node's name.",
		]
			.filter(Boolean)
			.join(''),
		name: 'priceNotice',
		type: 'notice',
		default: '',
		displayOptions,
	}),
);

const stepsProperties = offers.map(({ trainer: { steps }, displayOptions }): INodeProperties => ({
	displayName: 'Steps',
	name: 'steps',
	type: 'number',
	typeOptions: { minValue: steps.min, maxValue: steps.max, numberPrecision: 0 },
	default: 1000,
	displayOptions,
	description: `How long to train, and what you pay for, from ${steps.min} to ${steps.max}${
		steps.multipleOf === 1 ? '' : ` in steps of ${steps.multipleOf}`
	}. Default: 1000.`,
}));

const rateProperties = offers.map(
	({ trainer: { defaultLearningRate }, displayOptions }): INodeProperties => ({
		displayName: 'Learning Rate',
		name: 'learningRate',
		type: 'number',
		typeOptions: { minValue: 0.000001, maxValue: 0.1, numberPrecision: 6 },
		default: defaultLearningRate,
		displayOptions,
		description: `How much each step changes the LoRA, from 0.000001 to 0.1. Default: ${defaultLearningRate}.`,
	}),
);

const typeNames: Readonly<Record<TrainingType, string>> = {
	balanced: 'Balanced',
	content: 'Content',
	style: 'Style',
};

const typeOptions = offers.flatMap(({ provider, trainer: { id, types } }): INodeProperties[] =>
	types
		? [
				{
					displayName: 'Training Type',
					name: 'trainingType',
					type: 'options',
					options: Object.entries(typeNames)
						.filter(([value]) => types.some((type) => type === value))
						.map(([value, name]) => ({ name, value })),
					default: 'balanced',
					displayOptions: { show: { '/provider': [provider.id], '/trainer': [id] } },
					description:
						'What to learn of the images: their content, their style, or both. Default: Balanced.',
				},
			]
		: [],
);

const toolDescription =
	'Trains a LoRA (a style, a character or a product of your own) on images and returns its taskId. It costs money and takes many minutes. Call it once, then fetch the result with Get Task Result by the taskId.';

const binary = { imagesSource: ['binary'] };

export const trainLoraProperties: INodeProperties[] = [
	toolDescriptionProperty(toolDescription),
	providerProperty(trainingProviders, 'The service that trains the LoRA'),
	...trainerProperties,
	...priceNotices,
	{
		displayName: 'Images',
		name: 'imagesSource',
		type: 'options',
		options: [
			{
				name: 'Binary Files',
				value: 'binary',
				description: 'One image from each input item, together one LoRA',
			},
			{
				name: 'Zip URL',
				value: 'zipUrl',
				description: 'A zip of images, with a text file of the same name for each caption',
			},
		],
		default: 'binary',
		description: 'Which images to train on',
	},
	{
		displayName: 'Input Binary Field',
		name: 'imageField',
		type: 'string',
		default: 'data',
		displayOptions: { show: binary },
		hint: 'The name of the input binary field with the image',
		description: 'Binary field of each input item with a PNG, JPEG or WebP image',
	},
	{
		displayName: 'Zip URL',
		name: 'zipUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/images.zip',
		displayOptions: { show: { imagesSource: ['zipUrl'] } },
		description: 'Public URL of a zip with PNG, JPEG or WebP images at its top level',
	},
	{
		displayName: 'Trigger Word',
		name: 'triggerWord',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. ohwx',
		description:
			'A made-up word that calls the LoRA in a prompt. It is added to every caption that lacks it.',
	},
	{
		displayName: 'Caption',
		name: 'caption',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. a ceramic mug on a wooden table, soft light',
		displayOptions: { show: binary },
		description:
			'What the image shows, one caption per item by an expression. Leave empty to use the trigger word alone.',
	},
	{
		displayName: 'Default Caption',
		name: 'caption',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		displayOptions: {
			show: {
				imagesSource: ['zipUrl'],
				provider: trainingProviders
					.filter(({ training }) => training?.hasDefaultCaption)
					.map(({ id }) => id),
			},
		},
		description:
			'The caption of images without a text file in the zip. Leave empty to use the trigger word alone.',
	},
	...stepsProperties,
	...rateProperties,
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{
				name: 'Submit',
				value: 'submit',
				description: 'Return the task ID right away; fetch the LoRA later with Get Task Result',
			},
			{
				name: 'Wait',
				value: 'wait',
				description: 'Wait for the LoRA, which takes many minutes',
			},
		],
		default: 'submit',
		description: 'Whether to wait for the LoRA or return the task ID',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{ ...outputOptions.maxCostUsd, default: 2 },
			...callbackUrlOptions(trainingProviders),
			...typeOptions,
			outputOptions.downloadWeights,
			{
				...outputOptions.fileName,
				placeholder: 'e.g. my-style',
				description:
					'Name of the weights file, without the extension. Default: z-image-lora and the task ID.',
			},
			{
				...outputOptions.binaryPropertyName,
				description: 'Name of the binary field for the weights. Default: data.',
			},
			{
				...outputOptions.timeoutSeconds,
				default: 3600,
				description:
					'How long to wait for the upload and, in mode Wait, the training, from 1 to 86400 seconds. Get Task Result can fetch a training that takes longer. Default: 3600.',
			},
		],
	},
];
