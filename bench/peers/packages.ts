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
