import type { Drawing } from '../drawing';
import { MAX_RESOLUTION, type InputSpec, type NodeClass } from './nodeClass';
import type { Latent, NodeInputs } from './values';

/** [Comfy-Org/ComfyUI comfy/samplers.py: SAMPLER_NAMES] */
const SAMPLERS = [
	'euler',
	'euler_cfg_pp',
	'euler_ancestral',
	'euler_ancestral_cfg_pp',
	'heun',
	'heunpp2',
	'dpm_2',
	'dpm_2_ancestral',
	'lms',
	'dpm_fast',
	'dpm_adaptive',
	'dpmpp_2s_ancestral',
	'dpmpp_2s_ancestral_cfg_pp',
	'dpmpp_sde',
	'dpmpp_sde_gpu',
	'dpmpp_2m',
	'dpmpp_2m_cfg_pp',
	'dpmpp_2m_sde',
	'dpmpp_2m_sde_gpu',
	'dpmpp_2m_sde_heun',
	'dpmpp_2m_sde_heun_gpu',
	'dpmpp_3m_sde',
	'dpmpp_3m_sde_gpu',
	'ddpm',
	'lcm',
	'ipndm',
	'ipndm_v',
	'deis',
	'res_multistep',
	'res_multistep_cfg_pp',
	'res_multistep_ancestral',
	'res_multistep_ancestral_cfg_pp',
	'gradient_estimation',
	'gradient_estimation_cfg_pp',
	'er_sde',
	'seeds_2',
	'seeds_3',
	'sa_solver',
	'sa_solver_pece',
	'ddim',
	'uni_pc',
	'uni_pc_bh2',
];

/** [Comfy-Org/ComfyUI comfy/samplers.py: SCHEDULER_NAMES] */
const SCHEDULERS = [
	'simple',
	'sgm_uniform',
	'karras',
	'exponential',
	'ddim_uniform',
	'beta',
	'normal',
	'linear_quadratic',
	'kl_optimal',
];

/** The size of a latent pixel, per side. */
const LATENT_PIXEL = 8;
const inLatent = (side: number): number => Math.floor(side / LATENT_PIXEL) * LATENT_PIXEL;

const side = (step: number): InputSpec => [
	'INT',
	{ default: 1024, min: 16, max: MAX_RESOLUTION, step },
];
const BATCH: InputSpec = ['INT', { default: 1, min: 1, max: 4096 }];

/** Noise of that size, in whole latent pixels. */
function emptyLatent(inputs: NodeInputs): Latent {
	const [width, height] = [inLatent(inputs.number('width')), inLatent(inputs.number('height'))];
	const images = Array.from({ length: inputs.number('batch_size') }, (): Drawing => {
		return { kind: 'blank', width, height };
	});
	return { type: 'LATENT', images, isEmpty: true };
}

/** The excess at the edges is cut off, equally on both sides. [comfy/sd.py: vae_encode_crop_pixels] */
function encode(image: Drawing): Drawing {
	const [width, height] = [inLatent(image.width), inLatent(image.height)];
	if (width === image.width && height === image.height) return image;
	const x = Math.floor((image.width - width) / 2);
	const y = Math.floor((image.height - height) / 2);
	return { kind: 'cropped', of: image, x, y, width, height };
}

function sample(inputs: NodeInputs): Latent {
	const { file, loras } = inputs.linked('model', 'MODEL');
	const { text } = inputs.linked('positive', 'CONDITIONING');
	const latent = inputs.linked('latent_image', 'LATENT');
	inputs.linked('negative', 'CONDITIONING');
	const denoise = inputs.number('denoise');
	const { mask } = latent;
	const images = latent.images.map((image, index): Drawing => {
		const { width, height } = image;
		const settings = `steps ${inputs.number('steps')} · cfg ${inputs.number('cfg')} · ${inputs.text('sampler_name')} · ${inputs.text('scheduler')}`;
		return {
			kind: 'painted',
			width,
			height,
			picture: {
				provider: 'ComfyUI',
				model: file,
				prompt: text,
				seed: inputs.number('seed'),
				width,
				height,
				format: 'png',
				loras,
				index,
				black: false,
				notes: latent.isEmpty ? [settings] : [settings, `denoise ${denoise}`],
				...(latent.isEmpty ? {} : { strength: denoise }),
			},
			...(latent.isEmpty ? {} : { source: image }),
			...(latent.isEmpty || mask === undefined ? {} : { mask }),
		};
	});
	return { ...latent, images, isEmpty: false };
}

/** [Comfy-Org/ComfyUI nodes.py @02217e3; comfy_extras/nodes_sd3.py] */
export const SAMPLING: Readonly<Record<string, NodeClass>> = {
	CLIPTextEncode: {
		required: () => ({ text: ['STRING', { multiline: true }], clip: ['CLIP'] }),
		outputs: ['CONDITIONING'],
		module: 'nodes',
		category: 'model/conditioning',
		displayName: 'CLIP Text Encode (Prompt)',
		run: (inputs) => {
			inputs.linked('clip', 'CLIP');
			return [{ type: 'CONDITIONING', text: inputs.text('text'), isZero: false }];
		},
	},
	ConditioningZeroOut: {
		required: () => ({ conditioning: ['CONDITIONING'] }),
		outputs: ['CONDITIONING'],
		module: 'nodes',
		category: 'model/conditioning',
		displayName: 'ConditioningZeroOut',
		run: (inputs) => {
			inputs.linked('conditioning', 'CONDITIONING');
			return [{ type: 'CONDITIONING', text: '', isZero: true }];
		},
	},
	EmptySD3LatentImage: {
		required: () => ({ width: side(16), height: side(16), batch_size: BATCH }),
		outputs: ['LATENT'],
		module: 'comfy_extras.nodes_sd3',
		category: 'latent/sd3',
		displayName: 'EmptySD3LatentImage',
		run: (inputs) => [emptyLatent(inputs)],
	},
	EmptyLatentImage: {
		required: () => ({ width: side(8), height: side(8), batch_size: BATCH }),
		outputs: ['LATENT'],
		module: 'nodes',
		category: 'model/latent',
		displayName: 'Empty Latent Image',
		run: (inputs) => [emptyLatent(inputs)],
	},
	VAEEncode: {
		required: () => ({ pixels: ['IMAGE'], vae: ['VAE'] }),
		outputs: ['LATENT'],
		module: 'nodes',
		category: 'model/latent',
		displayName: 'VAE Encode',
		run: (inputs) => {
			inputs.linked('vae', 'VAE');
			const { images } = inputs.linked('pixels', 'IMAGE');
			return [{ type: 'LATENT', images: images.map(encode), isEmpty: false }];
		},
	},
	SetLatentNoiseMask: {
		required: () => ({ samples: ['LATENT'], mask: ['MASK'] }),
		outputs: ['LATENT'],
		module: 'nodes',
		category: 'model/latent',
		displayName: 'Set Latent Noise Mask',
		run: (inputs) => [
			{ ...inputs.linked('samples', 'LATENT'), mask: inputs.linked('mask', 'MASK').mask },
		],
	},
	KSampler: {
		required: () => ({
			model: ['MODEL'],
			seed: ['INT', { default: 0, min: 0, max: 2 ** 64 }],
			steps: ['INT', { default: 20, min: 1, max: 10_000 }],
			cfg: ['FLOAT', { default: 8, min: 0, max: 100, step: 0.1 }],
			sampler_name: [SAMPLERS],
			scheduler: [SCHEDULERS],
			positive: ['CONDITIONING'],
			negative: ['CONDITIONING'],
			latent_image: ['LATENT'],
			denoise: ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }],
		}),
		outputs: ['LATENT'],
		module: 'nodes',
		category: 'model/sampling',
		displayName: 'KSampler',
		run: (inputs) => [sample(inputs)],
	},
	VAEDecode: {
		required: () => ({ samples: ['LATENT'], vae: ['VAE'] }),
		outputs: ['IMAGE'],
		module: 'nodes',
		category: 'model/latent',
		displayName: 'VAE Decode',
		run: (inputs) => {
			inputs.linked('vae', 'VAE');
			return [{ type: 'IMAGE', images: inputs.linked('samples', 'LATENT').images }];
		},
	},
};
