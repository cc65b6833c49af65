import { MOST_BODY_BYTES } from '../../host';

/** The response of `GET /system_stats`. [Comfy-Org/ComfyUI server.py @002c3fb: system_stats] */
export const SYSTEM_STATS = {
	system: {
		os: 'linux',
		ram_total: 67_430_629_376,
		ram_free: 51_236_302_848,
		comfyui_version: '0.3.75',
		required_frontend_version: '1.32.9',
		installed_templates_version: '0.7.25',
		required_templates_version: '0.7.25',
		python_version: '3.12.3 (main, Nov  6 2025, 13:44:16) [GCC 13.3.0]',
		pytorch_version: '2.9.1+cu128',
		embedded_python: false,
		argv: ['main.py', '--listen', '0.0.0.0'],
	},
	devices: [
		{
			name: 'cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync',
			type: 'cuda',
			index: 0,
			vram_total: 25_254_952_960,
			vram_free: 23_622_320_128,
			torch_vram_total: 0,
			torch_vram_free: 0,
		},
	],
};

/** The response of `GET /features`. [Comfy-Org/ComfyUI comfy_api/feature_flags.py @1924b05] */
export const FEATURES = {
	supports_preview_metadata: true,
	max_upload_size: MOST_BODY_BYTES,
	extension: { manager: { supports_v4: true } },
	node_replacements: true,
	assets: false,
};
