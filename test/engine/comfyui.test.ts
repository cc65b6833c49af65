import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { searchLoras } from '../../nodes/ZImage/hub/searchLoras';
import { searchNames } from '../../nodes/ZImage/hub/searchServer';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { systemClock } from '../../nodes/ZImage/http/clock';
import type { ComfyUiVersion } from '../../sandbox/emulator/providers/comfyui/options';
import type { Sandbox } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';
import { credentialsFor } from '../support/credentials';
import { fastClock } from '../support/fastClock';
import { loadOptionsContext } from '../support/loadOptionsContext';
import { makePicture } from '../support/picture';
import type { Step } from '../support/runWorkflow';
import { readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, uploadsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const provider = 'comfyui';
const boat = makePicture('png', 640, 480);
const lora = { path: 'styles/watercolor_z_image.safetensors', scale: 0.8 };

interface Node {
	readonly class_type: string;
	readonly inputs: Readonly<Record<string, unknown>>;
}

async function generate(
	parameters: IDataObject,
	names: readonly string[] = [],
	sandbox: Sandbox = getSandbox(),
	step: Partial<Step> = {},
) {
	const files = names.map(async (name) => [name, await storeFile(boat)] as const);
	return await runWorkflow({
		inputBinary: Object.fromEntries(await Promise.all(files)),
		steps: [
			{
				type: 'zImageGenerate',
				parameters: { provider, prompt: 'a boat', ...parameters },
				...step,
			},
		],
		credentials: credentialsFor(sandbox),
		// With random seeds.
		clock: { ...fastClock(), random: () => systemClock.random() },
	});
}

/** The graphs that were sent. */
function graphs(sandbox: Sandbox = getSandbox()): Array<Record<string, Node>> {
	return submitsOf(sandbox)
		.filter(({ path }) => path === '/prompt')
		.map(({ body }) => (body as { prompt: Record<string, Node> }).prompt);
}

const nodesOf = (graph: Record<string, Node> | undefined, name: string) =>
	Object.values(graph ?? {}).filter(({ class_type }) => class_type === name);

it('generates images from text with LoRAs, with a different seed for each, which the item shows', async () => {
	const { json, items, error } = await generate({ numberOfImages: 3, loras: { lora: [lora] } });
	expect(error).toBeUndefined();
	const seeds = graphs().map((graph) => nodesOf(graph, 'KSampler')[0]?.inputs.seed);
	expect(json.map(({ seed }) => seed).sort()).toEqual([...seeds].sort());
	expect(new Set(seeds).size).toBe(3);
	expect(json[0]).toMatchObject({
		provider,
		model: 'z_image_turbo_bf16.safetensors',
		url: null,
		width: 1024,
		height: 1024,
		estimatedCostUsd: 0,
		contentType: 'image/png',
	});
	expect(nodesOf(graphs()[0], 'LoraLoaderModelOnly')).toMatchObject([
		{ inputs: { lora_name: lora.path, strength_model: 0.8 } },
	]);
	expect((await readBinary(items[0]?.binary?.data)).length).toBeGreaterThan(100);
	expect(getSandbox().ignoredFields).toEqual([]);
});

it.each([
	['imageToImage', ['data'], {}],
	['imageToImage', ['data'], { loras: { lora: [lora] }, options: { strength: 0.4, steps: 9 } }],
	['inpaint', ['data', 'mask'], { loras: { lora: [lora] }, options: { seed: 7 } }],
	['inpaint', ['data', 'mask'], { outputSize: '512x512' }],
])('%s of %j with %j', async (operation, names, more) => {
	const { json, items, error } = await generate({ operation, ...more }, names);
	expect(error).toBeUndefined();
	const [width, height] = 'outputSize' in more ? [512, 512] : [640, 480];
	expect(json).toEqual([expect.objectContaining({ status: 'succeeded', width, height })]);
	expect((await readBinary(items[0]?.binary?.data)).length).toBeGreaterThan(100);
	expect(getSandbox().tasks[0]).toMatchObject({
		image: { from: 'upload' },
		mask: names.includes('mask') ? { from: 'upload' } : null,
	});
});

it('uploads an image once for any number of results', async () => {
	await generate({ operation: 'imageToImage', numberOfImages: 4 }, ['data']);
	expect(uploadsOf(getSandbox())).toHaveLength(1);
	expect(graphs()).toHaveLength(4);
});

it.each(['', ' [sandbox:cached-empty]'])(
	'a repeated seed returns the same image again, whether or not the server reports what it cached%s',
	async (way) => {
		const parameters = { prompt: `a boat${way}`, options: { seed: 7 } };
		const made = [await generate(parameters), await generate(parameters)];
		const images = await Promise.all(
			made.map(async ({ items: [item] }) => await readBinary(item?.binary?.data)),
		);
		expect(images[1]).toEqual(images[0]);
		expect(made.map(({ json }) => json[0]?.seed)).toEqual([7, 7]);
		// Only the file is written again.
		const [first, second] = graphs();
		expect({ ...second, save: first?.save }).toEqual(first);
		expect(second?.save).not.toEqual(first?.save);
	},
);

it('rejects an image URL, and sends nothing', async () => {
	const image = { imageSource: 'url', imageUrl: 'https://example.com/boat.png' };
	const { error } = await generate({ operation: 'imageToImage', ...image });
	expect(error?.message).toBe("ComfyUI doesn't accept a URL for the source image");
	expect(getSandbox().requests).toEqual([]);
});

it('other model files, by the list or by name', async () => {
	const diffusionModel = {
		__rl: true,
		mode: 'list',
		value: 'z_image_turbo_fp8_e4m3fn.safetensors',
	};
	const textEncoder = { __rl: true, mode: 'name', value: 'qwen_3_4b_fp8_mixed.safetensors' };
	const { json, error } = await generate({ options: { diffusionModel, textEncoder } });
	expect(error).toBeUndefined();
	expect(json[0]?.model).toBe(diffusionModel.value);
	expect(nodesOf(graphs()[0], 'CLIPLoader')[0]?.inputs.clip_name).toBe(textEncoder.value);
});

describe('what the server lacks', () => {
	it.each([
		[
			{ loras: { lora: [{ path: 'owner/name', scale: 1 }] } },
			/doesn't have the LoRA owner\/name\. .*https:\/\/huggingface\.co\/owner\/name to ComfyUI's models\/loras folder/,
		],
		[
			{ options: { vae: 'other.safetensors' } },
			/doesn't have the file other\.safetensors\. .*option VAE.*split_files\/vae.* It has 'ae\.safetensors'/,
		],
		[{ options: { diffusionModel: 'z.gguf' } }, /UnetLoaderGGUF.*ComfyUI-GGUF/],
	])('%j', async (parameters, message) => {
		const { error } = await generate(parameters);
		expect(error?.message).toMatch(/^ComfyUI did not accept the request \(HTTP 400\): /);
		expect(error?.message).toMatch(message);
		expect(getSandbox().tasks).toEqual([]);
	});
});

describe('the user’s own workflow', () => {
	const graph = {
		1: {
			class_type: 'UNETLoader',
			inputs: { unet_name: '%diffusion_model%', weight_dtype: 'default' },
		},
		2: {
			class_type: 'LoraLoaderModelOnly',
			inputs: { model: ['1', 0], lora_name: '%lora1%', strength_model: '%lora1_scale%' },
		},
		3: {
			class_type: 'CLIPLoader',
			inputs: { clip_name: 'qwen_3_4b.safetensors', type: 'lumina2' },
		},
		4: { class_type: 'CLIPTextEncode', inputs: { clip: ['3', 0], text: '%prompt%, oil' } },
		5: { class_type: 'ConditioningZeroOut', inputs: { conditioning: ['4', 0] } },
		6: {
			class_type: 'EmptySD3LatentImage',
			inputs: { width: '%width%', height: '%height%', batch_size: 2 },
		},
		7: {
			class_type: 'KSampler',
			inputs: {
				...{ model: ['2', 0], positive: ['4', 0], negative: ['5', 0], latent_image: ['6', 0] },
				...{ seed: '%seed%', steps: '%steps%', cfg: 1, denoise: 1 },
				...{ sampler_name: 'euler', scheduler: 'simple' },
			},
		},
		8: { class_type: 'VAELoader', inputs: { vae_name: 'ae.safetensors' } },
		9: { class_type: 'VAEDecode', inputs: { samples: ['7', 0], vae: ['8', 0] } },
		10: { class_type: 'SaveImage', inputs: { images: ['9', 0], filename_prefix: 'mine/%seed%' } },
	};

	it.each([
		['as text', JSON.stringify(graph), []],
		['as text, with a LoRA', JSON.stringify(graph, null, 2), [lora]],
		['from an expression', '={{ $json.graph }}', [lora]],
	])('%s', async (_, workflow, loras) => {
		const { json, error } = await runWorkflow({
			items: [{ graph }],
			steps: [
				{
					type: 'zImageGenerate',
					parameters: {
						provider,
						prompt: 'a boat',
						size: '512x768',
						loras: { lora: loras },
						options: { workflow, seed: 7 },
					},
				},
			],
			credentials: credentialsFor(getSandbox()),
			clock: fastClock(),
		});
		expect(error).toBeUndefined();
		// Two images of one batch.
		expect(json).toHaveLength(2);
		expect(json[0]).toMatchObject({ model: 'own workflow', seed: 7, width: 512, height: 768 });
		expect(nodesOf(graphs()[0], 'CLIPTextEncode')[0]?.inputs.text).toBe('a boat, oil');
		expect(nodesOf(graphs()[0], 'LoraLoaderModelOnly')).toHaveLength(loras.length);
	});

	it("is refused before anything is sent if it isn't a workflow", async () => {
		const { error } = await generate({ options: { workflow: '{"nodes":[]}' } });
		expect(error?.message).toMatch(/^The option Workflow \(API Format\) must be in API format/);
		expect(getSandbox().requests).toEqual([]);
	});
});

describe('a server that restarts', () => {
	it('has lost the task: the error says so, and a retry submits it again', async () => {
		const prompt = 'a boat [sandbox:restart]';
		const first = await generate({ prompt });
		expect(first.error?.message).toContain('the server does not know the task');
		getSandbox().reset();
		const retried = await generate({ prompt }, [], getSandbox(), { maxTries: 2 });
		expect(graphs()).toHaveLength(2);
		expect(retried.error?.message).toContain('the server does not know the task');
	});
});

it.each([
	['out-of-memory', /out of memory.*\(KSampler\)\. The GPU ran out of memory/],
	['interrupted', /the task was canceled on the server/],
])('fail-as=%s', async (way, message) => {
	const { error } = await generate({ prompt: `a boat [sandbox:fail-as=${way}]` });
	expect(error?.message).toMatch(/^ComfyUI could not make the image: /);
	expect(error?.message).toMatch(message);
});

describe.each<ComfyUiVersion>(['withoutJobs', 'withoutTargetedInterrupt'])('%s', (version) => {
	let older: Sandbox;
	beforeAll(async () => {
		older = await startSandbox({ taskSeconds: 0.1, comfyUi: { version } });
	});
	afterAll(async () => await older.close());
	beforeEach(() => older.reset());

	it('generates an image, using the history and the queue', async () => {
		const { json, error } = await generate({ operation: 'imageToImage' }, ['data'], older);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(1);
		const paths = older.requests.map(({ method, path }) => `${method} ${path}`).join('\n');
		expect(paths).toMatch(/GET \/history\//);
		expect(paths).not.toContain('/interrupt');
	});

	it('reports a failed task and a lost one', async () => {
		const failed = await generate({ prompt: 'a boat [sandbox:fail=Out of paint]' }, [], older);
		expect(failed.error?.message).toContain('Out of paint');
		const lost = await generate({ prompt: 'a boat [sandbox:restart]' }, [], older);
		expect(lost.error?.message).toContain('the server does not know the task');
	});
});

describe('lists in the editor', () => {
	const context = (parameters: INodeParameters = {}) =>
		loadOptionsContext(
			new ZImageGenerate(),
			{ provider, loras: { lora: [{ path: '', scale: 1 }] }, ...parameters },
			credentialsFor(getSandbox()),
		);

	it.each([
		['WATER', ['styles/watercolor_z_image.safetensors']],
		['none of them', []],
	])('LoRAs with %j in their name', async (filter, expected) => {
		const { results } = await searchLoras.call(context(), filter);
		expect(results.map(({ value }) => value)).toEqual(expected);
	});

	it.each([
		['diffusionModels', 'z_image_turbo_bf16.safetensors'],
		['textEncoders', 'qwen_3_4b.safetensors'],
		['vaes', 'ae.safetensors'],
	] as const)("%s: the server's own", async (list, expected) => {
		const { results } = await searchNames.call(context(), list);
		expect(results.map(({ value }) => value)).toContain(expected);
	});
});
