import type { Provider, TaskState } from '../provider';
import { falFamilyBody } from '../shared/falFamily';
import { errorSchema, generationSchema } from './schemas';

/** Source: https://docs.aimlapi.com/faq/how-can-i-track-my-funds */
const creditsPerUsd = 2_000_000;

/** Synchronous: the answer to the submit holds the images. There is no task id. */
function parseSubmit(body: unknown): TaskState {
	const { data, meta } = generationSchema.parse(body);
	const urls = (data ?? []).flatMap(({ url, b64_json }) => {
		if (url) return [url];
		return b64_json ? [`data:application/octet-stream;base64,${b64_json}`] : [];
	});
	if (urls.length === 0) return { status: 'failed', reason: 'the answer holds no image' };
	const credits = meta?.usage?.credits_used ?? meta?.usage?.tokens_used;
	return {
		status: 'succeeded',
		images: urls.map((url) => ({
			url,
			width: null,
			height: null,
			nsfw: null,
			expiresInSeconds: null,
		})),
		seed: null,
		prompt: null,
		...(credits !== undefined && credits !== null && { costUsd: credits / creditsPerUsd }),
	};
}

function errorText(body: unknown): string | undefined {
	const parsed = errorSchema.safeParse(body);
	const message = parsed.data?.message;
	if (message === undefined || message === null || message === '') return undefined;
	if (typeof message === 'string') return message;
	try {
		return JSON.stringify(message);
	} catch {
		return undefined;
	}
}

/**
 * AI/ML API.
 * Source: https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo-lora
 */
export const aimlapi = {
	id: 'aimlapi',
	displayName: 'AI/ML API',
	credentialType: 'zImageAimlApi',
	defaultBaseUrl: 'https://api.aimlapi.com',
	endpoints: [
		{
			operation: 'textToImage',
			model: 'turbo',
			options: {
				acceleration: true,
				enablePromptExpansion: true,
				enableSafetyChecker: true,
				outputFormat: true,
				steps: { min: 1, max: 8, multipleOf: 1 },
			},
		},
	],
	limits: {
		side: { min: 512, max: 2048, multipleOf: 32 },
		promptLength: 4000,
		seed: { min: 1, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
		imagesPerTask: 4,
	},
	submit(request) {
		const model = request.loras.length > 0 ? 'alibaba/z-image-turbo-lora' : 'alibaba/z-image-turbo';
		const body = {
			model,
			// Stated always: the default here is true, fal's is false, and a workflow that changes its
			// provider must not change its prompts.
			enable_prompt_expansion: false,
			...falFamilyBody(request),
		};
		return { method: 'POST', path: '/v1/images/generations', body, model, holdsImages: true };
	},
	parseSubmit,
	errorText,
	// https://docs.aimlapi.com/errors-and-messages/general-info
	errorPatterns: [
		[/run out of credits|top up|free.?tier/i, 'balance'],
		[/valid api key|api key/i, 'key'],
		[/moderat|content policy|safety (system|filter|policy)|nsfw/i, 'moderation'],
		[/generation timeout/i, 'timeout'],
		[/maintenance|something wrong|internal server error/i, 'unavailable'],
		[/safetensors|(?<![/-])\bloras?\b/i, 'lora'],
	],
} as const satisfies Provider;
