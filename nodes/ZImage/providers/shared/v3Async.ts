import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import type {
	HttpAnswer,
	ImageRequest,
	Limits,
	Provider,
	ProviderTasks,
	SettledState,
	Submitted,
} from '../provider';
import { imageAt } from './imageAt';
import { isRefusedByStatus } from './refusal';
import {
	imageUrl,
	listOf,
	optionalFields,
	optionalFlag,
	optionalInteger,
	optionalText,
	taskId,
} from './tolerant';
import { wordsIn } from './words';

/**
 * What Novita and Highway API have in common: `POST /v3/async/<model>` returns a task ID, `GET
 * /v3/async/task-result` the task. Source: https://novita.ai/docs/api-reference/model-apis-task-result
 */
const submitSchema = z.object({ task_id: taskId });

/**
 * Neither flag is documented for Z-Image. Novita's own Python client (novita-client-python) reads `valid` as a
 * hit, and the sister brands return `has_nsfw_contents`.
 */
const imageFields = {
	image_url_ttl: optionalInteger,
	nsfw_detection_result: optionalFields({ valid: optionalFlag }),
};

/** An image, or its bare URL. */
const imageSchema = z.union([
	z.object({ image_url: imageUrl, ...imageFields }),
	imageUrl.transform((image_url) => ({
		...optionalFields(imageFields).parse({}),
		image_url,
	})),
]);

/** Stands for a missing image. */
const emptySchema = z.union([
	z.literal(''),
	z.object({ image_url: z.literal('').nullish() }).nullable(),
]);

/** The API writes some numbers as strings, and an unknown one as an empty string. */
const taskResultSchema = z.object({
	task: z.object({ status: z.string().trim(), reason: z.unknown() }),
	extra: optionalFields({ seed: optionalInteger, has_nsfw_contents: listOf(optionalFlag) }),
	images: z.array(z.unknown()).catch([]),
});

const taskIdSchema = z.object({ task: z.object({ task_id: taskId }) });

const reasonSchema = z.object({ reason: optionalText });

/** The request fields of both. The size is written with `*`. A missing seed is random. */
export function v3AsyncBody({ prompt, width, height, seed, loras }: ImageRequest): IDataObject {
	return {
		prompt,
		size: `${width}*${height}`,
		...(seed !== undefined && { seed }),
		...(loras.length > 0 && { loras: loras.map(({ path, scale }) => ({ path, scale })) }),
	};
}

/** @throws zod's error when there are images, but none is readable */
function parseSucceeded({ extra, images }: z.output<typeof taskResultSchema>): SettledState {
	const found = listOf(imageSchema).parse(images);
	if (found.every((image) => image === null)) {
		const odd = images.find((image) => !emptySchema.safeParse(image).success);
		if (odd !== undefined) imageSchema.parse(odd);
		// The work is done and charged, and the images come a moment later.
		return { status: 'pending', queued: false };
	}
	return {
		status: 'succeeded',
		images: found.flatMap((image, index) =>
			image === null
				? []
				: [
						{
							...imageAt(image.image_url),
							width: null,
							height: null,
							nsfw: image.nsfw_detection_result.valid ?? extra.has_nsfw_contents[index] ?? null,
							expiresInSeconds: image.image_url_ttl,
						},
					],
		),
		seed: extra.seed,
		prompt: null,
	};
}

function parseTaskResult({ body }: HttpAnswer): SettledState {
	const result = taskResultSchema.parse(body);
	const { status, reason } = result.task;
	switch (status) {
		case 'TASK_STATUS_QUEUED':
			return { status: 'pending', queued: true };
		case 'TASK_STATUS_PROCESSING':
			return { status: 'pending', queued: false };
		case 'TASK_STATUS_FAILED':
			return { status: 'failed', reason: wordsIn(reason) ?? 'no reason given' };
		case 'TASK_STATUS_SUCCEED':
			return parseSucceeded(result);
		default:
			return { status: 'unknown', value: status };
	}
}

/**
 * Whether a response refuses a submit: by its status, or by a documented reason that means that nothing was
 * started.
 * @param reasons with their statuses
 */
export function refusesWith(reasons: Readonly<Record<string, number>>) {
	return (answer: HttpAnswer): boolean => {
		const reason = reasonSchema.safeParse(answer.body).data?.reason ?? '';
		const isDocumented = Object.hasOwn(reasons, reason) && reasons[reason] === answer.statusCode;
		return isDocumented || isRefusedByStatus(answer);
	};
}

function parseSubmit({ body }: HttpAnswer): Submitted {
	return { taskId: submitSchema.parse(body).task_id, state: { status: 'pending', queued: true } };
}

/** Documented by Novita for turbo. turbo-lora and Highway API document no range. */
export const v3AsyncLimits: Limits = {
	side: { min: 256, max: 1536, multipleOf: 1 },
	seed: { min: 0, max: 2_147_483_647, multipleOf: 1 },
	imagesPerTask: 1,
};

const tasks = {
	status: (taskId) => ({
		method: 'GET',
		path: '/v3/async/task-result',
		query: { task_id: taskId },
		holdsImages: true,
	}),
	parseStatus: parseTaskResult,
	namedTask: ({ body }) => taskIdSchema.safeParse(body).data?.task.task_id,
} satisfies ProviderTasks;

/** The part of a provider that both hosts share. */
export const v3Async = {
	parseSubmit,
	tasks,
	errorText: wordsIn,
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
