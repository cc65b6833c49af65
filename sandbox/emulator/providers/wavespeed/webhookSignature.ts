import { hmacHeaders, hmacOf, type HmacParts } from '../../webhooks/hmac';

/**
 * A call's headers: `v3,` and the HMAC in hexadecimal. The key is the secret's text without `whsec_`, without
 * decoding it. [WaveSpeed docs: verify-webhooks]
 */
export const signWaveSpeedWebhook = (secret: string, parts: HmacParts): Record<string, string> =>
	hmacHeaders(parts, `v3,${hmacOf(parts, secret.replace(/^whsec_/, '')).toString('hex')}`);
