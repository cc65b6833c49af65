import { createHmac } from 'node:crypto';
import { loadImage } from '@napi-rs/canvas';
import { request } from 'undici';
import { signWaveSpeedWebhook } from '../../sandbox/emulator/providers/wavespeed/webhookSignature';
import { readFixture } from '../support/fixture';
import type { WaveSpeedBody, WaveSpeedPrediction } from './bodies';
import { authorization, call, useSandbox, type Call } from './http';
import { dataUri, distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';
import { Receiver, type ReceivedCall } from './receiver';

const sandbox = useSandbox({ taskSeconds: 0, webhooks: { loopback: true, retrySeconds: 0.005 } });
const receiver = new Receiver();
let hook = '';
beforeAll(async () => void (hook = `${await receiver.start()}/hook?token=a`));
afterEach(() => receiver.clear());
afterAll(() => receiver.stop());

const TURBO = 'z-image/turbo';
const LORA = 'z-image/turbo-lora';
const FROM_IMAGE = 'z-image-turbo/image-to-image';
const MODELS = [
	TURBO,
	LORA,
	FROM_IMAGE,
	'z-image-turbo/image-to-image-lora',
	'z-image/turbo-inpaint',
	'z-image-turbo/controlnet',
	'z-image/base',
	'z-image/base-lora',
];
const SOURCE = halves(300, 300, 'red', 'blue');
const IMAGE = dataUri(SOURCE);
const MASK = dataUri(halves(300, 300, 'black', 'white'));
const RED: Rgb = [255, 0, 0];

const api = <Body = WaveSpeedBody>(path: string, options: Call = {}) =>
	call<Body>(`${sandbox.current.urls.wavespeed}/api/v3${path}`, {
		key: authorization(sandbox.current).wavespeed,
		...options,
	});
const submit = (model: string, body: unknown, query = '') =>
	api(`/wavespeed-ai/${model}${query}`, { body });
const resultOf = (id: string) => api(`/predictions/${id}/result`);
async function generate(model: string, body: object): Promise<WaveSpeedPrediction> {
	return (await resultOf((await submit(model, body)).json.data.id)).json.data;
}
const bytesOf = async (prediction: WaveSpeedPrediction) =>
	(await call(prediction.outputs[0])).bytes;
const draw = async (model: string, body: object) =>
	await pixelsOf(
		await bytesOf(await generate(model, { prompt: 'a cat', output_format: 'png', ...body })),
	);

/** The fields of two bodies, without their values. */
const shapeOf = (body: unknown): unknown =>
	typeof body === 'object' && body !== null && !Array.isArray(body)
		? Object.fromEntries(
				Object.entries(body)
					.sort()
					.map(([name, value]) => [name, shapeOf(value)]),
			)
		: Array.isArray(body)
			? 'array'
			: typeof body;

describe('a task', () => {
	it('is created, then completed, in the documented form', async () => {
		const { status, json } = await submit(TURBO, { prompt: 'a cat', size: '640*480', seed: 7 });
		expect(status).toBe(200);
		const { id } = json.data;
		const created = {
			id: like.text(/./),
			model: 'wavespeed-ai/z-image/turbo',
			outputs: [],
			urls: { get: `${sandbox.current.urls.wavespeed}/api/v3/predictions/${id}/result` },
			has_nsfw_contents: [],
			status: 'created',
			created_at: like.text(/^\d{4}-.+Z$/),
			code: 0,
			error: '',
			executionTime: 0,
			timings: { inference: 0 },
		};
		expect(json).toEqual({ code: 200, message: 'success', data: created });
		const { data } = readFixture('wavespeed', 'submit').body as WaveSpeedBody;
		expect(shapeOf(json.data)).toEqual(shapeOf({ ...data, code: 0 }));
		const result = (await resultOf(id)).json;
		expect(result.data).toEqual({
			...created,
			id,
			status: 'completed',
			outputs: [like.text(/^http.+\.jpeg$/)],
			has_nsfw_contents: [false],
		});
		expect((await api(`/predictions/${id}`)).json).toEqual(result);
		const file = await call(result.data.outputs[0]);
		expect(file.headers['content-type']).toBe('image/jpeg');
		const { width, height } = await loadImage(file.bytes);
		expect({ width, height }).toEqual({ width: 640, height: 480 });
	});

	it('goes created, processing, completed', async () => {
		const { json } = await submit(TURBO, { prompt: 'a cat [sandbox:polls=2]' });
		const seen = [];
		for (let poll = 0; poll < 3; poll++) {
			const { data } = (await resultOf(json.data.id)).json;
			seen.push([data.status, data.outputs.length]);
		}
		expect(seen).toEqual([
			['created', 0],
			['processing', 0],
			['completed', 1],
		]);
	});

	it.each([
		['fail=out of paint', 1405, 'out of paint'],
		['fail-as=504', 1405, 'The sandbox was asked to fail.'],
		['moderate', 1200, 'The content contains sensitive information.'],
	])('[sandbox:%s] fails with the code %d, in HTTP 200', async (token, code, error) => {
		const { json } = await submit(TURBO, { prompt: `x [sandbox:${token}]` });
		const result = await resultOf(json.data.id);
		expect(result).toMatchObject({
			status: 200,
			json: { code: 200, data: { status: 'failed', code, error, outputs: [] } },
		});
	});

	it('is flagged', async () => {
		expect(await generate(TURBO, { prompt: 'x [sandbox:nsfw]' })).toMatchObject({
			status: 'completed',
			has_nsfw_contents: [true],
		});
	});

	it.each(MODELS)('is made by %s', async (model) => {
		const body = { prompt: 'a cat', image: IMAGE, mask_image: MASK };
		expect(await generate(model, body)).toMatchObject({
			status: 'completed',
			model: `wavespeed-ai/${model}`,
		});
	});

	it('has the bytes of its seed, and different ones each time for -1', async () => {
		const body = { prompt: 'a cat', size: '256*256' };
		const of = async (seed?: number) =>
			sha256(
				await bytesOf(await generate(TURBO, { ...body, ...(seed !== undefined && { seed }) })),
			);
		expect(await of(5)).toBe(await of(5));
		expect(new Set([await of(-1), await of(-1), await of()]).size).toBe(3);
	});

	it.each([
		['jpeg', 'ffd8ff'],
		['png', '89504e47'],
		['webp', '52494646'],
	])('output_format %s', async (output_format, magic) => {
		const bytes = await bytesOf(await generate(TURBO, { prompt: 'x', output_format }));
		expect(bytes.toString('hex').startsWith(magic)).toBe(true);
	});

	it.each([
		['enable_base64_output', { prompt: 'x', enable_base64_output: true }],
		['[sandbox:inline]', { prompt: 'x [sandbox:inline]' }],
	])("%s: the image's base64, without data:", async (_name, body) => {
		const { outputs } = await generate(TURBO, body);
		expect(Buffer.from(outputs[0], 'base64').subarray(0, 2).toString('hex')).toBe('ffd8');
		expect(outputs[0]).not.toContain(':');
	});

	it('keeps its image for a week', async () => {
		const { outputs } = await generate(TURBO, { prompt: 'x' });
		const now = jest.spyOn(Date, 'now');
		const day = 24 * 3_600_000;
		now.mockReturnValue(Date.now() + 6.9 * day);
		expect((await call(outputs[0])).status).toBe(200);
		now.mockReturnValue(Date.now() + 0.2 * day);
		expect((await call(outputs[0])).status).toBe(404);
		now.mockRestore();
	});
});

describe('an invalid request shows in its task', () => {
	it.each([
		[TURBO, {}, 1400, 'prompt'],
		[TURBO, { prompt: '' }, 1401, 'prompt'],
		[TURBO, { prompt: 'x', size: '1024x1024' }, 1401, 'size'],
		[TURBO, { prompt: 'x', size: '255*1024' }, 1401, 'size'],
		[TURBO, { prompt: 'x', size: '1024*1537' }, 1401, 'size'],
		[TURBO, { prompt: 'x', seed: -2 }, 1401, 'seed'],
		[TURBO, { prompt: 'x', seed: 2147483648 }, 1401, 'seed'],
		[TURBO, { prompt: 'x', output_format: 'gif' }, 1401, 'output_format'],
		[LORA, { prompt: 'x', loras: Array(4).fill({ path: 'a/b' }) }, 1401, 'loras'],
		[LORA, { prompt: 'x', loras: [{ scale: 1 }] }, 1400, 'loras.0.path'],
		[LORA, { prompt: 'x', loras: [{ path: 'a/b', scale: 4.1 }] }, 1401, 'loras.0.scale'],
		[LORA, { prompt: 'x', loras: [{ path: 'no path' }] }, 1402, 'LoRA'],
		[FROM_IMAGE, { prompt: 'x' }, 1400, 'image'],
		[FROM_IMAGE, { prompt: 'x', image: 'eA==', strength: 1.1 }, 1401, 'strength'],
		['z-image/turbo-inpaint', { prompt: 'x', image: 'eA==' }, 1400, 'mask_image'],
		['z-image-turbo/controlnet', { prompt: 'x', image: 'eA==', mode: 'edges' }, 1401, 'mode'],
	])('%s %j: %d', async (model, body, code, words) => {
		const { status, json } = await submit(model, body);
		expect([status, json.data.status]).toEqual([200, 'created']);
		expect((await resultOf(json.data.id)).json.data).toMatchObject({
			status: 'failed',
			code,
			error: like.textWith(words),
			outputs: [],
		});
	});

	it('ignores other fields, and records them', async () => {
		const body = { prompt: 'x', image: IMAGE, mask_image: MASK, seed: 3, strength: 0.5 };
		expect((await generate('z-image/turbo-inpaint', body)).status).toBe('completed');
		expect(sandbox.current.ignoredFields).toEqual([
			{ provider: 'wavespeed', fields: ['seed', 'strength'] },
		]);
	});
});

describe('LoRAs', () => {
	it('change the image, each by its scale', async () => {
		const of = async (loras: unknown) =>
			sha256(await bytesOf(await generate(LORA, { prompt: 'x', seed: 1, size: '256*256', loras })));
		const url = 'https://example.com/lora.safetensors';
		const all = await Promise.all([
			of([]),
			of([{ path: 'a/b' }]),
			of([{ path: 'a/b', scale: 0.5 }]),
			of([{ path: url, scale: 1 }]),
		]);
		expect(new Set(all).size).toBe(4);
		expect(await of([{ path: 'a/b', scale: 1 }])).toBe(all[1]);
	});
});

describe('input images', () => {
	it('show through according to strength', async () => {
		const [kept, changed] = [
			await draw(FROM_IMAGE, { image: IMAGE, strength: 0 }),
			await draw(FROM_IMAGE, { image: IMAGE, strength: 1 }),
		];
		expect(kept.at(20, 20)).toEqual(RED);
		expect([kept.width, kept.height]).toEqual([300, 300]);
		expect(distance(changed.at(20, 20), RED)).toBeGreaterThan(30);
	});

	it('are repainted where the mask is white, with a short side of 512', async () => {
		const image = dataUri(halves(768, 408, 'red', 'blue'));
		const mask_image = dataUri(halves(768, 408, 'black', 'white'));
		const { json } = await submit('z-image/turbo-inpaint', { prompt: 'x', image, mask_image });
		const { at, width, height } = await pixelsOf(
			await bytesOf((await resultOf(json.data.id)).json.data),
		);
		expect([width, height]).toEqual([768, 512]);
		expect(distance(at(100, 40), RED)).toBeLessThan(10);
	});

	it('can be a URL, a data URI or bare base64', async () => {
		const first = await generate(TURBO, { prompt: 'x', size: '256*256' });
		for (const image of [first.outputs[0], IMAGE, SOURCE.toString('base64')]) {
			expect((await generate(FROM_IMAGE, { prompt: 'x', image })).status).toBe('completed');
		}
		expect(sandbox.current.inputImages).toMatchObject([
			{ provider: 'wavespeed', field: 'image', from: 'url', width: 256 },
			{ from: 'data', sha256: sha256(SOURCE) },
			{ from: 'data', sha256: sha256(SOURCE) },
		]);
	});

	it.each([
		['https://example.com/cat.png', 1402],
		[dataUri(Buffer.from('no image')), 1401],
		['data:text/plain;base64,eA==', 1401],
	])('%s fails with %d', async (image, code) => {
		expect(await generate(FROM_IMAGE, { prompt: 'x', image })).toMatchObject({
			status: 'failed',
			code,
		});
	});
});

describe('sync mode', () => {
	it('responds with the end of the task', async () => {
		const { json } = await submit(TURBO, { prompt: 'x', enable_sync_mode: true });
		expect(json.data).toMatchObject({ status: 'completed', outputs: [like.text(/^http/)] });
		expect((await resultOf(json.data.id)).json).toEqual(json);
	});

	it('waits for it', async () => {
		const before = Date.now();
		const prompt = 'x [sandbox:seconds=0.2]';
		const { json } = await submit(TURBO, { prompt, enable_sync_mode: true });
		expect(Date.now() - before).toBeGreaterThanOrEqual(195);
		expect(json.data.status).toBe('completed');
	});

	it('responds to a failure with HTTP 200', async () => {
		const body = { prompt: 'x [sandbox:fail=no paint]', enable_sync_mode: true };
		expect(await submit(TURBO, body)).toMatchObject({
			status: 200,
			json: { data: { status: 'failed', error: 'no paint' } },
		});
	});

	it('says when its time is over, and the task continues', async () => {
		const body = { prompt: 'x [sandbox:polls=1]', enable_sync_mode: true };
		const { status, json } = await submit(TURBO, body);
		expect(status).toBe(200);
		expect(json.data).toMatchObject({
			status: 'processing',
			code: 5004,
			error: 'Sync mode timed out',
			outputs: [],
		});
		expect(shapeOf(json)).toEqual(shapeOf(readFixture('wavespeed', 'submitSyncTimeout').body));
		await resultOf(json.data.id);
		expect((await resultOf(json.data.id)).json.data.status).toBe('completed');
	});
});

describe('a cancel', () => {
	const cancel = (id: string) => api(`/predictions/${id}`, { method: 'DELETE' });
	const stateOf = async (id: string) => (await resultOf(id)).json.data.status;

	it.each([
		['a task that waits', '[sandbox:seconds=3]', 'deleted'],
		['a task that works', '[sandbox:seconds=0.15] and waits', 'deleted'],
		["a task that doesn't stop", '[sandbox:seconds=0.15] [sandbox:uncancelable]', 'completed'],
		['a task that is over', '', 'deleted'],
	])('of %s', async (_name, prompt, state) => {
		const { id } = (await submit(TURBO, { prompt: `x ${prompt}` })).json.data;
		if (prompt.includes('0.15')) await new Promise((resolve) => setTimeout(resolve, 70));
		expect(await cancel(id)).toMatchObject({
			status: 200,
			json: { code: 200, data: { id, status: 'deleted' } },
		});
		await new Promise((resolve) => setTimeout(resolve, 120));
		expect(await stateOf(id)).toBe(state);
	});

	it('of an unknown task is 404, and requires the key', async () => {
		expect((await cancel('nothing')).status).toBe(404);
		const { id } = (await submit(TURBO, { prompt: 'x' })).json.data;
		const path = `/predictions/${id}`;
		expect((await api(path, { method: 'DELETE', key: 'Bearer wrong' })).status).toBe(401);
		expect(await stateOf(id)).toBe('completed');
	});
});

describe('errors', () => {
	it.each([
		['POST', '/wavespeed-ai/z-image/turbo'],
		['GET', '/predictions/1/result'],
		['GET', '/balance'],
		['GET', '/account/balance'],
		['GET', '/models'],
		['POST', '/model/price'],
		['POST', '/media/uploads'],
		['POST', '/media/upload/binary'],
		['GET', '/webhook/secret'],
	] as const)('%s %s requires a good key', async (method, path) => {
		const { statusCode, body } = readFixture('wavespeed', 'errorInvalidKey');
		for (const key of ['Bearer wrong', sandbox.current.keys.wavespeed]) {
			const reply = await api(path, { method, key });
			expect([reply.status, reply.json]).toEqual([statusCode, body]);
		}
	});

	it.each([
		['submit=429', 429, { code: 429, message: 'Too Many Requests' }],
		['no-money', 402, { code: 402, message: like.textWith('top up') }],
		['sleep', 400, { code: 400, message: like.textWith('[sandbox:sleep]') }],
		['submit=200', 200, { code: 500, message: 'Internal Server Error' }],
	])('[sandbox:%s] is %d', async (token, status, body) => {
		const reply = await submit(TURBO, { prompt: `x [sandbox:${token}]` });
		expect([reply.status, reply.json]).toEqual([status, body]);
		expect(sandbox.current.accepted).toEqual([]);
	});

	it.each(['{', '["x"]'])('a body of %s is 400', async (body) => {
		expect(await submit(TURBO, body)).toMatchObject({ status: 400, json: { code: 400 } });
	});

	it.each([
		['/wavespeed-ai/z-image/other', { prompt: 'x' }],
		['/predictions/nothing/result', undefined],
		['/nothing', undefined],
	])('%s is 404', async (path, body) => {
		expect(await api(path, { body })).toMatchObject({ status: 404, json: { code: 404 } });
	});
});

describe('what costs nothing', () => {
	it('the balance, at both paths', async () => {
		expect((await api('/balance')).json).toEqual({
			code: 200,
			message: 'success',
			data: { balance: 10 },
		});
		expect((await api('/account/balance')).json.data).toEqual({ balance: 10, currency: 'USD' });
	});

	it('the models, with price and schema', async () => {
		const { json } = await api<{ data: Array<{ model_id: string; api_schema: object }> }>(
			'/models',
		);
		expect(json.data.map(({ model_id }) => model_id)).toEqual(
			[...MODELS, 'z-image-lora-trainer', 'z-image/base-lora-trainer'].map(
				(model) => `wavespeed-ai/${model}`,
			),
		);
		expect(json.data[2]).toMatchObject({
			base_price: 0.005,
			api_schema: { required: ['prompt', 'image'], properties: { strength: {} } },
		});
	});

	it('a price quote', async () => {
		const body = { model_id: `wavespeed-ai/${LORA}`, inputs: { prompt: 'x' } };
		expect((await api('/model/price', { body })).json.data).toEqual({
			price: 0.01,
			discounted_price: 0.01,
			currency: 'USD',
		});
		expect((await api('/model/pricing', { body })).json.data).toMatchObject({ unit_price: 0.01 });
		expect((await api('/model/price', { body: { model_id: 'other' } })).status).toBe(404);
	});
});

interface Ticket {
	readonly data: {
		readonly upload: { readonly url: string; readonly headers: Record<string, string> };
		readonly download_url: string;
	};
}

describe('an upload', () => {
	const initiate = (filename: string, more: object = {}) =>
		api<Ticket>('/media/uploads', {
			body: { filename, size: SOURCE.length, content_type: 'image/png', ...more },
		});
	const put = async (url: string, headers: Record<string, string>) =>
		(await request(url, { method: 'PUT', headers, body: SOURCE })).statusCode;

	it('has an upload URL, and can then be read by a model', async () => {
		const { status, json } = await initiate('my cat.png');
		expect([status, shapeOf(json)]).toEqual([
			200,
			shapeOf({
				code: 200,
				message: '',
				data: {
					upload: {
						method: 'PUT',
						url: '',
						headers: { 'Content-Type': '', 'x-amz-content-sha256': '' },
						expires_at: '',
					},
					download_url: '',
				},
			}),
		]);
		const { upload, download_url } = json.data;
		expect(await put(upload.url, upload.headers)).toBe(200);
		expect((await call(download_url)).headers['content-type']).toBe('image/png');
		await generate(FROM_IMAGE, { prompt: 'x', image: download_url });
		expect(sandbox.current.inputImages).toMatchObject([{ from: 'url', sha256: sha256(SOURCE) }]);
	});

	it('needs exactly the given headers, and no key', async () => {
		const { upload, download_url } = (await initiate('cat.png')).json.data;
		const key = { authorization: authorization(sandbox.current).wavespeed };
		expect(await put(upload.url, { 'content-type': 'image/png' })).toBe(403);
		expect(await put(upload.url, { ...upload.headers, 'Content-Type': 'image/jpeg' })).toBe(403);
		expect(await put(upload.url, { ...upload.headers, ...key })).toBe(400);
		expect(await put(upload.url.replace(/\?.*/, ''), upload.headers)).toBe(403);
		expect((await call(download_url)).status).toBe(404);
	});

	it.each([
		['no size', 'cat.png', { size: undefined }, 400],
		['an unknown word', 'sandbox-upload-slowly.png', {}, 400],
		['no money', 'sandbox-no-money.png', {}, 402],
		['a fault', 'sandbox-initiate-503.png', {}, 503],
	])('is refused for %s', async (_name, filename, more, status) => {
		expect((await initiate(filename, more)).status).toBe(status);
	});

	it('fails if its name asks for it', async () => {
		const { upload } = (await initiate('sandbox-upload-503-x1.png')).json.data;
		expect(await put(upload.url, upload.headers)).toBe(503);
		expect(await put(upload.url, upload.headers)).toBe(200);
	});

	it('is sent as a form, too', async () => {
		const form = new FormData();
		form.set('file', new File([new Uint8Array(SOURCE)], 'cat.png', { type: 'image/png' }));
		const reply = await fetch(`${sandbox.current.urls.wavespeed}/api/v3/media/upload/binary`, {
			method: 'POST',
			headers: { authorization: authorization(sandbox.current).wavespeed },
			body: form,
		});
		const { data } = (await reply.json()) as { data: { download_url: string } };
		expect(data).toEqual({
			type: 'image',
			download_url: like.text(/^http/),
			filename: 'cat.png',
			size: SOURCE.length,
		});
		expect((await call(data.download_url)).bytes.equals(SOURCE)).toBe(true);
		const empty = await api('/media/upload/binary', { body: {} });
		expect(empty.status).toBe(400);
	});
});

describe('a webhook', () => {
	const submitWith = async (prompt: string, more: object = {}) =>
		await submit(TURBO, { prompt, ...more }, `?webhook=${encodeURIComponent(hook)}`);
	async function tries(count: number): Promise<readonly ReceivedCall[]> {
		while (sandbox.current.webhooks.length < count) {
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		return receiver.calls;
	}
	const predictionIn = ({ body }: ReceivedCall) =>
		JSON.parse(body.toString()) as WaveSpeedPrediction;

	/** As the page says: the key is the text of the secret, and the result is hexadecimal. Five minutes. */
	async function isGenuine({ headers, body }: ReceivedCall): Promise<boolean> {
		const { json } = await api<{ data: { secret: string } }>('/webhook/secret');
		const { secret } = json.data;
		expect(secret).toMatch(/^whsec_.+/);
		const timestamp = String(headers['webhook-timestamp']);
		const expected = createHmac('sha256', secret.slice('whsec_'.length))
			.update(`${String(headers['webhook-id'])}.${timestamp}.${body.toString()}`)
			.digest('hex');
		const isYoung = Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
		return isYoung && headers['webhook-signature'] === `v3,${expected}`;
	}

	/**
	 * The expected value was made with OpenSSL: printf … | openssl dgst -sha256 -hmac
	 * MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
	 */
	it('has a known signature for a known secret', () => {
		const parts = { id: 'msg_1', timestamp: 1614265330, body: Buffer.from('{"test": 2432232314}') };
		expect(signWaveSpeedWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', parts)).toEqual({
			'webhook-id': 'msg_1',
			'webhook-timestamp': '1614265330',
			'webhook-signature': 'v3,1927be10f2455147e74393ab49cfa1c55fe042b87196c536d0556ae3f6217333',
		});
	});

	it('sends only the prediction, signed', async () => {
		const { json } = await submitWith('a cat');
		const [first] = await tries(1);
		const { id } = json.data;
		expect(first).toMatchObject({ path: '/hook?token=a' });
		expect(predictionIn(first!)).toEqual((await resultOf(id)).json.data);
		expect(await isGenuine(first!)).toBe(true);
		expect(await isGenuine({ ...first!, body: Buffer.from(`${first!.body.toString()} `) })).toBe(
			false,
		);
		expect(sandbox.current.webhooks).toMatchObject([{ provider: 'wavespeed', taskId: id }]);
	});

	it('reports a failure when the task is over', async () => {
		await submitWith('a cat [sandbox:seconds=0.1] [sandbox:fail=no paint]');
		expect(receiver.calls).toEqual([]);
		const [only] = await tries(1);
		expect(predictionIn(only!)).toMatchObject({ status: 'failed', error: 'no paint' });
	});

	it('is tried four times with the same ID', async () => {
		receiver.codes = [500, 404, 302, 503, 200];
		await submitWith('a cat');
		await tries(4);
		await new Promise((resolve) => setTimeout(resolve, 80));
		expect(receiver.calls).toHaveLength(4);
		expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
		expect(await isGenuine(receiver.calls[3]!)).toBe(true);
	});

	it('is forged, stale, repeated, early or lost, as its prompt says', async () => {
		await submitWith('a cat [sandbox:webhook=forged]');
		const [forged, genuine] = await tries(2);
		expect([await isGenuine(forged!), await isGenuine(genuine!)]).toEqual([false, true]);
		await submitWith('a cat [sandbox:webhook=stale]');
		expect(await isGenuine((await tries(3))[2]!)).toBe(false);
		await submitWith('a cat [sandbox:webhook=twice]');
		const calls = await tries(5);
		expect(calls[4]?.headers['webhook-id']).toBe(calls[3]?.headers['webhook-id']);
		await submitWith('a cat [sandbox:webhook=out-of-order]');
		expect(receiver.calls).toHaveLength(6);
		await submitWith('a cat [sandbox:webhook=lost]');
		await submitWith('a dog');
		expect(await tries(7)).toHaveLength(7);
	});

	it.each(['enable_sync_mode', 'enable_base64_output'])('is refused with %s', async (name) => {
		const { status, json } = await submitWith('a cat', { [name]: true });
		expect([status, json.message]).toEqual([400, like.textWith(name)]);
	});
});
