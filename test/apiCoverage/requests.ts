import type { IDataObject } from 'n8n-workflow';

import { readProviderOptions } from '../../nodes/ZImage/generate/readOptions';
import { generateProperties } from '../../nodes/ZImage/generate/properties';
import { checkLimits } from '../../nodes/ZImage/generate/checkLimits';
import type {
	Endpoint,
	HttpCall,
	ImageRequest,
	Provider,
	ProviderOption,
	Range,
	ServerKind,
	SubmitCall,
} from '../../nodes/ZImage/providers/provider';
import { serverNames } from '../../nodes/ZImage/providers/registry';
import { isRecord } from '../../nodes/ZImage/values';
import { optionNames } from '../support/request';
import { leavesOf } from './leaves';

/** What the page calls an endpoint: its path, plus its model or kind of server if several share the path. */
export function endpointOf(
	{ path, model }: Pick<SubmitCall, 'model' | 'path'>,
	server?: ServerKind,
): string {
	if (server) return `${path} ${serverNames[server]}`;
	return path.includes(model) ? path : `${path} ${model}`;
}

/** Two values for each option that isn't a number. */
const choices = {
	acceleration: ['none', 'high'],
	diffusionModel: ['z_image_turbo_bf16.safetensors', 'other.safetensors'],
	enablePromptExpansion: [true, false],
	enableSafetyChecker: [false, true],
	modelName: ['a-model', 'another'],
	negativePrompt: ['text', 'watermark'],
	outputFormat: ['jpeg', 'webp'],
	preprocess: ['canny', 'depth'],
	textEncoder: ['qwen_3_4b.safetensors', 'other.safetensors'],
	tilingMode: ['horizontal', 'vertical'],
	vae: ['ae.safetensors', 'other.safetensors'],
} as const satisfies Partial<Record<ProviderOption, readonly unknown[]>>;

function rangeOf(name: string, range: Range | true): readonly [unknown, unknown] {
	if (range === true) return choices[name as keyof typeof choices];
	return [range.min, range.min + (range.multipleOf ?? (range.max - range.min) / 2)];
}

/** The options with a parameter of their own, which always have a value. */
const ownParameters = new Set(generateProperties.map(({ name }) => name));

/** What the page calls an endpoint's option. */
export function optionTitle(name: ProviderOption): string {
	return ownParameters.has(name) ? optionNames[name] : `Options → ${optionNames[name]}`;
}

const callbackTitle = 'Options → Callback URL';

function read(provider: Provider, endpoint: Endpoint, options: IDataObject) {
	const { honoured, ignored } = readProviderOptions(endpoint, options);
	if (ignored.length > 0) throw new Error(`${provider.id} ignores ${ignored.join(', ')}`);
	return honoured;
}

function optionsOf(endpoint: Endpoint): Array<[ProviderOption, Range | true]> {
	const options = Object.entries(endpoint.options) as Array<[ProviderOption, Range | true]>;
	// The user's own workflow replaces all other fields.
	return options.filter(([name]) => name !== 'workflow');
}

const twoLoras = [
	{ path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 },
	{ path: 'https://civitai.com/api/download/models/2442439', scale: 0 },
];

/** A custom size that every provider accepts. */
const custom = { width: 800, height: 608 };

/** The smallest request that the endpoint accepts. */
export function leastRequest(
	provider: Provider,
	endpoint: Endpoint,
	withLoras: boolean,
): ImageRequest {
	const { operation, model, server, image, mask } = endpoint;
	const own = optionsOf(endpoint)
		.filter(([name]) => ownParameters.has(name))
		.map(([name, range]) => [name, rangeOf(name, range)[0]]);
	const request: ImageRequest = {
		operation,
		model,
		...(server && { server }),
		prompt: 'a lighthouse',
		width: 1024,
		height: 1024,
		numberOfImages: 1,
		loras: withLoras ? twoLoras.slice(0, endpoint.loras.max) : [],
		options: read(provider, endpoint, Object.fromEntries(own) as IDataObject),
		...(image === 'required' && { image: 'https://example.com/image.png' }),
		...(mask === 'required' && { mask: 'https://example.com/mask.png' }),
	};
	const seed = provider.drawSeed?.(0.5, request);
	return { ...request, ...(seed !== undefined && { seed }) };
}

/** The largest request that the endpoint accepts within its limits. */
export function fullestRequest(
	provider: Provider,
	endpoint: Endpoint,
	withLoras: boolean,
): ImageRequest {
	const { image, mask } = endpoint;
	const options = optionsOf(endpoint).map(([name, range]) => [name, rangeOf(name, range)[0]]);
	const request: ImageRequest = {
		...leastRequest(provider, endpoint, withLoras),
		...custom,
		numberOfImages: endpoint.limits.imagesPerTask,
		...(!endpoint.noSeed && { seed: 42 }),
		options: read(provider, endpoint, Object.fromEntries(options) as IDataObject),
		...(image && { image: 'https://example.com/image.png' }),
		...(mask && { mask: 'https://example.com/mask.png' }),
		...(provider.callsBack && { callbackUrl: 'https://example.com/callback' }),
	};
	checkLimits(provider, endpoint, request);
	return request;
}

/** One or more of the node's parameters, and the largest request with a different value for them. */
export interface Knob {
	readonly parameters: readonly string[];
	readonly request: ImageRequest;
	/** The numbers whose limits depend on the endpoint. */
	readonly range?: Range;
}

/** Everything that a user can set for an endpoint. */
export function knobsOf(
	{ files, submit }: Provider,
	endpoint: Endpoint,
	full: ImageRequest,
): Knob[] {
	const calledElsewhere = { ...full, callbackUrl: 'https://example.com/other' };
	const { image, mask, measuresSource, keepsSize, noSeed, limits, loras } = endpoint;
	const numberOfImages = limits.imagesPerTask;
	return [
		{ parameters: ['Prompt'], request: { ...full, prompt: 'a harbour' } },
		...(keepsSize
			? []
			: [
					{
						parameters: [image ? 'Output Size' : 'Size'],
						request: { ...full, width: 1024, height: 1024 },
					},
					{ parameters: ['Width'], request: { ...full, width: 832 }, range: limits.side },
					{ parameters: ['Height'], request: { ...full, height: 640 }, range: limits.side },
				]),
		...(measuresSource
			? [{ parameters: ['Output Size'], request: { ...full, automaticSize: true as const } }]
			: []),
		...(noSeed
			? []
			: [{ parameters: ['Options → Seed'], request: { ...full, seed: 43 }, range: limits.seed }]),
		...(numberOfImages > 1
			? [
					{
						parameters: ['Options → Number of Images'],
						request: { ...full, numberOfImages: numberOfImages - 1 },
						range: { min: 1, max: numberOfImages },
					},
				]
			: []),
		...(full.loras.length > 0
			? [
					{
						parameters: ['LoRAs → LoRA'],
						request: { ...full, loras: full.loras.map((lora) => ({ ...lora, path: 'a/b' })) },
					},
					{
						parameters: ['LoRAs → Scale'],
						request: { ...full, loras: full.loras.map((lora) => ({ ...lora, scale: 0.5 })) },
						range: loras.scale,
					},
				]
			: []),
		...(image
			? [
					{
						parameters: ['Image Source', 'Image Field', ...(files?.noUrls ? [] : ['Image URL'])],
						request: { ...full, image: 'data:image/png;base64,iVBORw0KGgo=' },
					},
				]
			: []),
		...(mask
			? [
					{
						parameters: ['Mask Source', 'Mask Field', ...(files?.noUrls ? [] : ['Mask URL'])],
						request: { ...full, mask: 'data:image/png;base64,iVBORw0KGgo=' },
					},
				]
			: []),
		// Elsewhere it is in the query, which has its own table.
		...(differences(submit(full), submit(calledElsewhere)).length > 0
			? [{ parameters: [callbackTitle], request: calledElsewhere }]
			: []),
		...(optionsOf(endpoint).map(([name, range]) => ({
			parameters: [optionTitle(name)],
			request: { ...full, options: { ...full.options, [name]: rangeOf(name, range)[1] } },
			...(range !== true && { range }),
		})) as Knob[]),
	];
}

const extraArgs = / <sd_cpp_extra_args>(.+)<\/sd_cpp_extra_args>$/;

type Graph = Readonly<Record<string, { class_type: string; inputs: IDataObject }>>;

/** Node classes that a graph may contain more than once. */
const several: ReadonlySet<string> = new Set(['ImageScale', 'LoadImage', 'LoraLoaderModelOnly']);

/** The inputs of ComfyUI's nodes by class, without the links between the nodes. */
function byClass(graph: Graph): IDataObject {
	const classes: IDataObject = {};
	for (const { class_type: name, inputs } of Object.values(graph)) {
		const told = Object.fromEntries(
			Object.entries(inputs).filter(([, value]) => !Array.isArray(value)),
		);
		const earlier = (classes[name] ?? []) as IDataObject[];
		classes[name] = several.has(name) ? [...earlier, told] : told;
	}
	return classes;
}

/**
 * What a call sends. For ComfyUI, this is the inputs of the graph's nodes. The fields that sd-server takes
 * inside the prompt count as separate fields.
 */
export function sentBy({ body }: HttpCall): unknown {
	const prompt = isRecord(body) ? body.prompt : undefined;
	if (isRecord(prompt)) return { prompt: byClass(prompt as Graph) };
	const [, block] = typeof prompt === 'string' ? (extraArgs.exec(prompt) ?? []) : [];
	if (!isRecord(body) || typeof prompt !== 'string' || block === undefined) return body;
	const args = JSON.parse(block) as unknown;
	return { ...body, prompt: prompt.replace(extraArgs, ''), sd_cpp_extra_args: args };
}

/** The fields whose values differ. */
export function differences(one: HttpCall, other: HttpCall): string[] {
	const [a, b] = [leavesOf(sentBy(one)), leavesOf(sentBy(other))];
	return [...new Set([...a.keys(), ...b.keys()])].filter(
		(field) => JSON.stringify(a.get(field)) !== JSON.stringify(b.get(field)),
	);
}

export interface Variant {
	readonly provider: Provider;
	readonly endpoint: Endpoint;
	readonly withLoras: boolean;
	readonly full: ImageRequest;
	readonly least: ImageRequest;
	/** Under the page's name for it. */
	readonly name: string;
}

/** Each endpoint of a provider, without LoRAs and, if it supports them, with LoRAs. */
export function variantsOf(provider: Provider): Variant[] {
	return provider.endpoints.flatMap((endpoint) =>
		(endpoint.loras.max > 0 ? [false, true] : [false]).map((withLoras) => {
			const full = fullestRequest(provider, endpoint, withLoras);
			const least: ImageRequest = {
				...leastRequest(provider, endpoint, withLoras),
				...(endpoint.measuresSource && { automaticSize: true }),
			};
			return {
				provider,
				endpoint,
				withLoras,
				full,
				least,
				name: endpointOf(provider.submit(full), endpoint.server),
			};
		}),
	);
}
