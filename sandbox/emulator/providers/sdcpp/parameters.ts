import { z } from 'zod';
import type { Lora } from '../../picture/picture';
import { channelsOf } from './channels';
import { Refusal } from './errors';
import { isObject, numbersOf } from './json';
import { readLoras, type FindLora } from './loras';

/** A value of another type is ignored like an unknown field. [sd.cpp common.cpp: from_json_str] */
const lax = <Type extends z.ZodTypeAny>(type: Type) => type.optional().catch(undefined);

const text = lax(z.string());
const integer = lax(z.number().int());
const number = lax(z.number());
const flag = lax(z.boolean());
const list = lax(z.array(z.unknown()));

/** [sd.cpp examples/server: api.md, "Request Body"] */
const schema = z.object({
	prompt: text,
	negative_prompt: text,
	clip_skip: integer,
	width: integer,
	height: integer,
	strength: number,
	seed: integer,
	batch_count: integer,
	auto_resize_ref_image: flag,
	increase_ref_index: flag,
	control_strength: number,
	ip_adapter_strength: number,
	embed_image_metadata: flag,
	init_image: z.unknown(),
	ref_images: z.unknown(),
	mask_image: z.unknown(),
	control_image: z.unknown(),
	ip_adapter_image: z.unknown(),
	sample_params: lax(
		z.object({
			scheduler: text,
			sample_method: text,
			sample_steps: integer,
			eta: number,
			shifted_timestep: integer,
			custom_sigmas: list,
			flow_shift: number,
			guidance: lax(
				z.object({
					txt_cfg: number,
					img_cfg: number,
					distilled_guidance: number,
					slg: lax(
						z.object({ layers: list, layer_start: number, layer_end: number, scale: number }),
					),
				}),
			),
		}),
	),
	lora: z.unknown(),
	hires: lax(
		z.object({
			enabled: flag,
			upscaler: text,
			scale: number,
			target_width: integer,
			target_height: integer,
			steps: integer,
			denoising_strength: number,
			custom_sigmas: list,
			upscale_tile_size: integer,
		}),
	),
	vae_tiling_params: lax(
		z.object({
			enabled: flag,
			temporal_tiling: flag,
			tile_size_x: integer,
			tile_size_y: integer,
			target_overlap: number,
			rel_size_x: number,
			rel_size_y: number,
			extra_tiling_args: text,
		}),
	),
	cache_mode: text,
	cache_option: text,
	scm_mask: text,
	scm_policy_dynamic: flag,
	output_format: z.unknown(),
	output_compression: z.unknown(),
});
type Given = z.infer<typeof schema>;

/**
 * The server's start options, unless noted otherwise. The seed is fixed, too. [sd.cpp common.h:
 * SDGenerationParams]
 */
export const START = {
	side: 512,
	strength: 0.75,
	seed: 42,
	steps: 20,
	txtCfg: 7,
	upscaler: 'Latent',
	hiresScale: 2,
} as const;

const MOST_IMAGES = 8;
const MOST_STEPS = 100;

export const UPSCALERS = [
	'None',
	'Lanczos',
	'Nearest',
	'Latent',
	'Latent (nearest)',
	'Latent (nearest-exact)',
	'Latent (antialiased)',
	'Latent (bicubic)',
	'Latent (bicubic antialiased)',
];

const CACHE_MODES = [
	'',
	'disabled',
	'easycache',
	'ucache',
	'dbcache',
	'taylorseer',
	'cache-dit',
	'spectrum',
];
const CACHE_OPTION =
	/^(threshold|start|end|decay|relative|reset|Fn|fn|Bn|bn|warmup|w|m|lam|window|flex|stop)=\s*[+-]?(\d|\.\d)/;

/** What must be generated. */
export interface Parameters {
	readonly prompt: string;
	readonly width: number;
	readonly height: number;
	readonly strength: number;
	/** The first image's seed. Each further image has the next one. */
	readonly seed: number;
	readonly count: number;
	readonly steps: number;
	readonly txtCfg: number;
	readonly loras: readonly Lora[];
	/** As data URIs. */
	readonly initImage: string | null;
	readonly maskImage: string | null;
	/** What was understood of the request. */
	readonly read: unknown;
}

/** The messages for invalid values, and the existing LoRAs. The server's APIs differ in these. */
export interface Dialect {
	readonly findLora: FindLora;
	readonly isLoraStrict: boolean;
	/** For an unreadable value. */
	readonly unreadable: string;
	/** For a value out of range. */
	readonly invalid: string;
}

/**
 * Reads the fields of the native API. The server's other APIs accept them, too. A number of images or steps
 * beyond the limits is reduced to them. [sd.cpp common.cpp: from_json_str, resolve, validate]
 * @param outer the values of an outer request if there is one
 * @throws {Refusal} {JsonTypeError}
 */
export function readParameters(
	body: unknown,
	dialect: Dialect,
	outer: Partial<Pick<Given, 'prompt' | 'width' | 'height' | 'batch_count'>> = {},
): Parameters {
	const sent = schema.parse(isObject(body) ? body : {});
	// What wasn't understood is removed, so that it is among the ignored fields.
	const read = JSON.parse(JSON.stringify(sent)) as Given;
	const given = { ...outer, ...read };
	const sample = given.sample_params ?? {};
	for (const numbers of [
		sample.custom_sigmas,
		sample.guidance?.slg?.layers,
		given.hires?.custom_sigmas,
	]) {
		numbersOf(numbers);
	}
	const loras = readLoras(given.lora, dialect.findLora, dialect.isLoraStrict, dialect.unreadable);
	const image = (value: unknown, channels: number) => readImage(value, channels, dialect);
	const initImage = image(given.init_image, 3);
	const maskImage = image(given.mask_image, 1);
	for (const other of [given.control_image, given.ip_adapter_image]) image(other, 3);
	for (const other of readList(given.ref_images, dialect)) {
		if (image(other, 3) === null) throw new Refusal(dialect.unreadable);
	}
	if (!isValid(given)) throw new Refusal(dialect.invalid);
	return {
		prompt: given.prompt ?? '',
		...sizeOf(given),
		strength: given.strength ?? START.strength,
		seed: given.seed ?? START.seed,
		count: clamp(given.batch_count ?? 1, MOST_IMAGES),
		steps: clamp(sample.sample_steps ?? START.steps, MOST_STEPS),
		txtCfg: sample.guidance?.txt_cfg ?? START.txtCfg,
		loras,
		initImage,
		maskImage,
		read,
	};
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 1), most);

function readList(value: unknown, { unreadable }: Dialect): readonly unknown[] {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) throw new Refusal(unreadable);
	return value;
}

/**
 * A data URI, or bare base64: everything before a comma is ignored. [sd.cpp common.cpp: decode_base64_image]
 */
function readImage(value: unknown, channels: number, { unreadable }: Dialect): string | null {
	if (value === undefined || value === null) return null;
	if (typeof value !== 'string') throw new Refusal(unreadable);
	const [base64 = ''] = /^[A-Za-z\d+/]*/.exec(value.slice(value.indexOf(',') + 1)) ?? [];
	const had = channelsOf(Buffer.from(base64, 'base64'));
	if (had === undefined || had < channels) throw new Refusal(unreadable);
	return `data:image/png;base64,${base64}`;
}

/** [sd.cpp common.cpp: validate, initialize_cache_params] */
function isValid({ strength = 0, sample_params = {}, hires = {}, ...given }: Given): boolean {
	const { guidance, shifted_timestep = 0 } = sample_params;
	return (
		strength >= 0 &&
		strength <= 1 &&
		(guidance?.txt_cfg ?? 0) >= 0 &&
		shifted_timestep >= 0 &&
		shifted_timestep <= 1000 &&
		CACHE_MODES.includes(given.cache_mode ?? '') &&
		(given.cache_option ?? '')
			.split(',')
			.every((option) => option === '' || CACHE_OPTION.test(option)) &&
		isHiresValid(hires)
	);
}

type Hires = NonNullable<Given['hires']>;

const isHiresOn = ({ enabled = false, upscaler = START.upscaler }: Hires): boolean =>
	enabled && upscaler !== 'None';

function isHiresValid(hires: Hires): boolean {
	if (!isHiresOn(hires)) return true;
	const { upscaler, scale = START.hiresScale, target_width = 0, target_height = 0 } = hires;
	const {
		steps = 0,
		denoising_strength = 0.7,
		custom_sigmas = [],
		upscale_tile_size = 128,
	} = hires;
	return (
		UPSCALERS.includes(upscaler || START.upscaler) &&
		target_width >= 0 &&
		target_height >= 0 &&
		(scale > 0 || target_width > 0 || target_height > 0) &&
		steps >= 0 &&
		denoising_strength > 0 &&
		denoising_strength <= 1 &&
		custom_sigmas.length !== 1 &&
		upscale_tile_size >= 1
	);
}

/**
 * Sides of 512 by default, rounded up to the next multiple of 16. [sd.cpp stable-diffusion.cpp:
 * align_image_size, resolve_hires]
 */
function sizeOf({ width, height, hires = {} }: Given): { width: number; height: number } {
	const [wide, high] = [width, height].map((side = 0) => (side > 0 ? side : START.side));
	const { scale = START.hiresScale, target_width = 0, target_height = 0 } = hires;
	const size = isHiresOn(hires)
		? {
				width: target_width || target_height || Math.round((wide ?? 0) * scale),
				height: target_height || target_width || Math.round((high ?? 0) * scale),
			}
		: { width: wide ?? 0, height: high ?? 0 };
	return { width: align(size.width), height: align(size.height) };
}

const align = (side: number): number => Math.ceil(side / 16) * 16;
