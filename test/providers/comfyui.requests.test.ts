import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { answer } from '../support/fakeClient';
import { imageRequest } from '../support/request';

type Node = readonly [classType: string, inputs: object];

/** The graph that the node sends, built from pairs of a class and its inputs. */
function graph(nodes: Readonly<Record<string, Node>>): object {
	return Object.fromEntries(
		Object.entries(nodes).map(([id, [class_type, inputs]]) => [id, { class_type, inputs }]),
	);
}

const sampler = {
	model: ['sampling', 0],
	positive: ['positive', 0],
	negative: ['negative', 0],
	latent_image: ['latent', 0],
	seed: 7,
	steps: 8,
	cfg: 1,
	sampler_name: 'res_multistep',
	scheduler: 'simple',
	denoise: 1,
};

/**
 * The official Z-Image Turbo graph, flattened. Source: workflow_templates, templates/image_z_image_turbo.json
 */
const textToImage: Readonly<Record<string, Node>> = {
	model: ['UNETLoader', { unet_name: 'z_image_turbo_bf16.safetensors', weight_dtype: 'default' }],
	clip: ['CLIPLoader', { clip_name: 'qwen_3_4b.safetensors', type: 'lumina2', device: 'default' }],
	vae: ['VAELoader', { vae_name: 'ae.safetensors' }],
	sampling: ['ModelSamplingAuraFlow', { model: ['model', 0], shift: 3 }],
	positive: ['CLIPTextEncode', { clip: ['clip', 0], text: 'a lighthouse' }],
	negative: ['ConditioningZeroOut', { conditioning: ['positive', 0] }],
	latent: ['EmptySD3LatentImage', { width: 1024, height: 1024, batch_size: 1 }],
	sampler: ['KSampler', sampler],
	decoded: ['VAEDecode', { samples: ['sampler', 0], vae: ['vae', 0] }],
	save: ['SaveImage', { images: ['decoded', 0], filename_prefix: 'z-image-turbo-i00000' }],
};

const scaled = (file: string) => ({
	image: [file, 0],
	upscale_method: 'lanczos',
	width: 1024,
	height: 1024,
	crop: 'center',
});

const imageToImage: Readonly<Record<string, Node>> = {
	...textToImage,
	sourceFile: ['LoadImage', { image: 'source.png' }],
	source: ['ImageScale', scaled('sourceFile')],
	latent: ['VAEEncode', { pixels: ['source', 0], vae: ['vae', 0] }],
	sampler: ['KSampler', { ...sampler, denoise: 0.6 }],
};

const inpaint: Readonly<Record<string, Node>> = {
	...imageToImage,
	maskImageFile: ['LoadImage', { image: 'mask (1).png' }],
	maskImage: ['ImageScale', scaled('maskImageFile')],
	mask: ['ImageToMask', { image: ['maskImage', 0], channel: 'red' }],
	masked: ['SetLatentNoiseMask', { samples: ['latent', 0], mask: ['mask', 0] }],
	sampler: ['KSampler', { ...sampler, latent_image: ['masked', 0], denoise: 1 }],
	composed: [
		'ImageCompositeMasked',
		{
			destination: ['source', 0],
			source: ['decoded', 0],
			x: 0,
			y: 0,
			resize_source: false,
			mask: ['mask', 0],
		},
	],
	save: ['SaveImage', { images: ['composed', 0], filename_prefix: 'z-image-turbo-i00000' }],
};

const lora = (model: string, lora_name: string, strength_model: number): Node => [
	'LoraLoaderModelOnly',
	{ model: [model, 0], lora_name, strength_model },
];

const anyTask = '0b1f4c1e-6a0a-4d53-9f6f-0d3e5b6c7a8d';
const image = 'source.png';
const mask = 'mask (1).png';
const own = { diffusionModel: 'fp8.safetensors', textEncoder: 'clip.safetensors', vae: 'v.pt' };

it.each<[string, Partial<ImageRequest>, Readonly<Record<string, Node>>]>([
	['text to image', {}, textToImage],
	[
		'another size, seed and number of steps',
		{ width: 16, height: 16_384, seed: Number.MAX_SAFE_INTEGER, options: { steps: 28 } },
		{
			...textToImage,
			latent: ['EmptySD3LatentImage', { width: 16, height: 16_384, batch_size: 1 }],
			sampler: ['KSampler', { ...sampler, seed: Number.MAX_SAFE_INTEGER, steps: 28 }],
		},
	],
	[
		'one LoRA',
		{ loras: [{ path: 'a.safetensors', scale: 0.5 }] },
		{
			...textToImage,
			lora1: lora('model', 'a.safetensors', 0.5),
			sampling: ['ModelSamplingAuraFlow', { model: ['lora1', 0], shift: 3 }],
		},
	],
	[
		'three LoRAs in a row',
		{
			loras: [
				{ path: 'a.safetensors', scale: 0 },
				{ path: 'styles\\b.safetensors', scale: 1, trigger: 'b' },
				{ path: 'c.safetensors', scale: 4 },
			],
		},
		{
			...textToImage,
			lora1: lora('model', 'a.safetensors', 0),
			lora2: lora('lora1', 'styles\\b.safetensors', 1),
			lora3: lora('lora2', 'c.safetensors', 4),
			sampling: ['ModelSamplingAuraFlow', { model: ['lora3', 0], shift: 3 }],
		},
	],
	['image to image', { operation: 'imageToImage', image }, imageToImage],
	[
		'another strength',
		{ operation: 'imageToImage', image, options: { strength: 0 } },
		{ ...imageToImage, sampler: ['KSampler', { ...sampler, denoise: 0 }] },
	],
	['inpaint', { operation: 'inpaint', image, mask, options: { strength: 1 } }, inpaint],
	[
		'other model files',
		{ options: own },
		{
			...textToImage,
			model: ['UNETLoader', { unet_name: 'fp8.safetensors', weight_dtype: 'default' }],
			clip: ['CLIPLoader', { clip_name: 'clip.safetensors', type: 'lumina2', device: 'default' }],
			vae: ['VAELoader', { vae_name: 'v.pt' }],
		},
	],
	[
		'GGUF files have their own loaders',
		{ options: { diffusionModel: 'z.gguf', textEncoder: 'Q/CLIP.GGUF' } },
		{
			...textToImage,
			model: ['UnetLoaderGGUF', { unet_name: 'z.gguf' }],
			clip: ['CLIPLoaderGGUF', { clip_name: 'Q/CLIP.GGUF', type: 'lumina2' }],
		},
	],
])('comfyui receives %s', (_, changes, expected) => {
	const request = imageRequest({ seed: 7, random: 0.5, ...changes });
	expect(comfyui.faultOf(request)).toBeUndefined();
	expect(comfyui.submit(request)).toStrictEqual({
		method: 'POST',
		path: '/prompt',
		body: { prompt: graph(expected) },
		model: request.options.diffusionModel ?? 'z_image_turbo_bf16.safetensors',
	});
});

it('comfyui receives the user’s own graph unchanged, filled in', () => {
	const node = { class_type: 'A', inputs: { text: '%prompt%!', seed: '%seed%' }, _meta: {} };
	const options = { workflow: JSON.stringify({ '3': node }) };
	expect(comfyui.submit(imageRequest({ seed: 7, options }))).toStrictEqual({
		method: 'POST',
		path: '/prompt',
		body: { prompt: { '3': { ...node, inputs: { text: 'a lighthouse!', seed: 7 } } } },
		model: 'own workflow',
	});
});

it("comfyui: an error in the user's graph names the option", () => {
	expect(comfyui.faultOf(imageRequest({ options: { workflow: '{}' } }))).toMatch(
		/^The option Workflow \(API Format\) must be a workflow in API format/,
	);
});

it('comfyui: a file is uploaded as a form', () => {
	const bytes = Buffer.from('png');
	const file = { contentType: 'image/png', fileName: 'boat.png', bytes: bytes.length };
	expect(comfyui.files.upload.upload(file, bytes)).toStrictEqual({
		method: 'POST',
		path: '/upload/image',
		form: [
			{ name: 'image', fileName: 'boat.png', contentType: 'image/png', bytes },
			{ name: 'type', value: 'input' },
		],
	});
});

it.each([
	[anyTask, anyTask],
	['../../prompt', '..%2F..%2Fprompt'],
	['a?b#c', 'a%3Fb%23c'],
])('comfyui is asked for the job %s', (taskId, escaped) => {
	const { status, cancel, parseStatus } = comfyui.tasks;
	expect([status(taskId), cancel(taskId)]).toStrictEqual([
		{ method: 'GET', path: `/api/jobs/${escaped}`, holdsImages: true },
		{ method: 'POST', path: `/api/jobs/${escaped}/cancel` },
	]);
	expect(parseStatus({ ...answer(404), text: '404: Not Found' }, taskId)).toMatchObject({
		call: { path: `/history/${escaped}` },
	});
});

it('comfyui returns the job that a response is about', () => {
	const { namedTask } = comfyui.tasks;
	expect(namedTask(answer(200, { id: anyTask, status: 'pending' }))).toBe(anyTask);
	expect(namedTask(answer(200, { [anyTask]: {} }))).toBeUndefined();
});

it.each([
	[0, 0],
	[0.5, 1_073_741_824],
])('comfyui: the random number %d gives the seed %d', (random, seed) => {
	expect(comfyui.drawSeed(random)).toBe(seed);
});
