import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { jsonAnswer } from '../../answer';
import { send } from '../../faults';
import { bodyOf } from '../../host';
import { newId } from '../../ids';
import type { Format, Picture } from '../../picture/picture';
import { parseSteering } from '../../steering';
import {
	detail,
	fastApiError,
	integer,
	INTERNAL_ERROR,
	number,
	optional,
	readBody,
	UNAUTHORIZED,
} from './fastApi';
import { refusalOf, type Flavor, type Place } from './flavor';
import { encode, isPossible, nowInSeconds, picturesOf, type Size } from './images';
import { optionalKey } from './keys';
import { OwnFiles } from './ownFiles';
import { SglangLoras } from './sglangLoras';

const MODEL = 'Tongyi-MAI/Z-Image-Turbo';
const OWN_SIZE: Size = { width: 1024, height: 1024 };
const OUTPUT_FOLDER = '/data/outputs';

/** The default seed: always the same image. [sglang protocol.py: ImageGenerationsRequest] */
const FIXED_SEED = 1024;

/** Where images go that are requested by URL: nowhere, to a folder of the server, or to cloud storage. */
type Storage = 'none' | 'folder' | 'cloud';

/** Further fields are ignored. [sglang protocol.py: ImageGenerationsRequest] */
const schema = z.object({
	prompt: z.string(),
	model: optional(z.string()),
	n: optional(integer),
	quality: optional(z.string()),
	response_format: optional(z.string()),
	size: optional(z.string()),
	width: optional(integer),
	height: optional(integer),
	style: optional(z.string()),
	background: optional(z.string()),
	output_format: optional(z.string()),
	user: optional(z.string()),
	num_inference_steps: optional(integer),
	guidance_scale: optional(number),
	true_cfg_scale: optional(number),
	seed: optional(integer),
	generator_device: optional(z.string()),
	negative_prompt: optional(z.string()),
	output_quality: optional(z.string()),
	output_compression: optional(integer),
	enable_teacache: optional(z.boolean()),
	diffusers_kwargs: optional(z.object({}).passthrough()),
});
type Input = z.infer<typeof schema>;

/** An unreadable size means the model's own. [sglang utils.py: _parse_size] */
function readSize({ size = '1024x1024', width, height }: Input): Size {
	const [, wide, high] = /^(\d+)x(\d+)$/.exec(size.toLowerCase().replaceAll(' ', '')) ?? [];
	return {
		width: width ?? Number(wide ?? OWN_SIZE.width),
		height: height ?? Number(high ?? OWN_SIZE.height),
	};
}

/**
 * JPEG, unless another format is requested or the background is transparent. [sglang utils.py:
 * choose_output_image_ext]
 */
function readFormat({ output_format = '', background = 'auto' }: Input): Format {
	const format = output_format.toLowerCase();
	if (format === 'png' || format === 'webp') return format;
	const isJpeg = format === 'jpeg' || format === 'jpg';
	return !isJpeg && background.toLowerCase() === 'transparent' ? 'png' : 'jpeg';
}

const MODELS = {
	object: 'list',
	data: [
		{
			id: MODEL,
			object: 'model',
			created: 1_735_689_600,
			owned_by: 'sglang',
			root: MODEL,
			parent: null,
			max_model_len: null,
			num_gpus: 1,
			task_type: 'T2I',
			dit_precision: 'bf16',
			vae_precision: 'bf16',
			pipeline_name: 'ZImagePipeline',
			pipeline_class: 'ZImagePipeline',
		},
	],
};

/** One SGLang-Diffusion server: `sglang serve --model-path Tongyi-MAI/Z-Image-Turbo`. [sglang docs: diffusion/api] */
export class Sglang implements Flavor {
	readonly refuseKey = optionalKey(UNAUTHORIZED);
	readonly errorFor = fastApiError;
	readonly models = MODELS;
	private readonly loras: SglangLoras;
	private readonly files: OwnFiles;

	constructor(
		private readonly place: Place,
		readonly path: string,
		private readonly storage: Storage,
	) {
		this.loras = new SglangLoras(place.context);
		this.files = new OwnFiles(place);
	}

	readonly problem = (message: string) => detail(400, message);

	/** An uncaught exception. */
	readonly failure = () => INTERNAL_ERROR;

	readonly read: Flavor['read'] = (_place, request) => {
		const { context, host } = this.place;
		const body = readBody(request, schema);
		if ('refusal' in body) return Promise.resolve(body.refusal);
		const { input } = body;
		context.noteIgnored(host, bodyOf(request).json, input);
		return Promise.resolve(async () => {
			const size = readSize(input);
			if (!isPossible(size)) return INTERNAL_ERROR;
			const pictures = picturesOf(Math.min(Math.max(input.n ?? 1, 1), 10), {
				model: MODEL,
				prompt: input.prompt,
				seed: input.seed ?? FIXED_SEED,
				format: readFormat(input),
				...size,
				loras: this.loras.active,
			});
			return await this.answer(input, pictures);
		});
	};

	/** Routes that only this server has. */
	addRoutes(host: FastifyInstance): void {
		const { path, place } = this;
		for (const [method, name] of [
			['POST', 'set_lora'],
			['POST', 'unmerge_lora_weights'],
			['POST', 'merge_lora_weights'],
			['GET', 'list_loras'],
		] as const) {
			host.route({
				method,
				url: `${path}/v1/${name}`,
				exposeHeadRoute: false,
				handler: (request, reply) =>
					send(reply, refusalOf(place, this, request) ?? this.loras[name](request)),
			});
		}
		host.get(`${path}/v1/model_info`, (request, reply) =>
			send(reply, refusalOf(place, this, request) ?? jsonAnswer(200, { model_path: MODEL })),
		);
		if (this.storage !== 'folder') return;
		// The link starts at the root of the server, whatever path is in front of it. A proxy must lead there.
		for (const base of [path, '']) {
			host.get<{ Params: { id: string } }>(`${base}/v1/images/:id/content`, (request, reply) =>
				this.files.send(this, request.params.id, request, reply),
			);
		}
	}

	/** [sglang image_api.py: _build_image_response_kwargs] */
	private async answer(input: Input, pictures: readonly Picture[]) {
		const format = (input.response_format ?? 'url').toLowerCase();
		if (format !== 'url' && format !== 'b64_json') {
			return detail(400, `response_format=${format} is not supported`);
		}
		const id = newId();
		const places = format === 'url' ? this.urls(id, pictures) : await this.inline(pictures);
		if (places === undefined) {
			return detail(400, "response_format='url' requires cloud storage to be configured.");
		}
		const extension = pictures[0]?.format === 'jpeg' ? 'jpg' : pictures[0]?.format;
		return jsonAnswer(200, {
			id,
			created: nowInSeconds(),
			data: places.map((place, index) => ({
				b64_json: null,
				url: null,
				...place,
				revised_prompt: input.prompt,
				file_path:
					this.storage === 'folder'
						? `${OUTPUT_FOLDER}/${id}${places.length > 1 ? `_${index}` : ''}.${extension}`
						: null,
			})),
			peak_memory_mb: 21_345.6,
			inference_time_s: 2.31,
		});
	}

	private async inline(pictures: readonly Picture[]): Promise<object[]> {
		return (await encode(this.place.context, pictures)).map((b64_json) => ({ b64_json }));
	}

	/** Where the images are. Undefined if there is no storage. */
	private urls(id: string, pictures: readonly Picture[]): object[] | undefined {
		const { files } = this.place.context;
		const steering = parseSteering(pictures[0]?.prompt ?? '', 'openaiCompatible');
		if (this.storage === 'none') return undefined;
		if (this.storage === 'cloud') {
			return pictures.map((picture) => ({
				url: files.publicLink('/sglang', picture, id, steering),
			}));
		}
		this.files.add(id, { pictures, steering });
		const link = `/v1/images/${id}/content`;
		return pictures.map((_picture, index) => ({
			url: pictures.length > 1 ? `${link}?variant=${index}` : link,
		}));
	}
}
