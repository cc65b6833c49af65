import type { z } from 'zod';

import { wordsIn } from '../shared/words';
import { promptErrorSchema } from './schemas';

type NodeErrors = z.output<typeof promptErrorSchema>['node_errors'];
type InputError = NonNullable<NodeErrors[string]['errors'][number]>;

/** More of them than a person reads. */
const maxErrors = 3;

/** Where the files of an input are available, and where they go: the folder in the repository is that in ComfyUI. */
const folders: Readonly<Record<string, { folder: string; option: string }>> = {
	unet_name: { folder: 'diffusion_models', option: 'Diffusion Model' },
	clip_name: { folder: 'text_encoders', option: 'Text Encoder' },
	vae_name: { folder: 'vae', option: 'VAE' },
};

/** A repository on Hugging Face, as presets and lists of other providers have it. */
const repository = /^[\w.-]+\/[\w.-]+$/;

/**
 * What the server has instead, in its own words. It doesn't list more than 20. Last, because it may be long.
 */
function instead(details: string | null): string {
	const [, names] = details?.split(' not in [') ?? [];
	return names?.endsWith(']') ? `. It has ${names.slice(0, -1)}` : '';
}

function missingFile(input: string, file: string, details: string | null): string {
	const has = instead(details);
	const known = folders[input];
	if (known) {
		return `The server doesn't have the file ${file}. Choose another one in the option ${known.option}, or download it from https://huggingface.co/Comfy-Org/z_image_turbo (split_files/${known.folder}) to ComfyUI's models/${known.folder} folder${has}`;
	}
	if (input === 'lora_name') {
		const page = repository.test(file) && !file.endsWith('.safetensors');
		const from = page ? `from https://huggingface.co/${file} ` : '';
		return `The server doesn't have the LoRA ${file}. Choose one of its LoRAs, or download the file ${from}to ComfyUI's models/loras folder${has}`;
	}
	return `The server doesn't have ${file} for ${input}${has}`;
}

/** A message and what it is about; the server ends some with a full stop. */
function joined(message: string | null, details: string | null): string {
	const parts = [message?.replace(/\.$/, ''), details].filter(Boolean);
	return [...new Set(parts)].join(': ');
}

function describe({ type, message, details, extra_info }: InputError, classType: string): string {
	const { input_name, received_value } = extra_info;
	if (type === 'value_not_in_list' && input_name !== null) {
		return missingFile(input_name, received_value ?? 'that was asked for', details);
	}
	return `${joined(message, details)} (${classType})`;
}

/**
 * The words of an error: of a graph that was refused, what is wrong in which node.
 * Source: https://github.com/Comfy-Org/ComfyUI (execution.py, validate_prompt)
 */
export function errorText(body: unknown): string | undefined {
	const refused = promptErrorSchema.safeParse(body).data;
	if (!refused) return wordsIn(body);
	const { error, node_errors } = refused;
	const ofNodes = Object.values(node_errors).flatMap(({ class_type, errors }) =>
		errors.flatMap((one) => (one ? [describe(one, class_type ?? 'a node')] : [])),
	);
	if (ofNodes.length > 0) return [...new Set(ofNodes)].slice(0, maxErrors).join('; ');
	const words = joined(error.message, error.details) || error.type;
	return /LoaderGGUF/.test(words) ? `${words}. Install the custom nodes ComfyUI-GGUF` : words;
}
