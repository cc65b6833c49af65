import { signWaveSpeedWebhook } from '../../sandbox/emulator/providers/wavespeed/webhookSignature';
import type { WaveSpeedBody } from './bodies';
import { authorization, call, useSandbox, type Call } from './http';
import { halves } from './images';
import { like } from './like';
import { Receiver } from './receiver';
import { meanColor, photos, readSafetensors, zipOf } from './training';

const sandbox = useSandbox({ taskSeconds: 0, webhooks: { loopback: true } });
const receiver = new Receiver();
let hook = '';
beforeAll(async () => void (hook = await receiver.start()));
afterEach(() => receiver.clear());
afterAll(() => receiver.stop());

const TURBO = 'z-image-lora-trainer';
const BASE = 'z-image/base-lora-trainer';

const api = <Body = WaveSpeedBody>(path: string, options: Call = {}) =>
	call<Body>(`${sandbox.current.urls.wavespeed}/api/v3${path}`, {
		key: authorization(sandbox.current).wavespeed,
		...options,
	});
const submit = (body: unknown, model = TURBO, query = '') =>
	api(`/wavespeed-ai/${model}${query}`, { body });
const run = async (body: unknown, model = TURBO) => {
	const { id } = (await submit(body, model)).json.data;
	return (await api(`/predictions/${id}/result`)).json.data;
};

/** Uploads a zip in a form. Returns its URL. */
async function upload(files: Record<string, Buffer | string>): Promise<string> {
	const form = new FormData();
	form.set('file', new File([new Uint8Array(await zipOf(files))], 'training.zip'));
	const reply = await fetch(`${sandbox.current.urls.wavespeed}/api/v3/media/upload/binary`, {
		method: 'POST',
		headers: { authorization: authorization(sandbox.current).wavespeed },
		body: form,
	});
	const { data } = (await reply.json()) as { data: { download_url: string } };
	return data.download_url;
}

describe('a training', () => {
	it.each([TURBO, BASE])('%s: created, then completed with weights', async (model) => {
		const body = { data: await upload(photos('red')), trigger_word: 'zkx', steps: 500 };
		const { status, json } = await submit(body, model);
		expect(status).toBe(200);
		expect(json.data).toMatchObject({
			model: `wavespeed-ai/${model}`,
			status: 'created',
			outputs: [],
		});
		const result = (await api(`/predictions/${json.data.id}/result`)).json.data;
		expect(result).toMatchObject({
			status: 'completed',
			outputs: [like.text(/\/predictions\/[^/]+\/[\w-]+\.safetensors$/)],
			code: 0,
			error: '',
		});
		expect((await api(`/predictions/${json.data.id}`)).json.data).toEqual(result);
		const { metadata, tensors } = readSafetensors((await call(result.outputs[0])).bytes);
		expect(metadata).toMatchObject({ trigger_word: 'zkx', steps: '500' });
		expect(Object.values(tensors).map(({ shape }) => Math.min(...shape))).toEqual([16, 16]);
		expect(sandbox.current.accepted).toMatchObject([{ prompt: 'zkx', isTold: true }]);
	});

	it('has the requested rank', async () => {
		const { outputs } = await run({ data: await upload(photos('red')), lora_rank: 8 });
		const { tensors } = readSafetensors((await call(outputs[0])).bytes);
		expect(Object.values(tensors).map(({ shape }) => Math.min(...shape))).toEqual([8, 8]);
	});

	it('needs no captions', async () => {
		const data = await upload({ 'a.jpg': halves(20, 20, 'red'), 'b.jpg': halves(9, 9, 'red') });
		expect((await run({ data })).status).toBe('completed');
		expect(sandbox.current.trainingSets).toMatchObject([
			{
				provider: 'wavespeed',
				images: [
					{ name: 'a.jpg', width: 20, height: 20, caption: undefined },
					{ name: 'b.jpg', width: 9, height: 9, caption: undefined },
				],
			},
		]);
	});

	it('keeps its weights for a week', async () => {
		const { outputs } = await run({ data: await upload(photos('red')) });
		const now = jest.spyOn(Date, 'now');
		const day = 24 * 3_600_000;
		now.mockReturnValue(Date.now() + 6.9 * day);
		expect((await call(outputs[0])).status).toBe(200);
		now.mockReturnValue(Date.now() + 0.2 * day);
		expect((await call(outputs[0])).status).toBe(404);
		now.mockRestore();
	});

	it('can be deleted', async () => {
		const body = { data: await upload(photos('red')), trigger_word: 'zkx [sandbox:never]' };
		const { id } = (await submit(body)).json.data;
		const deleted = await api(`/predictions/${id}`, { method: 'DELETE' });
		expect(deleted.json.data).toMatchObject({ id, status: 'deleted' });
		expect((await api(`/predictions/${id}/result`)).json.data.status).toBe('deleted');
	});

	it('calls a webhook with its prediction, signed', async () => {
		const body = { data: await upload(photos('red')) };
		const query = `?webhook=${encodeURIComponent(hook)}`;
		const { id } = (await submit(body, TURBO, query)).json.data;
		while (sandbox.current.webhooks.length === 0) await new Promise(setImmediate);
		const [only] = receiver.calls;
		const prediction = (await api(`/predictions/${id}/result`)).json.data;
		expect(JSON.parse(String(only?.body))).toEqual(prediction);
		const { json } = await api<{ data: { secret: string } }>('/webhook/secret');
		const signed = signWaveSpeedWebhook(json.data.secret, {
			id: String(only?.headers['webhook-id']),
			timestamp: Number(only?.headers['webhook-timestamp']),
			body: only?.body ?? Buffer.alloc(0),
		});
		expect(only?.headers).toMatchObject(signed);
	});

	it.each([
		[undefined, 1.25],
		[{ steps: 500 }, 0.625],
		[{ steps: 2000, data: 'https://example.com/a.zip' }, 2.5],
	])('costs, with the inputs %j, %d', async (inputs, price) => {
		const body = { model_id: `wavespeed-ai/${TURBO}`, inputs };
		const { json } = await api<{ data: object }>('/model/price', { body });
		expect(json.data).toEqual({ price, discounted_price: price, currency: 'USD' });
	});
});

describe('an invalid request shows in the task', () => {
	const none = 'https://example.com/a.zip';
	it.each<[string, (files: typeof upload) => object | Promise<object>, number, RegExp]>([
		['no zip', () => ({ trigger_word: 'zkx' }), 1400, /data/],
		['few steps', () => ({ data: none, steps: 99 }), 1401, /steps/],
		['many steps', () => ({ data: none, steps: 5001 }), 1401, /steps/],
		['no rate', () => ({ data: none, learning_rate: 0 }), 1401, /learning_rate/],
		['a low rank', () => ({ data: none, lora_rank: 3 }), 1401, /lora_rank/],
		['a zip elsewhere', () => ({ data: none }), 1402, /download/],
		['no images', async (put) => ({ data: await put({ 'a.txt': 'x' }) }), 1401, /no images/],
		['no image', async (put) => ({ data: await put({ 'a.png': 'x' }) }), 1401, /not an image/],
		[
			'[sandbox:bad-zip]',
			async (put) => ({ data: await put(photos('red')), trigger_word: '[sandbox:bad-zip]' }),
			1401,
			/not a zip/,
		],
		[
			'[sandbox:least-images=3]',
			async (put) => ({ data: await put(photos('red')), trigger_word: '[sandbox:least-images=3]' }),
			1401,
			/at least 3 images are required, got 2/,
		],
		[
			'[sandbox:fail=no GPU]',
			async (put) => ({ data: await put(photos('red')), trigger_word: '[sandbox:fail=no GPU]' }),
			1405,
			/^no GPU$/,
		],
	])('%s', async (_name, body, code, error) => {
		expect(await run(await body(upload))).toMatchObject({
			status: 'failed',
			code,
			error: like.text(error),
			outputs: [],
		});
	});

	it('ignores other fields, and records them', async () => {
		await run({ data: await upload(photos('red')), resolution: 1024 });
		expect(sandbox.current.ignoredFields).toEqual([
			{ provider: 'wavespeed', fields: ['resolution'] },
		]);
	});
});

describe('the weights', () => {
	const draw = async (loras: readonly object[]) => {
		const body = { prompt: 'a green forest', size: '512*512', seed: 5, loras };
		return await run(body, 'z-image/turbo-lora');
	};

	it('give an image the colors of the training images', async () => {
		const path = (await run({ data: await upload(photos('blue', 4)) })).outputs[0];
		const colorOf = async (loras: readonly object[]) =>
			await meanColor((await call((await draw(loras)).outputs[0])).bytes);
		const [red, green, blue] = await colorOf([{ path }]);
		expect(blue).toBeGreaterThan(Math.max(red, green) + 50);
		const plain = await colorOf([]);
		expect(plain[2]).toBeLessThan(Math.max(plain[0], plain[1]));
	});

	it('that are gone fail the image', async () => {
		const path = `${sandbox.current.urls.files}/predictions/gone.safetensors`;
		expect(await draw([{ path }])).toMatchObject({
			status: 'failed',
			code: 1402,
			error: `Failed to get remote file properties from ${path}: 404`,
		});
	});
});
