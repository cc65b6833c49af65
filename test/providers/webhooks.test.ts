import { generateKeyPairSync } from 'crypto';

import { fal } from '../../nodes/ZImage/providers/fal';
import type {
	HttpAnswer,
	ProviderWebhook,
	WebhookDelivery,
} from '../../nodes/ZImage/providers/provider';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';

type Headers = Readonly<Record<string, string>>;

/** A correctly signed delivery, and the key that signed it. */
interface Vector {
	readonly webhook: ProviderWebhook;
	readonly headers: Headers;
	readonly body: string;
	readonly key: string;
	readonly otherKey: string;
	readonly signedAt: number;
	readonly signature: string;
	readonly timestamp: string;
}

const jwk = (x: string | undefined) => ({ kty: 'OKP', crv: 'Ed25519', x });

const vectors: ReadonlyArray<[string, Vector]> = [
	[
		'fal',
		{
			webhook: fal.webhook,
			// The key of the first test of RFC 8032, 7.1. The signature was made with OpenSSL's command line.
			key: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
			otherKey: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '',
			body: '{"status":"OK"}',
			headers: {
				'x-fal-webhook-request-id': '123e4567-e89b-12d3-a456-426614174000',
				'x-fal-webhook-user-id': 'user',
				'x-fal-webhook-timestamp': '1700000000',
				'x-fal-webhook-signature':
					'2dd4f415489f1c0787d7e6005a174d56853a37232c7ba240cdb4f077ce4904891220b0ccf409336f0c37d3af16bd5b97afff13c34ebb22cb59da21151468ae08',
			},
			signature: 'x-fal-webhook-signature',
			timestamp: 'x-fal-webhook-timestamp',
			signedAt: 1_700_000_000_000,
		},
	],
	[
		'replicate',
		{
			webhook: replicate.webhook,
			// The official client's test vector (replicate-javascript, index.test.ts), originally from Svix.
			key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
			otherKey: 'whsec_AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
			body: '{"test": 2432232314}',
			headers: {
				'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
				'webhook-timestamp': '1614265330',
				'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
			},
			signature: 'webhook-signature',
			timestamp: 'webhook-timestamp',
			signedAt: 1_614_265_330_000,
		},
	],
	[
		'wavespeed',
		{
			webhook: wavespeed.webhook,
			// Made with OpenSSL's command line. The vector in its documentation fits no form of the key.
			key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
			otherKey: 'whsec_AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
			body: '{"test": 2432232314}',
			headers: {
				'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
				'webhook-timestamp': '1614265330',
				'webhook-signature': 'v3,10b86a1b42aed60c0e7357f88f229da774851852c039d27d6efa562dc8826a42',
			},
			signature: 'webhook-signature',
			timestamp: 'webhook-timestamp',
			signedAt: 1_614_265_330_000,
		},
	],
];

/** The delivery with a test's changes. */
function delivery(vector: Vector, headers: Headers = {}, body = vector.body): WebhookDelivery {
	return { headers: { ...vector.headers, ...headers }, body: Buffer.from(body) };
}

function without(headers: Headers, name: string): Headers {
	return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

describe.each(vectors)('the signature of %s', (_, vector) => {
	const { webhook, key, otherKey, signature, timestamp } = vector;
	const right = vector.headers[signature] ?? '';

	it('is valid for its known vector, whichever of the keys signed it', () => {
		expect(webhook.signedAt(delivery(vector))).toBe(vector.signedAt);
		expect(webhook.isSigned(delivery(vector), [key])).toBe(true);
		expect(webhook.isSigned(delivery(vector), [otherKey, key])).toBe(true);
	});

	it.each([
		['another key', delivery(vector), [otherKey]],
		['no key', delivery(vector), []],
		['an invalid key', delivery(vector), ['']],
		['a longer body', delivery(vector, {}, `${vector.body} `), [key]],
		['an empty body', delivery(vector, {}, ''), [key]],
		['another time', delivery(vector, { [timestamp]: '1700000001' }), [key]],
		['an empty signature', delivery(vector, { [signature]: '' }), [key]],
		['a shorter signature', delivery(vector, { [signature]: right.slice(0, -2) }), [key]],
		['a longer signature', delivery(vector, { [signature]: `${right}00` }), [key]],
		['a signature in other letters', delivery(vector, { [signature]: 'ü'.repeat(128) }), [key]],
	])('is invalid for %s', (_name, given, keys) => {
		expect(webhook.isSigned(given, keys)).toBe(false);
	});

	it.each(Object.keys(vector.headers))('is invalid without the header %s', (name) => {
		const headers = without(vector.headers, name);
		expect(webhook.isSigned({ headers, body: Buffer.from(vector.body) }, [key])).toBe(false);
	});

	it.each([
		undefined,
		'',
		'now',
		'-1',
		'1e9',
		'1614265330.5',
		' 1614265330',
		'1614265330, 1614265330',
		'9999999999999',
	])('has no time if the header says %p', (text) => {
		const others = without(vector.headers, timestamp);
		const headers = { ...others, ...(text !== undefined && { [timestamp]: text }) };
		expect(webhook.signedAt({ headers, body: Buffer.from('') })).toBeUndefined();
	});
});

describe.each(vectors.slice(1))('the list of signatures of %s', (_, vector) => {
	const { webhook, key } = vector;
	const right = vector.headers['webhook-signature'] ?? '';
	const [version = '', text = ''] = right.split(/,(.*)/);

	it.each([
		[`v9,${text} ${right}`, true],
		[`${version},AAAA ${right} ${version},BBBB`, true],
		[`v9,${text}`, false],
		[text, false],
		[`${version}a,${text}`, false],
		[`${version},`, false],
		[`${right},`, false],
	])('%s: %p', (header, expected) => {
		const given = delivery(vector, { 'webhook-signature': header });
		expect(webhook.isSigned(given, [key])).toBe(expected);
	});
});

it("the two similar providers refuse each other's signatures", () => {
	const [, [, ofReplicate], [, ofWaveSpeed]] = vectors as [
		unknown,
		[string, Vector],
		[string, Vector],
	];
	expect(replicate.webhook.isSigned(delivery(ofWaveSpeed), [ofWaveSpeed.key])).toBe(false);
	expect(wavespeed.webhook.isSigned(delivery(ofReplicate), [ofReplicate.key])).toBe(false);
});

describe('keys', () => {
	const answer = (body: unknown): HttpAnswer => ({ statusCode: 200, headers: {}, body });

	it.each([
		['fal', fal.webhook, '/.well-known/jwks.json'],
		['replicate', replicate.webhook, '/v1/webhooks/default/secret'],
		['wavespeed', wavespeed.webhook, '/api/v3/webhook/secret'],
	])('%s: their URL', (_, { keys }, path) => {
		expect(keys).toMatchObject({ method: 'GET', path });
	});

	it('fal: the keys of its kind, whatever else is in the list', () => {
		const keys = [
			{ kty: 'RSA', n: 'x', e: 'AQAB' },
			{ ...jwk('one'), kid: '1', use: 'sig' },
			'odd',
			jwk(undefined),
			jwk('two'),
		];
		expect(fal.webhook.parseKeys(answer({ keys }))).toStrictEqual(['one', 'two']);
	});

	it.each([{}, { keys: [] }, { keys: [{ kty: 'RSA' }] }, null])('fal: none in %j', (body) => {
		expect(() => fal.webhook.parseKeys(answer(body))).toThrow();
	});

	it('replicate and wavespeed: the secret unchanged', () => {
		expect(replicate.webhook.parseKeys(answer({ key: 'whsec_a' }))).toStrictEqual(['whsec_a']);
		expect(
			wavespeed.webhook.parseKeys(answer({ code: 200, data: { secret: 'whsec_b' } })),
		).toStrictEqual(['whsec_b']);
		expect(() => replicate.webhook.parseKeys(answer({ key: '' }))).toThrow();
		expect(() => wavespeed.webhook.parseKeys(answer({ secret: 'x' }))).toThrow();
	});
});

describe('reports', () => {
	it.each([
		['fal', fal.webhook, { request_id: 'a', status: 'OK', payload: {} }, true],
		['fal', fal.webhook, { request_id: 'a', status: 'ERROR', payload: null }, true],
		['replicate', replicate.webhook, { id: 'a', status: 'starting' }, false],
		['replicate', replicate.webhook, { id: 'a', status: 'processing' }, false],
		['replicate', replicate.webhook, { id: 'a', status: 'succeeded' }, true],
		['replicate', replicate.webhook, { id: 'a', status: 'failed' }, true],
		['replicate', replicate.webhook, { id: 'a', status: 'canceled' }, true],
		['replicate', replicate.webhook, { id: 'a', status: 'aborted' }, true],
		['wavespeed', wavespeed.webhook, { id: 'a', status: 'processing' }, false],
		['wavespeed', wavespeed.webhook, { id: 'a', status: 'completed' }, true],
		['wavespeed', wavespeed.webhook, { id: 'a', status: 'failed' }, true],
	])('%s: %#', (_, webhook, body, isOver) => {
		expect(webhook.parse(body)).toStrictEqual({ taskId: 'a', isOver });
	});

	it.each([
		['fal', fal.webhook],
		['replicate', replicate.webhook],
		['wavespeed', wavespeed.webhook],
	])('%s: none without an ID', (_, webhook) => {
		for (const body of [{}, null, [], 'text', { id: '', request_id: '', status: 'succeeded' }]) {
			expect(() => webhook.parse(body)).toThrow();
		}
	});
});

it('only fal signs for all of its customers and names the user', () => {
	const signers = [fal, replicate, wavespeed].map(({ id, webhook }) => [
		id,
		(webhook satisfies ProviderWebhook as ProviderWebhook).keysOf,
		(webhook as ProviderWebhook).account?.({
			headers: { 'x-fal-webhook-user-id': 'me' },
			body: Buffer.from(''),
		}),
	]);
	expect(signers).toStrictEqual([
		['fal', 'provider', 'me'],
		['replicate', 'account', undefined],
		['wavespeed', 'account', undefined],
	]);
});
