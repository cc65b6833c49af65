import type { HttpAnswer, Provider, TaskState } from '../provider';
import { falFamilyBody } from '../shared/falFamily';
import type { ErrorDetail } from './schemas';
import {
	errorSchema,
	resultSchema,
	statusErrorSchema,
	statusSchema,
	submitSchema,
} from './schemas';

/** Submits go to the full endpoint id; status, result and cancel use only owner and app. */
const app = 'fal-ai/z-image';

function requestPath(taskId: string): string {
	return `/${app}/requests/${encodeURIComponent(taskId)}`;
}

function describeDetail({ msg, type, loc }: ErrorDetail): string {
	const field = loc?.filter((part) => part !== 'body').join('.');
	return [field && `${field}:`, msg, type && `(${type})`].filter(Boolean).join(' ');
}

function errorText(body: unknown): string | undefined {
	const parsed = errorSchema.safeParse(body);
	if (!parsed.success) return statusErrorSchema.safeParse(body).data?.status || undefined;
	const { detail, error_type } = parsed.data;
	if (typeof detail === 'string') {
		return [detail, error_type && `(${error_type})`].filter(Boolean).join(' ') || undefined;
	}
	return detail.map(describeDetail).filter(Boolean).join('; ') || undefined;
}

function parseStatus(body: unknown, taskId: string): TaskState {
	const { status, error, error_type } = statusSchema.parse(body);
	switch (status) {
		case 'IN_QUEUE':
			return { status: 'pending', taskId, queued: true };
		case 'IN_PROGRESS':
			return { status: 'pending', taskId, queued: false };
		case 'COMPLETED': {
			const named = [error, error_type && `(${error_type})`].filter(Boolean).join(' ');
			return { status: 'ended', ...(named && { error: named }) };
		}
		default:
			return { status: 'unknown', value: status };
	}
}

/** Reported by third parties for a result that is asked for too early. */
const stillInProgress = /still in progress/i;

/** The result call gives the model's own status code and body; an error may even come with HTTP 200. */
function parseResult({ statusCode, body }: HttpAnswer, taskId: string): TaskState {
	const result = resultSchema.safeParse(body);
	if (statusCode >= 400 || !result.success) {
		const reason = errorText(body);
		if (reason !== undefined && stillInProgress.test(reason)) {
			return { status: 'pending', taskId, queued: false };
		}
		if (reason !== undefined) return { status: 'failed', reason };
		if (statusCode >= 400) return { status: 'failed', reason: `HTTP ${statusCode}` };
	}
	const { images, seed, has_nsfw_concepts, prompt } = resultSchema.parse(body);
	return {
		status: 'succeeded',
		images: images.map(({ url, width, height }, index) => ({
			url,
			width: width ?? null,
			height: height ?? null,
			nsfw: has_nsfw_concepts?.[index] ?? null,
			// Media stay until the account's setting removes them, by default for ever.
			expiresInSeconds: null,
		})),
		seed: Number.isSafeInteger(seed) ? (seed ?? null) : null,
		prompt: prompt || null,
	};
}

/** The model gives a list, fal's own infrastructure a text. */
function isTaskError(body: unknown): boolean {
	const detail = errorSchema.safeParse(body).data?.detail;
	return typeof detail === 'string' ? stillInProgress.test(detail) : detail !== undefined;
}

/** fal's queue API. Source: https://fal.ai/docs/model-apis/model-endpoints/queue */
export const fal = {
	id: 'fal',
	displayName: 'fal',
	credentialType: 'zImageFalApi',
	defaultBaseUrl: 'https://queue.fal.run',
	supports: [
		'acceleration',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
	],
	limits: {
		// fal documents no cap of its own for Z-Image; these bounds are its toolkit's.
		side: { min: 1, max: 14_142 },
		seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
		imagesPerTask: 4,
		steps: { min: 1, max: 8 },
	},
	submit(request) {
		const model = request.loras.length > 0 ? `${app}/turbo/lora` : `${app}/turbo`;
		return { method: 'POST', path: `/${model}`, body: falFamilyBody(request), model };
	},
	parseSubmit(body) {
		return { status: 'pending', taskId: submitSchema.parse(body).request_id, queued: true };
	},
	tasks: {
		status: (taskId) => ({ method: 'GET', path: `${requestPath(taskId)}/status` }),
		parseStatus,
		result: (taskId) => ({ method: 'GET', path: requestPath(taskId), holdsImages: true }),
		parseResult,
		isTaskError,
		cancel: (taskId) => ({ method: 'PUT', path: `${requestPath(taskId)}/cancel` }),
	},
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
