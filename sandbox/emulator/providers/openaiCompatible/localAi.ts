import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import { bodyOf, claimsJson } from '../../host';
import { newId, randomHex, randomSeed } from '../../ids';
import { startReading } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import { parseSteering, promptOf } from '../../steering';
import { proxyPage } from '../sdcpp/errors';
import type { Flavor, Place, Reading } from './flavor';
import { encode, isPossible, nowInSeconds, picturesOf, type Size } from './images';
import { optionalKey } from './keys';
import { OwnFiles } from './ownFiles';

/** From its gallery. [LocalAI gallery/index.yaml] */
const MODELS = ['Z-Image-Turbo', 'z-image-turbo-diffusers'] as const;

/** GUESS: the strength of img2img, which a request can't set. */
const STRENGTH = 0.75;

const localAiError = (status: number, message: string, type = ''): Answer =>
	jsonAnswer(status, { error: { code: status, message, type } });

const TITLES: Readonly<Record<number, string>> = {
	400: 'Bad Request',
	405: 'Method Not Allowed',
	415: 'Unsupported Media Type',
	422: 'Unprocessable Entity',
	429: 'Too Many Requests',
};

/** Its HTTP library's messages. [echo: HTTPError.Error; LocalAI app.go: HTTPErrorHandler] */
const httpError = (status: number, message = TITLES[status] ?? ''): Answer =>
	localAiError(status, `code=${status}, message=${message}`);

/** Further fields are ignored. [LocalAI schema: OpenAIRequest] */
const schema = z.object({
	model: z.string().nullish(),
	prompt: z.union([z.string(), z.array(z.string())]).nullish(),
	n: z.number().int().nullish(),
	size: z.string().nullish(),
	step: z.number().int().nullish(),
	file: z.string().nullish(),
	files: z.array(z.string()).nullish(),
	ref_images: z.array(z.string()).nullish(),
	response_format: z.unknown(),
	seed: z.number().int().nullish(),
});
type Input = z.infer<typeof schema>;

/** @returns undefined for a size that is refused, 512x512 for one without an `x` */
function readSize(size: string): Size | undefined {
	if (!size.includes('x')) return { width: 512, height: 512 };
	const parts = size.split('x');
	if (parts.length !== 2 || !parts.every((part) => /^[+-]?\d+$/.test(part))) return undefined;
	const [width = 0, height = 0] = parts.map(Number);
	return { width, height };
}

/**
 * Bare base64 as a data URI. A `data:` URI isn't base64, and a URL on this machine isn't fetched, so such an
 * image is ignored silently.
 */
function readFile(file: string | undefined): string | null {
	const isBase64 = file !== undefined && /^[A-Za-z\d+/]+={0,2}$/.test(file);
	return isBase64 ? `data:image/png;base64,${file}` : null;
}

/** The part before the `|`. The rest is the negative prompt. */
const positiveOf = (prompt: string): string => prompt.split('|', 1)[0] ?? '';

/** LocalAI. [LocalAI core/http/endpoints/openai/image.go] */
export class LocalAi implements Flavor {
	readonly path = '/localai';
	readonly refuseKey = optionalKey(
		localAiError(401, 'An authentication key is required', 'invalid_request_error'),
	);
	readonly models = { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) };
	private readonly files: OwnFiles;

	constructor(private readonly place: Place) {
		this.files = new OwnFiles(place);
	}

	readonly errorFor = (status: number): Answer => {
		if (status === 404) return localAiError(404, 'Resource not found');
		if (status === 500) return this.failure('rpc error: code = Unknown desc = unexpected error');
		return TITLES[status] === undefined ? proxyPage(status) : httpError(status);
	};

	readonly problem = (message: string): Answer => httpError(400, message);

	readonly failure = (reason: string): Answer => localAiError(500, reason);

	readonly read: Flavor['read'] = async ({ context, host }, request): Promise<Reading> => {
		if (!claimsJson(request)) return httpError(415);
		const { json } = bodyOf(request);
		const parsed = schema.safeParse(json);
		if (!parsed.success) {
			// GUESS: the message if parsing fails.
			return httpError(
				400,
				`failed parsing request body: ${parsed.error.issues[0]?.message ?? ''}`,
			);
		}
		context.noteIgnored(host, json, parsed.data);
		const input = parsed.data;
		// By default, the first image model.
		const model = input.model || MODELS[0];
		if (!(MODELS as readonly string[]).includes(model)) {
			return this.failure(
				`could not load model - all backends returned error: [stablediffusion-ggml]: failed to load ${model}`,
			);
		}
		const size = readSize(input.size ?? '');
		if (size === undefined) return this.failure("invalid value for 'size'");
		const source = readFile(input.files?.[0] ?? input.file ?? undefined);
		const inputs = startReading(context, host, {
			image: { field: input.files?.[0] === undefined ? 'file' : 'files', url: source },
			mask: { field: '', url: null },
		});
		await inputs.ready;
		return async () => {
			if (!isPossible(size)) return this.errorFor(500);
			const seed = input.seed ?? -1;
			const pictures = [input.prompt ?? []].flat().flatMap((prompt) =>
				picturesOf(input.n || 1, {
					model,
					prompt: positiveOf(prompt),
					seed: seed < 0 ? randomSeed() : seed,
					// Whatever the request says.
					format: 'png',
					...size,
					...(inputs.image === null
						? {}
						: { source: inputs.image.sha256, strength: STRENGTH, notes: inputNotes(inputs) }),
				}),
			);
			return jsonAnswer(200, await this.body(input, pictures, promptOf(json)));
		};
	};

	addRoutes(host: FastifyInstance): void {
		host.get<{ Params: { name: string } }>(
			`${this.path}/generated-images/:name`,
			(request, reply) => this.files.send(this, request.params.name, request, reply),
		);
	}

	private async body({ response_format }: Input, pictures: readonly Picture[], prompt: string) {
		const { context, host } = this.place;
		const places =
			response_format === 'b64_json'
				? (await encode(context, pictures)).map((b64_json) => ({ b64_json }))
				: pictures.map((picture) => {
						const name = `b64${randomHex(5)}.png`;
						this.files.add(name, {
							pictures: [picture],
							steering: parseSteering(prompt, 'openaiCompatible'),
						});
						return { url: `${context.urls[host]}${this.path}/generated-images/${name}` };
					});
		return {
			created: nowInSeconds(),
			id: newId(),
			data: places.map((place) => ({ embedding: null, index: 0, ...place })),
			usage: {
				prompt_tokens: 0,
				completion_tokens: 0,
				total_tokens: 0,
				input_tokens_details: { text_tokens: 0, image_tokens: 0 },
			},
		};
	}
}
