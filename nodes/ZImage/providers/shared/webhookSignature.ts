import { createHmac, timingSafeEqual } from 'crypto';

import type { WebhookDelivery } from '../provider';

/** Seconds since 1970, as the header of a signature has them. */
const seconds = /^\d{1,12}$/;

/** @returns milliseconds since 1970; `undefined` for anything else */
export function timeIn(header: string | undefined): number | undefined {
	return header !== undefined && seconds.test(header) ? Number(header) * 1000 : undefined;
}

/** How a provider writes its signatures in the header `webhook-signature`. */
interface HmacForm {
	/** The part before the comma. Signatures of other versions are skipped. */
	readonly version: string;
	readonly encoding: 'base64' | 'hex';
	/** The key of HMAC in a secret. */
	readonly keyOf: (secret: string) => Buffer | string;
}

/**
 * The checks for a provider that signs ID, time and body with HMAC-SHA256, in three headers. Source:
 * https://github.com/standard-webhooks/standard-webhooks (spec), which Replicate and WaveSpeed follow, each in
 * its own way
 */
export function hmacSignature({ version, encoding, keyOf }: HmacForm) {
	return {
		keysOf: 'account',
		signedAt: ({ headers }: WebhookDelivery) => timeIn(headers['webhook-timestamp']),
		isSigned({ headers, body }: WebhookDelivery, keys: readonly string[]): boolean {
			const id = headers['webhook-id'];
			const timestamp = headers['webhook-timestamp'];
			const listed = headers['webhook-signature'];
			if (!id || !timestamp || !listed) return false;
			const given = listed
				.split(' ')
				.filter((entry) => entry.startsWith(`${version},`))
				.map((entry) => Buffer.from(entry.slice(version.length + 1)));
			const expected = keys.map((key) =>
				Buffer.from(
					createHmac('sha256', keyOf(key))
						.update(`${id}.${timestamp}.`)
						.update(body)
						.digest(encoding),
				),
			);
			return expected.some((right) =>
				given.some((one) => one.length === right.length && timingSafeEqual(one, right)),
			);
		},
	} as const;
}
