import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context';
import { send } from '../../faults';
import { newId } from '../../ids';
import type { WebhookSteering } from '../../webhooks/steering';
import type { WebhookPolicy } from '../../webhooks/webhooks';
import { refuseKey, waveSpeedAnswer } from './answers';
import type { Prediction } from './prediction';
import { signWaveSpeedWebhook } from './webhookSignature';

/**
 * Three retries [WaveSpeed docs: webhooks], and a timeout of 20 minutes, as others report. GUESS: that a
 * redirect isn't followed.
 */
const POLICY: WebhookPolicy = {
	firstTimeoutMs: 1_200_000,
	retryTimeoutMs: 1_200_000,
	mostRetries: 3,
	mostMs: Infinity,
	isFinal: () => false,
};

const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** The webhooks of one sandbox, and its key's secret. */
export class WaveSpeedWebhooks {
	private readonly secret = newSecret();
	private readonly strangersSecret = newSecret();

	constructor(private readonly context: Context) {}

	addTo(host: FastifyInstance): void {
		host.get('/api/v3/webhook/secret', (request, reply) =>
			send(reply, refuseKey(this.context, request) ?? waveSpeedAnswer({ secret: this.secret })),
		);
	}

	/** Calls the webhook of a finished task, and returns after the first try. */
	async call(
		url: string,
		prediction: Prediction,
		steering: WebhookSteering | undefined,
	): Promise<void> {
		const id = newId();
		const body = Buffer.from(JSON.stringify(prediction));
		const forged = Buffer.from(
			JSON.stringify({ ...prediction, outputs: ['https://example.com/forged.jpeg'] }),
		);
		await this.context.webhooks.send({
			provider: 'wavespeed',
			taskId: prediction.id,
			url,
			steering,
			policy: POLICY,
			message: (at, isForged) => {
				const parts = { id, timestamp: Math.floor(at / 1000), body: isForged ? forged : body };
				const secret = isForged ? this.strangersSecret : this.secret;
				return { headers: signWaveSpeedWebhook(secret, parts), body: parts.body };
			},
		});
	}
}
