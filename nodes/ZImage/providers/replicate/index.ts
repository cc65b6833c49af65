import type { IDataObject } from 'n8n-workflow';
import type { z } from 'zod';

import type {
	Endpoint,
	HttpAnswer,
	ImageRequest,
	Limits,
	ListedTask,
	ListQuery,
	Lora,
	LoraLimits,
	Model,
	Operation,
	Provider,
	ProviderOption,
	SettledState,
	Submitted,
	TaskPage,
} from '../provider';
import { imageAt } from '../shared/imageAt';
import { isRefusedByStatus } from '../shared/refusal';
import { threeLoras } from '../shared/threeLoras';
import { imageUrl, listOf } from '../shared/tolerant';
import { wordsIn } from '../shared/words';
import {
	canceledSchema,
	errorSchema,
	namedSchema,
	predictionSchema,
	predictionsSchema,
	submitSchema,
	titleSchema,
	uploadSchema,
} from './schemas';
import { replicateWebhook } from './webhook';

/** Outputs are removed an hour after the end. Source: https://replicate.com/docs/topics/predictions/data-retention */
const outputSeconds = 60 * 60;

/** @throws zod's error when there is an output without a readable image */
function parseOutput({ output, data_removed }: z.output<typeof predictionSchema>): SettledState {
	const outputs: unknown[] = Array.isArray(output) ? output : [output ?? null];
	const found = listOf(imageUrl).parse(outputs);
	if (found.every((url) => url === null)) {
		const odd = outputs.find((entry) => entry !== null && entry !== '');
		if (odd !== undefined) imageUrl.parse(odd);
		if (data_removed) {
			const reason =
				'the image was generated, but Replicate deleted it, which it does after one hour';
			return { status: 'failed', reason, kind: 'notFound', charged: 'yes' };
		}
		// The work is done and charged, and the image comes a moment later.
		return { status: 'pending', queued: false };
	}
	return {
		status: 'succeeded',
		images: found.flatMap((url) =>
			url === null
				? []
				: [
						{
							...imageAt(url),
							width: null,
							height: null,
							nsfw: null,
							expiresInSeconds: outputSeconds,
						},
					],
		),
		seed: null,
		prompt: null,
	};
}

/** Source: https://replicate.com/docs/topics/predictions/lifecycle */
function parsePrediction(prediction: z.output<typeof predictionSchema>): SettledState {
	const { status, error } = prediction;
	switch (status) {
		case 'starting':
			return { status: 'pending', queued: true };
		case 'processing':
			return { status: 'pending', queued: false };
		case 'succeeded':
			return parseOutput(prediction);
		case 'failed':
			return { status: 'failed', reason: wordsIn(error) ?? 'no reason given' };
		// "aborted" is in the types of the official client only: https://github.com/replicate/replicate-javascript
		case 'aborted':
		case 'canceled':
			return {
				status: 'failed',
				reason: wordsIn(error) ?? `the prediction was ${status}`,
				kind: 'canceled',
			};
		default:
			return { status: 'unknown', value: status };
	}
}

function parseSubmit({ body }: HttpAnswer): Submitted {
	const { id, ...prediction } = submitSchema.parse(body);
	return { taskId: id, state: parsePrediction({ ...prediction, data_removed: null }) };
}

/**
 * Its input is checked before a prediction is created. Third parties report the form of such a response. That
 * nothing was started is inferred from it.
 */
function isRefusal(answer: HttpAnswer): boolean {
	const isInvalid = answer.statusCode === 422 && errorSchema.safeParse(answer.body).success;
	return isInvalid || isRefusedByStatus(answer);
}

/** Only official models are run without naming a version: https://replicate.com/docs/reference/http#models.predictions.create */
function explainRefusal({ statusCode }: HttpAnswer): string | undefined {
	if (statusCode !== 404) return undefined;
	return 'Nothing was started. Replicate only runs official models without a version, and this one may not be official. Choose another operation or provider. If you changed the Base URL in the credential, check that too.';
}

const owner = 'prunaai';

/** Source: https://replicate.com/prunaai */
const operationModels: Readonly<Partial<Record<Operation, string>>> = {
	textToImage: 'z-image-turbo',
	imageToImage: 'z-image-turbo-img2img',
	inpaint: 'z-image-turbo-inpaint',
	controlNet: 'z-image-turbo-controlnet',
};

/** Image to Image and ControlNet have one model for requests with and without LoRAs. */
function modelName(operation: Operation, model: Model, withLoras: boolean): string {
	const name = model === 'base' ? 'z-image' : operationModels[operation];
	const lora = operation === 'textToImage' && withLoras ? '-lora' : '';
	return `${owner}/${name}${lora}`;
}

const optionFields: Readonly<Partial<Record<ProviderOption, string>>> = {
	controlScale: 'controlnet_conditioning_scale',
	guidanceScale: 'guidance_scale',
	negativePrompt: 'negative_prompt',
	outputFormat: 'output_format',
	outputQuality: 'output_quality',
	steps: 'num_inference_steps',
	strength: 'strength',
};

/** Replicate's name for JPEG. */
const valueNames: Readonly<Record<string, string>> = { jpeg: 'jpg' };

function namedOptions(options: ImageRequest['options']): IDataObject {
	const named = (Object.keys(options) as ProviderOption[]).flatMap((name) => {
		const [field, value] = [optionFields[name], options[name]];
		if (field === undefined) return [];
		return [[field, name === 'outputFormat' ? (valueNames[String(value)] ?? value) : value]];
	});
	return Object.fromEntries(named) as IDataObject;
}

/** What the user left out is left out here, so that the model's own default applies. */
function inputOf(request: ImageRequest): IDataObject {
	const { operation, prompt, width, height, seed, image, mask, loras, options } = request;
	return {
		prompt,
		...(operation === 'textToImage' && { width, height }),
		...(image !== undefined && { [operation === 'controlNet' ? 'control_image' : 'image']: image }),
		...(mask !== undefined && { mask_image: mask }),
		...(seed !== undefined && { seed }),
		...namedOptions(options),
		...(loras.length > 0 && {
			lora_weights: loras.map(({ path }) => path),
			lora_scales: loras.map(({ scale }) => scale),
		}),
	};
}

const limits: Limits = {
	side: { min: 64, max: 1440, multipleOf: 1 },
	// None are documented; these are what JSON can write exactly.
	seed: { min: 0, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
	imagesPerTask: 1,
};

/** Neither the number of LoRAs nor the range of their scales is documented. These are the other providers'. */
const loras: LoraLimits = { ...threeLoras, paths: 'fileUrl' };

/** Of every endpoint. That the lower bound of the guidance is 0 is read from its default. */
const commonOptions = {
	guidanceScale: { min: 0, max: 20 },
	outputFormat: true,
	outputQuality: { min: 0, max: 100, multipleOf: 1 },
	steps: { min: 1, max: 50, multipleOf: 1 },
} as const;

const outputDefaults = { outputFormat: 'jpeg', outputQuality: 80 } as const;
const turboDefaults = { ...outputDefaults, guidanceScale: 0, steps: 8 } as const;

/** Of every endpoint of Turbo. */
const turbo = { model: 'turbo', limits, loras } as const;

const endpoints = [
	{ ...turbo, operation: 'textToImage', options: commonOptions, defaults: turboDefaults },
	{
		operation: 'textToImage',
		model: 'base',
		options: { ...commonOptions, negativePrompt: true },
		defaults: { ...outputDefaults, guidanceScale: 4, steps: 28, negativePrompt: '' },
		limits: { ...limits, side: { min: 64, max: 2048, multipleOf: 1 } },
		loras,
	},
	{
		...turbo,
		operation: 'imageToImage',
		options: { ...commonOptions, strength: { min: 0, max: 1 } },
		defaults: { ...turboDefaults, strength: 0.6 },
		image: 'required',
		keepsSize: true,
	},
	{
		...turbo,
		operation: 'inpaint',
		options: commonOptions,
		defaults: turboDefaults,
		image: 'required',
		mask: 'required',
		keepsSize: true,
		loras: { ...loras, max: 0 },
	},
	{
		...turbo,
		operation: 'controlNet',
		options: { ...commonOptions, controlScale: { min: 0, max: 2 } },
		defaults: { ...turboDefaults, controlScale: 0.75 },
		image: 'required',
		keepsSize: true,
	},
] as const satisfies readonly Endpoint[];

function predictionPath(taskId: string): string {
	return `/v1/predictions/${encodeURIComponent(taskId)}`;
}

/** Every model of its tasks, because the list contains all predictions of the account. */
const models: ReadonlySet<string | null> = new Set(
	endpoints.flatMap(({ operation, model }) =>
		[false, true].map((withLoras) => modelName(operation, model, withLoras)),
	),
);

const listedStatuses: Readonly<Record<string, ListedTask['status']>> = {
	starting: 'pending',
	processing: 'pending',
	succeeded: 'succeeded',
	failed: 'failed',
	aborted: 'failed',
	canceled: 'failed',
};

/** A page has 100 of them. `created_after` is a parameter of the official client of Python. */
function listCall({ sinceMs, cursor }: ListQuery) {
	return {
		method: 'GET',
		path: '/v1/predictions',
		query: {
			created_after: new Date(sinceMs).toISOString(),
			...(cursor !== undefined && { cursor }),
		},
		holdsImages: true,
	} as const;
}

type ListedPrediction = z.output<typeof predictionsSchema>['results'][number];

function listedLoras({ lora_weights, lora_scales }: ListedPrediction['input']): Lora[] {
	return lora_weights.flatMap((path, index) =>
		path === null ? [] : [{ path, scale: lora_scales[index] ?? 1 }],
	);
}

function parseList({ body }: HttpAnswer): TaskPage {
	const { results, next } = predictionsSchema.parse(body);
	return {
		tasks: results
			.filter(({ model }) => models.has(model))
			.map(({ id, model, status, created_at, completed_at, data_removed, input }) => ({
				taskId: id,
				model,
				status: listedStatuses[status ?? ''] ?? 'unknown',
				submittedAtMs: created_at,
				prompt: input.prompt,
				seed: input.seed,
				// Removed output wasn't necessarily empty.
				loras: data_removed ? null : listedLoras(input),
				expiresAtMs:
					status === 'succeeded' && completed_at !== null
						? completed_at + outputSeconds * 1000
						: null,
			})),
		...(next != null && { next }),
	};
}

/**
 * Replicate, with the models of Pruna AI. Sources: https://replicate.com/docs/reference/http, and the schemas of the models at
 * https://replicate.com/prunaai/z-image-turbo-lora/api (f1f17ca4), …-img2img (5c958e90), …-inpaint (63594d41), …-controlnet
 * (6334d6c1) and https://replicate.com/prunaai/z-image-lora/api (9846f9a0).
 */
export const replicate = {
	id: 'replicate',
	displayName: 'Replicate',
	credentialType: 'zImageReplicateApi',
	defaultBaseUrl: 'https://api.replicate.com',
	endpoints,
	files: {
		// https://replicate.com/docs/topics/predictions/input-files: files up to 100 MB, data URIs up to 256 KB (1 MB elsewhere).
		maxBytes: 100 * 1024 * 1024,
		maxInlineBytes: 256 * 1024,
		// No LoRAs: files need the account's key, and the model downloads `lora_weights` without it.
		upload: {
			upload: ({ contentType, fileName }, bytes) => ({
				method: 'POST',
				path: '/v1/files',
				form: [{ name: 'content', fileName, contentType, bytes }],
			}),
			parseUpload: ({ body }) => uploadSchema.parse(body).urls.get,
		},
	},
	callsBack: 'https',
	submit(request) {
		const { callbackUrl } = request;
		const model = modelName(request.operation, request.model, request.loras.length > 0);
		// Without `Prefer: wait`: a slow response can get lost, and the prediction's ID with it.
		return {
			method: 'POST',
			path: `/v1/models/${model}/predictions`,
			body: {
				input: inputOf(request),
				...(callbackUrl !== undefined && {
					webhook: callbackUrl,
					webhook_events_filter: ['completed'],
				}),
			},
			model,
		};
	},
	parseSubmit,
	isRefusal,
	explainRefusal,
	tasks: {
		status: (taskId) => ({ method: 'GET', path: predictionPath(taskId), holdsImages: true }),
		parseStatus: ({ body }) => parsePrediction(predictionSchema.parse(body)),
		namedTask: ({ body }) => namedSchema.safeParse(body).data?.id,
		cancel: (taskId) => ({ method: 'POST', path: `${predictionPath(taskId)}/cancel` }),
		parseCancel: ({ statusCode, body }) =>
			statusCode < 300 && canceledSchema.safeParse(body).success,
		list: { call: listCall, parse: parseList },
	},
	webhook: replicateWebhook,
	errorText: (body) => wordsIn(body) ?? wordsIn(titleSchema.parse(body).title),
	// The words of https://replicate.com/docs/reference/http, and of issues of replicate/replicate-javascript and others.
	errorPatterns: [
		[/insufficient credit|purchase credit|billing/i, 'balance'],
		[/throttled|rate limit/i, 'rateLimit'],
		[/authentication token|api token|unauthenticated/i, 'key'],
		[/flagged as sensitive|\(E005\)|nsfw|moderat/i, 'moderation'],
		[/version does not exist|could not be found/i, 'notFound'],
		[/safetensors|\bpeft\b|(?<![/-])\bloras?\b/i, 'lora'],
		[/timed? ?out/i, 'timeout'],
		[/out of memory|internal server error/i, 'unavailable'],
	],
} as const satisfies Provider;
