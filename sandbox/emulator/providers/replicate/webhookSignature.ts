import { hmacHeaders, hmacOf, type HmacParts } from '../../webhooks/hmac';

/**
 * A call's headers: a list, here with one entry, of `v1,` and the HMAC in base64. The key is the base64-decoded
 * secret after `whsec_`. [Replicate docs: webhooks]
 */
export function signReplicateWebhook(secret: string, parts: HmacParts): Record<string, string> {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return hmacHeaders(parts, `v1,${hmacOf(parts, key).toString('base64')}`);
}
