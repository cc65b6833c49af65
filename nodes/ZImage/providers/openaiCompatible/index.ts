import type {
	Endpoint,
	HttpAnswer,
	ImageRequest,
	ImageSource,
	Limits,
	Provider,
	Submitted,
} from '../provider';
import { imageAt, imageInBase64 } from '../shared/imageAt';
import { drawSeed, noCharge } from '../shared/ownServer';
import { isRefusedByStatus } from '../shared/refusal';
import { sdTurbo } from '../shared/sdParameters';
import { wordsIn } from '../shared/words';
import { bodies } from './body';
import { detailSchema, generationSchema, modelsSchema, validationSchema } from './schemas';

/** A file of the server's own is fetched with the credential; any other link leads elsewhere. */
function sourceAt(url: string): ImageSource {
	if (!url.startsWith('/')) return imageAt(url);
	const { pathname, searchParams } = new URL(url, 'http://server');
	const query = Object.fromEntries(searchParams);
	return { call: { method: 'GET', path: pathname, query, holdsImages: true } };
}

/** Synchronous: the answer to the submit holds the images. There is no task ID. */
function parseSubmit({ body }: HttpAnswer): Submitted {
	const images = generationSchema.parse(body).data.flatMap((image) => {
		const { b64_json: base64, url } = image ?? {};
		const source = base64 ? imageInBase64(base64) : url ? sourceAt(url) : undefined;
		return source ? [{ source, prompt: image?.revised_prompt ?? null }] : [];
	});
	if (images.length === 0) {
		const reason = 'the response has no image';
		return { taskId: null, state: { status: 'failed', reason, charged: 'maybe' } };
	}
	return {
		taskId: null,
		state: {
			status: 'succeeded',
			images: images.map(({ source }) => ({
				...source,
				width: null,
				height: null,
				nsfw: null,
				expiresInSeconds: null,
			})),
			seed: null,
			prompt: images[0]?.prompt ?? null,
		},
	};
}

/** Source: https://github.com/vllm-project/vllm-omni (docs/serving/image_generation_api.md, 503) */
const notReady = /^Diffusion engine not initialized/;

/** In addition to the statuses, the answers of FastAPI and vLLM-Omni before any work has started. */
function isRefusal(answer: HttpAnswer): boolean {
	const { statusCode, body } = answer;
	if (statusCode === 422) return validationSchema.safeParse(body).success;
	if (statusCode === 503) return notReady.test(detailSchema.safeParse(body).data?.detail ?? '');
	return isRefusedByStatus(answer);
}

const limits: Limits = {
	// No server documents bounds that hold for all its models; these are ours.
	side: { min: 64, max: 4096, multipleOf: 1 },
	// What fits into 32 bits with a sign, as LocalAI's backends have it.
	seed: { min: 0, max: 2_147_483_647, multipleOf: 1 },
	// `n` is left out: LocalAI makes the same image again with a given seed, and every answer stays short.
	imagesPerTask: 1,
};

/** The bounds are vLLM-Omni's; SGLang and LocalAI document none. */
const steps = { min: 1, max: 200, multipleOf: 1 } as const;
const guidanceScale = { min: 0, max: 20 } as const;

/** Without a name it is the model that the server has, or the first of them. */
const ownModel = { modelName: '' } as const;

/** Of every endpoint. */
const common = {
	operation: 'textToImage',
	model: 'turbo',
	limits,
	price: noCharge,
} as const satisfies Partial<Endpoint>;

const scale = { min: 0, max: 4 } as const;
const noLoras = { max: 0, scale, paths: 'serverName' } as const;

/** Servers that speak OpenAI's API for images, and gateways to them. Sources: those in body.ts */
export const openaiCompatible = {
	id: 'openaiCompatible',
	displayName: 'OpenAI-compatible',
	credentialType: 'zImageOpenAiCompatibleApi',
	isOwnServer: true,
	// A gateway may.
	charges: 'maybe',
	// vLLM-Omni's.
	defaultBaseUrl: 'http://127.0.0.1:8000',
	version: '/v1',
	lists: {
		models: {
			call: { method: 'GET', path: '/v1/models' },
			parse: ({ body }) => modelsSchema.parse(body).data.map(({ id }) => id),
		},
	},
	endpoints: [
		{
			...common,
			server: 'standard',
			options: { modelName: true },
			defaults: ownModel,
			loras: noLoras,
		},
		{
			...common,
			server: 'vllmOmni',
			options: { modelName: true, outputFormat: true, steps, negativePrompt: true, guidanceScale },
			defaults: { ...ownModel, outputFormat: 'png' },
			// `lora` is one object.
			loras: { max: 1, scale, paths: 'serverName' },
		},
		{
			...common,
			server: 'sglang',
			options: { modelName: true, outputFormat: true, steps, negativePrompt: true, guidanceScale },
			defaults: ownModel,
			// They are the server's, for all of its requests.
			loras: noLoras,
		},
		{
			...common,
			server: 'localAi',
			options: { modelName: true, steps, negativePrompt: true },
			defaults: { ...ownModel, steps: 15 },
			// They are in the model's configuration.
			loras: noLoras,
		},
		{
			...common,
			server: 'sdServer',
			options: {
				outputFormat: true,
				steps: { min: 1, max: 100, multipleOf: 1 },
				negativePrompt: true,
				guidanceScale,
			},
			defaults: { outputFormat: 'png', negativePrompt: '', ...sdTurbo },
			loras: { max: 3, scale, paths: 'serverName' },
		},
	],
	drawSeed: (random: number, { server }: ImageRequest) =>
		server === 'standard' ? undefined : drawSeed(random),
	submit(request) {
		const { server = 'standard', options } = request;
		return {
			method: 'POST',
			path: '/v1/images/generations',
			body: bodies[server](request),
			model: String(options.modelName ?? 'default'),
			holdsImages: true,
		};
	},
	parseSubmit,
	isRefusal,
	errorText: wordsIn,
	// https://platform.openai.com/docs/guides/error-codes, and the servers' own.
	errorPatterns: [
		[/insufficient_quota|exceeded your current quota/i, 'balance'],
		[/moderation_blocked|safety system|content_policy/i, 'moderation'],
		[/invalid_api_key|api key|authentication key/i, 'key'],
		[/model_not_found|does not exist/i, 'input'],
		[/not initialized|out of memory|could not load model/i, 'unavailable'],
		[/(?<![/-])\bloras?\b/i, 'lora'],
	],
} as const satisfies Provider;
