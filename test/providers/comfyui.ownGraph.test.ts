import fc from 'fast-check';

import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { faultOf, fillGraph } from '../../nodes/ZImage/providers/comfyui/ownGraph';
import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { imageRequest } from '../support/request';

type Node = { class_type: string; inputs: Record<string, unknown> };

/** A graph with a prompt, and other nodes beside it. */
function graph(nodes: Record<string, Node> = {}): string {
	return JSON.stringify({
		'1': { class_type: 'CLIPTextEncode', inputs: { text: '%prompt%', seed: '%seed%' } },
		...nodes,
	});
}

function sampler(inputs: Node['inputs']): Record<string, Node> {
	return { '2': { class_type: 'KSampler', inputs } };
}

function lora(number: number, inputs: Node['inputs'] = {}): Node {
	return {
		class_type: 'LoraLoaderModelOnly',
		inputs: { lora_name: `%lora${number}%`, strength_model: `%lora${number}_scale%`, ...inputs },
	};
}

function asked(workflow: string, changes: Partial<ImageRequest> = {}): ImageRequest {
	const { options, ...others } = changes;
	return imageRequest({ ...others, options: { workflow, ...options } });
}

function sentNodes(request: ImageRequest): unknown {
	const { prompt } = comfyui.submit({ seed: 7, ...request }).body;
	return prompt;
}

const oneLora = [{ path: 'ink.safetensors', scale: 0.8 }];

it.each<[string, string, Partial<ImageRequest>, RegExp]>([
	['no JSON', 'a graph', {}, /must be a workflow in API format/],
	['nothing in it', '{}', {}, /must be a workflow in API format/],
	['a list', '[]', {}, /must be a workflow in API format/],
	['a body of /prompt', `{"prompt":${graph()}}`, {}, /must be a workflow in API format/],
	["the editor's format", '{"nodes":[],"links":[]}', {}, /must be in API format.*Export/],
	['no prompt', JSON.stringify(sampler({ seed: 1 })), {}, /needs %prompt%/],
	['no image', graph(), { image: 'a.png' }, /has no %image%/],
	['no mask', graph(sampler({ a: '%image%' })), { image: 'a', mask: 'b' }, /has no %mask%/],
	['more images than given', graph(sampler({ a: '%image%' })), {}, /has %image%, but/],
	['no LoRA', graph(), { loras: oneLora }, /has no %lora1%/],
	[
		'no scale',
		graph({ '3': lora(1, { strength_model: 1 }) }),
		{ loras: oneLora },
		/has no %lora1_scale%, but the scale of the LoRA is 0.8/,
	],
	[
		'more LoRAs than given, in another node',
		graph({ '3': { class_type: 'LoRA Stack', inputs: { a: '%lora1%' } } }),
		{},
		/has %lora1% in a node other than Load LoRA/,
	],
	[
		'no seed',
		graph().replace('%seed%', '7'),
		{},
		/needs %seed%: put it where the seed belongs, or/,
	],
	[
		'more masks than given',
		graph(sampler({ a: '%image%', b: '%mask%' })),
		{ image: 'a' },
		/choose Inpaint$/,
	],
	['no steps', graph(), { options: { steps: 4 } }, /has no %steps%, but the option Steps is set/],
	['no strength', graph(), { options: { strength: 0.5 } }, /has no %strength%/],
	['no model', graph(), { options: { diffusionModel: 'a' } }, /has no %diffusion_model%/],
	['no encoder', graph(), { options: { textEncoder: 'a' } }, /has no %text_encoder%/],
	['no VAE', graph(), { options: { vae: 'a' } }, /has no %vae%, but the option VAE is set/],
])('a graph with %s is refused before it is sent', (_, workflow, changes, message) => {
	const fault = comfyui.faultOf(asked(workflow, changes));
	expect(fault).toMatch(/^The option Workflow \(API Format\) /);
	expect(fault).toMatch(message);
});

it.each<[string, Node['inputs'], Partial<ImageRequest>, Node['inputs']]>([
	['numbers as numbers', { a: '%seed%', b: '%width%' }, {}, { a: 7, b: 1024 }],
	['values inside a text', { a: 'x %width%x%height%.' }, {}, { a: 'x 1024x1024.' }],
	["text that isn't a placeholder", { a: '100% %year% %seed' }, {}, { a: '100% %year% %seed' }],
	['lists and objects', { a: [{ b: '%seed%' }] }, {}, { a: [{ b: 7 }] }],
	[
		"the template's values if no option overrides them",
		{
			a: '%steps%',
			b: '%strength%',
			c: '%diffusion_model%',
			d: '%text_encoder%',
			e: '%vae%',
		},
		{},
		{
			a: 8,
			b: 1,
			c: 'z_image_turbo_bf16.safetensors',
			d: 'qwen_3_4b.safetensors',
			e: 'ae.safetensors',
		},
	],
	[
		'options',
		{ a: '%steps%', c: '%diffusion_model%' },
		{ options: { steps: 4, diffusionModel: 'fp8/z.safetensors' } },
		{ a: 4, c: 'fp8/z.safetensors' },
	],
	[
		'images, and the strength',
		{ a: '%image%', b: '%mask%', c: '%strength%' },
		{ operation: 'imageToImage', image: 'a.png', mask: 'b.png' },
		{ a: 'a.png', b: 'b.png', c: 0.6 },
	],
	[
		'a prompt with placeholders and patterns in it, unchanged',
		{ a: '%prompt%!' },
		{ prompt: '%seed% $& "quoted"' },
		{ a: '%seed% $& "quoted"!' },
	],
])('fills in %s', (_, inputs, changes, expected) => {
	const request = asked(graph(sampler(inputs)), changes);
	expect(comfyui.faultOf(request)).toBeUndefined();
	expect(sentNodes(request)).toMatchObject(sampler(expected));
});

describe('LoRA loaders', () => {
	const chain = graph({
		'3': { class_type: 'UNETLoader', inputs: { unet_name: 'a' } },
		'4': lora(1, { model: ['3', 0] }),
		'5': {
			class_type: 'LoraLoader',
			inputs: { model: ['4', 0], clip: ['6', 0], lora_name: '%lora2%' },
		},
		...sampler({ model: ['5', 0], clip: ['5', 1] }),
	});

	it('keep one LoRA each', () => {
		const loras = [...oneLora, { path: 'pixel.safetensors', scale: 1 }];
		const request = asked(chain, { loras });
		expect(comfyui.faultOf(request)).toBeUndefined();
		expect(sentNodes(request)).toMatchObject({
			'4': { inputs: { lora_name: 'ink.safetensors', strength_model: 0.8 } },
			'5': { inputs: { lora_name: 'pixel.safetensors', model: ['4', 0] } },
		});
	});

	it.each([
		['one', oneLora, ['4', 0]],
		['none', [], ['3', 0]],
	])(
		'are removed with %s: the nodes after them are linked to the nodes before them',
		(_, loras, model) => {
			const request = asked(chain, { loras });
			expect(comfyui.faultOf(request)).toBeUndefined();
			expect(sentNodes(request)).not.toHaveProperty('5');
			expect(sentNodes(request)).toMatchObject(sampler({ model, clip: ['6', 0] }));
		},
	);

	it("don't hang in a circle", () => {
		const circle = graph({
			'4': lora(1, { model: ['5', 0] }),
			'5': lora(2, { model: ['4', 0] }),
			...sampler({ model: ['5', 0] }),
		});
		expect(sentNodes(asked(circle))).not.toHaveProperty('4');
	});
});

it.each([
	['textToImage', {}, 1],
	['imageToImage', { image: 'a.png' }, 0.6],
	['inpaint', { image: 'a.png', mask: 'b.png' }, 1],
	['inpaint', { image: 'a.png', mask: 'b.png', options: { strength: 0.3 } }, 0.3],
] as const)("%s: the user's own graph uses this strength", (operation, changes, denoise) => {
	const nodes = sentNodes(imageRequest({ operation, ...changes }));
	expect(nodes).toMatchObject({ sampler: { inputs: { denoise, steps: 8, cfg: 1, seed: 7 } } });
});

it.each([
	['boat.png', 'boat.png'],
	['photos/2026/boat.png', 'boat.png'],
	['C:\\photos\\boat.png', 'boat.png'],
	['../boat.png', 'boat.png'],
	['photos/', 'image'],
	['', 'image'],
])('a file named %j is uploaded as %s', (fileName, expected) => {
	const bytes = Buffer.from('a');
	const call = comfyui.files.upload.upload({ fileName, contentType: 'image/png', bytes: 1 }, bytes);
	expect(call).toStrictEqual({
		method: 'POST',
		path: '/upload/image',
		form: [
			{ name: 'image', fileName: expected, contentType: 'image/png', bytes },
			{ name: 'type', value: 'input' },
		],
	});
});

describe('with any JSON', () => {
	const asksForPrompt = {
		class_type: 'CLIPTextEncode',
		inputs: { text: '%prompt%', seed: '%seed%' },
	};
	const places = fc.constantFrom('%prompt%', '%lora1%', '%lora2%', '%image%', '%seed%', 'x');
	const link = fc.tuple(fc.constantFrom('1', '2', '3', '__proto__', 'toString'), fc.nat(2));
	const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), places, link);
	const someNode = fc.record({
		class_type: fc.constantFrom(
			'LoraLoader',
			'LoraLoaderModelOnly',
			'A',
			'constructor',
			'__proto__',
		),
		inputs: fc.dictionary(fc.constantFrom('model', 'clip', 'a', '__proto__'), value),
	});
	const someGraph = fc.dictionary(fc.constantFrom('1', '2', '3', 'toString'), someNode);
	const texts = fc.oneof(
		fc.string(),
		fc.json({ maxDepth: 4 }),
		someGraph.map((graph) => JSON.stringify({ ...graph, p: asksForPrompt })),
	);
	const requests = fc.record({
		loras: fc.constantFrom([], oneLora, [...oneLora, { path: 'b', scale: 1 }]),
		prompt: fc.string(),
	});

	it('is refused, or filled in without a remaining placeholder or a link to a removed node', () => {
		let filledCount = 0;
		fc.assert(
			fc.property(texts, requests, (text, changes) => {
				const request = imageRequest({ seed: 7, ...changes });
				const fault = faultOf(text, request);
				if (fault !== undefined) {
					expect(fault).toMatch(/^(has|must|needs) /);
					return;
				}
				filledCount += 1;
				const graph = fillGraph(text, { ...request, prompt: 'a' });
				const json = JSON.stringify(graph);
				expect(json).not.toMatch(/%(prompt|seed|lora\d|image)%/);
				const before = Object.keys(JSON.parse(text) as object);
				const gone = before.filter((id) => !Object.hasOwn(graph, id));
				for (const id of gone) {
					for (const one of Object.values(graph)) {
						for (const input of Object.values(one.inputs)) {
							if (Array.isArray(input) && input.length === 2) expect(input[0]).not.toBe(id);
						}
					}
				}
			}),
			{ numRuns: 3000 },
		);
		expect(filledCount).toBeGreaterThan(50);
	});

	it('however deeply nested', () => {
		const depth = 100_000;
		const deep = '['.repeat(depth) + ']'.repeat(depth);
		const text = `{"3": {"class_type": "A", "inputs": {"text": "%prompt%", "a": ${deep}}}}`;
		expect(faultOf(text, imageRequest())).toMatch(/^must be a workflow in API format/);
	});
});
