import { Failure } from '../errors/failure';
import { readLora } from '../lora/loras';
import { nameOfPath } from '../lora/paths';
import type { Lora } from '../providers/provider';
import { anyLoraLimits } from '../providers/registry';
import { isEmpty, isRecord, numberIn, textIn } from '../values';
import type { LoraPreset } from './presets';
import { findPreset, loraPresets } from './presets';

/** A LoRA with a name that distinguishes its images. */
export interface Style {
	readonly name: string;
	readonly lora: Lora;
}

function presetStyle(
	{ name, path, trigger, file }: LoraPreset,
	scale: unknown,
	field: string,
): Style {
	return { name, lora: readLora({ path, scale, trigger, file }, field, anyLoraLimits) };
}

/**
 * Reads a row of Presets. A scale of 0, or none, means the preset's own scale.
 * @param field how errors name the row
 * @throws Failure for an unknown preset, or an invalid scale
 */
export function readPresetRow(row: Record<string, unknown>, field: string): Style {
	const name = textIn(row.name) ?? '';
	const preset = findPreset(name);
	if (!preset) {
		throw new Failure(`Preset "${name}" is not known`, {
			description: `The presets are: ${loraPresets.map((known) => known.name).join(', ')}. To use another LoRA, add it as a custom LoRA.`,
		});
	}
	// 0 would turn the LoRA off. In the editor it means the preset's own scale.
	const scale = isEmpty(row.scale) || numberIn(row.scale) === 0 ? preset.scale : row.scale;
	return presetStyle(preset, scale, field);
}

/**
 * Reads the user's own LoRA, `{ name?, path, scale?, trigger? }`: a row of Custom LoRAs, or one of the user's
 * presets. Without a name, it is named after its path.
 * @param field how errors name it
 * @throws Failure if it isn't a LoRA
 */
export function readOwnStyle(value: unknown, field: string): Style {
	const lora = readLora(value, field, anyLoraLimits);
	const name = isRecord(value) ? textIn(value.name) : undefined;
	return { name: name ?? nameOfPath(lora.path), lora };
}

/** Every preset of the package, at its own scale. */
export function allPresetStyles(): Style[] {
	return loraPresets.map((preset: LoraPreset) => presetStyle(preset, preset.scale, preset.name));
}
