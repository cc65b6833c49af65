import type { Lora } from '../../picture/picture';
import { Refusal } from './errors';
import { isObject, valueOf } from './json';

/** The folder of `--lora-model-dir`. */
const FOLDER = '/models/loras';

/** The files in it, as the server lists them: sorted, with `/` between the parts. [sd.cpp runtime.cpp: refresh_lora_cache] */
const PATHS = [
	'pixel_art_style_z_image_turbo.safetensors',
	'styles/childrens_drawings.safetensors',
	'styles/watercolor.safetensors',
];

export const LISTED_LORAS = PATHS.map((path) => ({
	name: path.replace(/^.*\//, '').replace(/\.\w+$/, ''),
	path,
}));

/** Finds the listed LoRA that a request means by a path; undefined when there isn't one. */
export type FindLora = (path: string) => string | undefined;

/** The native API takes a path exactly as it is listed. [sd.cpp runtime.cpp: get_lora_full_path] */
export const findListed: FindLora = (path) => PATHS.find((listed) => listed === path);

/** The other APIs take a path of the server's file system. [sd.cpp common.cpp: parse_lora_json_field without resolver] */
export const findFile: FindLora = (path) => PATHS.find((listed) => `${FOLDER}/${listed}` === path);

/**
 * Reads `lora`. One that is named twice has both multipliers, and one of the high-noise stage does nothing, which
 * Z-Image doesn't have. [sd.cpp common.cpp: parse_lora_json_field]
 * @param find tells which are there
 * @param isStrict refuses what isn't there; else it is left out, as a file that cannot be loaded
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
