import type { z } from 'zod';

import type {
	Endpoint,
	HttpAnswer,
	HttpCall,
	Limits,
	ListedTask,
	ListQuery,
	Model,
	Operation,
	Price,
	Provider,
	ProviderTasks,
	SettledState,
	Submitted,
	TaskPage,
	TaskState,
	UploadFile,
} from '../provider';
import { falFamilyBody } from '../shared/falFamily';
import { imageAt } from '../shared/imageAt';
import { isRefusedByStatus } from '../shared/refusal';
import { threeLoras } from '../shared/threeLoras';
import { wordsIn } from '../shared/words';
import {
	emptySchema,
	errorSchema,
	partSchema,
	requestsSchema,
	resultSchema,
	statusErrorSchema,
	statusSchema,
	submitSchema,
	untrainedSchema,
	uploadSchema,
} from './schemas';
import { loraIn, stepsDoneIn, trainers, trainingCall } from './training';
import { falWebhook } from './webhook';

/** Submits go to the full endpoint id; status, result and cancel use only owner and app. */
const app = 'fal-ai/z-image';

function requestPath(ofApp: string, taskId: string): string {
	return `/${ofApp}/requests/${encodeURIComponent(taskId)}`;
}

/** Source: https://github.com/fal-ai/fal-js libs/client/src/storage.ts, including the limits of an upload in parts. */
function initiateUpload(
	path: string,
	{ contentType, fileName, lifetimeSeconds }: UploadFile,
): HttpCall {
	return {
		service: 'storage',
		method: 'POST',
		path,
		query: { storage_type: 'fal-cdn-v3' },
		...(lifetimeSeconds !== undefined && {
			headers: {
				'X-Fal-Object-Lifecycle': JSON.stringify({ expiration_duration_seconds: lifetimeSeconds }),
			},
		}),
		body: { content_type: contentType, file_name: fileName },
	};
}

/** A signed URL with one more segment in its path. */
function belowPath(url: string, step: string): string {
	const below = new URL(url);
	below.pathname += `/${step}`;
	return below.href;
}

function errorText(body: unknown): string | undefined {
	return wordsIn(body) ?? statusErrorSchema.safeParse(body).data?.status;
}

/** The words of an error in fal's own form. */
function detailIn(body: unknown): string | undefined {
	return wordsIn({ detail: errorSchema.safeParse(body).data?.detail });
}

function parseStatus({ body }: HttpAnswer): TaskState {
	const { status, error, error_type } = statusSchema.parse(body);
	switch (status) {
		case 'IN_QUEUE':
			return { status: 'pending', queued: true };
		case 'IN_PROGRESS':
			return { status: 'pending', queued: false };
		case 'COMPLETED': {
			const named = [wordsIn(error), error_type && `(${error_type})`].filter(Boolean).join(' ');
			return { status: 'ended', ...(named && { error: named }) };
		}
		default:
			return { status: 'unknown', value: status };
	}
}

/** The status of a training: its logs say how far it is. */
function parseTrainingStatus(answer: HttpAnswer): TaskState {
	const state = parseStatus(answer);
	if (state.status !== 'pending' || state.queued) return state;
	const stepsDone = stepsDoneIn(answer.body);
	return { ...state, ...(stepsDone !== undefined && { stepsDone }) };
}

/** Reported by third parties for a result that is asked for too early. */
const stillInProgress = /still in progress/i;

/**
 * Whether an error is one of fal's queue, and not of the model that it runs.
 * Source: https://fal.ai/docs/documentation/model-apis/request-errors
 */
function isRequestError({ headers, body }: HttpAnswer): boolean {
	const named = Object.keys(headers).some((name) => name.toLowerCase() === 'x-fal-error-type');
	return named || Boolean(errorSchema.safeParse(body).data?.error_type);
}

/** Statuses of an error that is about the call, or about the way to fal, whatever its words are. */
const callErrors: ReadonlySet<number> = new Set([
	401, 402, 403, 404, 405, 407, 408, 421, 425, 426, 429, 431,
]);

/** Statuses with a gateway's own message. A model reports such an error in a list. */
const gatewayErrors: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Whether an answer to the result call speaks of the task. That of a request that has ended is what the model answered:
 * mostly a list, but fal's own server (https://github.com/fal-ai/fal, projects/fal/src/fal/app.py) has plain texts, too.
 */
function isTaskError(answer: HttpAnswer): boolean {
	const { statusCode, body } = answer;
	const words = detailIn(body);
	if (words === undefined) return false;
	if (stillInProgress.test(words)) return true;
	if (isRequestError(answer) || callErrors.has(statusCode)) return false;
	const isText = typeof errorSchema.parse(body).detail === 'string';
	return !(isText && gatewayErrors.has(statusCode));
}

/**
 * Whether an answer to the result call is certainly the model's own error, which fal keeps and repeats: a list of details.
 * "The status code, headers, and body that the model returned": https://fal.ai/docs/inference-api/queue/result
 */
function isLastingError(answer: HttpAnswer): boolean {
	const { detail } = errorSchema.safeParse(answer.body).data ?? {};
	return Array.isArray(detail) && isTaskError(answer);
}

/** The result call gives the model's own status code and body; an error may even come with HTTP 200. */
function parseResult(answer: HttpAnswer): SettledState {
	const { statusCode, body } = answer;
	const lora = statusCode < 400 ? loraIn(body) : undefined;
	if (lora) return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
	const result = resultSchema.safeParse(body);
	if (statusCode >= 400 || !result.success) {
		const words = detailIn(body);
		if (words !== undefined && stillInProgress.test(words)) {
			return { status: 'pending', queued: false };
		}
		if (statusCode >= 400) {
			const reason = errorText(body) ?? `HTTP ${statusCode}`;
			// "We never charge for server errors": https://fal.ai/docs/documentation/model-apis/faq
			return { status: 'failed', reason, ...(statusCode >= 500 && { charged: 'no' }) };
		}
		if (words !== undefined && isTaskError(answer)) return { status: 'failed', reason: words };
		// Its images may come a moment later: the task is finished and charged.
		if (emptySchema.safeParse(body).success) return { status: 'pending', queued: false };
	}
	const { images, seed, has_nsfw_concepts, prompt } = resultSchema.parse(body);
	return {
		status: 'succeeded',
		images: images.flatMap((image, index) =>
			image === null
				? []
				: [
						{
							...imageAt(image.url),
							width: image.width,
							height: image.height,
							nsfw: has_nsfw_concepts[index] ?? null,
							// Media stay until the account's setting removes them, by default forever.
							expiresInSeconds: null,
						},
					],
		),
		seed,
		prompt,
	};
}

/** A training that fails for what it was given: how is a GUESS, so all that fal calls a fault of the request is one. */
function parseTrainingResult(answer: HttpAnswer): SettledState {
	if (answer.statusCode < 400 && untrainedSchema.safeParse(answer.body).success) {
		// The weights may come a moment later: the training is finished and paid for.
		return { status: 'pending', queued: false };
	}
	const state = parseResult(answer);
	const isOfRequest = answer.statusCode === 422 && state.status === 'failed';
	return isOfRequest && !/content_policy/i.test(state.reason) ? { ...state, kind: 'input' } : state;
}

/** fal's own refusal of what the request asks for; other documented ones have a status that is enough. */
function isRefusal(answer: HttpAnswer): boolean {
	return (
		isRefusedByStatus(answer) || (answer.statusCode === 422 && detailIn(answer.body) !== undefined)
	);
}

/** Source: https://github.com/fal-ai/fal-js (libs/client/src/types/endpoints.ts, EndpointTypeMap) */
const operationPaths: Readonly<Record<Operation, string>> = {
	textToImage: '',
	imageToImage: '/image-to-image',
	inpaint: '/inpaint',
	controlNet: '/controlnet',
	seamlessTiling: '/tiling',
};

function modelName(operation: Operation, model: Model, withLoras: boolean): string {
	return `${app}/${model}${operationPaths[operation]}${withLoras ? '/lora' : ''}`;
}

// The bounds below are those of https://fal.ai/docs/model-api-reference/image-generation-api (z-image-turbo,
// z-image-base, z-image-turbo-controlnet and their siblings) where they have any.

/** Of every endpoint. */
const commonOptions = {
	acceleration: true,
	enableSafetyChecker: true,
	outputFormat: true,
} as const;

const commonDefaults = {
	acceleration: 'regular',
	enableSafetyChecker: true,
	outputFormat: 'png',
} as const;

/** Of every endpoint of Turbo. */
const turboOptions = {
	...commonOptions,
	enablePromptExpansion: true,
	steps: { min: 1, max: 8, multipleOf: 1 },
} as const;

const turboDefaults = { ...commonDefaults, enablePromptExpansion: false, steps: 8 } as const;

/** The bounds of `strength` are a guess: only its defaults are documented. */
const share = { min: 0, max: 1 };

const limits: Limits = {
	// These bounds are those of fal's toolkit.
	side: { min: 1, max: 14_142, multipleOf: 1 },
	// "Up to 4 megapixels", says the page of Z-Image Turbo. That 2048 x 2048 is within that is a guess.
	maxPixels: 4 * 1024 * 1024,
	seed: { min: 0, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
	imagesPerTask: 4,
};

/**
 * Of the pages of the models, https://fal.ai/models/fal-ai/z-image/turbo and those below it, 2026-08-21 to 2026-11-20;
 * those of Inpaint and of Base without LoRAs are not published. How parts of a megapixel are rounded is not documented.
 */
function price(plain: number | null, withLoras: number): Price {
	return { per: 'megapixel', plain, withLoras, promptExpansion: 0.0025 };
}

/** Of every endpoint. */
const common = { limits, loras: threeLoras } as const;

const controlOptions = { controlScale: share, controlStart: share, controlEnd: share };
const controlDefaults = { controlScale: 0.75, controlStart: 0, controlEnd: 0.8 } as const;

const endpoints = [
	{
		...common,
		operation: 'textToImage',
		model: 'turbo',
		options: turboOptions,
		defaults: turboDefaults,
		price: price(0.005, 0.0085),
	},
	{
		...common,
		operation: 'textToImage',
		model: 'base',
		price: price(null, 0.012),
		options: {
			...commonOptions,
			steps: { min: 1, max: 50, multipleOf: 1 },
			guidanceScale: { min: 1, max: 20 },
			negativePrompt: true,
		},
		defaults: { ...commonDefaults, steps: 28, guidanceScale: 4, negativePrompt: '' },
	},
	{
		...common,
		operation: 'imageToImage',
		price: price(0.005, 0.0085),
		model: 'turbo',
		options: { ...turboOptions, strength: share },
		defaults: { ...turboDefaults, strength: 0.6 },
		image: 'required',
		measuresSource: true,
	},
	{
		...common,
		operation: 'inpaint',
		model: 'turbo',
		options: { ...turboOptions, ...controlOptions, strength: share },
		defaults: { ...turboDefaults, ...controlDefaults, strength: 1 },
		image: 'required',
		mask: 'required',
		measuresSource: true,
	},
	{
		...common,
		operation: 'controlNet',
		price: price(0.0065, 0.01),
		model: 'turbo',
		options: { ...turboOptions, ...controlOptions, preprocess: true },
		defaults: { ...turboDefaults, ...controlDefaults, preprocess: 'none' },
		image: 'required',
		measuresSource: true,
	},
	{
		...common,
		operation: 'seamlessTiling',
		price: price(0.02, 0.025),
		model: 'turbo',
		options: {
			...turboOptions,
			strength: share,
			tilingMode: true,
			tileSize: { min: 32, max: 256, multipleOf: 2 },
			tileStride: { min: 16, max: 128, multipleOf: 2 },
		},
		defaults: {
			...turboDefaults,
			strength: 0.6,
			tilingMode: 'both',
			tileSize: 128,
			tileStride: 64,
		},
		image: 'optional',
		mask: 'optional',
		measuresSource: true,
	},
] as const satisfies readonly Endpoint[];

/** Every model that its tasks may be of. */
const models = [
	...endpoints.flatMap(({ operation, model }) =>
		[false, true].map((withLoras) => modelName(operation, model, withLoras)),
	),
	// The list is refused for a name that fal doesn't have any more.
	...trainers.filter(({ model }) => model === 'turbo').map(({ endpoint }) => endpoint),
];

/**
 * So few that a source image and a mask inside each request are not too much for one answer; fal has up to 100.
 */
const listedPerPage = 40;

/**
 * All endpoints in one list, which accepts up to 50. The documentation doesn't say which time the filter
 * applies to.
 */
function listCall({ sinceMs, cursor }: ListQuery) {
	return {
		service: 'platform',
		method: 'GET',
		path: '/v1/models/requests/by-endpoint',
		query: {
			endpoint_id: models.join(','),
			start: new Date(sinceMs).toISOString(),
			expand: 'payloads',
			limit: String(listedPerPage),
			...(cursor !== undefined && { cursor }),
		},
		holdsImages: true,
	} as const;
}

type ListedRequest = z.output<typeof requestsSchema>['items'][number];

/** That one without an end is still at work is read from the schema, which has no other field for it. */
function listedStatus({ status_code, ended_at }: ListedRequest): ListedTask['status'] {
	if (status_code !== null) return status_code < 400 ? 'succeeded' : 'failed';
	return ended_at === null ? 'pending' : 'unknown';
}

function parseList({ body }: HttpAnswer): TaskPage {
	const { items, next_cursor } = requestsSchema.parse(body);
	return {
		tasks: items.map((item) => ({
			taskId: item.request_id,
			model: item.endpoint_id,
			status: listedStatus(item),
			submittedAtMs: item.sent_at,
			prompt: item.json_input?.prompt ?? null,
			seed: item.json_input?.seed ?? item.json_output.seed,
			loras: item.json_input?.loras ?? null,
			// Media stay until the account's setting removes them, by default forever.
			expiresAtMs: null,
		})),
		...(next_cursor !== null && { next: next_cursor }),
	};
}

function parseSubmit({ body }: HttpAnswer): Submitted {
	return {
		taskId: submitSchema.parse(body).request_id,
		state: { status: 'pending', queued: true },
	};
}

/** The calls about an app's requests. Each trainer is a separate app, and no app knows another's requests. */
function tasksOf(ofApp: string, statusQuery?: HttpCall['query']) {
	return {
		status: (taskId) => ({
			method: 'GET',
			path: `${requestPath(ofApp, taskId)}/status`,
			...(statusQuery && { query: statusQuery }),
		}),
		parseStatus,
		result: (taskId) => ({
			method: 'GET',
			path: requestPath(ofApp, taskId),
			holdsImages: true,
		}),
		parseResult,
		isTaskError,
		isLastingError,
		cancel: (taskId) => ({ method: 'PUT', path: `${requestPath(ofApp, taskId)}/cancel` }),
		// Other than CANCELLATION_REQUESTED: https://fal.ai/docs/api-reference/inference-api/queue/cancel
		parseCancel: (answer) =>
			answer.statusCode < 300 && statusErrorSchema.safeParse(answer.body).data?.status === 'OK',
	} satisfies ProviderTasks;
}

/** fal's queue API. Source: https://fal.ai/docs/model-apis/model-endpoints/queue */
export const fal = {
	id: 'fal',
	displayName: 'fal',
	credentialType: 'zImageFalApi',
	defaultBaseUrl: 'https://queue.fal.run',
	defaultStorageUrl: 'https://rest.fal.ai',
	defaultPlatformUrl: 'https://api.fal.ai',
	endpoints,
	files: {
		// https://github.com/fal-ai/fal (toolkit/image/image.py): the most that a model downloads.
		maxBytes: 50 * 1024 * 1024,
		// fal advises its storage for large files. The bound is ours: what a queue entry can well hold.
		maxInlineBytes: 256 * 1024,
		// GUESS: no limit is documented. A whole model is larger.
		maxLoraBytes: 2 * 1024 * 1024 * 1024,
		upload: {
			initiate: (file) => initiateUpload('/storage/upload/initiate', file),
			parseInitiate({ body }) {
				const { upload_url, file_url } = uploadSchema.parse(body);
				return { uploadUrl: upload_url, fileUrl: file_url };
			},
			parts: {
				aboveBytes: 90 * 1024 * 1024,
				partBytes: 10 * 1024 * 1024,
				initiate: (file) => initiateUpload('/storage/upload/initiate-multipart', file),
				partUrl: (uploadUrl, number) => belowPath(uploadUrl, String(number)),
				parsePart: ({ body }, partNumber) => ({ partNumber, ...partSchema.parse(body) }),
				completeUrl: (uploadUrl) => belowPath(uploadUrl, 'complete'),
				completeBody: (parts) => ({ parts }),
			},
		},
	},
	// GUESS: over http, too; its documents show https and ask for nothing.
	callsBack: 'http',
	submit(request) {
		const { callbackUrl } = request;
		const model = modelName(request.operation, request.model, request.loras.length > 0);
		return {
			method: 'POST',
			path: `/${model}`,
			...(callbackUrl !== undefined && { query: { fal_webhook: callbackUrl } }),
			body: falFamilyBody(request),
			model,
		};
	},
	parseSubmit,
	tasks: {
		...tasksOf(app),
		// Source: https://fal.ai/docs/model-apis/model-endpoints/queue
		statusStream: (taskId) => ({
			method: 'GET',
			path: `${requestPath(app, taskId)}/status/stream`,
			headers: { Accept: 'text/event-stream' },
		}),
		list: { call: listCall, parse: parseList },
	},
	training: {
		trainers,
		// GUESS: the largest zip that fal's own chat agent takes.
		maxArchiveBytes: 2 * 1024 * 1024 * 1024,
		hasDefaultCaption: true,
		submit: trainingCall,
		parseSubmit,
		// The steps that are done are in the logs.
		tasks: ({ endpoint }) => ({
			...tasksOf(endpoint, { logs: '1' }),
			parseStatus: parseTrainingStatus,
			parseResult: parseTrainingResult,
		}),
	},
	webhook: falWebhook,
	isRefusal,
	errorText,
	// https://fal.ai/docs/model-apis/errors, and issues 1112, 1147, 1162 of fal-ai/fal for the balance.
	errorPatterns: [
		[/exhausted balance|top.?up|user is locked/i, 'balance'],
		[/content_policy_violation|no_media_generated/i, 'moderation'],
		[/invalid key|unable to decode issuer|authenticat/i, 'key'],
		[/timeout/i, 'timeout'],
		[/runner_|downstream_service|internal_(server_)?error/i, 'unavailable'],
		[/file_download_error|safetensors|(?<![/-])\bloras?\b/i, 'lora'],
	],
} as const satisfies Provider;
