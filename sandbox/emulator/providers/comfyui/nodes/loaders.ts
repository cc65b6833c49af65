import { fitsZImage } from '../models';
import type { InputSpec, NodeClass } from './nodeClass';
import type { NodeInputs, Value } from './values';

const STRENGTH: InputSpec = ['FLOAT', { default: 1, min: -100, max: 100, step: 0.01 }];

/** [Comfy-Org/ComfyUI nodes.py @02217e3: CLIPLoader] */
const CLIP_TYPES = [
	'stable_diffusion',
	'stable_cascade',
	'sd3',
	'stable_audio',
	'mochi',
	'ltxv',
	'pixart',
	'cosmos',
	'lumina2',
	'wan',
	'hidream',
	'chroma',
	'ace',
	'omnigen2',
	'qwen_image',
	'hunyuan_image',
	'flux2',
	'ovis',
	'longcat_image',
	'cogvideox',
	'lens',
	'pixeldit',
	'ideogram4',
	'boogu',
	'krea2',
	'joyimage',
	'mage',
	'minimax',
	'yue2',
];

/** The model with one more LoRA, unless the LoRA has no effect. */
function withLora(inputs: NodeInputs): Value {
	const model = inputs.linked('model', 'MODEL');
	const lora = { path: inputs.text('lora_name'), scale: inputs.number('strength_model') };
	const isFelt = lora.scale !== 0 && fitsZImage(lora.path);
	return { ...model, loras: isFelt ? [...model.loras, lora] : model.loras };
}

/** [Comfy-Org/ComfyUI nodes.py @02217e3; comfy_extras/nodes_model_advanced.py] */
export const LOADERS: Readonly<Record<string, NodeClass>> = {
	UNETLoader: {
		required: ({ models }) => ({
			unet_name: [models.diffusion_models],
			weight_dtype: [['default', 'fp8_e4m3fn', 'fp8_e4m3fn_fast', 'fp8_e5m2']],
		}),
		outputs: ['MODEL'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'Load Diffusion Model',
		run: (inputs) => [{ type: 'MODEL', file: inputs.text('unet_name'), loras: [] }],
	},
	CLIPLoader: {
		required: ({ models }) => ({
			clip_name: [models.text_encoders],
			type: [CLIP_TYPES],
		}),
		optional: { device: [['default', 'cpu']] },
		outputs: ['CLIP'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'Load CLIP',
		run: (inputs) => [{ type: 'CLIP', file: inputs.text('clip_name') }],
	},
	VAELoader: {
		required: ({ models }) => ({ vae_name: [[...models.vae, 'pixel_space']] }),
		outputs: ['VAE'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'Load VAE',
		run: (inputs) => [{ type: 'VAE', file: inputs.text('vae_name') }],
	},
	CheckpointLoaderSimple: {
		required: ({ models }) => ({ ckpt_name: [models.checkpoints] }),
		outputs: ['MODEL', 'CLIP', 'VAE'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'Load Checkpoint',
		run: (inputs) => {
			const file = inputs.text('ckpt_name');
			return [
				{ type: 'MODEL', file, loras: [] },
				{ type: 'CLIP', file },
				{ type: 'VAE', file },
			];
		},
	},
	LoraLoaderModelOnly: {
		required: ({ models }) => ({
			model: ['MODEL'],
			lora_name: [models.loras],
			strength_model: STRENGTH,
		}),
		outputs: ['MODEL'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'LoraLoaderModelOnly',
		run: (inputs) => [withLora(inputs)],
	},
	LoraLoader: {
		required: ({ models }) => ({
			model: ['MODEL'],
			clip: ['CLIP'],
			lora_name: [models.loras],
			strength_model: STRENGTH,
			strength_clip: STRENGTH,
		}),
		outputs: ['MODEL', 'CLIP'],
		module: 'nodes',
		category: 'model/loaders',
		displayName: 'Load LoRA',
		run: (inputs) => [withLora(inputs), inputs.linked('clip', 'CLIP')],
	},
	ModelSamplingAuraFlow: {
		required: () => ({
			model: ['MODEL'],
			shift: ['FLOAT', { default: 1.73, min: 0, max: 100, step: 0.01 }],
		}),
		outputs: ['MODEL'],
		module: 'comfy_extras.nodes_model_advanced',
		category: 'advanced/model',
		displayName: 'ModelSamplingAuraFlow',
		run: (inputs) => [inputs.linked('model', 'MODEL')],
	},
};
