import { createHash } from 'node:crypto';
import { loadImage } from '@napi-rs/canvas';
import type { Context } from '../context';
import type { HostName } from '../hosts';
import type { Lora } from '../picture/picture';
import { readStyle } from '../training/weights';
import type { InputImage } from './inputImage';
import { isOnThisMachine, readUrl, type ProblemKind } from './readUrl';

export interface InputProblem {
	readonly kind: ProblemKind;
	/** As a path, such as `loras.0.path`. */
	readonly field: string;
	/** The URL, or its beginning. GUESS: that an error doesn't repeat a long data URI. */
	readonly url: string;
}

const MOST_URL_CHARACTERS = 200;
/** GUESS: a LoRA for Z-Image has less than half of that. */
const MOST_WEIGHTS_BYTES = 1024 * 1024 * 1024;
const MOST_IMAGES = 20_000;

/** A field of a request and the URL in it. */
export interface InputField {
	readonly field: string;
	readonly url: string | null | undefined;
}

/** The images of one job. They are null until they are read, and if there are none. */
export interface Inputs {
	image: InputImage | null;
	mask: InputImage | null;
	/** With the styles of LoRAs that the sandbox trained, once they are read. */
	loras: readonly Lora[];
	/** Settles when everything is read, with the error if there is one. Never rejects. */
	readonly ready: Promise<InputProblem | undefined>;
}

/** The inputs of a job without files. */
export const noInputs = (): Inputs => ({
	image: null,
	mask: null,
	loras: [],
	ready: Promise.resolve(undefined),
});

/** Starts to read the images that a request names, and its LoRAs on this machine. */
export function startReading(
	context: Context,
	provider: HostName,
	fields: { readonly image: InputField; readonly mask: InputField },
	loras: readonly Lora[] = [],
): Inputs {
	const read = async (): Promise<InputProblem | undefined> => {
		for (const name of ['image', 'mask'] as const) {
			const { field, url } = fields[name];
			if (typeof url !== 'string') continue;
			const image = await readImage(context, provider, field, url);
			if ('kind' in image) return image;
			inputs[name] = image;
		}
		const read = await readLoras(context, loras);
		if ('kind' in read) return read;
		inputs.loras = read.loras;
		return undefined;
	};
	const inputs: Inputs = { image: null, mask: null, loras, ready: Promise.resolve().then(read) };
	return inputs;
}

/** A field that also accepts plain base64: adds the prefix of a data URI. The type is in the bytes. */
export const asUrl = (text: string | null | undefined): string | null | undefined =>
	typeof text === 'string' && /^[\w+/]+=*$/.test(text) ? `data:image/png;base64,${text}` : text;

/**
 * Identifies a file by name and contents, so that the same file has the same effect wherever it was uploaded.
 */
function nameOf(path: string, weights: Buffer): string {
	const name = path.replace(/^.*[/_]/, '');
	const sha256 = createHash('sha256').update(weights).digest('hex');
	return `${name} (${weights.length} bytes, ${sha256.slice(0, 8)})`;
}

/** LoRAs, with the styles of those whose weights are on this machine. Nothing is known of the others. */
async function readLoras(
	context: Context,
	loras: readonly Lora[],
): Promise<{ readonly loras: readonly Lora[] } | InputProblem> {
	const read: Lora[] = [];
	for (const [index, lora] of loras.entries()) {
		const { path } = lora;
		if (!isOnThisMachine(path) && !path.startsWith(`${context.urls.files}/`)) {
			read.push(lora);
			continue;
		}
		const weights = await readUrl(context.localUrl(path), context.closing, MOST_WEIGHTS_BYTES);
		if (typeof weights === 'string') {
			return { kind: weights, field: `loras.${index}.path`, url: path };
		}
		const style = readStyle(weights);
		read.push(style ? { ...lora, style } : { ...lora, path: nameOf(path, weights) });
	}
	return { loras: read };
}

async function readImage(
	context: Context,
	provider: HostName,
	field: string,
	url: string,
): Promise<InputImage | InputProblem> {
	const problem = (kind: ProblemKind): InputProblem => {
		return { kind, field, url: url.slice(0, MOST_URL_CHARACTERS) };
	};
	const bytes = await readUrl(context.localUrl(url), context.closing);
	if (typeof bytes === 'string') return problem(bytes);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	// Decoding takes 50 ms for each megabyte, on the processor that the user's n8n needs.
	const known = context.inputImages.find((image) => image.sha256 === sha256);
	const size = known ?? (await sizeOf(bytes));
	if (size === undefined) return problem('image');
	const { width, height } = size;
	const from = /^data:/i.test(url) ? 'data' : 'url';
	const image: InputImage = {
		provider,
		field,
		from,
		bytes: bytes.length,
		sha256,
		width,
		height,
	};
	context.inputBytes.set(sha256, { bytes });
	context.inputImages.push(image);
	if (context.inputImages.length > MOST_IMAGES) context.inputImages.shift();
	return image;
}

async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number } | undefined> {
	// The library also draws SVG. Providers don't.
	if (/^[\s\u{feff}]*</u.test(bytes.subarray(0, 100).toString())) return undefined;
	try {
		const { width, height } = await loadImage(bytes);
		return width > 0 && height > 0 ? { width, height } : undefined;
	} catch {
		return undefined;
	}
}
