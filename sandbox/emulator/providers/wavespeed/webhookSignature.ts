import { hmacHeaders, hmacOf, type HmacParts } from '../../webhooks/hmac';

/**
 * The headers of a call: `v3,` and the HMAC in hexadecimal. Its key is the text of the secret without `whsec_`, not what
 * the text encodes. [WaveSpeed docs: verify-webhooks]
 */
export const signWaveSpeedWebhook = (secret: string, parts: HmacParts): Record<string, string> =>
	hmacHeaders(parts, `v3,${hmacOf(parts, secret.replace(/^whsec_/, '')).toString('hex')}`);
