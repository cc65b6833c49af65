import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { mergeLoras, readLoras, readLorasWithTriggers } from '../lora/loras';
import { addTriggers } from '../lora/triggers';
import type {
	Endpoint,
	ImageRequest,
	Model,
	Operation,
	Provider,
	Range,
} from '../providers/provider';
import { findEndpoint, operationNames, providersWith } from '../providers/registry';
import { toBoundedInteger, toChoice, toNumber, toText } from '../run/parameters';
import type { SourceImages } from './sourceImages';

const operations = Object.keys(operationNames) as Operation[];

/**
 * Reads what the provider is asked to do, and finds what it has for that.
 * @throws Failure that names the providers that have the operation, where this one has not
 */
export function readEndpoint(
	context: IExecuteFunctions,
	provider: Provider,
	itemIndex: number,
): Endpoint {
	const operation = toChoice(
		context.getNodeParameter('operation', itemIndex, 'textToImage'),
		'Operation',
		operations,
	);
	const model = toChoice<Model>(context.getNodeParameter('model', itemIndex, 'turbo'), 'Model', [
		'turbo',
		'base',
	]);
	const endpoint = findEndpoint(provider, operation, model);
	if (endpoint) return endpoint;
	const name = `${operationNames[operation]}${model === 'base' ? ' with Z-Image Base' : ''}`;
	const others = providersWith(operation, model).map(({ displayName }) => displayName);
	throw new Failure(
		`${provider.displayName} has no ${name}${others.length > 0 ? `; ${others.join(' and ')} can do it` : ''}`,
		{ description: 'Nothing was sent. Choose another Provider, Operation or Model.' },
	);
}

/** Makes a size fit the provider's limits, with its proportions as they are. */
function fit(width: number, height: number, { min, max, multipleOf = 1 }: Range) {
	const factor = Math.max(
		Math.min(1, max / Math.max(width, height)),
		min / Math.min(width, height),
	);
	const toSide = (side: number) =>
		Math.min(max, Math.max(min, Math.round((side * factor) / multipleOf) * multipleOf));
	return { width: toSide(width), height: toSide(height) };
}

/** The size of the source image, as far as the provider has to be told it. */
function automaticSize(
	{ limits }: Provider,
	{ measuresSource }: Endpoint,
	{ image }: SourceImages,
): Pick<ImageRequest, 'automaticSize' | 'height' | 'width'> {
	const { width = 1024, height = 1024 } = image ?? {};
	const isKnown = width !== null && height !== null;
	if (measuresSource) return { width, height, automaticSize: true };
	return isKnown ? fit(width, height, limits.side) : { width: 1024, height: 1024 };
}

/** The size of the image in pixels. */
function readSize(
	context: IExecuteFunctions,
	provider: Provider,
	endpoint: Endpoint,
	itemIndex: number,
	images: SourceImages,
): Pick<ImageRequest, 'automaticSize' | 'height' | 'width'> {
	const [name, fallback] = endpoint.image ? ['outputSize', 'auto'] : ['size', '1024x1024'];
	const size = toText(context.getNodeParameter(name, itemIndex, fallback))?.trim() ?? '';
	if (endpoint.image && size === 'auto') return automaticSize(provider, endpoint, images);
	if (size === 'custom') {
		return {
			width: toNumber(context.getNodeParameter('width', itemIndex), 'Width'),
			height: toNumber(context.getNodeParameter('height', itemIndex), 'Height'),
		};
	}
	const sides = /^(\d+)\s*[x*×]\s*(\d+)$/.exec(size);
	if (!sides) {
		throw new Failure(`Size is "${size}", but it is written as width x height, such as 1024x768`);
	}
	return { width: Number(sides[1]), height: Number(sides[2]) };
}

/** -1 is how several providers write a random seed, so it means the same on all of them. */
function readSeed(value: unknown): number | undefined {
	const text = toText(value);
	if (text === undefined) return undefined;
	const seed = toNumber(value, 'Seed');
	return seed === -1 ? undefined : seed;
}

function readPrompt(context: IExecuteFunctions, itemIndex: number): string {
	const prompt = toText(context.getNodeParameter('prompt', itemIndex, ''));
	if (prompt === undefined || prompt.trim() === '') {
		throw new Failure('Prompt is empty', {
			description: 'Nothing was sent. Write what the image should show, or check the expression.',
		});
	}
	return prompt;
}

/** The input item, where the node is to use the LoRAs that Apply LoRA Preset has put there. */
function readStyledItem(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const useInput = context.getNodeParameter('useInputLoras', itemIndex, true) as boolean;
	return (useInput && context.getInputData()[itemIndex]?.json) || {};
}

/** What Apply LoRA Preset calls the styles of an item. */
export function readLoraPreset(context: IExecuteFunctions, itemIndex: number): string | undefined {
	return toText(readStyledItem(context, itemIndex).loraPreset);
}

/** The LoRAs of the node and of the input item, and the trigger words that the node's own bring along. */
function readLorasOf(context: IExecuteFunctions, provider: Provider, itemIndex: number) {
	const own = readLorasWithTriggers(context.getNodeParameter('loras.lora', itemIndex, []), 'LoRAs');
	const input = readLoras(
		readStyledItem(context, itemIndex).loras,
		'The field "loras" of the input item',
	);
	const loras = mergeLoras([input, own.map(({ lora }) => lora)], `${provider.displayName} takes`);
	return { loras, triggers: own.map(({ trigger }) => trigger) };
}

/**
 * Reads what one item asks for, before it is split into tasks and checked against the provider's limits.
 * Its pictures are named by their references, until the request is really sent.
 * @param honoured the options of the endpoint, as `readProviderOptions` has sorted them
 * @param options the whole collection
 * @throws Failure that names the parameter when one is missing or of the wrong kind
 */
export function readRequest(
	context: IExecuteFunctions,
	provider: Provider,
	endpoint: Endpoint,
	itemIndex: number,
	honoured: ImageRequest['options'],
	options: IDataObject,
	images: SourceImages,
): ImageRequest {
	const seed = readSeed(options.seed);
	const { loras, triggers } = readLorasOf(context, provider, itemIndex);
	const prompt = readPrompt(context, itemIndex);
	return {
		operation: endpoint.operation,
		model: endpoint.model,
		prompt: options.addTriggerWords === false ? prompt : addTriggers(prompt, triggers),
		...readSize(context, provider, endpoint, itemIndex, images),
		...(images.image && { image: images.image.reference }),
		...(images.mask && { mask: images.mask.reference }),
		numberOfImages: toBoundedInteger(
			context.getNodeParameter('numberOfImages', itemIndex, 1),
			'Number of Images',
			{ min: 1, max: 4, fallback: 1 },
		),
		loras,
		...(seed !== undefined && { seed }),
		options: honoured,
	};
}
