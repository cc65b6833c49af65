import type { Lora } from '../../picture/picture';
import { Refusal } from './errors';
import { isObject, valueOf } from './json';

/** The folder of `--lora-model-dir`. */
const FOLDER = '/models/loras';

/** Its files as the server lists them: sorted, with `/` in paths. [sd.cpp runtime.cpp: refresh_lora_cache] */
const PATHS = [
	'pixel_art_style_z_image_turbo.safetensors',
	'styles/childrens_drawings.safetensors',
	'styles/watercolor.safetensors',
];

export const LISTED_LORAS = PATHS.map((path) => ({
	name: path.replace(/^.*\//, '').replace(/\.\w+$/, ''),
	path,
}));

/** Finds the listed LoRA for a request's path. Undefined if there is none. */
export type FindLora = (path: string) => string | undefined;

/** The native API accepts a path only as it is listed. [sd.cpp runtime.cpp: get_lora_full_path] */
export const findListed: FindLora = (path) => PATHS.find((listed) => listed === path);

/**
 * The other APIs accept a path in the server's file system. [sd.cpp common.cpp: parse_lora_json_field without
 * resolver]
 */
export const findFile: FindLora = (path) => PATHS.find((listed) => `${FOLDER}/${listed}` === path);

/**
 * Reads `lora`. If one is named twice, both multipliers apply. One for the high-noise stage has no effect,
 * because Z-Image doesn't have that stage. [sd.cpp common.cpp: parse_lora_json_field]
 * @param find returns the existing ones
 * @param isStrict refuses missing ones, which are otherwise ignored like files that can't be loaded
 */
export function readLoras(
	given: unknown,
	find: FindLora,
	isStrict: boolean,
	words: string,
): Lora[] {
	if (given === undefined) return [];
	if (!Array.isArray(given)) throw new Refusal(words);
	const scales = new Map<string, number>();
	for (const item of given) {
		if (!isObject(item)) throw new Refusal(words);
		const path = valueOf(item, 'path', '');
		const found = find(path);
		if (path === '' || (isStrict && found === undefined)) throw new Refusal(words);
		const scale = valueOf(item, 'multiplier', 1);
		const isHighNoise = valueOf(item, 'is_high_noise', false);
		if (found !== undefined && !isHighNoise) scales.set(found, (scales.get(found) ?? 0) + scale);
	}
	return [...scales].map(([path, scale]) => ({ path, scale }));
}
