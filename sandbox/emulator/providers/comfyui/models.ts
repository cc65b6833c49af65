import type { ComfyUiOptions } from './options';

/**
 * For another architecture: it loads without an error, and has no effect. [issues ComfyUI #10973, #10977,
 * #11487]
 */
const OTHER_ARCHITECTURE = 'other_architecture_sdxl.safetensors';

/**
 * The model files by folder: those of the official template [Comfy-Org/workflow_templates
 * image_z_image_turbo.json], and a few invented ones. Names are sorted, as on the server.
 */
const FILES = {
	checkpoints: ['z_image_turbo_all_in_one.safetensors'],
	diffusion_models: ['z_image_turbo_bf16.safetensors', 'z_image_turbo_fp8_e4m3fn.safetensors'],
	text_encoders: ['qwen_3_4b.safetensors', 'qwen_3_4b_fp8_mixed.safetensors'],
	vae: ['ae.safetensors'],
	loras: [
		'crayon_drawing_z_image.safetensors',
		OTHER_ARCHITECTURE,
		'pixel_art_style_z_image_turbo.safetensors',
		'styles/watercolor_z_image.safetensors',
	],
	embeddings: [],
} as const;

export type ModelFolder = keyof typeof FILES;
export type ModelFiles = Readonly<Record<ModelFolder, readonly string[]>>;

/** What is installed on a server. */
export const modelFiles = ({ loras = [] }: ComfyUiOptions): ModelFiles => ({
	...FILES,
	loras: [...FILES.loras, ...loras].sort(),
});

/** Whether a LoRA has an effect on Z-Image. */
export const fitsZImage = (lora: string): boolean => lora !== OTHER_ARCHITECTURE;
