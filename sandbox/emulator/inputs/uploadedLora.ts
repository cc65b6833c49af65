import { createHash } from 'node:crypto';
import type { Context } from '../context';
import type { Lora } from '../picture/picture';

/** The LoRAs of a request as they are drawn, or the link of one that can't be loaded. */
export type LoadedLoras = { readonly loras: readonly Lora[] } | { readonly unreadable: string };

/** Whether the bytes are a safetensors file: the length of a header in JSON, the header, and weights. */
function isSafetensors(bytes: Buffer): boolean {
	if (bytes.length < 8) return false;
	const end = 8 + Number(bytes.readBigUInt64LE(0));
	if (end > bytes.length) return false;
	try {
		return typeof JSON.parse(bytes.subarray(8, end).toString()) === 'object';
	} catch {
		return false;
	}
}

/**
 * A LoRA whose file was uploaded to the sandbox: named by its file and its content, so that the caption of an image shows
 * that it was loaded, and the same file always draws the same style. Undefined when it isn't there, or is no LoRA's.
 */
function loadUploaded({ uploads }: Context, path: string, scale: number): Lora | undefined {
	const bytes = uploads.find(path)?.bytes;
	if (bytes === undefined || !isSafetensors(bytes)) return undefined;
	const name = path.replace(/^.*\/[^/_]*_/, '');
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	return { path: `${name} (uploaded: ${bytes.length} bytes, ${sha256.slice(0, 8)})`, scale };
}

/** Loads the LoRAs of a request that were uploaded here; all others are taken for what their links say. */
export function loadLoras(context: Context, loras: readonly Lora[]): LoadedLoras {
	const storage = `${context.urls.files}/files/b/`;
	const loaded: Lora[] = [];
	for (const lora of loras) {
		const url = context.localUrl(lora.path);
		const isHere = url.startsWith(storage) && /\.safetensors$/i.test(url);
		const drawn = isHere ? loadUploaded(context, new URL(url).pathname, lora.scale) : lora;
		if (drawn === undefined) return { unreadable: lora.path };
		loaded.push(drawn);
	}
	return { loras: loaded };
}
