import { hmacHeaders, hmacOf, type HmacParts } from '../../webhooks/hmac';

/**
 * The headers of a call: a list, here of one, of `v1,` and the HMAC in base64. Its key is what the secret encodes in
 * base64 after `whsec_`. [Replicate docs: webhooks]
 */
export function signReplicateWebhook(secret: string, parts: HmacParts): Record<string, string> {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return hmacHeaders(parts, `v1,${hmacOf(parts, key).toString('base64')}`);
}
