import type { ImageRequest, Operation } from '../provider';

/** A node of a graph in ComfyUI's API format. A link is `[node, number of its output]`. */
export interface GraphNode {
	readonly class_type: string;
	readonly inputs: Readonly<Record<string, unknown>>;
}

/** A graph in API format, by the IDs of its nodes. */
export type Graph = Readonly<Record<string, GraphNode>>;

type Link = readonly [node: string, output: number];

/**
 * The files of the official template, and where they are available: the folder of the repository is that of ComfyUI, too.
 * Source: https://github.com/Comfy-Org/workflow_templates (templates/image_z_image_turbo.json)
 */
export const templateFiles = {
	diffusionModel: 'z_image_turbo_bf16.safetensors',
	textEncoder: 'qwen_3_4b.safetensors',
	vae: 'ae.safetensors',
} as const;

/** Of the template's sampler. */
export const defaultSteps = 8;

/**
 * How much of what the sampler begins with is made again: all of it where there is no source image. That of Image to Image
 * is a guess, as other providers have it.
 */
export const defaultStrength = {
	textToImage: 1,
	imageToImage: 0.6,
	inpaint: 1,
} as const satisfies Partial<Record<Operation, number>>;

/** The settings of the sampler that an option may change. */
export function samplerSettings({ operation, options }: ImageRequest) {
	const strength = operation === 'imageToImage' ? defaultStrength[operation] : 1;
	return {
		steps: options.steps ?? defaultSteps,
		strength: options.strength ?? strength,
	};
}

/** Files in this format need the loaders of a pack of custom nodes: https://github.com/city96/ComfyUI-GGUF */
function isGguf(file: string): boolean {
	return file.toLowerCase().endsWith('.gguf');
}

function node(class_type: string, inputs: GraphNode['inputs']): GraphNode {
	return { class_type, inputs };
}

/** The file of a model, as the option or else the template names it. */
export function fileOf({ options }: ImageRequest, name: keyof typeof templateFiles): string {
	return String(options[name] ?? templateFiles[name]);
}

/** The nodes that load the models, with the LoRAs one behind the other. */
function loaders(request: ImageRequest): { graph: Graph; model: Link } {
	const unet = fileOf(request, 'diffusionModel');
	const clip = fileOf(request, 'textEncoder');
	const loras = request.loras.map(({ path, scale }, index) => {
		const model: Link = [index === 0 ? 'model' : `lora${index}`, 0];
		const inputs = { model, lora_name: path, strength_model: scale };
		return [`lora${index + 1}`, node('LoraLoaderModelOnly', inputs)] as const;
	});
	return {
		graph: {
			model: isGguf(unet)
				? node('UnetLoaderGGUF', { unet_name: unet })
				: node('UNETLoader', { unet_name: unet, weight_dtype: 'default' }),
			clip: isGguf(clip)
				? node('CLIPLoaderGGUF', { clip_name: clip, type: 'lumina2' })
				: node('CLIPLoader', { clip_name: clip, type: 'lumina2', device: 'default' }),
			vae: node('VAELoader', { vae_name: fileOf(request, 'vae') }),
			...Object.fromEntries(loras),
		},
		model: [loras.length === 0 ? 'model' : `lora${loras.length}`, 0],
	};
}

/** The user's image in the requested size, cropped to its proportions. */
function scaled(name: string, file: string, { width, height }: ImageRequest): Graph {
	return {
		[`${name}File`]: node('LoadImage', { image: file }),
		[name]: node('ImageScale', {
			image: [`${name}File`, 0],
			upscale_method: 'lanczos',
			width,
			height,
			crop: 'center',
		}),
	};
}

/** What the sampler begins with: noise, or the source image, of which a mask may leave only a part to it. */
function latent(request: ImageRequest): { graph: Graph; latent: Link } {
	const { image, mask, width, height } = request;
	if (image === undefined) {
		const empty = node('EmptySD3LatentImage', { width, height, batch_size: 1 });
		return { graph: { latent: empty }, latent: ['latent', 0] };
	}
	const graph = {
		...scaled('source', image, request),
		latent: node('VAEEncode', { pixels: ['source', 0], vae: ['vae', 0] }),
	};
	if (mask === undefined) return { graph, latent: ['latent', 0] };
	return {
		graph: {
			...graph,
			...scaled('maskImage', mask, request),
			mask: node('ImageToMask', { image: ['maskImage', 0], channel: 'red' }),
			masked: node('SetLatentNoiseMask', { samples: ['latent', 0], mask: ['mask', 0] }),
		},
		latent: ['masked', 0],
	};
}

/** The area outside the mask is copied from the source image, because the model's VAE would change it slightly. */
function finished({ mask }: ImageRequest): { graph: Graph; image: Link } {
	const decoded = node('VAEDecode', { samples: ['sampler', 0], vae: ['vae', 0] });
	if (mask === undefined) return { graph: { decoded }, image: ['decoded', 0] };
	const composed = node('ImageCompositeMasked', {
		destination: ['source', 0],
		source: ['decoded', 0],
		x: 0,
		y: 0,
		resize_source: false,
		mask: ['mask', 0],
	});
	return { graph: { decoded, composed }, image: ['composed', 0] };
}

/**
 * What the name of the file begins with. The server runs no node again whose inputs are the same, and may have lost the
 * file of the first time: with another name each time, an image with the same seed is saved again, and only that.
 */
function filePrefix({ random = 0 }: ImageRequest): string {
	return `z-image-turbo-${Math.floor(random * 36 ** 6)
		.toString(36)
		.padStart(6, '0')}`;
}

/**
 * The graph of a request, as the official template of Z-Image Turbo has it, without its subgraph.
 * Sources: https://github.com/Comfy-Org/workflow_templates (templates/image_z_image_turbo.json), and nodes.py and
 * comfy_extras of ComfyUI for what is made of a source image and a mask
 */
export function graphOf(request: ImageRequest): Graph {
	const { prompt, seed } = request;
	const { steps, strength } = samplerSettings(request);
	const models = loaders(request);
	const begin = latent(request);
	const end = finished(request);
	return {
		...models.graph,
		sampling: node('ModelSamplingAuraFlow', { model: models.model, shift: 3 }),
		positive: node('CLIPTextEncode', { clip: ['clip', 0], text: prompt }),
		negative: node('ConditioningZeroOut', { conditioning: ['positive', 0] }),
		...begin.graph,
		sampler: node('KSampler', {
			model: ['sampling', 0],
			positive: ['positive', 0],
			negative: ['negative', 0],
			latent_image: begin.latent,
			seed,
			steps,
			cfg: 1,
			sampler_name: 'res_multistep',
			scheduler: 'simple',
			denoise: strength,
		}),
		...end.graph,
		save: node('SaveImage', { images: end.image, filename_prefix: filePrefix(request) }),
	};
}
