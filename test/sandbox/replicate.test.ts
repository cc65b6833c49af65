import { createHmac } from 'node:crypto';
import { loadImage } from '@napi-rs/canvas';
import { signReplicateWebhook } from '../../sandbox/emulator/providers/replicate/webhookSignature';
import { readFixture } from '../support/fixture';
import type { ReplicateBody } from './bodies';
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

const TURBO = 'z-image-turbo';
const LORA = 'z-image-turbo-lora';
const FROM_IMAGE = 'z-image-turbo-img2img';
const MODELS = [
	TURBO,
	LORA,
	FROM_IMAGE,
	'z-image-turbo-inpaint',
	'z-image-turbo-controlnet',
	'z-image',
	'z-image-lora',
];
const SOURCE = halves(300, 300, 'red', 'blue');
const IMAGE = dataUri(SOURCE);
const MASK = dataUri(halves(300, 300, 'black', 'white'));
const RED: Rgb = [255, 0, 0];

const api = <Body = ReplicateBody>(path: string, options: Call = {}) =>
	call<Body>(`${sandbox.current.urls.replicate}/v1${path}`, {
		key: authorization(sandbox.current).replicate,
		...options,
	});
const create = (model: string, input: unknown, headers: Record<string, string> = {}) =>
	api(`/models/prunaai/${model}/predictions`, { headers, body: { input } });
const read = (id: string) => api(`/predictions/${id}`);
const generate = async (model: string, input: object): Promise<ReplicateBody> =>
	(await read((await create(model, input)).json.id)).json;
const bytesOf = async ({ output }: ReplicateBody) => (await call(output)).bytes;
const draw = async (model: string, input: object) =>
	await pixelsOf(
		await bytesOf(await generate(model, { prompt: 'a cat', output_format: 'png', ...input })),
	);

describe('a prediction', () => {
	it('starts, then succeeds, in the documented form', async () => {
		const input = { prompt: 'a cat', width: 640, height: 480, seed: 7 };
		const { status, json } = await create(TURBO, input);
		expect(status).toBe(201);
		const { id } = json;
		const url = `${sandbox.current.urls.replicate}/v1/predictions/${id}`;
		const started = {
			id: like.text(/./),
			model: 'prunaai/z-image-turbo',
			version: 'hidden',
			input,
			logs: '',
			output: null,
			data_removed: false,
			error: null,
			status: 'starting',
			created_at: like.text(/^\d{4}-.+Z$/),
			urls: { get: url, cancel: `${url}/cancel`, web: like.text(/^https:/) },
		};
		expect(json).toEqual(started);
		expect(Object.keys(json).sort()).toEqual(
			Object.keys(readFixture('replicate', 'submit').body as object).sort(),
		);
		const result = await read(id);
		expect(result).toMatchObject({ status: 200 });
		expect(result.json).toEqual({
			...started,
			status: 'succeeded',
			output: like.text(/^http.+\.jpeg$/),
			logs: like.text(/^Using seed: 7\n100%\|█{10}\| 8\/8/),
			started_at: like.any(String),
			completed_at: like.any(String),
			metrics: { predict_time: like.any(Number), total_time: like.any(Number) },
		});
		expect((await read(id)).json).toEqual(result.json);
		const file = await call(result.json.output);
		expect(file.headers['content-type']).toBe('image/jpeg');
		const { width, height } = await loadImage(file.bytes);
		expect({ width, height }).toEqual({ width: 640, height: 480 });
	});

	it('goes starting, processing, succeeded', async () => {
		const { json } = await create(TURBO, { prompt: 'a cat [sandbox:polls=2]' });
		const seen = [];
		for (let poll = 0; poll < 3; poll++) {
			const { status, output, logs } = (await read(json.id)).json;
			seen.push([status, output === null, /(\d+)%/.exec(logs)?.[1]]);
		}
		expect(seen).toEqual([
			['starting', true, undefined],
			['processing', true, '63'],
			['succeeded', false, '100'],
		]);
	});

	it.each([
		['fail=out of paint', 'out of paint'],
		['fail-as=error', 'The sandbox was asked to fail.'],
		['moderate', like.text(/flagged as sensitive.+\(E005\)/)],
		['nsfw', like.text(/\(E005\)/)],
	])('[sandbox:%s] fails', async (token, error) => {
		const result = await generate(TURBO, { prompt: `x [sandbox:${token}]` });
		expect(result).toEqual(like.object({ status: 'failed', error, output: null }));
	});

	it.each(MODELS)('is made by %s', async (model) => {
		const images = { image: IMAGE, mask_image: MASK, control_image: IMAGE };
		expect(await generate(model, { prompt: 'a cat', ...images })).toMatchObject({
			status: 'succeeded',
			model: `prunaai/${model}`,
		});
	});

	it('has the bytes of its seed, and a random one without a seed', async () => {
		const of = async (more: object) =>
			sha256(await bytesOf(await generate(TURBO, { prompt: 'x', width: 256, ...more })));
		expect(await of({ seed: 5 })).toBe(await of({ seed: 5 }));
		expect(await of({})).not.toBe(await of({}));
	});

	it.each([
		['jpg', 'ffd8ff'],
		['png', '89504e47'],
		['webp', '52494646'],
	])('output_format %s', async (output_format, magic) => {
		const bytes = await bytesOf(await generate(TURBO, { prompt: 'x', output_format }));
		expect(bytes.toString('hex').startsWith(magic)).toBe(true);
	});

	it('is emptied after an hour', async () => {
		const { id, output } = await generate(TURBO, { prompt: 'x' });
		const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_599_000);
		expect((await read(id)).json).toMatchObject({ output, data_removed: false });
		expect((await call(output)).status).toBe(200);
		now.mockReturnValue(Date.now() + 2000);
		expect((await read(id)).json).toMatchObject({
			status: 'succeeded',
			input: {},
			output: null,
			logs: null,
			data_removed: true,
		});
		expect((await call(output)).status).toBe(404);
		now.mockRestore();
	});
});

describe('a version', () => {
	const versionOf = async (name: string) =>
		(await api<{ latest_version: { id: string } }>(`/models/prunaai/${name}`)).json.latest_version
			.id;
	const createBy = (version: unknown) =>
		api('/predictions', { body: { version, input: { prompt: 'x', image: IMAGE } } });

	it('is returned with its model, and runs a prediction', async () => {
		const version = await versionOf(FROM_IMAGE);
		expect(version).toMatch(/^[\da-f]{64}$/);
		for (const text of [version, `prunaai/${FROM_IMAGE}:${version}`]) {
			expect(await createBy(text)).toMatchObject({
				status: 201,
				json: { model: `prunaai/${FROM_IMAGE}`, version },
			});
		}
		expect(await createBy(`prunaai/${FROM_IMAGE}`)).toMatchObject({
			status: 201,
			json: { version: 'hidden' },
		});
	});

	it('of another model, or none, is 422', async () => {
		const bad = ['0'.repeat(64), `prunaai/${TURBO}:${await versionOf(LORA)}`, 'a/b', '', undefined];
		for (const version of bad) {
			expect(await createBy(version)).toMatchObject({
				status: 422,
				json: { title: 'Invalid version or not permitted', status: 422 },
			});
		}
	});

	it('can be used if the model responds with 404', async () => {
		const prompt = 'x [sandbox:submit=404*1]';
		expect((await create(TURBO, { prompt })).status).toBe(404);
		const body = { version: await versionOf(TURBO), input: { prompt } };
		expect((await api('/predictions', { body })).status).toBe(201);
	});
});

describe('validation', () => {
	it('reports each error, as a line and as a field', async () => {
		const { status, headers, json } = await create(TURBO, { prompt: 3, width: 1441, height: 63 });
		expect([status, headers['content-type']]).toEqual([422, 'application/problem+json']);
		expect(json).toEqual({
			title: 'Input validation failed',
			detail: [
				'- input.prompt: Invalid type. Expected: string, given: number\n',
				'- input.width: Must be less than or equal to 1440\n',
				'- input.height: Must be greater than or equal to 64\n',
			].join(''),
			status: 422,
			invalid_fields: [
				{
					type: 'invalid_type',
					field: 'input.prompt',
					description: 'Invalid type. Expected: string, given: number',
				},
				{
					type: 'number_lte',
					field: 'input.width',
					description: 'Must be less than or equal to 1440',
				},
				{
					type: 'number_gte',
					field: 'input.height',
					description: 'Must be greater than or equal to 64',
				},
			],
		});
	});

	it.each([
		[TURBO, {}, 'input'],
		[TURBO, { prompt: 'x', num_inference_steps: 51 }, 'input.num_inference_steps'],
		[TURBO, { prompt: 'x', guidance_scale: -1 }, 'input.guidance_scale'],
		[TURBO, { prompt: 'x', output_quality: 101 }, 'input.output_quality'],
		[TURBO, { prompt: 'x', output_format: 'jpeg' }, 'input.output_format'],
		[TURBO, { prompt: 'x', seed: 1.5 }, 'input.seed'],
		[LORA, { prompt: 'x', lora_weights: 'https://a.example/a.zip' }, 'input.lora_weights'],
		[FROM_IMAGE, { prompt: 'x' }, 'input'],
		[FROM_IMAGE, { prompt: 'x', image: 'eA==' }, 'input.image'],
		[FROM_IMAGE, { prompt: 'x', image: 'data:,', strength: 1.1 }, 'input.strength'],
		['z-image', { prompt: 'x', width: 2049 }, 'input.width'],
	])('%s %j', async (model, input, field) => {
		const { status, json } = await create(model, input);
		expect(status).toBe(422);
		expect(json.invalid_fields).toEqual([like.object({ field })]);
		expect(sandbox.current.accepted).toEqual([]);
	});

	it.each(['{', '["x"]', '{}'])('a body of %s is 422', async (body) => {
		const reply = await api(`/models/prunaai/${TURBO}/predictions`, { body });
		expect(reply).toMatchObject({ status: 422, json: { title: 'Input validation failed' } });
	});

	it('ignores other fields, and records them', async () => {
		await create(TURBO, { prompt: 'x', loras: [] });
		expect(sandbox.current.ignoredFields).toEqual([
			{ provider: 'replicate', fields: ['input.loras'] },
		]);
	});
});

describe('LoRAs', () => {
	const WEIGHTS = 'https://huggingface.co/a/b/resolve/main/lora.safetensors?download=true';
	const input = { prompt: 'x', seed: 1, width: 256, height: 256 };

	it('change the image, each by its scale', async () => {
		const of = async (more: object) =>
			sha256(await bytesOf(await generate(LORA, { ...input, ...more })));
		const all = await Promise.all([
			of({}),
			of({ lora_weights: [WEIGHTS] }),
			of({ lora_weights: [WEIGHTS], lora_scales: [0.5] }),
			of({ lora_weights: [WEIGHTS, 'https://a.example/b.tar'], lora_scales: [1, 1] }),
		]);
		expect(new Set(all).size).toBe(4);
		expect(await of({ lora_weights: [WEIGHTS], lora_scales: [1] })).toBe(all[1]);
	});

	it.each([
		[['a/b'], undefined, 'a/b'],
		[['https://huggingface.co/a/b'], undefined, 'https://huggingface.co/a/b'],
		[[WEIGHTS], [1, 1], 'lora_scales'],
		[[WEIGHTS, WEIGHTS], [1], 'lora_scales'],
	])('%j with the scales %j fail', async (lora_weights, lora_scales, words) => {
		expect(await generate(LORA, { ...input, lora_weights, lora_scales })).toEqual(
			like.object({ status: 'failed', error: like.textWith(words) }),
		);
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

	it('are repainted only where the mask is white', async () => {
		const { at } = await draw('z-image-turbo-inpaint', { image: IMAGE, mask_image: MASK });
		const rows = Array.from({ length: 60 }, (_item, index) => index * 5);
		expect(rows.every((y) => distance(at(100, y), RED) === 0)).toBe(true);
		expect(rows.some((y) => distance(at(200, y), [0, 0, 255]) > 30)).toBe(true);
	});

	it('are repeated in the response, except long data URIs', async () => {
		const { json } = await create(FROM_IMAGE, { prompt: 'x', image: IMAGE });
		expect(json).toMatchObject({ input: { image: `${IMAGE.slice(0, 200)}…` } });
		await read(json.id);
		expect(sandbox.current.tasks).toMatchObject([
			{ provider: 'replicate', image: { field: 'image', from: 'data', sha256: sha256(SOURCE) } },
		]);
	});

	it.each([
		['https://example.com/cat.png', 'HTTPError'],
		[dataUri(Buffer.from('no image')), 'UnidentifiedImageError'],
		['data:text/plain;base64,eA==', 'unsupported data URI'],
	])('%s fails', async (image, words) => {
		expect(await generate(FROM_IMAGE, { prompt: 'x', image })).toEqual(
			like.object({ status: 'failed', error: like.textWith(words) }),
		);
	});
});

describe('Prefer: wait', () => {
	it.each(['wait', 'wait=5'])('%s responds when it is done', async (prefer) => {
		const before = Date.now();
		const { status, json } = await create(TURBO, { prompt: 'x [sandbox:seconds=0.2]' }, { prefer });
		expect(Date.now() - before).toBeGreaterThanOrEqual(195);
		expect([status, json.status]).toEqual([201, 'succeeded']);
	});

	it('responds with 202 when its time is over', async () => {
		const before = Date.now();
		const prompt = 'x [sandbox:seconds=1.6]';
		const { status, json } = await create(TURBO, { prompt }, { prefer: 'wait=1' });
		expect(Date.now() - before).toBeLessThan(1500);
		expect([status, json.status]).toEqual([202, 'processing']);
	});

	it('ends at once for a prediction that status requests end', async () => {
		const prompt = 'x [sandbox:polls=1]';
		const { status, json } = await create(TURBO, { prompt }, { prefer: 'wait' });
		expect([status, json.status]).toEqual([202, 'starting']);
		await read(json.id);
		expect((await read(json.id)).json.status).toBe('succeeded');
	});

	it('counts a prediction from the moment it is accepted', async () => {
		const signal = AbortSignal.timeout(100);
		const body = { input: { prompt: 'x [sandbox:never]' } };
		const waiting = api(`/models/prunaai/${TURBO}/predictions`, {
			headers: { prefer: 'wait' },
			body,
			signal,
		});
		await expect(waiting).rejects.toThrow();
		expect(sandbox.current.accepted).toMatchObject([{ prompt: 'x [sandbox:never]' }]);
	});
});

describe('an early end', () => {
	const cancel = (id: string) => api(`/predictions/${id}/cancel`, { method: 'POST' });
	const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

	it.each([
		['waits', '[sandbox:seconds=3]', 'canceled', 'canceled'],
		['works', '[sandbox:seconds=0.15]', 'canceled', 'canceled'],
		["doesn't stop", '[sandbox:seconds=0.15] [sandbox:uncancelable]', 'processing', 'succeeded'],
		['is over', '', 'succeeded', 'succeeded'],
	])('by a cancel of one that %s', async (_name, prompt, answered, state) => {
		const { id } = (await create(TURBO, { prompt: `x ${prompt}` })).json;
		if (prompt.includes('0.15')) await pause(70);
		expect(await cancel(id)).toMatchObject({ status: 200, json: { id, status: answered } });
		await pause(120);
		expect((await read(id)).json.status).toBe(state);
	});

	it('by a cancel of an unknown prediction is 404', async () => {
		expect((await cancel('nothing')).status).toBe(404);
	});

	it.each([
		['1s', '[sandbox:seconds=2]', 1200, 'canceled'],
		['0.05s', '[sandbox:seconds=3]', 150, 'aborted'],
		['5m', '[sandbox:seconds=0.05]', 150, 'succeeded'],
		['1h30m', '', 0, 'succeeded'],
	])('by Cancel-After: %s', async (time, prompt, pauseMs, state) => {
		const input = { prompt: `x ${prompt}` };
		const { json } = await create(TURBO, input, { 'cancel-after': time });
		expect(json.status).toBe('starting');
		await pause(pauseMs);
		expect((await read(json.id)).json.status).toBe(state);
	});
});

describe('errors', () => {
	it.each([
		['POST', `/models/prunaai/${TURBO}/predictions`],
		['POST', '/predictions'],
		['GET', '/predictions/1'],
		['POST', '/predictions/1/cancel'],
		['GET', `/models/prunaai/${TURBO}`],
		['GET', '/account'],
		['POST', '/files'],
		['GET', '/files/1'],
		['GET', '/webhooks/default/secret'],
	] as const)('%s %s requires a good key', async (method, path) => {
		const wrong = await api(path, { method, key: 'Bearer wrong' });
		expect([wrong.status, wrong.json]).toEqual([
			401,
			readFixture('replicate', 'errorInvalidKey').body,
		]);
		const missing = await call(`${sandbox.current.urls.replicate}/v1${path}`, { method });
		expect([missing.status, missing.json]).toEqual([
			401,
			readFixture('replicate', 'errorMissingKey').body,
		]);
	});

	it.each([
		['no-money', 402, { title: 'Insufficient credit', detail: like.textWith('billing') }],
		['submit=404', 404, { detail: 'The requested resource could not be found.' }],
		['submit=429', 429, { detail: like.textWith('resets in ~5s'), retry_after: 5 }],
		['submit=429;retry-after=2', 429, { detail: like.textWith('~2s'), retry_after: 2 }],
		['sleep', 400, { detail: like.textWith('[sandbox:sleep]') }],
	])('[sandbox:%s] is %d', async (token, status, body) => {
		const reply = await create(TURBO, { prompt: `x [sandbox:${token}]` });
		expect(reply.status).toBe(status);
		expect(reply.json).toEqual(like.object({ status, ...body }));
	});

	it.each(['/predictions/nothing', '/models/prunaai/other', '/nothing', '/files/nothing'])(
		'%s is 404',
		async (path) => {
			const reply = await api(path);
			expect([reply.status, reply.json]).toEqual([
				404,
				readFixture('replicate', 'errorNotFound').body,
			]);
		},
	);

	it('an unknown model is 404', async () => {
		expect((await create('other', { prompt: 'x' })).status).toBe(404);
	});
});

it('describes the account', async () => {
	expect((await api('/account')).json).toEqual({
		type: 'user',
		username: 'sandbox',
		name: 'Sandbox',
		github_url: like.any(String),
	});
});

describe('a file', () => {
	const upload = async (name: string, more: Record<string, string | Blob> = {}) => {
		const form = new FormData();
		form.set('content', new File([new Uint8Array(SOURCE)], name, { type: 'image/png' }));
		for (const [field, value] of Object.entries(more)) form.set(field, value);
		const reply = await fetch(`${sandbox.current.urls.replicate}/v1/files`, {
			method: 'POST',
			headers: { authorization: authorization(sandbox.current).replicate },
			body: form,
		});
		return { status: reply.status, json: (await reply.json()) as ReplicateBody };
	};

	it('is uploaded in a form, and readable only with the key', async () => {
		const metadata = new Blob(['{"a": 1}'], { type: 'application/json' });
		const { status, json } = await upload('cat.png', { metadata });
		expect(status).toBe(201);
		expect(json).toEqual({
			id: like.any(String),
			name: 'cat.png',
			content_type: 'image/png',
			size: SOURCE.length,
			checksums: { sha256: sha256(SOURCE) },
			metadata: { a: 1 },
			created_at: like.any(String),
			expires_at: like.any(String),
			urls: { get: `${sandbox.current.urls.replicate}/v1/files/${json.id}` },
		});
		expect((await api(`/files/${json.id}`)).json).toEqual(json);
		expect((await call(json.urls.get)).status).toBe(401);
	});

	it('can be read by a model until it is deleted', async () => {
		const { json } = await upload('cat.png');
		const input = { prompt: 'x', image: json.urls.get };
		expect((await generate(FROM_IMAGE, input)).status).toBe('succeeded');
		expect(sandbox.current.inputImages).toMatchObject([{ from: 'url', sha256: sha256(SOURCE) }]);
		const path = `/files/${json.id}`;
		expect((await api(path, { method: 'DELETE' })).status).toBe(204);
		expect((await api(path)).status).toBe(404);
		expect((await generate(FROM_IMAGE, input)).status).toBe('failed');
	});

	it.each([
		['sandbox-upload-503-x1.png', 503, 201],
		['sandbox-no-money.png', 402, 402],
		['sandbox-upload-slowly.png', 400, 400],
	])('%s fails if its name asks for it', async (name, first, second) => {
		expect((await upload(name)).status).toBe(first);
		expect((await upload(name)).status).toBe(second);
	});

	it("that isn't one is 400", async () => {
		expect((await api('/files', { body: {} })).status).toBe(400);
	});
});

describe('a webhook', () => {
	const createWith = (prompt: string, webhook_events_filter?: string[]) =>
		api(`/models/prunaai/${TURBO}/predictions`, {
			body: { input: { prompt }, webhook: hook, webhook_events_filter },
		});
	async function tries(count: number): Promise<readonly ReceivedCall[]> {
		while (sandbox.current.webhooks.length < count) {
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		return receiver.calls;
	}
	const predictionIn = ({ body }: ReceivedCall) => JSON.parse(body.toString()) as ReplicateBody;
	const seen = () =>
		receiver.calls.map(predictionIn).map(({ status, output }) => [status, output !== null]);

	/** As the page says: the key is decoded from the secret, and the result is base64. */
	async function isGenuine({ headers, body }: ReceivedCall): Promise<boolean> {
		const { json } = await api<{ key: string }>('/webhooks/default/secret');
		const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body.toString()}`;
		const expected = createHmac('sha256', Buffer.from(json.key.slice('whsec_'.length), 'base64'))
			.update(text)
			.digest('base64');
		return headers['webhook-signature'] === `v1,${expected}`;
	}

	/** Svix's test vector. [replicate-javascript: index.test.ts] */
	it('has a known signature for a known secret', () => {
		const parts = {
			id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			timestamp: 1614265330,
			body: Buffer.from('{"test": 2432232314}'),
		};
		expect(signReplicateWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', parts)).toEqual({
			'webhook-id': parts.id,
			'webhook-timestamp': '1614265330',
			'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
		});
	});

	it('reports the output and the end, signed', async () => {
		const { json } = await createWith('a cat');
		const [output, end] = await tries(2);
		expect(seen()).toEqual([
			['processing', true],
			['succeeded', true],
		]);
		expect(end).toMatchObject({ path: '/hook?token=a' });
		expect(predictionIn(end!)).toEqual((await read(json.id)).json);
		expect([await isGenuine(output!), await isGenuine(end!)]).toEqual([true, true]);
		expect(await isGenuine({ ...end!, body: Buffer.from(`${end!.body.toString()} `) })).toBe(false);
		expect(output?.headers['webhook-id']).not.toBe(end?.headers['webhook-id']);
		expect(sandbox.current.webhooks).toMatchObject(
			Array(2).fill({ provider: 'replicate', taskId: json.id, outcome: 200 }),
		);
	});

	it.each([
		[['start'], [['processing', false]]],
		[['completed'], [['succeeded', true]]],
		[
			['start', 'output', 'logs', 'completed'],
			[
				['processing', false],
				['processing', false],
				['processing', true],
				['succeeded', true],
			],
		],
	])('reports the events %j', async (events, expected) => {
		await createWith('a cat', events);
		await tries(expected.length);
		await new Promise((resolve) => setTimeout(resolve, 30));
		expect(seen()).toEqual(expected);
	});

	it('has no output for a failure', async () => {
		await createWith('a cat [sandbox:seconds=0.1] [sandbox:fail=no paint]');
		expect(receiver.calls).toEqual([]);
		const [only] = await tries(1);
		expect(predictionIn(only!)).toMatchObject({ status: 'failed', error: 'no paint' });
	});

	it('is repeated only for the end, and not after a redirect', async () => {
		receiver.codes = [500, 500, 404, 302];
		await createWith('a cat');
		await tries(4);
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(seen().map(([status]) => status)).toEqual([
			'processing',
			'succeeded',
			'succeeded',
			'succeeded',
		]);
		const ids = receiver.calls.map(({ headers }) => headers['webhook-id']);
		expect(new Set(ids).size).toBe(2);
	});

	it('is forged, repeated, without the result, early or lost, as its prompt says', async () => {
		await createWith('a cat [sandbox:webhook=forged]', ['completed']);
		const [forged, genuine] = await tries(2);
		expect([await isGenuine(forged!), await isGenuine(genuine!)]).toEqual([false, true]);
		await createWith('a cat [sandbox:webhook=twice]', ['completed']);
		const calls = await tries(4);
		expect(calls[3]?.headers['webhook-id']).toBe(calls[2]?.headers['webhook-id']);
		await createWith('a cat [sandbox:webhook=no-payload]', ['completed']);
		expect(predictionIn((await tries(5))[4]!)).toMatchObject({ output: null, data_removed: true });
		await createWith('a cat [sandbox:webhook=out-of-order]', ['completed']);
		expect(receiver.calls).toHaveLength(6);
		await createWith('a cat [sandbox:webhook=lost]');
		await createWith('a dog', ['completed']);
		expect(await tries(7)).toHaveLength(7);
	});

	it('reports the last event first if told to', async () => {
		await createWith('a cat [sandbox:webhook=out-of-order]', ['start', 'output', 'completed']);
		await tries(3);
		expect(seen().map(([status]) => status)).toEqual(['succeeded', 'processing', 'processing']);
	});

	it.each([
		[{ webhook: 'no address' }, 'webhook'],
		[{ webhook: 'https://n8n.example.com/', webhook_events_filter: ['end'] }, 'webhook_events'],
	])('%j is refused', async (more, words) => {
		const body = { input: { prompt: 'x' }, ...more };
		const reply = await api(`/models/prunaai/${TURBO}/predictions`, { body });
		expect([reply.status, reply.json.detail]).toEqual([422, like.textWith(words)]);
	});
});
