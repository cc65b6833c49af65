import { Failure, show } from '../errors';
import type { Lora } from '../providers/provider';

/** All providers document the same: at most 3 LoRAs, scales from 0 to 4, default 1. */
export const maxLoras = 3;
export const loraScale = { min: 0, max: 4, default: 1 } as const;

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
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

/**
 * Reads one LoRA as a workflow brings it. A missing scale is 1.
 * @param field how errors name it
 * @throws Failure when it is no LoRA
 */
export function readLora(value: unknown, field: string): Lora {
	const path = isRecord(value) ? value.path : undefined;
	if (!isRecord(value) || typeof path !== 'string' || path.trim() === '') {
		throw new Failure(`${field} has no path: it is ${show(value)}`, {
			description:
				'A LoRA needs a path, which is a Hugging Face repository (owner/name) or the URL of a weights file, and may have a scale: { "path": "owner/name", "scale": 0.8 }.',
		});
	}
	return { path: path.trim(), scale: toScale(value.scale, `${field}.scale`) };
}

/**
 * Reads a list of LoRAs as a workflow brings it. Nothing at all is an empty list; a missing scale is 1.
 * @param field how errors name the list, for example `loras`
 * @throws Failure when an entry is no LoRA
 */
export function readLoras(value: unknown, field: string): Lora[] {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) {
		throw new Failure(`${field} is not a list of LoRAs: it is ${show(value)}`, {
			description: 'It should look like [{ "path": "owner/name", "scale": 0.8 }].',
		});
	}
	return value.map((entry: unknown, index) => readLora(entry, `${field}[${index}]`));
}

/**
 * Joins lists of LoRAs. The same path counts once, with the scale of the last list that has it.
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
