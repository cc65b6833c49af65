import { createHash, createPublicKey, verify } from 'crypto';

import type { ProviderWebhook } from '../provider';
import { timeIn } from '../shared/webhookSignature';
import { keySetSchema, reportSchema } from './schemas';

const names = {
	requestId: 'x-fal-webhook-request-id',
	userId: 'x-fal-webhook-user-id',
	timestamp: 'x-fal-webhook-timestamp',
	signature: 'x-fal-webhook-signature',
} as const;

/** The 64 bytes of an Ed25519 signature. */
const signatureForm = /^[\da-f]{128}$/i;

/** @param key the public key in the form of a JWK, which is 32 bytes in base64url */
function isSignedWith(key: string, text: Buffer, signature: Buffer): boolean {
	try {
		const jwk = { kty: 'OKP', crv: 'Ed25519', x: key };
		return verify(null, text, createPublicKey({ key: jwk, format: 'jwk' }), signature);
	} catch {
		// What is no key has signed nothing.
		return false;
	}
}

/** Source: https://fal.ai/docs/model-apis/model-endpoints/webhooks */
export const falWebhook = {
	// Public: the host is that of fal's storage.
	keys: { service: 'storage', method: 'GET', path: '/.well-known/jwks.json' },
	parseKeys: ({ body }) =>
		keySetSchema.parse(body).keys.flatMap((key) => (key === null ? [] : [key.x])),
	keysOf: 'provider',
	account: ({ headers }) => headers[names.userId],
	signedAt: ({ headers }) => timeIn(headers[names.timestamp]),
	isSigned({ headers, body }, keys) {
		const { [names.requestId]: requestId, [names.userId]: userId } = headers;
		const { [names.timestamp]: timestamp, [names.signature]: signature = '' } = headers;
		if (!requestId || !userId || !timestamp || !signatureForm.test(signature)) return false;
		const digest = createHash('sha256').update(body).digest('hex');
		const text = Buffer.from([requestId, userId, timestamp, digest].join('\n'));
		const bytes = Buffer.from(signature, 'hex');
		return keys.some((key) => isSignedWith(key, text, bytes));
	},
	// It calls once, at the end. The request's outcome isn't read here.
	parse: (body) => ({ taskId: reportSchema.parse(body).request_id, isOver: true }),
} as const satisfies ProviderWebhook;
