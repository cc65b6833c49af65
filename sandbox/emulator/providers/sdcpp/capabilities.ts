import type { Format } from '../../picture/picture';
import { MOST_PENDING } from './jobs';
import { LISTED_LORAS } from './loras';
import { START, UPSCALERS } from './parameters';

/** [sd.cpp stable-diffusion.cpp: sample_method_to_str, scheduler_to_str] */
const SAMPLERS = [
	...['euler', 'euler_a', 'heun', 'dpm2', 'dpm++2s_a', 'dpm++2m', 'dpm++2mv2', 'ipndm', 'ipndm_v'],
	...['lcm', 'ddim_trailing', 'tcd', 'res_multistep', 'res_2s', 'er_sde', 'euler_cfg_pp'],
	...['euler_a_cfg_pp', 'euler_ge', 'dpm++2m_sde', 'dpm++2m_sde_bt', 'lms'],
];
const SCHEDULERS = [
	...['discrete', 'normal', 'karras', 'exponential', 'ays', 'gits', 'sgm_uniform', 'simple'],
	...['smoothstep', 'kl_optimal', 'lcm', 'bong_tangent', 'ltx2', 'logit_normal', 'flux2', 'flux'],
	'beta',
];

const DEFAULTS = {
	prompt: '',
	negative_prompt: '',
	clip_skip: -1,
	width: START.side,
	height: START.side,
	strength: START.strength,
	seed: START.seed,
	batch_count: 1,
	qwen_image_layers: 3,
	auto_resize_ref_image: true,
	increase_ref_index: false,
	control_strength: 0.9,
	ip_adapter_strength: 1,
	sample_params: {
		scheduler: 'default',
		sample_method: 'default',
		sample_steps: START.steps,
		eta: null,
		shifted_timestep: 0,
		flow_shift: null,
		guidance: {
			txt_cfg: START.txtCfg,
			img_cfg: null,
			distilled_guidance: 3.5,
			slg: { layers: [7, 8, 9], layer_start: 0.01, layer_end: 0.2, scale: 0 },
		},
	},
	hires: {
		enabled: false,
		upscaler: START.upscaler,
		scale: START.hiresScale,
		target_width: 0,
		target_height: 0,
		steps: 0,
		denoising_strength: 0.7,
		custom_sigmas: [],
		upscale_tile_size: 128,
	},
	vae_tiling_params: {
		enabled: false,
		temporal_tiling: false,
		tile_size_x: 0,
		tile_size_y: 0,
		target_overlap: 0.5,
		rel_size_x: 0,
		rel_size_y: 0,
		extra_tiling_args: '',
	},
	cache_mode: '',
	cache_option: '',
	scm_mask: '',
	scm_policy_dynamic: true,
	output_format: 'png',
	output_compression: 100,
};

const FEATURES = {
	init_image: true,
	mask_image: true,
	control_image: true,
	ip_adapter_image: true,
	ref_images: true,
	lora: true,
	vae_tiling: true,
	hires: true,
	cache: true,
	cancel_queued: true,
	cancel_generating: false,
};

const OUTPUT_FORMATS = ['png', 'jpeg', 'webp'] satisfies Format[];

/** [sd.cpp examples/server: api.md, GET /sdcpp/v1/capabilities; routes_sdcpp.cpp: make_capabilities_json] */
export const CAPABILITIES = {
	model: {
		name: 'z_image_turbo-Q8_0.gguf',
		stem: 'z_image_turbo-Q8_0',
		path: '/models/z_image_turbo-Q8_0.gguf',
	},
	current_mode: 'img_gen',
	supported_modes: ['img_gen'],
	defaults: DEFAULTS,
	defaults_by_mode: { img_gen: DEFAULTS },
	limits: {
		min_width: 64,
		max_width: 4096,
		min_height: 64,
		max_height: 4096,
		max_batch_count: 8,
		max_queue_size: MOST_PENDING,
	},
	samplers: SAMPLERS,
	schedulers: SCHEDULERS,
	output_formats: OUTPUT_FORMATS,
	output_formats_by_mode: { img_gen: OUTPUT_FORMATS },
	features: FEATURES,
	features_by_mode: { img_gen: FEATURES },
	loras: LISTED_LORAS,
	upscalers: UPSCALERS.map((name) => ({ name })),
};
