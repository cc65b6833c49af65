import type { HttpAnswer, ImageSource, Provider, Submitted } from '../provider';
import { falFamilyBody } from '../shared/falFamily';
import { imageAt, imageInBase64 } from '../shared/imageAt';
import { isRefusedByStatus } from '../shared/refusal';
import { threeLoras } from '../shared/threeLoras';
import { wordsIn } from '../shared/words';
import { errorSchema, generationSchema } from './schemas';

/** Source: https://docs.aimlapi.com/faq/how-can-i-track-my-funds */
const creditsPerUsd = 2_000_000;

/** Synchronous: the answer to the submit holds the images. There is no task id. */
function parseSubmit({ body }: HttpAnswer): Submitted {
	const { data, meta } = generationSchema.parse(body);
	const images = data.flatMap((entry): ImageSource[] => {
		if (entry?.url) return [imageAt(entry.url)];
		return entry?.b64_json ? [imageInBase64(entry.b64_json)] : [];
	});
	if (images.length === 0) {
		const reason = 'the response has no image';
		return { taskId: null, state: { status: 'failed', reason, charged: 'maybe' } };
	}
	const credits = meta.usage.credits_used ?? meta.usage.tokens_used;
	return {
		taskId: null,
		state: {
			status: 'succeeded',
			images: images.map((image) => ({
				...image,
				width: null,
				height: null,
				nsfw: null,
				expiresInSeconds: null,
			})),
			seed: null,
			prompt: null,
			...(credits !== null && { costUsd: credits / creditsPerUsd }),
		},
	};
}

const submitPath = '/v1/images/generations';

/** Source: https://docs.aimlapi.com/errors-and-messages/errors-with-status-code-5xx */
const serverErrors: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * One of its own documented errors is never charged. A gateway's error says nothing. Source:
 * https://docs.aimlapi.com/errors-and-messages/general-info
 */
function isRefusal(answer: HttpAnswer): boolean {
	const { statusCode, body } = answer;
	const own = errorSchema.safeParse(body).data;
	const isOwn = own?.path === submitPath && own.statusCode === statusCode;
	return isRefusedByStatus(answer) || (isOwn && serverErrors.has(statusCode));
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
			defaults: {
				acceleration: 'regular',
				// That of what is sent: see `submit`.
				enablePromptExpansion: false,
				enableSafetyChecker: true,
				outputFormat: 'png',
			},
			limits: {
				side: { min: 512, max: 2048, multipleOf: 32 },
				promptLength: 4000,
				seed: { min: 1, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
				imagesPerTask: 4,
			},
			loras: threeLoras,
			// The credits of the examples in the reference of z-image-turbo-lora, 2026-08-21, at 2,000,000 to the
			// dollar: 17,850 for 1440 x 512 pixels with the LoRA model.
			price: {
				per: 'startedMegapixel',
				plain: 0.00525,
				withLoras: 0.008925,
			},
		},
	],
	submit(request) {
		const model = request.loras.length > 0 ? 'alibaba/z-image-turbo-lora' : 'alibaba/z-image-turbo';
		const body = {
			model,
			// Stated always: the default here is true, fal's is false, and a workflow that changes its
			// provider must not change its prompts.
			enable_prompt_expansion: false,
			...falFamilyBody(request),
		};
		return { method: 'POST', path: submitPath, body, model, holdsImages: true };
	},
	parseSubmit,
	isRefusal,
	errorText: wordsIn,
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
