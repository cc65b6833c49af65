import { Failure } from '../errors/failure';
import { mergeLoras, readLoras } from '../lora/loras';
import { addTriggers } from '../lora/triggers';
import type {
	Endpoint,
	ImageRequest,
	Model,
	Operation,
	Provider,
	ServerKind,
} from '../providers/provider';
import {
	findEndpoint,
	hasServerKinds,
	operationNames,
	providersWith,
	serverNames,
} from '../providers/registry';
import { isEmpty, toBoundedInteger, toChoice, toFlag, toNumber, toText } from '../values';
import { listOf } from '../run/listOf';
import type { GenerateParameters } from './parameters';
import { sizeOf } from './size';
import type { SourceImages } from '../images/sourceImage';

const operations = Object.keys(operationNames) as Operation[];

const servers = Object.keys(serverNames) as ServerKind[];

/**
 * Finds the provider's endpoint for what the node is set to do.
 * @throws Failure that names the providers with the operation if this one lacks it
 */
export function endpointFor(provider: Provider, parameters: GenerateParameters): Endpoint {
	const operation = toChoice(parameters.operation, 'Operation', operations);
	const model = toChoice<Model>(parameters.model, 'Model', ['turbo', 'base']);
	const server = hasServerKinds(provider)
		? toChoice(parameters.server, 'Server', servers)
		: undefined;
	const endpoint = findEndpoint(provider, operation, model, server);
	if (endpoint) return endpoint;
	const name = `${operationNames[operation]}${model === 'base' ? ' with Z-Image Base' : ''}`;
	const others = listOf(providersWith(operation, model).map(({ displayName }) => displayName));
	throw new Failure(
		`${provider.displayName} doesn't support ${name}${others && `. Providers that do: ${others}`}`,
		{
			description: 'Nothing was sent. Choose another Provider, Operation or Model.',
		},
	);
}

/**
 * Reads a seed. Several providers use -1 for a random one, so it means the same on all of them.
 * @returns `undefined` for a random one
 */
export function toSeed(value: unknown): number | undefined {
	if (isEmpty(value)) return undefined;
	const seed = toNumber(value, 'Seed');
	return seed === -1 ? undefined : seed;
}

function toPrompt(value: unknown): string {
	const prompt = toText(value, 'Prompt');
	if (prompt === undefined) {
		throw new Failure('Prompt is empty', {
			description: 'Nothing was sent. Enter what the image should show, or check the expression.',
		});
	}
	return prompt;
}

/** The LoRAs of the node and of the input item. */
function lorasOf(provider: Provider, endpoint: Endpoint, { loras, styled }: GenerateParameters) {
	const own = readLoras(loras, 'LoRAs', endpoint.loras);
	const input = readLoras(styled.loras, 'The field "loras" of the input item', endpoint.loras);
	const { displayName } = provider;
	const { operation, server } = endpoint;
	// The kind of server, or the operation, is the reason why it accepts none or few.
	const kind = server === undefined ? '' : ` (${serverNames[server]})`;
	const what = endpoint.loras.max > 0 || server ? '' : ` for ${operationNames[operation]}`;
	return mergeLoras([input, own], `${displayName}${kind}`, endpoint.loras, what);
}

/**
 * What one item asks for, before it is split into tasks and checked against the endpoint's limits. References
 * stand for its images until the request is sent.
 * @param honoured the endpoint's options, as sorted by `readProviderOptions`
 * @throws Failure that names the parameter when one is missing or of the wrong type
 */
export function imageRequestOf(
	provider: Provider,
	endpoint: Endpoint,
	parameters: GenerateParameters,
	honoured: ImageRequest['options'],
	images: SourceImages,
): ImageRequest {
	const { options } = parameters;
	const addsTriggers = toFlag(options.addTriggerWords, 'Add Trigger Words', true);
	const given = toSeed(options.seed);
	const seed = endpoint.noSeed ? undefined : given;
	const loras = lorasOf(provider, endpoint, parameters);
	const triggers = loras.map(({ trigger }) => trigger ?? '');
	const prompt = toPrompt(parameters.prompt);
	return {
		operation: endpoint.operation,
		model: endpoint.model,
		...(endpoint.server && { server: endpoint.server }),
		prompt: addsTriggers ? addTriggers(prompt, triggers) : prompt,
		...sizeOf(endpoint, parameters, images),
		...(images.image && { image: images.image.reference }),
		...(images.mask && { mask: images.mask.reference }),
		numberOfImages: toBoundedInteger(parameters.numberOfImages, 'Number of Images', {
			min: 1,
			max: 4,
			fallback: 1,
		}),
		loras: loras.map(({ path, scale }) => ({ path, scale })),
		...(seed !== undefined && { seed }),
		options: honoured,
	};
}
