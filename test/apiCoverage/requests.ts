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

/** What the page calls an endpoint: its path, and its model or kind of server where the path does not say it. */
export function endpointOf(
	{ path, model }: Pick<SubmitCall, 'model' | 'path'>,
	server?: ServerKind,
): string {
	if (server) return `${path} ${serverNames[server]}`;
	return path.includes(model) ? path : `${path} ${model}`;
}

/** Two values for each option that is no number. */
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

/** The options that are parameters of their own, which always have a value. */
const ownParameters = new Set(generateProperties.map(({ name }) => name));

/** What the page calls an option of an endpoint. */
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
	// A workflow of the user's own stands in the place of all other fields.
	return options.filter(([name]) => name !== 'workflow');
}

const twoLoras = [
	{ path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 },
	{ path: 'https://civitai.com/api/download/models/2442439', scale: 0 },
];

/** A size without a name that every provider takes. */
const custom = { width: 800, height: 608 };

/** The request with the least in it that the endpoint takes. */
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

/** The request with everything in it that the endpoint takes; within the endpoint's limits. */
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

/** One or more parameters of the node, and the fullest request with another value of them. */
export interface Knob {
	readonly parameters: readonly string[];
	readonly request: ImageRequest;
	/** The numbers that the node takes, where it checks them by the endpoint. */
	readonly range?: Range;
}

/** Everything that a user can turn on an endpoint. */
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
		// Elsewhere it is in the query, which has a table of its own.
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

/** Classes of nodes of which a graph may have several. */
const several: ReadonlySet<string> = new Set(['ImageScale', 'LoadImage', 'LoraLoaderModelOnly']);

/** What the nodes of ComfyUI's graph are told, by their classes; how they are linked is left out. */
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

/** What a call sends, of ComfyUI's graph what its nodes are told; what sd-server takes inside the prompt counts as fields of its own. */
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
	/** As the page calls it. */
	readonly name: string;
}

/** Each endpoint of a provider without LoRAs and, where it takes any, with them. */
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
