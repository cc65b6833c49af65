import type { IDataObject } from 'n8n-workflow';

import type {
	Ask,
	Endpoint,
	ErrorKind,
	FailedTask,
	HttpAnswer,
	ImageRequest,
	Limits,
	ListedTask,
	ListQuery,
	LoraLimits,
	Price,
	Provider,
	ProviderOption,
	ProviderTasks,
	SettledState,
	Submitted,
	TaskPage,
} from '../provider';
import { imageAt, imageInBase64 } from '../shared/imageAt';
import { isRefusedByStatus } from '../shared/refusal';
import { threeLoras } from '../shared/threeLoras';
import { listOf } from '../shared/tolerant';
import { wordsIn } from '../shared/words';
import type { Prediction } from './schemas';
import { trainers, trainingCall, weightsFile } from './training';
import { wavespeedWebhook } from './webhook';
import {
	envelopeSchema,
	failedSchema,
	namedSchema,
	outputSchema,
	predictionSchema,
	predictionsSchema,
	submitSchema,
	uploadSchema,
} from './schemas';

/** Outputs are deleted after 7 days. Source: https://wavespeed.ai/docs/get-result */
const outputSeconds = 7 * 24 * 60 * 60;

/** What the error codes of a failed task are about. Source: https://wavespeed.ai/docs/error-codes */
const kinds: Readonly<Record<number, ErrorKind>> = {
	1200: 'moderation',
	1400: 'input',
	1401: 'input',
	1402: 'input',
	5000: 'unavailable',
	5003: 'unavailable',
	5004: 'timeout',
};

/** A file in the request could not be read. That this code also applies to a LoRA is a guess. */
const unreadableFile = 1402;

const aboutLora = /safetensors|(?<![/-])\bloras?\b/i;

function failed(words: string, { code, model }: Pick<Prediction, 'code' | 'model'>): FailedTask {
	const kind =
		code === unreadableFile && aboutLora.test(words)
			? 'lora'
			: code === null
				? undefined
				: kinds[code];
	return {
		status: 'failed',
		reason: code === null ? words : `${words} (${code})`,
		...(kind && { kind }),
		...(trainers.some(({ endpoint }) => endpoint === model) && { isTraining: true }),
	};
}

/** @throws zod's error when there are outputs, but none is readable */
function parseOutputs({ outputs, has_nsfw_contents }: Prediction): SettledState {
	const found = listOf(outputSchema).parse(outputs);
	// The file that tells a training from an image, wherever it stands.
	const weights = found.find((output) => output !== null && weightsFile.test(output));
	if (weights) {
		const lora = { url: weights, configUrl: null, expiresInSeconds: outputSeconds };
		return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
	}
	if (found.every((output) => output === null)) {
		const odd = outputs.find((output) => output !== null && output !== '');
		if (odd !== undefined) outputSchema.parse(odd);
		// The work is done and charged, and the images come a moment later.
		return { status: 'pending', queued: false };
	}
	return {
		status: 'succeeded',
		images: found.flatMap((output, index) =>
			output === null
				? []
				: [
						{
							...(/^(https?|data):/i.test(output) ? imageAt(output) : imageInBase64(output)),
							width: null,
							height: null,
							nsfw: has_nsfw_contents[index] ?? null,
							expiresInSeconds: outputSeconds,
						},
					],
		),
		seed: null,
		prompt: null,
	};
}

function parsePrediction(prediction: Prediction): SettledState {
	const { status, error } = prediction;
	switch (status) {
		case 'created':
			return { status: 'pending', queued: true };
		case 'processing':
			return { status: 'pending', queued: false };
		case 'failed':
			// Refunded within 3 hours: https://wavespeed.ai/docs/troubleshooting-guide
			return { ...failed(wordsIn(error) ?? 'no reason given', prediction), charged: 'no' };
		// These three are those of the official client: npm wavespeed 0.3.2 (client.js).
		case 'cancelled':
		case 'deleted':
			return {
				kind: 'canceled',
				...failed(wordsIn(error) ?? `the task was ${status}`, prediction),
			};
		case 'timeout':
			return { kind: 'timeout', ...failed(wordsIn(error) ?? 'it took too long', prediction) };
		case 'completed':
			return parseOutputs(prediction);
		default:
			return { status: 'unknown', value: status };
	}
}

function parseStatus({ body }: HttpAnswer): SettledState {
	return parsePrediction(predictionSchema.parse(body).data);
}

function parseSubmit({ body }: HttpAnswer): Submitted {
	const { id, status, ...prediction } = submitSchema.parse(body).data;
	const state = parsePrediction({ ...prediction, status: status ?? 'created', model: null });
	return { taskId: id, state };
}

/** The words of the response itself or, if that is a success, of the task in it. */
function errorText(body: unknown): string | undefined {
	const envelope = envelopeSchema.safeParse(body).data;
	if (envelope?.code !== 200) return wordsIn(body);
	return wordsIn(failedSchema.parse(body).data.error);
}

/** Codes of a task's error that mean a refusal before any work: https://wavespeed.ai/docs/error-codes */
const refusedCodes: ReadonlySet<number | null> = new Set([1200, 1400, 1401]);

/**
 * An error may come with HTTP 200. Then the number in `code` is used. That these numbers have the meaning of
 * HTTP statuses is inferred from the documented errors, in which both are the same. A response that names a
 * task has accepted it.
 */
function isRefusal(answer: HttpAnswer): boolean {
	if (namedSchema.parse(answer.body).data.id !== null) return false;
	if (answer.statusCode !== 200) return isRefusedByStatus(answer);
	const code = envelopeSchema.safeParse(answer.body).data?.code ?? null;
	if (code === null) return false;
	return refusedCodes.has(code) || isRefusedByStatus({ ...answer, statusCode: code });
}

function predictionPath(taskId: string): string {
	return `/api/v3/predictions/${encodeURIComponent(taskId)}`;
}

/** A deleted task: recognized by its state or, which is a guess, by being unknown. */
function isDeleted({ statusCode, body }: HttpAnswer): boolean {
	return statusCode === 404 || namedSchema.parse(body).data.status === 'deleted';
}

/**
 * A running task is reported as deleted too, but may continue, so it's checked once more.
 * Source: https://wavespeed.ai/docs/delete-task
 */
function parseCancel({ statusCode, body }: HttpAnswer): Ask<boolean> | boolean {
	const { id, status } = namedSchema.parse(body).data;
	if (statusCode >= 300 || status !== 'deleted' || id === null) return false;
	const call = { method: 'GET', path: `${predictionPath(id)}/result`, holdsImages: true } as const;
	return { status: 'ask', call, parse: isDeleted };
}

/** The two spellings of the models are the provider's own. */
const models: Readonly<Record<string, { readonly plain: string; readonly withLoras?: string }>> = {
	'textToImage turbo': { plain: 'z-image/turbo', withLoras: 'z-image/turbo-lora' },
	'textToImage base': { plain: 'z-image/base', withLoras: 'z-image/base-lora' },
	'imageToImage turbo': {
		plain: 'z-image-turbo/image-to-image',
		withLoras: 'z-image-turbo/image-to-image-lora',
	},
	'inpaint turbo': { plain: 'z-image/turbo-inpaint' },
	'controlNet turbo': { plain: 'z-image-turbo/controlnet' },
};

function fullName(name: string): string {
	return `wavespeed-ai/${name}`;
}

function modelOf({ operation, model, loras }: ImageRequest): string {
	const { plain, withLoras } = models[`${operation} ${model}`] ?? { plain: '' };
	return fullName(loras.length > 0 ? (withLoras ?? plain) : plain);
}

/** Every model of its tasks, because the list contains all predictions of the account. */
const modelNames: ReadonlySet<string | null> = new Set([
	...Object.values(models).flatMap(({ plain, withLoras = plain }) =>
		[plain, withLoras].map(fullName),
	),
	...trainers.map(({ endpoint }) => endpoint),
]);

const listedStatuses: Readonly<Record<string, ListedTask['status']>> = {
	created: 'pending',
	processing: 'pending',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'failed',
	deleted: 'failed',
	timeout: 'failed',
};

/** The maximum. */
const listedPerPage = 100;

function listCall({ sinceMs, cursor = '1' }: ListQuery) {
	return {
		method: 'POST',
		path: '/api/v3/predictions',
		body: {
			page: Number(cursor),
			page_size: listedPerPage,
			created_after: new Date(sinceMs).toISOString(),
		},
		// For tasks that requested it, the outputs are the images themselves.
		holdsImages: true,
	} as const;
}

/** Nothing marks the last page: the list ends with an empty page. */
function parseList({ body }: HttpAnswer, { cursor = '1' }: ListQuery): TaskPage {
	const { items } = predictionsSchema.parse(body).data;
	return {
		tasks: items
			.filter(({ model }) => modelNames.has(model))
			.map(({ id, model, status, created_at }) => ({
				taskId: id,
				model,
				status: listedStatuses[status ?? ''] ?? 'unknown',
				submittedAtMs: created_at,
				prompt: null,
				seed: null,
				loras: null,
				expiresAtMs:
					status === 'completed' && created_at !== null ? created_at + outputSeconds * 1000 : null,
			})),
		...(items.length > 0 && { next: String(Number(cursor) + 1) }),
	};
}

/** WaveSpeed's names for the options. */
const optionFields: Readonly<Partial<Record<ProviderOption, string>>> = {
	controlScale: 'strength',
	negativePrompt: 'negative_prompt',
	outputFormat: 'output_format',
	preprocess: 'mode',
	strength: 'strength',
};

/** What the user left out is left out here, so that the provider's own default applies. */
function bodyOf({
	prompt,
	width,
	height,
	automaticSize,
	seed,
	image,
	mask,
	loras,
	options,
}: ImageRequest): IDataObject {
	const named = (Object.keys(options) as ProviderOption[]).flatMap((name) => {
		const field = optionFields[name];
		return field === undefined ? [] : [[field, options[name]]];
	});
	return {
		prompt,
		...(image !== undefined && { image }),
		...(mask !== undefined && { mask_image: mask }),
		...(!automaticSize && { size: `${width}*${height}` }),
		...(seed !== undefined && { seed }),
		...(Object.fromEntries(named) as IDataObject),
		...(loras.length > 0 && { loras: loras.map(({ path, scale }) => ({ path, scale })) }),
	};
}

const limits: Limits = {
	side: { min: 256, max: 1536, multipleOf: 1 },
	seed: { min: 0, max: 2_147_483_647, multipleOf: 1 },
	imagesPerTask: 1,
};

const noLoras: LoraLimits = { ...threeLoras, max: 0 };

/**
 * From the models' pages below https://wavespeed.ai/docs/docs-api/wavespeed-ai, 2026-08-21 to 2026-11-20. Those
 * of Turbo without LoRAs and of Image to Image are from third parties.
 */
function price(plain: number, withLoras: number | null): Price {
	return { per: 'image', plain, withLoras };
}

/** `strength` ranges from 0 to 1. For ControlNet that is a guess. */
const share = { min: 0, max: 1 };

const outputDefaults = { outputFormat: 'jpeg' } as const;

/** For every endpoint except Inpaint. */
const common = { limits, loras: threeLoras } as const;

const endpoints = [
	{
		...common,
		operation: 'textToImage',
		model: 'turbo',
		options: { outputFormat: true },
		defaults: outputDefaults,
		price: price(0.005, 0.01),
	},
	{
		...common,
		operation: 'textToImage',
		model: 'base',
		options: { outputFormat: true, negativePrompt: true },
		defaults: { ...outputDefaults, negativePrompt: '' },
		price: price(0.01, 0.012),
	},
	{
		...common,
		operation: 'imageToImage',
		model: 'turbo',
		options: { outputFormat: true, strength: share },
		defaults: { ...outputDefaults, strength: 0.6 },
		image: 'required',
		price: price(0.005, null),
	},
	{
		operation: 'inpaint',
		model: 'turbo',
		options: {},
		image: 'required',
		mask: 'required',
		// Its page documents no default size. Third parties got the size of the source image.
		measuresSource: true,
		noSeed: true,
		limits,
		loras: noLoras,
		price: price(0.02, null),
	},
	{
		operation: 'controlNet',
		model: 'turbo',
		options: { outputFormat: true, preprocess: true, controlScale: share },
		// "none" means no control at all: the source image would not be used.
		choices: { preprocess: ['canny', 'depth', 'pose'] },
		defaults: { ...outputDefaults, preprocess: 'depth' },
		image: 'required',
		limits: { ...limits, side: { min: 256, max: 2048, multipleOf: 1 } },
		loras: noLoras,
		price: price(0.05, null),
	},
] as const satisfies readonly Endpoint[];

/** The calls about a task, whatever its model. */
const tasks = {
	status: (taskId) => ({
		method: 'GET',
		path: `${predictionPath(taskId)}/result`,
		holdsImages: true,
	}),
	parseStatus,
	namedTask: ({ body }) => namedSchema.parse(body).data.id ?? undefined,
	cancel: (taskId) => ({ method: 'DELETE', path: predictionPath(taskId) }),
	parseCancel,
	list: { call: listCall, parse: parseList },
} as const satisfies ProviderTasks;

/**
 * WaveSpeed. Sources: the pages of the models, https://wavespeed.ai/models/wavespeed-ai/z-image/turbo/llms.txt and those beside
 * it; https://wavespeed.ai/docs; npm wavespeed 0.3.2.
 */
export const wavespeed = {
	id: 'wavespeed',
	displayName: 'WaveSpeed',
	credentialType: 'zImageWaveSpeedApi',
	defaultBaseUrl: 'https://api.wavespeed.ai',
	endpoints,
	files: {
		// The smaller of the two limits for images on its pages.
		maxBytes: 20 * 1024 * 1024,
		// That files may be sent inline is what Hugging Face's client does (packages/inference). The limit is
		// ours.
		maxInlineBytes: 256 * 1024,
		// The limit of an official client. GUESS: that LoRAs load from its storage, as those of its trainers do.
		maxLoraBytes: 200 * 1024 * 1024,
		upload: {
			initiate: ({ contentType, fileName, bytes }) => ({
				method: 'POST',
				path: '/api/v3/media/uploads',
				body: { filename: fileName, size: bytes, content_type: contentType },
			}),
			parseInitiate({ body }) {
				const { upload, download_url } = uploadSchema.parse(body).data;
				return {
					uploadUrl: upload.url,
					...(upload.headers && { headers: upload.headers }),
					fileUrl: download_url,
				};
			},
		},
	},
	callsBack: 'https',
	submit(request) {
		const { callbackUrl } = request;
		const model = modelOf(request);
		return {
			method: 'POST',
			path: `/api/v3/${model}`,
			...(callbackUrl !== undefined && { query: { webhook: callbackUrl } }),
			body: bodyOf(request),
			model,
		};
	},
	parseSubmit,
	isRefusal,
	tasks,
	training: {
		trainers,
		// Not documented: the limit is ours, and the same as fal's.
		maxArchiveBytes: 2 * 1024 * 1024 * 1024,
		submit: trainingCall,
		parseSubmit,
		tasks: () => tasks,
	},
	webhook: wavespeedWebhook,
	errorText,
	// https://wavespeed.ai/docs/troubleshooting-guide; the words of an empty balance are a guess.
	errorPatterns: [
		[/balance|insufficient|credits?\b|top.?up/i, 'balance'],
		[/too many requests|rate limit/i, 'rateLimit'],
		[/invalid authentication|unauthorized|api key is (invalid|missing)/i, 'key'],
		[/sensitive|moderat|nsfw/i, 'moderation'],
		[/not allowed|permission|forbidden/i, 'permission'],
		[/not found/i, 'notFound'],
		[/timed? ?out/i, 'timeout'],
		[aboutLora, 'lora'],
		[/internal error|unavailable/i, 'unavailable'],
	],
} as const satisfies Provider;
