import {
	createHash,
	generateKeyPairSync,
	sign,
	type JsonWebKey,
	type KeyObject,
	type KeyPairKeyObjectResult,
} from 'node:crypto';

/** What a signature covers. */
export interface FalWebhookParts {
	readonly requestId: string;
	readonly userId: string;
	/** In seconds since 1970. */
	readonly timestamp: number;
	readonly body: Buffer;
}

/** The signed text: request, user, time, and the SHA-256 of the raw body, a line each. [fal docs: model-apis/inference/webhooks] */
export const falSignedText = ({ requestId, userId, timestamp, body }: FalWebhookParts): string =>
	[requestId, userId, timestamp, createHash('sha256').update(body).digest('hex')].join('\n');

/** A call's headers: request, user, time, and an Ed25519 signature in hexadecimal. */
export const signFalWebhook = (
	privateKey: KeyObject,
	parts: FalWebhookParts,
): Record<string, string> => ({
	'x-fal-webhook-request-id': parts.requestId,
	'x-fal-webhook-user-id': parts.userId,
	'x-fal-webhook-timestamp': String(parts.timestamp),
	'x-fal-webhook-signature': sign(null, Buffer.from(falSignedText(parts)), privateKey).toString(
		'hex',
	),
});

export const newFalKeyPair = (): KeyPairKeyObjectResult => generateKeyPairSync('ed25519');

/** The key set of https://rest.fal.ai/.well-known/jwks.json. */
export const falJwks = (publicKeys: readonly KeyObject[]): { keys: JsonWebKey[] } => ({
	keys: publicKeys.map((key, index) => ({
		...key.export({ format: 'jwk' }),
		use: 'sig',
		alg: 'EdDSA',
		kid: `sandbox-${index + 1}`,
	})),
});
