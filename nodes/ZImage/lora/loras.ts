import { Failure, show } from '../errors/failure';
import type { Lora, LoraLimits, Range } from '../providers/provider';
import { isEmpty, isRecord, numberIn, textIn, toList } from '../values';
import { readPath, toFileUrl } from './paths';

/** Longer than the trigger words of any LoRA, which are a few. */
export const maxTriggerLength = 1000;

/** The default scale of a LoRA. */
export const defaultLoraScale = 1;

function toScale(value: unknown, field: string, { min, max }: Range): number {
	if (isEmpty(value)) return defaultLoraScale;
	const scale = numberIn(value);
	if (scale === undefined || !(scale >= min && scale <= max)) {
		throw new Failure(`${field} must be between ${min} and ${max} (got ${show(value)})`, {
			description: 'Most LoRAs look best between 0.6 and 1.',
		});
	}
	return scale;
}

/**
 * Reads one LoRA as a row of a node or an item has it: its path in the form that the provider accepts (see
 * `readPath`), its scale, and the fields `trigger` and `file`, which default to what the list adds to a path.
 * @param field how errors name it
 * @throws Failure when it isn't a LoRA, when its trigger words are longer than any LoRA's, or when its file is
 * required but unknown
 */
export function readLora(value: unknown, field: string, { scale, paths }: LoraLimits): Lora {
	const pathField = `The path of ${field}`;
	const source = isRecord(value) ? readPath(value.path, pathField, paths) : undefined;
	if (!isRecord(value) || source === undefined) {
		throw new Failure(`${field} must have a path (got ${show(value)})`, {
			description:
				'The path is a Hugging Face repository (owner/name) or a direct link to a .safetensors file. The scale is optional: { "path": "owner/name", "scale": 0.8 }.',
		});
	}
	const trigger = textIn(value.trigger) ?? source.trigger;
	if (trigger.length > maxTriggerLength) {
		throw new Failure(
			`The trigger words of ${field} must have at most ${maxTriggerLength} characters (got ${trigger.length})`,
		);
	}
	const file = textIn(value.file) ?? source.file;
	const isFileUrl = paths === 'fileUrl';
	return {
		path: isFileUrl
			? toFileUrl({ ...source, ...(file !== undefined && { file }) }, pathField)
			: source.path,
		scale: toScale(value.scale, `The scale of ${field}`, scale),
		...(trigger !== '' && { trigger }),
		...(file !== undefined && !isFileUrl && { file }),
	};
}

/**
 * A list of LoRAs from a workflow, not yet read: a list, JSON text of a list, or nothing, which is an empty
 * list.
 * @param field how errors name the list, for example `loras`
 * @throws Failure when it isn't a list
 */
export function toLoraList(value: unknown, field: string): unknown[] {
	const list = toList(value);
	if (!list) {
		throw new Failure(`${field} must be a list of LoRAs (got ${show(value)})`, {
			description: 'It should look like [{ "path": "owner/name", "scale": 0.8 }].',
		});
	}
	return list;
}

/**
 * How errors name an entry of a list, counting from 1: `LoRA 2` of LoRAs, `LoRA 2 in the field "loras" of the input item`.
 * @param list how errors name the list
 * @param index from 0
 */
export function entryName(list: string, index: number): string {
	const [, one] = /^([\w ]+)s$/.exec(list) ?? [];
	if (one !== undefined) return `${one} ${index + 1}`;
	return `LoRA ${index + 1} in ${list.charAt(0).toLowerCase()}${list.slice(1)}`;
}

/**
 * Reads a list of LoRAs from a workflow. Nothing at all is an empty list.
 * @param field how errors name the list, for example `loras`
 * @throws Failure when an entry isn't a LoRA
 */
export function readLoras(value: unknown, field: string, limits: LoraLimits): Lora[] {
	return toLoraList(value, field).map((entry, index) =>
		readLora(entry, entryName(field, index), limits),
	);
}

/**
 * Merges lists of LoRAs. The same path, as it is sent, counts once, with the scale of the last list that has
 * it, and with its last trigger words.
 * @param who names the provider in the error, such as `WaveSpeed`
 * @param what says in the error which requests the limit applies to, such as ` for Inpaint`. Default: nothing
 * @throws Failure when more are left than are accepted. It names the ones to remove
 */
export function mergeLoras(
	lists: ReadonlyArray<readonly Lora[]>,
	who: string,
	{ max }: LoraLimits,
	what = '',
): Lora[] {
	const merged = new Map<string, Lora>();
	for (const lora of lists.flat()) merged.set(lora.path, { ...merged.get(lora.path), ...lora });
	const loras = [...merged.values()];
	if (max === 0 && loras.length > 0) {
		throw new Failure(
			`${who} doesn't accept LoRAs${what}. Remove: ${loras.map(({ path }) => path).join(', ')}`,
			{
				description:
					'Nothing was sent. LoRAs from the input item (its "loras" field) and from the node count together. Remove them, or turn off Use LoRAs From Input.',
			},
		);
	}
	if (loras.length > max) {
		const tooMany = loras.slice(max).map(({ path }) => path);
		throw new Failure(
			`${who} accepts at most ${max} ${max === 1 ? 'LoRA' : 'LoRAs'}${what} (got ${loras.length}). Remove: ${tooMany.join(', ')}`,
			{
				description:
					'LoRAs from the input item (its "loras" field) and from the node count together. Remove some, or turn off Use LoRAs From Input.',
			},
		);
	}
	return loras;
}
