import { Failure, show } from '../errors/failure';
import type { Lora } from '../providers/provider';
import { isRecord, readPath } from './paths';

/** At most 3 LoRAs everywhere. The scales are those that Novita and AI/ML API document; fal and Highway API have none. */
export const maxLoras = 3;
export const loraScale = { min: 0, max: 4, default: 1 } as const;

/** A LoRA and the words it was trained on, which a prompt needs for it to show; empty where there are none. */
export interface LoraWithTrigger {
	readonly lora: Lora;
	readonly trigger: string;
}

function toScale(value: unknown, field: string): number {
	if (value === undefined || value === null || value === '') return loraScale.default;
	const scale = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof scale !== 'number' || !(scale >= loraScale.min && scale <= loraScale.max)) {
		throw new Failure(
			`${field} is ${show(value)}, but a LoRA's scale goes from ${loraScale.min} to ${loraScale.max}`,
			{ description: 'Most LoRAs look best between 0.6 and 1.' },
		);
	}
	return scale;
}

function toWords(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/**
 * Reads one LoRA and its trigger words, as a row of a node or an item brings them: those in the field
 * `trigger`, else those that a LoRA of the list brings with its path. A missing scale is 1.
 * @param field how errors name it
 * @throws Failure when it is no LoRA
 */
export function readLoraWithTrigger(value: unknown, field: string): LoraWithTrigger {
	const source = isRecord(value) ? readPath(value.path, `${field}.path`) : undefined;
	if (!isRecord(value) || source === undefined) {
		throw new Failure(`${field} has no path: it is ${show(value)}`, {
			description:
				'A LoRA needs a path, which is a Hugging Face repository (owner/name) or the URL of a weights file, and may have a scale: { "path": "owner/name", "scale": 0.8 }.',
		});
	}
	return {
		lora: { path: source.path, scale: toScale(value.scale, `${field}.scale`) },
		trigger: toWords(value.trigger) || source.trigger,
	};
}

/**
 * Reads one LoRA as a workflow brings it: its path in the form that providers take (see `readPath`).
 * A missing scale is 1.
 * @param field how errors name it
 * @throws Failure when it is no LoRA
 */
export function readLora(value: unknown, field: string): Lora {
	return readLoraWithTrigger(value, field).lora;
}

/**
 * A list of LoRAs as a workflow brings it, not yet read. Nothing at all is an empty list.
 * @param field how errors name the list, for example `loras`
 * @throws Failure when it is no list
 */
export function toLoraList(value: unknown, field: string): unknown[] {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) {
		throw new Failure(`${field} is not a list of LoRAs: it is ${show(value)}`, {
			description: 'It should look like [{ "path": "owner/name", "scale": 0.8 }].',
		});
	}
	return value;
}

/**
 * Reads a list of LoRAs and their trigger words. Nothing at all is an empty list; a missing scale is 1.
 * @param field how errors name the list, for example `LoRAs`
 * @throws Failure when an entry is no LoRA
 */
export function readLorasWithTriggers(value: unknown, field: string): LoraWithTrigger[] {
	return toLoraList(value, field).map((entry, index) =>
		readLoraWithTrigger(entry, `${field}[${index}]`),
	);
}

/**
 * Reads a list of LoRAs as a workflow brings it. Nothing at all is an empty list; a missing scale is 1.
 * @param field how errors name the list, for example `loras`
 * @throws Failure when an entry is no LoRA
 */
export function readLoras(value: unknown, field: string): Lora[] {
	return readLorasWithTriggers(value, field).map(({ lora }) => lora);
}

/**
 * Joins lists of LoRAs. The same path, as it is sent, counts once, with the scale of the last list that has it.
 * @param who names the provider in the error
 * @throws Failure when more than 3 are left; it names those that are too many
 */
export function mergeLoras(lists: ReadonlyArray<readonly Lora[]>, who: string): Lora[] {
	const merged = new Map(lists.flat().map(({ path, scale }) => [path, scale]));
	const loras = [...merged].map(([path, scale]) => ({ path, scale }));
	if (loras.length > maxLoras) {
		const tooMany = loras.slice(maxLoras).map(({ path }) => path);
		throw new Failure(
			`There are ${loras.length} LoRAs, but ${who} at most ${maxLoras}: too many are ${tooMany.join(', ')}`,
			{
				description:
					'LoRAs of the input item (its "loras" field) and of the node count together. Remove some, or turn off Use LoRAs From Input.',
			},
		);
	}
	return loras;
}
