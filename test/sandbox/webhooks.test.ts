import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	verify,
	type JsonWebKey,
} from 'node:crypto';
import {
	falJwks,
	falSignedText,
	signFalWebhook,
} from '../../sandbox/emulator/providers/fal/webhookSignature';
import { readWebhook } from '../../sandbox/emulator/webhooks/steering';
import { webhookTarget } from '../../sandbox/emulator/webhooks/target';
import type { FalBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { like } from './like';
import { Receiver, type ReceivedCall } from './receiver';

const receiver = new Receiver();
let url = '';
const sandbox = useSandbox({ taskSeconds: 0, webhooks: { loopback: true, retrySeconds: 0.005 } });
beforeAll(async () => void (url = `${await receiver.start()}/hook?token=a%20b`));
afterEach(() => receiver.clear());
afterAll(() => receiver.stop());

async function submit(prompt: string, webhook = url): Promise<string> {
	const { json } = await call<FalBody>(
		`${sandbox.current.urls.fal}/fal-ai/z-image/turbo?fal_webhook=${encodeURIComponent(webhook)}`,
		{ key: authorization(sandbox.current).fal, body: { prompt, image_size: 'square' } },
	);
	return json.request_id;
}

/** Waits until that many attempts are over. */
async function tries(count: number) {
	while (sandbox.current.webhooks.length < count) {
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	return sandbox.current.webhooks;
}

const bodyOf = ({ body }: ReceivedCall) => JSON.parse(body.toString()) as Record<string, unknown>;

/** Checks a call as fal's page says: each key of the set, the text of four lines, five minutes. */
async function isGenuine({ headers, body }: ReceivedCall): Promise<boolean> {
	const header = (name: string) => String(headers[`x-fal-webhook-${name}`]);
	if (Math.abs(Date.now() / 1000 - Number(header('timestamp'))) > 300) return false;
	const text = falSignedText({
		requestId: header('request-id'),
		userId: header('user-id'),
		timestamp: Number(header('timestamp')),
		body,
	});
	const { json } = await call<{ keys: JsonWebKey[] }>(
		`${sandbox.current.urls.fal}/.well-known/jwks.json`,
	);
	const signature = Buffer.from(header('signature'), 'hex');
	return json.keys.some((key) =>
		verify(null, Buffer.from(text), createPublicKey({ key, format: 'jwk' }), signature),
	);
}

describe('the signature', () => {
	/** The key of the first test of RFC 8032, 7.1. The signature was made with OpenSSL's command line. */
	const seed = Buffer.from(
		'9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
		'hex',
	);
	const privateKey = createPrivateKey({
		key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
		format: 'der',
		type: 'pkcs8',
	});
	const parts = {
		requestId: '123e4567-e89b-12d3-a456-426614174000',
		userId: 'user',
		timestamp: 1700000000,
		body: Buffer.from('{"status":"OK"}'),
	};

	it('covers four lines', () => {
		expect(falSignedText(parts)).toBe(
			[
				'123e4567-e89b-12d3-a456-426614174000',
				'user',
				'1700000000',
				'3d23d39a30bb7323f8ccfd64c52cf286138fba4f83e78f7edcf66703b7c23aaa',
			].join('\n'),
		);
	});

	it('is a known one for a known key', () => {
		expect(signFalWebhook(privateKey, parts)).toEqual({
			'x-fal-webhook-request-id': parts.requestId,
			'x-fal-webhook-user-id': 'user',
			'x-fal-webhook-timestamp': '1700000000',
			'x-fal-webhook-signature':
				'2dd4f415489f1c0787d7e6005a174d56853a37232c7ba240cdb4f077ce4904891220b0ccf409336f0c37d3af16bd5b97afff13c34ebb22cb59da21151468ae08',
		});
	});

	it('has a public key as in the set', () => {
		expect(falJwks([createPublicKey(privateKey)]).keys).toEqual([
			{
				kty: 'OKP',
				crv: 'Ed25519',
				x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
				use: 'sig',
				alg: 'EdDSA',
				kid: 'sandbox-1',
			},
		]);
	});

	it('changes with every part', () => {
		const signatures = [
			parts,
			{ ...parts, requestId: 'other' },
			{ ...parts, userId: 'other' },
			{ ...parts, timestamp: 1700000001 },
			{ ...parts, body: Buffer.from('{}') },
		].map((changed) => signFalWebhook(privateKey, changed)['x-fal-webhook-signature']);
		expect(new Set(signatures).size).toBe(signatures.length);
		const { privateKey: otherKey } = generateKeyPairSync('ed25519');
		expect(signFalWebhook(otherKey, parts)['x-fal-webhook-signature']).not.toBe(signatures[0]);
	});
});

describe('a call', () => {
	it('contains the output, signed, once', async () => {
		const id = await submit('a cat');
		await tries(1);
		const [only] = receiver.calls;
		expect(receiver.calls).toHaveLength(1);
		if (only === undefined) return;
		expect(only.path).toBe('/hook?token=a%20b');
		expect(only.headers).toMatchObject({
			'content-type': 'application/json',
			'x-fal-webhook-request-id': id,
		});
		expect(bodyOf(only)).toEqual({
			request_id: id,
			gateway_request_id: id,
			status: 'OK',
			payload: like.object({ images: [like.object({ width: 512 })], prompt: 'a cat' }),
		});
		expect(await isGenuine(only)).toBe(true);
		expect(await isGenuine({ ...only, body: Buffer.from(`${only.body.toString()} `) })).toBe(false);
		expect(sandbox.current.webhooks).toMatchObject([{ provider: 'fal', taskId: id, outcome: 200 }]);
	});

	it.each([
		['moderate', 422, { detail: [like.object({ type: 'content_policy_violation' })] }],
		['fail=no paint', 500, { detail: [like.object({ msg: 'no paint' })] }],
		['fail-as=text-500', 500, { detail: like.any(String) }],
		['fail-as=runner', 503, { detail: like.any(String), error_type: 'runner_disconnected' }],
	])('contains the error of [sandbox:%s]', async (token, status, payload) => {
		const id = await submit(`x [sandbox:${token}]`);
		await tries(1);
		expect(receiver.calls.map(bodyOf)).toEqual([
			{
				request_id: id,
				gateway_request_id: id,
				status: 'ERROR',
				error: `Invalid status code: ${status}`,
				payload,
			},
		]);
	});

	it('comes when the task is done, even without status requests', async () => {
		await submit('a cat [sandbox:seconds=0.1]');
		expect(receiver.calls).toHaveLength(0);
		await tries(1);
		expect(receiver.calls).toHaveLength(1);
	});

	it.each([
		['until it is accepted', [500, 404, 429, 503], [500, 404, 429, 503, 200]],
		['not after a redirect', [302], [302]],
		['not after any 2xx', [204], [204]],
	])('is repeated %s', async (_name, codes, outcomes) => {
		receiver.codes = [...codes];
		await submit('a cat');
		await tries(outcomes.length);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(sandbox.current.webhooks.map(({ outcome }) => outcome)).toEqual(outcomes);
		for (const each of receiver.calls) expect(await isGenuine(each)).toBe(true);
	});
});

it('a reset ends the retries, and what is still to come', async () => {
	receiver.codes = Array.from({ length: 40 }, () => 500);
	await submit('a cat');
	await submit('a dog [sandbox:webhook=late=0.05]');
	await tries(2);
	sandbox.current.reset();
	// One may be on its way.
	await new Promise((resolve) => setTimeout(resolve, 100));
	receiver.clear();
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(receiver.calls).toEqual([]);
	expect(sandbox.current.webhooks).toEqual([]);
});

describe('a token', () => {
	it('repeats it', async () => {
		await submit('a cat [sandbox:webhook=twice]');
		await tries(2);
		const [one, two] = receiver.calls.map(bodyOf);
		expect(two).toEqual(one);
	});

	it('delays it', async () => {
		const before = Date.now();
		await submit('a cat [sandbox:webhook=late=0.2]');
		await tries(1);
		expect(Date.now() - before).toBeGreaterThanOrEqual(195);
	});

	it('sends a forged one first', async () => {
		await submit('a cat [sandbox:webhook=forged]');
		await tries(2);
		const [forged, genuine] = receiver.calls;
		expect(forged && (await isGenuine(forged))).toBe(false);
		expect(genuine && (await isGenuine(genuine))).toBe(true);
		expect(forged && bodyOf(forged)).toMatchObject({ payload: { prompt: 'forged' } });
	});

	it('makes it old, but correctly signed', async () => {
		await submit('a cat [sandbox:webhook=stale]');
		await tries(1);
		const [old] = receiver.calls;
		expect(old && (await isGenuine(old))).toBe(false);
		expect(Date.now() / 1000 - Number(old?.headers['x-fal-webhook-timestamp'])).toBeGreaterThan(
			590,
		);
	});

	it('sends it before the response to the submit', async () => {
		await submit('a cat [sandbox:webhook=out-of-order]');
		expect(receiver.calls).toHaveLength(1);
	});

	it('sends it without the result', async () => {
		const id = await submit('a cat [sandbox:webhook=no-payload]');
		await tries(1);
		expect(receiver.calls.map(bodyOf)).toEqual([
			{
				request_id: id,
				gateway_request_id: id,
				status: 'OK',
				payload: null,
				payload_error: like.any(String),
			},
		]);
	});

	it('suppresses it', async () => {
		await submit('a cat [sandbox:webhook=lost]');
		await submit('a dog');
		await tries(1);
		expect(receiver.calls.map(bodyOf)).toMatchObject([{ payload: { prompt: 'a dog' } }]);
	});

	it.each(['', 'thrice', 'twice=2', 'late=soon', 'late=-1'])("can't be webhook=%s", (text) => {
		expect(() => readWebhook(text)).toThrow();
	});
});

describe('the address', () => {
	const origins = { 'https://n8n.example.com': 'http://127.0.0.1:5678/' };
	it.each([
		['https://n8n.example.com/webhook/a?b=c', {}, 'unreachable'],
		['https://n8n.example.com/webhook/a?b=c', { origins }, 'http://127.0.0.1:5678/webhook/a?b=c'],
		['https://n8n.example.com:8443/', { origins }, 'unreachable'],
		['https://8.8.8.8/', {}, 'unreachable'],
		['http://127.0.0.1:5678/a', {}, 'dropped'],
		['http://127.0.0.1:5678/a', { loopback: true }, 'http://127.0.0.1:5678/a'],
		['http://localhost:5678/a', {}, 'dropped'],
		['http://localhost:5678/a', { loopback: true }, 'http://localhost:5678/a'],
		['http://[::1]:5678/a', {}, 'dropped'],
		['http://[::1]:5678/a', { loopback: true }, 'http://[::1]:5678/a'],
		['http://10.1.2.3/', { loopback: true }, 'dropped'],
		['http://172.16.0.1/', { loopback: true }, 'dropped'],
		['http://192.168.1.1/', { loopback: true }, 'dropped'],
		['http://169.254.169.254/', { loopback: true }, 'dropped'],
		['http://[fd00::1]/', { loopback: true }, 'dropped'],
		['http://0x7f.1/', {}, 'dropped'],
		['http://n8n:5678/', { loopback: true }, 'dropped'],
		['http://n8n.local/', { loopback: true }, 'dropped'],
		['ftp://n8n.example.com/', {}, 'dropped'],
		['n8n.example.com', {}, 'dropped'],
		['', {}, 'dropped'],
	])('%s with %j: %s', (address, targets, target) => {
		expect(webhookTarget(address, targets)).toEqual(
			target.startsWith('http') ? { url: target } : { outcome: target },
		);
	});

	it.each([
		['http://10.0.0.1/hook', 'dropped'],
		['https://n8n.example.com/hook', 'unreachable'],
	])('%s is tried once and recorded as %s', async (address, outcome) => {
		await submit('a cat', address);
		await tries(1);
		expect(sandbox.current.webhooks).toMatchObject([{ url: address, outcome }]);
	});
});
