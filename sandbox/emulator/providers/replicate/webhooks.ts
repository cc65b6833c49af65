import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { jsonAnswer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import { newId } from '../../ids';
import type { WebhookSteering } from '../../webhooks/steering';
import type { WebhookPolicy } from '../../webhooks/webhooks';
import { refuseKey } from './answers';
import type { Prediction } from './prediction';
import { signReplicateWebhook } from './webhookSignature';

export const EVENTS = ['start', 'output', 'logs', 'completed'] as const;
export type WebhookEvent = (typeof EVENTS)[number];

/** "By default, outputs and the end." [Replicate docs: webhooks] */
export const DEFAULT_EVENTS: readonly WebhookEvent[] = ['output', 'completed'];

/**
 * Only the end is repeated, on a network failure and on 4xx and 5xx, the last time about a minute later.
 * Redirects aren't followed. [Replicate docs: webhooks] GUESS: how often, and the timeout.
 */
const policyFor = (event: WebhookEvent): WebhookPolicy => ({
	firstTimeoutMs: 10_000,
	retryTimeoutMs: 10_000,
	mostRetries: event === 'completed' ? 10 : 0,
	mostMs: 60_000,
	isFinal: (status) => status < 400,
});

const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** The webhooks of one sandbox, and its account's secret. */
export class ReplicateWebhooks {
	private readonly secret = newSecret();
	private readonly strangersSecret = newSecret();

	constructor(private readonly context: Context) {}

	addTo(host: FastifyInstance): void {
		host.get('/v1/webhooks/default/secret', (request, reply) =>
			send(reply, refuseKey(this.context, request) ?? jsonAnswer(200, { key: this.secret })),
		);
	}

	/**
	 * Calls a webhook with one event, and returns after the first try. A prompt's tokens for the call apply to
	 * the end event.
	 */
	async call(
		url: string,
		event: WebhookEvent,
		prediction: Prediction,
		steering: WebhookSteering | undefined,
	): Promise<void> {
		const isOver = event === 'completed';
		const isWithout = isOver && steering?.way === 'no-payload';
		const sent = isWithout ? { ...prediction, output: null, data_removed: true } : prediction;
		const id = `msg_${newId()}`;
		const body = Buffer.from(JSON.stringify(sent));
		const forged = Buffer.from(
			JSON.stringify({ ...prediction, output: 'https://example.com/forged.jpg' }),
		);
		await this.context.webhooks.send({
			provider: 'replicate',
			taskId: prediction.id,
			url,
			steering: isOver || steering?.way === 'lost' ? steering : undefined,
			policy: policyFor(event),
			message: (at, isForged) => {
				const parts = { id, timestamp: Math.floor(at / 1000), body: isForged ? forged : body };
				const secret = isForged ? this.strangersSecret : this.secret;
				return { headers: signReplicateWebhook(secret, parts), body: parts.body };
			},
		});
	}
}
