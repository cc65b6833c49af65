import type { IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors';
import { mergeLoras, readLoras } from '../lora/loras';
import type { ImageRequest, Provider } from '../providers/provider';
import { toBoundedInteger, toNumber, toText } from './parameters';

function readSize(context: IExecuteFunctions, itemIndex: number) {
	const size = toText(context.getNodeParameter('size', itemIndex)) ?? '';
	if (size === 'custom') {
		return {
			width: toNumber(context.getNodeParameter('width', itemIndex), 'Width'),
			height: toNumber(context.getNodeParameter('height', itemIndex), 'Height'),
		};
	}
	const sides = /^(\d+)\s*[x*×]\s*(\d+)$/.exec(size.trim());
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

function readLorasOf(context: IExecuteFunctions, provider: Provider, itemIndex: number) {
	const own = readLoras(context.getNodeParameter('loras.lora', itemIndex, []), 'LoRAs');
	const useInput = context.getNodeParameter('useInputLoras', itemIndex, true) as boolean;
	const input = useInput ? context.getInputData()[itemIndex]?.json.loras : undefined;
	return mergeLoras(
		[readLoras(input, 'The field "loras" of the input item'), own],
		`${provider.displayName} takes`,
	);
}

/**
 * Reads what one item asks for, before it is split into tasks and checked against the provider's limits.
 * @param options of the provider, as `readProviderOptions` has sorted them
 * @param seedOption as the collection of options brings it
 * @throws Failure that names the parameter when one is missing or of the wrong kind
 */
export function readRequest(
	context: IExecuteFunctions,
	provider: Provider,
	itemIndex: number,
	options: ImageRequest['options'],
	seedOption: unknown,
): ImageRequest {
	const seed = readSeed(seedOption);
	return {
		prompt: readPrompt(context, itemIndex),
		...readSize(context, itemIndex),
		numberOfImages: toBoundedInteger(
			context.getNodeParameter('numberOfImages', itemIndex, 1),
			'Number of Images',
			{ min: 1, max: 4, fallback: 1 },
		),
		loras: readLorasOf(context, provider, itemIndex),
		...(seed !== undefined && { seed }),
		options,
	};
}
