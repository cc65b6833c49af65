import type { HttpAnswer, ImageRequest, Limits, Provider, SettledState } from '../provider';
import { imageInBase64 } from '../shared/imageAt';
import { drawSeed, noCharge } from '../shared/ownServer';
import { isRefusedByStatus } from '../shared/refusal';
import { sdParameters, sdTurbo } from '../shared/sdParameters';
import { wordsIn } from '../shared/words';
import {
	capabilitiesSchema,
	emptySchema,
	errorSchema,
	jobSchema,
	resultSchema,
	submitSchema,
} from './schemas';

/** The server runs one model; this is what its requests are called here. */
const model = 'img_gen';

function jobPath(taskId: string): string {
	return `/sdcpp/v1/jobs/${encodeURIComponent(taskId)}`;
}

function ownError({ body }: HttpAnswer): string | undefined {
	return errorSchema.safeParse(body).data?.error;
}

const invalidParameters = 'invalid generation parameters';

/** The server's words. If they don't say what is wrong, the possible reasons are added. */
function errorText(body: unknown): string | undefined {
	const words = wordsIn(body);
	return words === invalidParameters
		? `${words}. The server doesn't say which: check that each LoRA is spelled as in its list, and that the source image is in color and not damaged`
		: words;
}

function bodyOf(request: ImageRequest) {
	const { prompt, width, height, image, mask, options } = request;
	const { outputFormat, strength } = options;
	return {
		prompt,
		width,
		height,
		...sdParameters(request),
		...(outputFormat !== undefined && { output_format: outputFormat }),
		...(image !== undefined && { init_image: image }),
		...(mask !== undefined && { mask_image: mask }),
		...(strength !== undefined && { strength }),
	};
}

/** What a response about a missing job says. */
const lostJobs: Readonly<Record<number, string>> = {
	404: 'job not found',
	410: 'job expired',
};

/** Whether the server itself says that it doesn't have the job, rather than a proxy in front of it. */
function isLost(answer: HttpAnswer): boolean {
	const words = lostJobs[answer.statusCode];
	return words !== undefined && ownError(answer) === words;
}

function parseCompleted({ body }: HttpAnswer): SettledState {
	// The server's code has no such job; its images may come a moment later.
	if (emptySchema.safeParse(body).success) return { status: 'pending', queued: false };
	const { images } = resultSchema.parse(body).result;
	return {
		status: 'succeeded',
		images: images
			.filter((image) => image !== null)
			.map(({ b64_json }) => ({
				...imageInBase64(b64_json),
				width: null,
				height: null,
				nsfw: null,
				expiresInSeconds: null,
			})),
		seed: null,
		prompt: null,
	};
}

function parseStatus(answer: HttpAnswer): SettledState {
	if (isLost(answer)) {
		const reason = `${ownError(answer)} (the server deletes jobs 10 minutes after they end, and when it restarts)`;
		return { status: 'failed', reason, kind: 'notFound', charged: 'no' };
	}
	const { status, error } = jobSchema.parse(answer.body);
	switch (status) {
		case 'queued':
			return { status: 'pending', queued: true };
		case 'generating':
			return { status: 'pending', queued: false };
		case 'completed':
			return parseCompleted(answer);
		case 'failed':
		case 'cancelled': {
			const reason = error.message ?? 'no reason given';
			const kind = status === 'cancelled' && { kind: 'canceled' as const };
			return { status: 'failed', reason, charged: 'no', ...kind };
		}
		default:
			return { status: 'unknown', value: status };
	}
}

/** It ends a job that hasn't started. The response about a job that had already ended is a success, too. */
function parseCancel({ statusCode, body }: HttpAnswer): boolean {
	return statusCode === 200 && jobSchema.safeParse(body).data?.status === 'cancelled';
}

/** The server detects errors in a request before it queues a job. */
function isRefusal(answer: HttpAnswer): boolean {
	const isOwn = answer.statusCode === 500 && ownError(answer) === 'server_error';
	return isRefusedByStatus(answer) || isOwn;
}

const share = { min: 0, max: 1 };

const options = {
	outputFormat: true,
	steps: { min: 1, max: 100, multipleOf: 1 },
	negativePrompt: true,
	// The server has no upper bound; this one is ours.
	guidanceScale: { min: 0, max: 20 },
} as const;

const defaults = {
	outputFormat: 'png',
	...sdTurbo,
	negativePrompt: '',
} as const;

const limits: Limits = {
	// Of the list of capabilities.
	side: { min: 64, max: 4096, multipleOf: 1 },
	seed: { min: 0, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
	// A batch generates up to 8 images, one after another. With one job per image, every seed is known, and
	// each response is short.
	imagesPerTask: 1,
};

/** Of every endpoint. */
const common = {
	model: 'turbo',
	limits,
	// As many as elsewhere: the server limits neither the number of LoRAs nor their scales.
	loras: { max: 3, scale: { min: 0, max: 4 }, paths: 'serverName' },
	price: noCharge,
} as const;

const imageOptions = { ...options, strength: share } as const;
const imageDefaults = { ...defaults, strength: 0.75 } as const;

/**
 * The server of stable-diffusion.cpp, by its native API.
 * Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md and the code beside it
 */
export const sdcpp = {
	id: 'sdcpp',
	displayName: 'stable-diffusion.cpp',
	credentialType: 'zImageSdCppApi',
	isOwnServer: true,
	charges: 'no',
	defaultBaseUrl: 'http://127.0.0.1:1234',
	lists: {
		loras: {
			call: { method: 'GET', path: '/sdcpp/v1/capabilities' },
			parse: ({ body }) => capabilitiesSchema.parse(body).loras.map(({ path }) => path),
		},
	},
	endpoints: [
		{ ...common, operation: 'textToImage', options, defaults },
		{
			...common,
			operation: 'imageToImage',
			options: imageOptions,
			defaults: imageDefaults,
			image: 'required',
		},
		{
			...common,
			operation: 'inpaint',
			options: imageOptions,
			defaults: imageDefaults,
			image: 'required',
			mask: 'required',
		},
	],
	// No limit is documented, but a request in memory should not be larger.
	files: { maxBytes: 20 * 1024 * 1024, maxInlineBytes: 20 * 1024 * 1024, noUrls: true },
	drawSeed,
	submit: (request) => ({
		method: 'POST',
		path: '/sdcpp/v1/img_gen',
		body: bodyOf(request),
		model,
	}),
	parseSubmit: ({ body }) => ({
		taskId: submitSchema.parse(body).id,
		state: { status: 'pending', queued: true },
	}),
	isRefusal,
	tasks: {
		status: (taskId) => ({ method: 'GET', path: jobPath(taskId), holdsImages: true }),
		parseStatus,
		tellsState: isLost,
		namedTask: ({ body }) => jobSchema.safeParse(body).data?.id,
		cancel: (taskId) => ({ method: 'POST', path: `${jobPath(taskId)}/cancel` }),
		parseCancel,
	},
	errorText,
	errorPatterns: [
		[/^job (expired|not found)/, 'notFound'],
		[/^loaded model does not support/, 'input'],
		[/queue is full/, 'rateLimit'],
	],
} as const satisfies Provider;
