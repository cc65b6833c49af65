import { setTimeout as sleepMs } from 'node:timers/promises';
import { loadImage } from '@napi-rs/canvas';
import type { FalBody } from './bodies';
import { authorization, call, useSandbox, type Reply } from './http';
import { like } from './like';

const sandbox = useSandbox();
const LORA = 'fal-ai/z-image/turbo/lora';
const TURBO = 'fal-ai/z-image/turbo';

const key = () => authorization(sandbox.current).fal;
const submit = (body: unknown, endpoint = LORA, query = '') =>
	call<FalBody>(`${sandbox.current.urls.fal}/${endpoint}${query}`, { key: key(), body });
const get = (url: string) => call<FalBody>(url, { key: key() });
const run = (body: unknown, endpoint = LORA) =>
	call<FalBody>(`${sandbox.current.urls.falSync}/${endpoint}`, { key: key(), body });
const resultOf = async (body: unknown, endpoint = LORA) =>
	await get((await submit(body, endpoint)).json.response_url);

describe('queue', () => {
	it("responds to a submit with the request's links", async () => {
		const { status, headers, json } = await submit({ prompt: 'a cat' });
		const base = `${sandbox.current.urls.fal}/fal-ai/z-image/requests/${json.request_id}`;
		expect(status).toBe(200);
		expect(headers['x-fal-request-id']).toBe(json.request_id);
		expect(json).toEqual({
			status: 'IN_QUEUE',
			request_id: like.text(/^[\da-f-]{36}$/),
			gateway_request_id: json.request_id,
			response_url: base,
			status_url: `${base}/status`,
			cancel_url: `${base}/cancel`,
			queue_position: 0,
		});
	});

	it('goes IN_QUEUE, IN_PROGRESS, COMPLETED, and responds 202 until it is complete', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:polls=3]' });
		const seen: [number, string][] = [];
		for (let poll = 0; poll < 4; poll++) {
			const status = await get(json.status_url);
			seen.push([status.status, status.json.status]);
			if (poll === 0) expect(status.json.queue_position).toBe(0);
			if (poll < 3) {
				expect(await get(json.response_url)).toMatchObject(
					poll < 2
						? { status: 400, json: { detail: 'Request is still in progress' } }
						: { status: 200 },
				);
			}
		}
		expect(seen).toEqual([
			[202, 'IN_QUEUE'],
			[202, 'IN_PROGRESS'],
			[202, 'IN_PROGRESS'],
			[200, 'COMPLETED'],
		]);
	});

	it('takes the seconds that the prompt asks for', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:seconds=0.3]' });
		const states: string[] = [];
		for (let state = ''; state !== 'COMPLETED';) {
			state = (await get(json.status_url)).json.status;
			if (states.at(-1) !== state) states.push(state);
		}
		expect(states).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
	});

	it.each([
		['', null],
		['?logs=0', null],
		['?logs=1', like.listWith([like.object({ level: 'INFO', source: 'USER' })])],
		['?logs=true', like.any(Array)],
	])('status%s', async (query, logs) => {
		const { json } = await submit({ prompt: 'a cat' });
		expect((await get(json.status_url + query)).json).toMatchObject({
			status: 'COMPLETED',
			logs,
			metrics: { inference_time: like.any(Number) },
			request_id: json.request_id,
			response_url: json.response_url,
		});
	});

	it.each([
		['', 200],
		['/status', 200],
		['/response', 404],
		['/nothing', 404],
	])('responds below the request, at "%s", with %d', async (path, status) => {
		const { json } = await submit({ prompt: 'a cat' });
		expect((await get(json.response_url + path)).status).toBe(status);
	});

	it.each(['/turbo', '/turbo/lora'])('knows no request under fal-ai/z-image%s', async (path) => {
		const { json } = await submit({ prompt: 'a cat [sandbox:polls=9]' });
		const base = `${sandbox.current.urls.fal}/fal-ai/z-image${path}/requests/${json.request_id}`;
		expect((await get(base)).status).toBe(405);
		expect((await get(`${base}/status`)).status).toBe(405);
		const cancelled = await call(`${base}/cancel`, { method: 'PUT', key: key() });
		expect(cancelled.status).toBe(405);
		expect((await get(json.status_url)).json.status).toBe('IN_QUEUE');
	});

	it('streams each state once and ends with COMPLETED', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:polls=2]' });
		const stream = await get(`${json.status_url}/stream?logs=1`);
		expect(stream.headers['content-type']).toMatch('text/event-stream');
		const events = stream.bytes
			.toString()
			.split('\n\n')
			.filter((event) => event !== '')
			.map((event) => JSON.parse(event.replace(/^data: /, '')) as { status: string });
		expect(events.map(({ status }) => status)).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
		expect(events.at(-1)).toEqual((await get(`${json.status_url}?logs=1`)).json);
	});

	it('streams in real time, too', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:seconds=0.2]' });
		const stream = await get(`${json.status_url}/stream`);
		expect(stream.bytes.toString().match(/"status":"\w+"/g)).toEqual([
			'"status":"IN_QUEUE"',
			'"status":"IN_PROGRESS"',
			'"status":"COMPLETED"',
		]);
	});

	it.each([
		['stream=cut-short', '"status":"IN_QUEUE"'],
		['stream=early', '"status":"COMPLETED"'],
		['stream=garbage', '"status":'],
		['stream=unknown-state', '"status":"PAUSED"'],
		['stream=buffered', '"status":"IN_QUEUE" "status":"IN_PROGRESS" "status":"COMPLETED"'],
		['status=unknown-state', '"status":"PAUSED"'],
		['status=500][sandbox:stream=cut-short', '"status":"IN_QUEUE"'],
	])('streams, by [sandbox:%s], %s', async (token, statuses) => {
		const { json } = await submit({ prompt: `a cat [sandbox:seconds=0.3][sandbox:${token}]` });
		const { bytes } = await get(`${json.status_url}/stream`);
		expect(
			bytes
				.toString()
				.match(/"status":("\w+")?/g)
				?.join(' '),
		).toBe(statuses);
	});

	it.each([
		['silent', ['IN_QUEUE']],
		['endless', ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']],
	])('goes on after the last event, by [sandbox:stream=%s]', async (fault, statuses) => {
		const { json } = await submit({ prompt: `a cat [sandbox:polls=2][sandbox:stream=${fault}]` });
		const stop = new AbortController();
		const answer = await fetch(`${json.status_url}/stream`, {
			headers: { authorization: key() },
			signal: stop.signal,
		});
		const events = statuses.map((status) => `"status":"${status}"`);
		let text = '';
		const isOver = (async () => {
			for await (const chunk of answer.body ?? []) {
				text += Buffer.from(chunk as Uint8Array).toString();
			}
			return true;
		})().catch(() => false);
		while (!events.every((event) => text.includes(event))) await sleepMs(5);
		// Enough for several more events, or for the end.
		await sleepMs(100);
		stop.abort();
		expect(await isOver).toBe(false);
		expect(text.match(/"status":"\w+"/g)).toEqual(events);
	});

	it.each(['/status', '/status/stream', ''])("doesn't know an unknown request%s", async (path) => {
		const url = `${sandbox.current.urls.fal}/fal-ai/z-image/requests/00000000-0000-4000-8000-000000000000`;
		expect(await get(url + path)).toMatchObject({ status: 404, json: { status: 'NOT_FOUND' } });
	});

	it('never finishes if the prompt asks for it', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:never]' });
		for (let poll = 0; poll < 3; poll++) {
			expect((await get(json.status_url)).json.status).toBe('IN_PROGRESS');
		}
	});

	it('refuses beyond fal_max_queue_length', async () => {
		const waiting = { prompt: 'a cat [sandbox:polls=5]' };
		expect((await submit(waiting)).json.queue_position).toBe(0);
		expect((await submit(waiting)).json.queue_position).toBe(1);
		expect((await submit(waiting, LORA, '?fal_max_queue_length=2')).status).toBe(200);
		expect((await submit(waiting, LORA, '?fal_max_queue_length=2')).status).toBe(429);
	});

	it("reports each request's own position, which moves up", async () => {
		const waiting = { prompt: 'a cat [sandbox:polls=9]' };
		const [first, second, third] = [
			(await submit(waiting)).json,
			(await submit(waiting)).json,
			(await submit(waiting)).json,
		];
		expect((await submit(waiting, TURBO)).json.queue_position).toBe(0);
		expect((await get(second.status_url)).json.queue_position).toBe(1);
		await get(first.status_url);
		expect((await get(first.status_url)).json.status).toBe('IN_PROGRESS');
		expect((await get(third.status_url)).json).toMatchObject({
			status: 'IN_QUEUE',
			queue_position: 0,
		});
	});
});

describe('X-Fal-Request-Timeout', () => {
	const WAIT = 'a cat [sandbox:polls=5]';
	const within = (seconds: string, prompt = WAIT) =>
		call<FalBody>(`${sandbox.current.urls.fal}/${LORA}`, {
			key: key(),
			body: { prompt },
			headers: { 'x-fal-request-timeout': seconds },
		});
	const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

	it("fails what hasn't started by then", async () => {
		const { json } = await within('0.05');
		await sleep(60);
		expect((await get(json.status_url)).json).toMatchObject({
			status: 'COMPLETED',
			error_type: 'request_timeout',
		});
		const result = await get(json.response_url);
		expect(result).toMatchObject({
			status: 504,
			json: { error_type: 'request_timeout' },
			headers: {
				'x-fal-error-type': 'request_timeout',
				'x-fal-request-timeout-type': 'user',
				'x-fal-needs-retry': '0',
			},
		});
	});

	it.each([
		['has started', '0.05', WAIT, 'IN_PROGRESS'],
		['has more time', '60', WAIT, 'IN_PROGRESS'],
		['asks for nonsense', 'soon', WAIT, 'IN_PROGRESS'],
		['was done before', '0.05', 'a cat', 'COMPLETED'],
	])("doesn't fail what %s", async (_name, seconds, prompt, state) => {
		const { json } = await within(seconds, prompt);
		await get(json.status_url);
		await sleep(60);
		const status = (await get(json.status_url)).json;
		expect(status).toMatchObject({ status: state });
		expect(status).not.toHaveProperty('error');
	});
});

describe('cancel', () => {
	const cancel = (url: string) => call<FalBody>(url, { method: 'PUT', key: key() });

	it.each([
		['removes a waiting request', 'polls=9', 200, 'OK'],
		['asks a running request to stop', 'never', 202, 'CANCELLATION_REQUESTED'],
	])('%s, which then fails', async (_name, token, code, status) => {
		const { json } = await submit({ prompt: `a cat [sandbox:${token}]` });
		expect(await cancel(json.cancel_url)).toMatchObject({ status: code, json: { status } });
		expect((await get(json.status_url)).json).toMatchObject({
			status: 'COMPLETED',
			error_type: 'client_cancelled',
		});
		expect(await get(json.response_url)).toMatchObject({
			status: 499,
			headers: { 'x-fal-error-type': 'client_cancelled' },
		});
	});

	it("can't stop a model that ignores it", async () => {
		const running = 'a cat [sandbox:polls=2] [sandbox:uncancelable]';
		const { json } = await submit({ prompt: running, image_size: 'square' });
		await get(json.status_url);
		expect(await cancel(json.cancel_url)).toMatchObject({
			status: 202,
			json: { status: 'CANCELLATION_REQUESTED' },
		});
		expect((await get(json.status_url)).json.status).toBe('IN_PROGRESS');
		const completed = (await get(json.status_url)).json;
		expect(completed).toMatchObject({ status: 'COMPLETED' });
		expect(completed).not.toHaveProperty('error');
		expect((await get(json.response_url)).json.images).toHaveLength(1);
	});

	it('removes a waiting request from the queue, even if its model ignores cancels', async () => {
		const { json } = await submit({ prompt: 'a cat [sandbox:polls=9] [sandbox:uncancelable]' });
		expect(await cancel(json.cancel_url)).toMatchObject({ status: 200, json: { status: 'OK' } });
		expect((await get(json.response_url)).status).toBe(499);
	});

	it.each([
		['a completed request', 'a cat', 400, 'ALREADY_COMPLETED'],
		['an unknown request', undefined, 404, 'NOT_FOUND'],
	])('responds to %s', async (_name, prompt, status, state) => {
		const url =
			prompt === undefined
				? `${sandbox.current.urls.fal}/fal-ai/z-image/requests/nothing/cancel`
				: (await submit({ prompt })).json.cancel_url;
		expect(await cancel(url)).toMatchObject({ status, json: { status: state } });
	});
});

describe('output', () => {
	it.each([
		['queue', resultOf],
		['direct', run],
	])('of a %s request names every image as it is', async (_way, ask) => {
		const body = {
			prompt: 'a red fox',
			seed: 7,
			num_images: 2,
			output_format: 'webp',
			image_size: 'square',
		};
		const { status, headers, json } = await ask(body);
		expect(status).toBe(200);
		expect(headers['x-fal-request-id']).toMatch(/^[\da-f-]{36}$/);
		expect(headers['x-fal-billable-units']).toBe('2');
		expect(json).toEqual({
			images: [like.anything(), like.anything()],
			timings: { inference: like.any(Number) },
			seed: 7,
			has_nsfw_concepts: [false, false],
			prompt: 'a red fox',
		});
		const files: Reply[] = [];
		for (const image of json.images) {
			expect(image).toMatchObject({ content_type: 'image/webp', width: 512, height: 512 });
			expect(image.url).toMatch(/\/files\/b\/[\da-f]{8}\/[\w-]{20}\.webp$/);
			expect(image.url).toMatch(image.file_name);
			const file = await call(image.url);
			expect(file.headers).toMatchObject({
				'content-type': 'image/webp',
				'content-length': String(image.file_size),
			});
			expect(file.bytes).toHaveLength(image.file_size);
			files.push(file);
		}
		expect(files[0]?.bytes.equals(files[1]?.bytes ?? Buffer.alloc(0))).toBe(false);
	});

	it.each([
		[undefined, 1024, 768],
		['square_hd', 1024, 1024],
		['portrait_4_3', 768, 1024],
		['portrait_16_9', 576, 1024],
		['landscape_16_9', 1024, 576],
		[{ width: 300, height: 200 }, 300, 200],
		[{}, 512, 512],
		[{ width: 300, height: 200, unit: 'px' }, 300, 200],
		[{ width: 2000, height: 2000 }, 2000, 2000],
	])('image_size %p is %d x %d', async (image_size, width, height) => {
		const { json } = await run({ prompt: 'a cat', image_size, output_format: 'jpeg' }, TURBO);
		expect(json.images[0]).toMatchObject({ width, height });
		const image = await loadImage((await call(json.images[0].url)).bytes);
		expect([image.width, image.height]).toEqual([width, height]);
	});

	it('records the ignored fields of a size', async () => {
		await run({ prompt: 'a cat', image_size: { width: 64, height: 64, unit: 'px' } });
		expect(sandbox.current.ignoredFields).toEqual([
			{ provider: 'falSync', fields: ['image_size.unit'] },
		]);
	});

	it('has the same bytes for the same seed and different ones for another', async () => {
		const bytes = async (seed?: number) => {
			const { json } = await run({
				prompt: 'a cat',
				image_size: 'square',
				...(seed === undefined ? {} : { seed }),
			});
			return {
				seed: json.seed,
				data: (await call(json.images[0].url)).bytes.toString('base64'),
			};
		};
		const [one, two, other, random] = [
			await bytes(1),
			await bytes(1),
			await bytes(2),
			await bytes(),
		];
		expect(one).toEqual(two);
		expect(other.data).not.toBe(one.data);
		expect(random.seed).toBeGreaterThan(0);
		expect(await bytes(random.seed)).toEqual(random);
	});

	it('comes as a data URI in sync_mode', async () => {
		const { json } = await run({
			prompt: 'a cat',
			sync_mode: true,
			output_format: 'jpeg',
			image_size: 'square',
		});
		const [, base64 = ''] = /^data:image\/jpeg;base64,(.+)$/.exec(json.images[0].url) ?? [];
		expect(Buffer.from(base64, 'base64').subarray(0, 3).toString('hex')).toBe('ffd8ff');
	});

	it.each([
		[true, [true, true]],
		[false, [false, false]],
	])('flags with the safety checker %p', async (enable_safety_checker, flags) => {
		const body = {
			prompt: 'a cat [sandbox:nsfw]',
			num_images: 2,
			enable_safety_checker,
			image_size: 'square',
		};
		expect((await run(body)).json.has_nsfw_concepts).toEqual(flags);
	});
});

describe('validation: accepted, then 422 in the result', () => {
	const invalid: [string, object, (string | number)[], string][] = [
		['no prompt', {}, ['prompt'], 'missing'],
		["a prompt that isn't text", { prompt: 5 }, ['prompt'], 'string_type'],
		['an unknown field', { prompt: 'x', guidance_scale: 3 }, ['guidance_scale'], 'extra_forbidden'],
		[
			'no steps',
			{ prompt: 'x', num_inference_steps: 0 },
			['num_inference_steps'],
			'greater_than_equal',
		],
		[
			'many steps',
			{ prompt: 'x', num_inference_steps: 9 },
			['num_inference_steps'],
			'less_than_equal',
		],
		[
			'half a step',
			{ prompt: 'x', num_inference_steps: 1.5 },
			['num_inference_steps'],
			'int_from_float',
		],
		['many images', { prompt: 'x', num_images: 5 }, ['num_images'], 'less_than_equal'],
		['a seed as text', { prompt: 'x', seed: '7' }, ['seed'], 'int_type'],
		['another format', { prompt: 'x', output_format: 'gif' }, ['output_format'], 'one_of'],
		['another preset', { prompt: 'x', image_size: '1024x1024' }, ['image_size'], 'one_of'],
		[
			'no width',
			{ prompt: 'x', image_size: { width: 0 } },
			['image_size', 'width'],
			'greater_than',
		],
		[
			'a huge height',
			{ prompt: 'x', image_size: { width: 1, height: 14143 } },
			['image_size', 'height'],
			'less_than_equal',
		],
		[
			'more than 4 megapixels',
			{ prompt: 'x', image_size: { width: 2048, height: 2049 } },
			['image_size'],
			'value_error',
		],
		['another acceleration', { prompt: 'x', acceleration: 'max' }, ['acceleration'], 'one_of'],
		['a flag as text', { prompt: 'x', sync_mode: 'yes' }, ['sync_mode'], 'bool_type'],
		[
			'four LoRAs',
			{ prompt: 'x', loras: Array(4).fill({ path: 'a/b' }) },
			['loras'],
			'sequence_too_long',
		],
		[
			'a LoRA without path',
			{ prompt: 'x', loras: [{ scale: 1 }] },
			['loras', 0, 'path'],
			'missing',
		],
		[
			'a scale above 4',
			{ prompt: 'x', loras: [{ path: 'a/b', scale: 4.5 }] },
			['loras', 0, 'scale'],
			'less_than_equal',
		],
		["LoRAs that aren't a list", { prompt: 'x', loras: 'a/b' }, ['loras'], 'list_type'],
		[
			'an unknown field of a LoRA',
			{ prompt: 'x', loras: [{ path: 'a/b', weight: 1 }] },
			['loras', 0, 'weight'],
			'extra_forbidden',
		],
	];
	it.each(invalid)('%s', async (_name, body, loc, type) => {
		const submitted = await submit(body);
		expect(submitted.status).toBe(200);
		expect((await get(submitted.json.status_url)).json.status).toBe('COMPLETED');
		const result = await get(submitted.json.response_url);
		expect(result.status).toBe(422);
		expect(result.json.detail).toEqual([
			like.object({
				loc: ['body', ...loc],
				type,
				msg: like.any(String),
				url: like.any(String),
			}),
		]);
		expect((await run(body)).json).toEqual(result.json);
	});

	it('accepts 4 megapixels', async () => {
		const image_size = { width: 2048, height: 2048 };
		// It fails because of its prompt, not because of its size. Nothing that large has to be drawn.
		expect((await run({ prompt: 'x [sandbox:fail]', image_size })).status).toBe(500);
	});

	it('refuses LoRAs on the endpoint without LoRAs', async () => {
		const { status, json } = await run({ prompt: 'x', loras: [] }, TURBO);
		expect(status).toBe(422);
		expect(json.detail[0]).toMatchObject({ loc: ['body', 'loras'], type: 'extra_forbidden' });
	});

	it('lists every error', async () => {
		const { json } = await run({ num_images: 9, seed: 'x' });
		expect(json.detail).toHaveLength(3);
	});

	it("refuses a body that isn't JSON at once", async () => {
		expect(await submit('{"prompt": ')).toMatchObject({
			status: 422,
			json: { detail: [{ type: 'json_invalid' }] },
		});
	});

	it.each([
		['application/json', 200],
		['Application/JSON; charset=utf-8', 200],
		['application/problem+json', 200],
		['application/x-www-form-urlencoded', 422],
		['text/plain', 422],
		['application/jsonl', 422],
	])('a body of %s is %d', async (type, status) => {
		const headers = { 'content-type': type };
		for (const host of ['fal', 'falSync'] as const) {
			const url = `${sandbox.current.urls[host]}/${LORA}`;
			const reply = await call(url, { key: key(), headers, body: '{"prompt": "a cat"}' });
			expect(reply.status).toBe(status);
		}
	});

	it('refuses an unknown token', async () => {
		expect(await submit({ prompt: 'x [sandbox:sleep=3]' })).toMatchObject({
			status: 422,
			json: { detail: [{ msg: like.textWith('[sandbox:sleep=3]') }] },
		});
	});
});

describe('keys', () => {
	const unknown = '/fal-ai/z-image/requests/00000000-0000-4000-8000-000000000000/status';
	const pricing = `/v1/models/pricing?endpoint_id=${LORA}`;
	it.each([
		['submit', 'POST', `/${LORA}`, undefined, 401],
		['submit', 'POST', `/${LORA}`, 'Key wrong:key', 401],
		['submit', 'POST', `/${LORA}`, 'Bearer sandbox-fal-id:sandbox-fal-secret', 401],
		['submit', 'POST', `/${LORA}`, 'sandbox-fal-id:sandbox-fal-secret', 401],
		['status', 'GET', unknown, 'Key wrong:key', 401],
		['status', 'GET', unknown, undefined, 404],
		['status', 'GET', unknown, 'Key sandbox-fal-id:sandbox-fal-secret', 404],
		['pricing', 'GET', pricing, undefined, 401],
		['pricing', 'GET', pricing, 'Key wrong:key', 401],
		['pricing', 'GET', pricing, 'Key sandbox-fal-id:sandbox-fal-secret', 200],
		['models', 'GET', '/v1/models?limit=1', undefined, 200],
		['billing', 'GET', '/v1/account/billing', 'Key sandbox-fal-id:sandbox-fal-secret', 403],
	] as const)('%s (%s %s) with %p is %d', async (_name, method, path, given, status) => {
		const reply = await call(sandbox.current.urls.fal + path, {
			method,
			...(given === undefined ? {} : { key: given }),
			...(method === 'POST' ? { body: { prompt: 'x' } } : {}),
		});
		expect(reply.status).toBe(status);
	});

	it('names the wrong key in fal’s words, on both hosts', async () => {
		for (const url of [sandbox.current.urls.fal, sandbox.current.urls.falSync]) {
			const { json } = await call<FalBody>(`${url}/${LORA}`, {
				key: 'Key wrong',
				body: { prompt: 'x' },
			});
			expect(json).toEqual({ detail: 'invalid key credentials' });
		}
	});

	it('returns the price of each endpoint', async () => {
		const ids = `endpoint_id=${TURBO}&endpoint_id=${LORA}`;
		const { json } = await get(`${sandbox.current.urls.fal}/v1/models/pricing?${ids}`);
		expect(json.prices).toEqual([
			{ endpoint_id: TURBO, unit_price: 0.005, unit: 'megapixels', currency: 'USD' },
			{ endpoint_id: LORA, unit_price: 0.0085, unit: 'megapixels', currency: 'USD' },
		]);
	});

	it.each([
		['turbo', 0.005, 0.0085],
		['turbo/image-to-image', 0.005, 0.0085],
		['turbo/controlnet', 0.0065, 0.01],
		['turbo/tiling', 0.02, 0.025],
		['base', 0.01, 0.012],
	])('%s costs %d, with LoRAs %d', async (path, plain, withLoras) => {
		const id = `fal-ai/z-image/${path}`;
		const { json } = await get(
			`${sandbox.current.urls.fal}/v1/models/pricing?endpoint_id=${id},${id}/lora`,
		);
		expect(json.prices).toMatchObject([{ unit_price: plain }, { unit_price: withLoras }]);
	});

	it.each([
		[`endpoint_id=${TURBO}`, [TURBO]],
		[`endpoint_id=${TURBO}&endpoint_id=${LORA}`, [TURBO, LORA]],
		[`endpoint_id=${TURBO},${LORA}&limit=1`, [TURBO]],
	])('lists the models of %s', async (query, ids) => {
		const { json } = await call<{ models: unknown[] }>(
			`${sandbox.current.urls.fal}/v1/models?${query}`,
		);
		expect(json.models).toMatchObject(ids.map((endpoint_id) => ({ endpoint_id })));
	});

	it.each([
		['GET', '/v1'],
		['GET', '/v1/nothing'],
		['POST', '/v1/models'],
		['GET', '/v1/models?endpoint_id=fal-ai/nothing'],
		['GET', '/v1/models/pricing?endpoint_id=fal-ai/nothing'],
	] as const)("%s %s is unknown in the platform's words", async (method, path) => {
		const reply = await call(sandbox.current.urls.fal + path, { method, key: key() });
		expect(reply).toMatchObject({
			status: 404,
			json: { error: { type: 'not_found', message: like.any(String) } },
		});
	});

	it.each([
		['fal', 'DELETE', '/fal-ai/z-image/turbo'],
		['falSync', 'GET', '/fal-ai/z-image/turbo'],
		['falSync', 'PUT', '/'],
	] as const)('%s responds to %s %s like fal', async (host, method, path) => {
		const reply = await fetch(sandbox.current.urls[host] + path, { method });
		expect(reply.status).toBe(404);
		expect(await reply.json()).toEqual({ detail: 'Not Found' });
	});

	it.each([TURBO + '/upscale', 'fal-ai/flux/dev', 'v1/nothing'])('has no %s', async (endpoint) => {
		expect((await submit({ prompt: 'x' }, endpoint)).status).toBe(404);
		expect((await run({ prompt: 'x' }, endpoint)).status).toBe(404);
	});
});

describe('failures', () => {
	it.each([
		['fail=out of paint', {}, 500],
		['fail-as=error', { error_type: 'internal_error' }, 500],
		['fail-as=runner', { error_type: 'runner_disconnected' }, 503],
		['fail-as=text-400', {}, 400],
		['fail-as=text-422', {}, 422],
		['fail-as=text-499', {}, 499],
		['fail-as=text-500', {}, 500],
		['fail-as=422', {}, 422],
		['fail-as=500', {}, 500],
		['fail-as=504', {}, 504],
		['fail-as=text-400', {}, 400],
		['fail-as=text-422', {}, 422],
		['fail-as=text-499', {}, 499],
		['fail-as=text-500', {}, 500],
		['fail-as=detail-200', {}, 200],
		['moderate', {}, 422],
	])('%s', async (token, state, status) => {
		const { json } = await submit({ prompt: `x [sandbox:${token}]` });
		const completed = (await get(json.status_url)).json;
		expect(completed).toMatchObject({ status: 'COMPLETED', ...state });
		expect('error' in completed).toBe('error_type' in state);
		const result = await get(json.response_url);
		expect(result.status).toBe(status);
		expect(result.json).toHaveProperty('detail');
		expect((await run({ prompt: `x [sandbox:${token}]` })).status).toBe(status);
	});

	it.each([
		['fail', 'list', undefined, '1'],
		['fail-as=500', 'list', undefined, '1'],
		['fail-as=422', 'list', undefined, '0'],
		['fail-as=504', 'list', undefined, '1'],
		['fail-as=error', 'text', 'internal_error', '0'],
		['fail-as=runner', 'text', 'runner_disconnected', '1'],
		['fail-as=text-422', 'text', undefined, '0'],
		['fail-as=text-499', 'text', undefined, '0'],
		['fail-as=text-500', 'text', undefined, '1'],
	])('%s is a %s with the headers of its kind', async (token, form, errorType, needsRetry) => {
		const { headers, json } = await resultOf({ prompt: `x [sandbox:${token}]` });
		expect(Array.isArray(json.detail) ? 'list' : typeof json.detail).toBe(
			form === 'text' ? 'string' : form,
		);
		expect(json).toEqual({
			detail: like.anything(),
			...(errorType === undefined ? {} : { error_type: errorType }),
		});
		expect(headers['x-fal-error-type']).toBe(errorType);
		expect(headers['x-fal-needs-retry']).toBe(needsRetry);
		expect(headers).not.toHaveProperty('x-fal-billable-units');
	});

	it('reports moderation by its type', async () => {
		const { headers, json } = await resultOf({ prompt: 'x [sandbox:moderate]' });
		expect(json.detail[0]).toMatchObject({
			type: 'content_policy_violation',
			loc: ['body', 'prompt'],
		});
		expect(headers).toMatchObject({ 'x-fal-retryable': 'false', 'x-fal-needs-retry': '0' });
	});

	it.each([
		['moderate=sexual, violence', ['sexual', 'violence']],
		['moderate=model_moderated', ['model_moderated']],
		['moderate', undefined],
	])('%s has the categories %p', async (token, categories) => {
		const { json } = await resultOf({ prompt: `x [sandbox:${token}]` });
		expect((json.detail[0] as { categories?: unknown }).categories).toEqual(categories);
	});

	it('locks an account without money', async () => {
		expect(await submit({ prompt: 'x [sandbox:no-money]' })).toMatchObject({
			status: 403,
			json: { detail: like.textWith('User is locked. Reason: Exhausted balance.') },
		});
	});
});
