import { createHmac } from 'node:crypto';

/** What a signature covers, and what its headers contain, like in standardwebhooks.com. */
export interface HmacParts {
	readonly id: string;
	/** In seconds since 1970. */
	readonly timestamp: number;
	readonly body: Buffer;
}

/** The HMAC-SHA256 over ID, time and raw body. [WaveSpeed docs: verify-webhooks; Replicate docs: webhooks] */
export const hmacOf = ({ id, timestamp, body }: HmacParts, key: string | Buffer): Buffer =>
	createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();

/** The three headers of a call. */
export const hmacHeaders = (
	{ id, timestamp }: HmacParts,
	signature: string,
): Record<string, string> => ({
	'webhook-id': id,
	'webhook-timestamp': String(timestamp),
	'webhook-signature': signature,
});
