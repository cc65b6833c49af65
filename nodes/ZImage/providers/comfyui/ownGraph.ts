import { z } from 'zod';

import type { ImageRequest } from '../provider';
import type { Graph, GraphNode } from './graph';
import { fileOf, samplerSettings } from './graph';

/** A graph in API format. Source: https://docs.comfy.org/development/api-development/workflow-json */
const graphSchema = z.record(
	z.string(),
	z
		.object({ class_type: z.string().min(1), inputs: z.record(z.string(), z.unknown()) })
		.passthrough(),
);

/** A workflow as the editor of ComfyUI saves it for itself. */
const editorSchema = z.object({ nodes: z.array(z.unknown()) }).passthrough();

/** Which output of a LoRA loader replaces which of its inputs when the LoRA is removed. */
const bypasses: ReadonlyMap<string, readonly string[]> = new Map([
	['LoraLoader', ['model', 'clip']],
	['LoraLoaderModelOnly', ['model']],
]);

/** What goes into the places of a graph, by their names. */
type Values = Readonly<Record<string, boolean | number | string | null | undefined>>;

/** The placeholders in a graph: `%prompt%`, `%seed%`, `%width%`, … */
function valuesOf(request: ImageRequest): Values {
	const { prompt, seed, width, height, image, mask, loras } = request;
	const { steps, strength } = samplerSettings(request);
	const ofLoras = loras.flatMap(({ path, scale }, index): Array<[string, number | string]> => [
		[`lora${index + 1}`, path],
		[`lora${index + 1}_scale`, scale],
	]);
	return {
		prompt,
		seed,
		width,
		height,
		steps,
		strength,
		diffusion_model: fileOf(request, 'diffusionModel'),
		text_encoder: fileOf(request, 'textEncoder'),
		vae: fileOf(request, 'vae'),
		image,
		mask,
		...Object.fromEntries(ofLoras),
	};
}

const place =
	/%(prompt|seed|width|height|steps|strength|diffusion_model|text_encoder|vae|image|mask|lora[1-9](?:_scale)?)%/g;

/** The options that a graph needs a place for, once they are set. */
const placesOfOptions = [
	['steps', 'steps', 'Steps'],
	['strength', 'strength', 'Strength'],
	['diffusionModel', 'diffusion_model', 'Diffusion Model'],
	['textEncoder', 'text_encoder', 'Text Encoder'],
	['vae', 'vae', 'VAE'],
] as const;

/** The places that a text or what is in a value has. */
function placesIn(value: unknown): string[] {
	return [...JSON.stringify(value ?? '').matchAll(place)].map(([, name = '']) => name);
}

/** @returns the value for a text that is a placeholder, or the text with its placeholders filled in */
function filled(value: unknown, values: Values): unknown {
	if (Array.isArray(value)) return value.map((entry) => filled(entry, values));
	if (typeof value === 'object' && value !== null) {
		const entries = Object.entries(value).map(([name, entry]) => [name, filled(entry, values)]);
		return Object.fromEntries(entries) as unknown;
	}
	if (typeof value !== 'string') return value;
	const [, only] = /^%(\w+)%$/.exec(value) ?? [];
	if (only !== undefined && placesIn(value).length === 1) return values[only] ?? value;
	return value.replace(place, (text, name: string) => String(values[name] ?? text));
}

/** Deeper than any graph is nested: what reads it goes down level by level. */
const maxDepth = 50;

function isDeeperThan(depth: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return depth === 0 || Object.values(value).some((entry) => isDeeperThan(depth - 1, entry));
}

function parse(text: string): unknown {
	try {
		const json: unknown = JSON.parse(text);
		return isDeeperThan(maxDepth, json) ? undefined : json;
	} catch {
		return undefined;
	}
}

/** The number of the LoRA that a placeholder belongs to, or 0. */
function loraNumber(name: string): number {
	return Number(/^lora(\d)/.exec(name)?.[1] ?? 0);
}

/** The LoRA loaders whose place no LoRA of the request takes. */
function unusedLoras(graph: Graph, { loras }: ImageRequest): string[] {
	return Object.entries(graph).flatMap(([id, { class_type, inputs }]) => {
		const isUnused = placesIn(inputs).some((name) => loraNumber(name) > loras.length);
		return isUnused && bypasses.has(class_type) ? [id] : [];
	});
}

/** The graph without nodes that pass on what they get: what is linked to them is linked to what is before them. */
function without(graph: Graph, ids: readonly string[]): Graph {
	const follow = (link: unknown, followed = 0): unknown => {
		const [id, output] = Array.isArray(link) ? (link as unknown[]) : [];
		if (typeof id !== 'string' || !ids.includes(id)) return link;
		// Loaders that are linked in a circle lead nowhere; the server says so.
		if (followed > ids.length) return undefined;
		const { class_type, inputs } = graph[id] as GraphNode;
		return follow(inputs[bypasses.get(class_type)?.[Number(output)] ?? ''], followed + 1);
	};
	return Object.fromEntries(
		Object.entries(graph)
			.filter(([id]) => !ids.includes(id))
			.map(([id, one]) => {
				const inputs = Object.entries(one.inputs).map(
					([name, value]) => [name, follow(value)] as const,
				);
				return [id, { ...one, inputs: Object.fromEntries(inputs) }];
			}),
	);
}

/**
 * What is wrong with a graph of the user's, before it is sent.
 * @returns `undefined` where nothing is
 */
export function faultOf(text: string, request: ImageRequest): string | undefined {
	const json = parse(text);
	if (editorSchema.safeParse(json).success) {
		return 'must be in API format: in ComfyUI, choose Export (API)';
	}
	const graph = graphSchema.safeParse(json).data;
	if (!graph || Object.keys(graph).length === 0) {
		return 'must be a workflow in API format, which is JSON such as {"3": {"class_type": "KSampler", "inputs": {…}}, …}. In ComfyUI, choose Export (API)';
	}
	const rest = without(graph, unusedLoras(graph, request));
	const places = new Set(placesIn(rest));
	if (!places.has('prompt')) return 'needs %prompt%: put it where the prompt belongs';
	if (!places.has('seed')) {
		return 'needs %seed%: put it where the seed belongs, or ComfyUI creates the same image every time';
	}
	for (const name of ['image', 'mask'] as const) {
		if (request[name] !== undefined && !places.has(name)) {
			return `has no %${name}%, but the operation needs it: put it in the Load Image node`;
		}
		if (request[name] === undefined && places.has(name)) {
			const operations = name === 'mask' ? 'Inpaint' : 'Image to Image or Inpaint';
			return `has %${name}%, but the operation doesn't use it: choose ${operations}`;
		}
	}
	const missing = request.loras.findIndex((_, index) => !places.has(`lora${index + 1}`));
	if (missing >= 0) {
		return `has no %lora${missing + 1}%, but the number of LoRAs is ${request.loras.length}: put it in a Load LoRA node`;
	}
	const fixed = request.loras.findIndex(
		({ scale }, index) => scale !== 1 && !places.has(`lora${index + 1}_scale`),
	);
	if (fixed >= 0) {
		return `has no %lora${fixed + 1}_scale%, but the scale of the LoRA is ${request.loras[fixed]?.scale}: put it in the same node, or set the scale to 1`;
	}
	const unplaced = placesOfOptions.find(
		([option, name]) => request.options[option] !== undefined && !places.has(name),
	);
	if (unplaced) {
		const [, name, title] = unplaced;
		return `has no %${name}%, but the option ${title} is set: put it where it belongs, or remove the option`;
	}
	const left = [...places].find((name) => loraNumber(name) > request.loras.length);
	return left === undefined
		? undefined
		: `has %${left}% in a node other than Load LoRA, which can't be skipped, but the number of LoRAs is only ${request.loras.length}`;
}

/** A graph of the user's with what a request asks for. LoRA loaders that the request has no LoRA for are left out. */
export function fillGraph(text: string, request: ImageRequest): Graph {
	const graph = graphSchema.parse(parse(text));
	const used = without(graph, unusedLoras(graph, request));
	return filled(used, valuesOf(request)) as Graph;
}
