import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import type {
	HttpAnswer,
	ImageRequest,
	Limits,
	Provider,
	ProviderTasks,
	Submitted,
	TaskState,
} from '../provider';
import { imageAt } from './imageAt';

/**
 * What Novita and Highway API have in common: `POST /v3/async/<model>` answers a task id,
 * `GET /v3/async/task-result` the task. Source: https://novita.ai/docs/api-reference/model-apis-task-result
 */
const submitSchema = z.object({ task_id: z.string().min(1) });

const numeric = z.union([z.number(), z.string()]).nullish();

const taskResultSchema = z.object({
	task: z.object({
		status: z.string(),
		reason: z.string().nullish(),
	}),
	extra: z
		.object({ seed: numeric, has_nsfw_contents: z.array(z.unknown()).nullish().catch(null) })
		.nullish(),
	images: z
		.array(
			z.object({
				image_url: z.string().min(1),
				image_url_ttl: numeric,
				nsfw_detection_result: z.object({ valid: z.boolean() }).nullish().catch(null),
			}),
		)
		.nullish(),
});

const errorSchema = z.object({
	message: z.string().nullish(),
	reason: z.string().nullish(),
});

/** The API writes some numbers as strings, and an unknown one as an empty string. */
function toInteger(value: number | string | null | undefined): number | null {
	const text = String(value ?? '').trim();
	const number = text === '' ? Number.NaN : Number(text);
	return Number.isSafeInteger(number) ? number : null;
}

/**
 * Neither field is documented for Z-Image. `valid` is what Novita's own Python client takes for a hit
 * (novita-client-python), `has_nsfw_contents` what the sister brands answer with.
 */
function toFlag(value: unknown): boolean | null {
	return typeof value === 'boolean' ? value : null;
}

/** The request fields of both. The size is written with `*`; a seed that is left out is random. */
export function v3AsyncBody({ prompt, width, height, seed, loras }: ImageRequest): IDataObject {
	return {
		prompt,
		size: `${width}*${height}`,
		...(seed !== undefined && { seed }),
		...(loras.length > 0 && { loras: loras.map(({ path, scale }) => ({ path, scale })) }),
	};
}

function parseTaskResult({ body }: HttpAnswer): TaskState {
	const { task, extra, images } = taskResultSchema.parse(body);
	switch (task.status) {
		case 'TASK_STATUS_QUEUED':
			return { status: 'pending', queued: true };
		case 'TASK_STATUS_PROCESSING':
			return { status: 'pending', queued: false };
		case 'TASK_STATUS_FAILED':
			return { status: 'failed', reason: task.reason || 'no reason given' };
		case 'TASK_STATUS_SUCCEED':
			if (!images?.length) return { status: 'failed', reason: 'the task ended without an image' };
			return {
				status: 'succeeded',
				images: images.map(({ image_url, image_url_ttl, nsfw_detection_result }, index) => ({
					...imageAt(image_url),
					width: null,
					height: null,
					nsfw: nsfw_detection_result?.valid ?? toFlag(extra?.has_nsfw_contents?.[index]),
					expiresInSeconds: toInteger(image_url_ttl),
				})),
				seed: toInteger(extra?.seed),
				prompt: null,
			};
		default:
			return { status: 'unknown', value: task.status };
	}
}

function errorText(body: unknown): string | undefined {
	const parsed = errorSchema.safeParse(body);
	if (!parsed.success) return undefined;
	const { message, reason } = parsed.data;
	return [message, reason && `(${reason})`].filter(Boolean).join(' ') || undefined;
}

function parseSubmit({ body }: HttpAnswer): Submitted {
	return { taskId: submitSchema.parse(body).task_id, state: { status: 'pending', queued: true } };
}

/** Stated by Novita for turbo; turbo-lora and Highway API state no range of their own. */
export const v3AsyncLimits: Limits = {
	side: { min: 256, max: 1536, multipleOf: 1 },
	seed: { min: 0, max: 2_147_483_647, multipleOf: 1 },
	imagesPerTask: 1,
};

const tasks: ProviderTasks = {
	status: (taskId) => ({
		method: 'GET',
		path: '/v3/async/task-result',
		query: { task_id: taskId },
		holdsImages: true,
	}),
	parseStatus: parseTaskResult,
};

/** The part of a provider that both hosts share. */
export const v3Async = {
	parseSubmit,
	tasks,
	isRefusal: ({ body }: HttpAnswer) => errorText(body) !== undefined,
	errorText,
	// https://novita.ai/docs/api-reference/basic-error-code; NOT_ENOUGH_BALANCE, FAILED_TO_AUTH and the others
	// after it are those of Highway API's documents.
	errorPatterns: [
		[/BALANCE_NOT_ENOUGH|NOT_ENOUGH_BALANCE|insufficient balance/i, 'balance'],
		[/RATE_LIMIT|TOKEN_LIMIT|rpm limit|server overload/i, 'rateLimit'],
		[/INVALID_API_KEY|MISSING_API_KEY|FAILED_TO_AUTH|无效令牌/i, 'key'],
		[/ILLEGAL_|sensitive|moderat|nsfw/i, 'moderation'],
		[/NOT_ALLOWED|ACCESS_DENY|NEED_REAL_NAME_VERIFY|access_denied|BILLING_AUTH/i, 'permission'],
		[/TASK_NOT_FOUND|API_NOT_FOUND|MODEL_NOT_FOUND/i, 'notFound'],
		[/SERVICE_NOT_AVAILABLE|BILLING_FAILED/i, 'unavailable'],
		[/safetensors|(?<![/-])\bloras?\b/i, 'lora'],
	],
} satisfies Partial<Provider>;
