import type { FastifyInstance } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import type { WebhookCall, WebhookPolicy } from '../../webhooks/webhooks';
import type { WebhookSteering } from '../../webhooks/steering';
import { falJwks, newFalKeyPair, signFalWebhook } from './webhookSignature';

/** The user ID of the sandbox's account. GUESS: its form. */
export const FAL_USER_ID = 'sandbox-user';

const HOUR_MS = 3_600_000;
const SIX_MINUTES_MS = 360_000;
/** From this size on, a result is kept for only 6 minutes. [fal docs: inference-api/queue/result] */
const LARGE_BYTES = 10_000;

/** [fal docs: model-apis/inference/webhooks] */
const policyFor = (body: Buffer): WebhookPolicy => ({
	firstTimeoutMs: 15_000,
	retryTimeoutMs: 120_000,
	mostRetries: 31,
	mostMs: body.length < LARGE_BYTES ? HOUR_MS : SIX_MINUTES_MS,
	isFinal: (status) => status >= 300 && status < 400,
});

/**
 * A call's body: the request's result or its error. The second ID differs only if fal has retried by itself.
 * [fal docs: model-apis/inference/webhooks] GUESS: that errors other than a model's have the same form, and the
 * text of `payload_error`.
 * @param hasPayload without it, the call says that the result can't be written as JSON
 */
function bodyOf(requestId: string, { status, body }: Answer, hasPayload: boolean): Buffer {
	const payload = hasPayload ? (JSON.parse(body.toString()) as unknown) : null;
	return Buffer.from(
		JSON.stringify({
			request_id: requestId,
			gateway_request_id: requestId,
			...(status < 300
				? { status: 'OK' }
				: { status: 'ERROR', error: `Invalid status code: ${status}` }),
			payload,
			...(hasPayload ? {} : { payload_error: 'Response payload is not JSON serializable' }),
		}),
	);
}

/** The webhooks of one sandbox: its keys, and the key set that clients read. */
export class FalWebhooks {
	/** The second one signs, so that a receiver must try each key of the set. */
	private readonly keys = [newFalKeyPair(), newFalKeyPair()] as const;
	private readonly strangerKey = newFalKeyPair().privateKey;

	constructor(private readonly context: Context) {}

	/** rest.fal.ai/.well-known/jwks.json, without a key. */
	addTo(host: FastifyInstance): void {
		host.get('/.well-known/jwks.json', (_request, reply) =>
			send(reply, jsonAnswer(200, falJwks(this.keys.map(({ publicKey }) => publicKey)))),
		);
	}

	/** Calls the webhook of a finished request, and returns after the first try. */
	async call(
		url: string,
		requestId: string,
		result: Answer,
		steering: WebhookSteering | undefined,
	): Promise<void> {
		const body = bodyOf(requestId, result, steering?.way !== 'no-payload');
		const forged = bodyOf(requestId, jsonAnswer(200, { images: [], prompt: 'forged' }), true);
		const call: WebhookCall = {
			provider: 'fal',
			taskId: requestId,
			url,
			steering,
			policy: policyFor(body),
			message: (at, isForged) => {
				const parts = {
					requestId,
					userId: FAL_USER_ID,
					timestamp: Math.floor(at / 1000),
					body: isForged ? forged : body,
				};
				const key = isForged ? this.strangerKey : this.keys[1].privateKey;
				return { headers: signFalWebhook(key, parts), body: parts.body };
			},
		};
		await this.context.webhooks.send(call);
	}
}
