/** A node of a graph in API format; a link is `[id, output]`. */
export interface GraphNode {
	readonly class_type: string;
	readonly inputs: Record<string, unknown>;
	/** In the form that the editor exports. */
	readonly _meta: { readonly title: string };
}
export type Graph = Record<string, GraphNode>;

const node = (class_type: string, inputs: Record<string, unknown>): GraphNode => ({
	class_type,
	inputs,
	_meta: { title: class_type },
});

export const lora = 'pixel_art_style_z_image_turbo.safetensors';

/** The official Z-Image Turbo graph in API format. [Comfy-Org/workflow_templates image_z_image_turbo.json] */
export const textGraph = (text: string, loraName = lora): Graph => ({
	1: node('UNETLoader', {
		unet_name: 'z_image_turbo_bf16.safetensors',
		weight_dtype: 'default',
	}),
	2: node('LoraLoaderModelOnly', { model: ['1', 0], lora_name: loraName, strength_model: 0.8 }),
	3: node('ModelSamplingAuraFlow', { model: ['2', 0], shift: 3 }),
	4: node('CLIPLoader', {
		clip_name: 'qwen_3_4b.safetensors',
		type: 'lumina2',
		device: 'default',
	}),
	5: node('CLIPTextEncode', { clip: ['4', 0], text }),
	6: node('ConditioningZeroOut', { conditioning: ['5', 0] }),
	7: node('VAELoader', { vae_name: 'ae.safetensors' }),
	8: node('EmptySD3LatentImage', { width: 256, height: 192, batch_size: 1 }),
	9: node('KSampler', {
		model: ['3', 0],
		positive: ['5', 0],
		negative: ['6', 0],
		latent_image: ['8', 0],
		seed: 7,
		steps: 8,
		cfg: 1,
		sampler_name: 'res_multistep',
		scheduler: 'simple',
		denoise: 1,
	}),
	10: node('VAEDecode', { samples: ['9', 0], vae: ['7', 0] }),
	11: node('SaveImage', { images: ['10', 0], filename_prefix: 'z-image-turbo' }),
});

/** The same graph, starting from an image in the input folder. */
export function imageGraph(text: string, image: string): Graph {
	const graph = textGraph(text);
	return {
		...graph,
		8: node('LoadImage', { image }),
		9: { ...graph['9']!, inputs: { ...graph['9']!.inputs, latent_image: ['12', 0], denoise: 0.6 } },
		12: node('VAEEncode', { pixels: ['8', 0], vae: ['7', 0] }),
	};
}
