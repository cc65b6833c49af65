import type { Peer } from './peer';

/** `n8n-nodes-qwen-image` with its defaults. */
export const qwenPeer = (packageFolder: string): Peer => ({
	name: 'qwen-image',
	provider: 'modelscope',
	fetchesImages: true,
	make: ({ urls }) => ({
		packageFolder,
		nodeName: 'qwenImage',
		parameters: { operation: 'generate', prompt: '={{ $json.prompt }}' },
		credential: {
			type: 'modelScopeApi',
			data: { apiKey: 'sandbox', baseUrl: `${urls['modelscope']}/` },
		},
	}),
});

type ComfyNode = readonly [classType: string, inputs: Readonly<Record<string, unknown>>];

/** ComfyUI's template for Z-Image Turbo in API format. [Comfy-Org/workflow_templates: image_z_image_turbo.json] */
const comfyNodes: Readonly<Record<string, ComfyNode>> = {
	1: ['UNETLoader', { unet_name: 'z_image_turbo_bf16.safetensors', weight_dtype: 'default' }],
	2: ['CLIPLoader', { clip_name: 'qwen_3_4b.safetensors', type: 'lumina2', device: 'default' }],
	3: ['VAELoader', { vae_name: 'ae.safetensors' }],
	4: ['ModelSamplingAuraFlow', { model: ['1', 0], shift: 3 }],
	5: ['CLIPTextEncode', { clip: ['2', 0], text: '%prompt%' }],
	6: ['ConditioningZeroOut', { conditioning: ['5', 0] }],
	7: ['EmptySD3LatentImage', { width: 1024, height: 1024, batch_size: 1 }],
	8: [
		'KSampler',
		{
			...{ model: ['4', 0], positive: ['5', 0], negative: ['6', 0], latent_image: ['7', 0] },
			...{ seed: 1, steps: 8, cfg: 1, sampler_name: 'res_multistep', scheduler: 'simple' },
			denoise: 1,
		},
	],
	9: ['VAEDecode', { samples: ['8', 0], vae: ['3', 0] }],
	10: ['SaveImage', { images: ['9', 0], filename_prefix: 'bench' }],
};
const comfyGraph = JSON.stringify(
	Object.fromEntries(
		Object.entries(comfyNodes).map(([id, [class_type, inputs]]) => [id, { class_type, inputs }]),
	),
);

/** `n8n-nodes-comfyui-media` with its defaults. It runs the workflow of the first item only. */
export const comfyMediaPeer = (packageFolder: string): Peer => ({
	name: 'comfyui-media',
	provider: 'comfyui',
	fetchesImages: true,
	takesOneItem: true,
	make: ({ urls }) => ({
		packageFolder,
		nodeName: 'comfyuiWfToMedia',
		parameters: { workflow: `=${comfyGraph.replace('%prompt%', '{{ $json.prompt }}')}` },
		credential: { type: 'comfyUIApi', data: { apiUrl: urls['comfyui'] ?? '', apiKey: '' } },
	}),
});

/** fal's official node with its defaults. Its items contain links. It downloads no image. */
export const falPeer = (packageFolder: string): Peer => ({
	name: 'fal-official',
	provider: 'fal',
	fetchesImages: false,
	make: ({ urls, keys }) => ({
		packageFolder,
		nodeName: 'falAi',
		parameters: {
			resource: 'model',
			operation: 'generate',
			model: { __rl: true, mode: 'id', value: 'fal-ai/z-image/turbo' },
			modelParameters: { parameters: [{ parameter: 'prompt', value: '={{ $json.prompt }}' }] },
		},
		credential: { type: 'falAiApi', data: { apiKey: keys['fal'] ?? '' } },
		redirect: { 'https://queue.fal.run': urls['fal'] ?? '' },
	}),
});

/** WaveSpeed's node with its defaults, except that it downloads the images. */
export const wavespeedPeer = (packageFolder: string): Peer => ({
	name: 'wavespeed',
	provider: 'wavespeed',
	fetchesImages: true,
	make: ({ urls }) => ({
		packageFolder,
		nodeName: 'waveSpeed',
		parameters: {
			resource: 'media',
			operation: 'generateImage',
			model: 'wavespeed-ai/z-image/turbo',
			prompt: '={{ $json.prompt }}',
			options: { downloadOutput: true },
		},
		credential: { type: 'wavespeedApi', data: { apiKey: 'sandbox' } },
		redirect: { 'https://api.wavespeed.ai': urls['wavespeed'] ?? '' },
	}),
});
