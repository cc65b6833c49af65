import { loadImage } from '@napi-rs/canvas';
import type { V3Body } from './bodies';
import { authorization, call, useSandbox } from './http';
import { like } from './like';

const sandbox = useSandbox();
type Host = 'novita' | 'highway';

const TURBO = 'z-image-turbo';
const LORA = 'z-image-turbo-lora';
const submit = (host: Host, model: string, body: unknown) =>
	call<V3Body>(`${sandbox.current.urls[host]}/v3/async/${model}`, {
		key: authorization(sandbox.current)[host],
		body,
	});
const resultOf = (host: Host, id: string) =>
	call<V3Body>(`${sandbox.current.urls[host]}/v3/async/task-result?task_id=${id}`, {
		key: authorization(sandbox.current)[host],
		headers: { 'content-type': 'application/json' },
	});
const generate = async (host: Host, model: string, body: unknown) =>
	(await resultOf(host, (await submit(host, model, body)).json.task_id)).json;

const MODELS: [Host, string][] = [
	['novita', TURBO],
	['novita', LORA],
	['highway', LORA],
];

describe.each(MODELS)('%s %s', (host, model) => {
	it('responds to a submit with only a task ID', async () => {
		const { status, json } = await submit(host, model, { prompt: 'a cat' });
		expect(status).toBe(200);
		expect(json).toEqual({ task_id: like.text(/^[\da-f-]{36}$/) });
	});

	it('has the documented result', async () => {
		const body = { prompt: 'a cat', size: '640*480', seed: 7 };
		const { json } = await submit(host, model, body);
		const result = (await resultOf(host, json.task_id)).json;
		expect(result).toEqual({
			extra: {
				seed: '7',
				enable_nsfw_detection: false,
				debug_info: {
					request_info: '',
					submit_time_ms: like.text(/^\d{13}$/),
					execute_time_ms: like.text(/^\d{13}$/),
					complete_time_ms: like.text(/^\d{13}$/),
				},
			},
			task: {
				task_id: json.task_id,
				status: 'TASK_STATUS_SUCCEED',
				reason: '',
				task_type: like.any(String),
				eta: 0,
				progress_percent: 0,
			},
			images: [
				{
					image_url: like.text(/[?&]X-Amz-Expires=3600&/),
					image_url_ttl: 3600,
					image_type: 'webp',
					nsfw_detection_result: null,
				},
			],
			videos: [],
			audios: [],
		});
		expect((await resultOf(host, json.task_id)).json).toEqual(result);
		const file = await call(result.images[0].image_url);
		expect(file.headers['content-type']).toBe('image/webp');
		const { width, height } = await loadImage(file.bytes);
		expect({ width, height }).toEqual({ width: 640, height: 480 });
	});

	it('goes QUEUED, PROCESSING, SUCCEED', async () => {
		const { json } = await submit(host, model, { prompt: 'a cat [sandbox:polls=2]' });
		const seen = [];
		for (let poll = 0; poll < 3; poll++) {
			const { status, json: result } = await resultOf(host, json.task_id);
			seen.push([status, result.task.status, result.images.length]);
		}
		expect(seen).toEqual([
			[200, 'TASK_STATUS_QUEUED', 0],
			[200, 'TASK_STATUS_PROCESSING', 0],
			[200, 'TASK_STATUS_SUCCEED', 1],
		]);
	});

	it('fails with a reason, and 200', async () => {
		const result = await generate(host, model, { prompt: 'a cat [sandbox:fail=out of paint]' });
		expect(result.task).toMatchObject({ status: 'TASK_STATUS_FAILED', reason: 'out of paint' });
		expect(result.images).toEqual([]);
	});

	it('draws a random seed for -1 and reports it', async () => {
		const body = { prompt: 'a cat', size: '256*256' };
		const one = await generate(host, model, { ...body, seed: -1 });
		const two = await generate(host, model, body);
		expect(one.extra.seed).toMatch(/^\d+$/);
		expect(one.extra.seed).not.toBe(two.extra.seed);
		const again = await generate(host, model, { ...body, seed: Number(one.extra.seed) });
		const bytes = async (result: typeof one) => (await call(result.images[0].image_url)).bytes;
		expect((await bytes(again)).equals(await bytes(one))).toBe(true);
		expect((await bytes(two)).equals(await bytes(one))).toBe(false);
	});

	it.each([
		['no prompt', {}, 'prompt'],
		['an empty prompt', { prompt: '' }, 'prompt'],
		['a size with x', { prompt: 'x', size: '1024x1024' }, 'size'],
		['a size that is too small', { prompt: 'x', size: '255*1024' }, 'size'],
		['a size that is too big', { prompt: 'x', size: '1024*1537' }, 'size'],
		['a size that is a number', { prompt: 'x', size: 1024 }, 'size'],
		['a seed below -1', { prompt: 'x', seed: -2 }, 'seed'],
		['a seed above 31 bits', { prompt: 'x', seed: 2147483648 }, 'seed'],
		['half a seed', { prompt: 'x', seed: 1.5 }, 'seed'],
		['an unknown field', { prompt: 'x', num_images: 2 }, 'num_images'],
		['no object', ['x'], ''],
		['no JSON', '{', ''],
	])('refuses %s', async (_name, body, field) => {
		const { status, json } = await submit(host, model, body);
		expect(status).toBe(400);
		expect(json).toEqual({
			code: 400,
			reason: 'INVALID_REQUEST_BODY',
			message: like.textWith(field),
			metadata: {},
		});
	});

	it('requires the Content-Type that is documented as required', async () => {
		const reply = await call<V3Body>(`${sandbox.current.urls[host]}/v3/async/${model}`, {
			key: authorization(sandbox.current)[host],
			headers: { 'content-type': 'text/plain' },
			body: '{"prompt": "a cat"}',
		});
		expect(reply.json.reason).toBe('INVALID_REQUEST_BODY');
	});

	it.each([
		['moderate', 400, 'ILLEGAL_PROMPT'],
		[
			'no-money',
			host === 'novita' ? 400 : 403,
			host === 'novita' ? 'BILLING_BALANCE_NOT_ENOUGH' : 'NOT_ENOUGH_BALANCE',
		],
		['submit=429', 429, 'RATE_LIMIT_EXCEEDED'],
		['sleep', 400, 'INVALID_REQUEST_BODY'],
	])('[sandbox:%s] is %d %s', async (token, status, reason) => {
		const reply = await submit(host, model, { prompt: `x [sandbox:${token}]` });
		expect(reply).toMatchObject({ status, json: { code: status, reason, metadata: {} } });
	});

	it('flags an image', async () => {
		const result = await generate(host, model, { prompt: 'x [sandbox:nsfw]' });
		expect(result.images[0].nsfw_detection_result).toEqual(like.any(Object));
	});
});

describe('LoRAs', () => {
	const base = { prompt: 'a cat', seed: 3, size: '256*256' };
	it.each(['novita', 'highway'] as const)('of %s change the image', async (host) => {
		const bytes = async (loras: unknown) =>
			(
				await call((await generate(host, LORA, { ...base, loras })).images[0].image_url)
			).bytes.toString('base64');
		const all = await Promise.all([
			bytes([]),
			bytes([{ path: 'a/b' }]),
			bytes([{ path: 'a/b', scale: 0.5 }]),
			bytes([{ path: 'c/d', scale: 1 }]),
		]);
		expect(new Set(all).size).toBe(4);
		expect(await bytes([{ path: 'a/b', scale: 1 }])).toBe(all[1]);
	});

	it.each([
		['four', Array(4).fill({ path: 'a/b' })],
		['no path', [{ scale: 1 }]],
		['scale 4.1', [{ path: 'a/b', scale: 4.1 }]],
		['scale -1', [{ path: 'a/b', scale: -1 }]],
		['texts', ['a/b']],
	])('refuses %s', async (_name, loras) => {
		for (const host of ['novita', 'highway'] as const) {
			expect((await submit(host, LORA, { ...base, loras })).json.reason).toBe(
				'INVALID_REQUEST_BODY',
			);
		}
	});

	it('are unknown to the model without them', async () => {
		expect((await submit('novita', TURBO, { ...base, loras: [] })).status).toBe(400);
	});
});

describe('what only one of them supports', () => {
	it.each([
		['jpeg', 'ffd8ff'],
		['png', '89504e47'],
		['webp', '52494646'],
	])('highway output_format %s', async (output_format, magic) => {
		const { images } = await generate('highway', LORA, { prompt: 'x', output_format });
		expect(images[0].image_type).toBe(output_format);
		const file = await call(images[0].image_url);
		expect(file.headers['content-type']).toBe(`image/${output_format}`);
		expect(file.bytes.toString('hex').startsWith(magic)).toBe(true);
	});

	it.each([
		[{ strength: 0.5 }, false],
		[{ mask: 'https://example.com/m.png' }, false],
		[{ image_url: 'https://example.com/i.png', strength: 1.1 }, false],
		[{ image_url: 'https://example.com/i.png', strength: 0.6 }, true],
		[{ image_url: 'https://example.com/i.png', mask: 'https://example.com/m.png' }, true],
		[{ output_format: 'gif' }, false],
	])('highway %p is accepted: %p', async (fields, isAccepted) => {
		const { status } = await submit('highway', LORA, { prompt: 'x', ...fields });
		expect(status).toBe(isAccepted ? 200 : 400);
	});

	it.each([
		['novita', TURBO],
		['highway', LORA],
	] as const)('%s enable_base64_output', async (host, model) => {
		const { images } = await generate(host, model, { prompt: 'x', enable_base64_output: true });
		expect(Buffer.from(images[0].image_url, 'base64').subarray(8, 12).toString()).toBe('WEBP');
	});

	it('novita has no base64 and no format on the LoRA model, highway has no model without LoRAs', async () => {
		expect((await submit('novita', LORA, { prompt: 'x', enable_base64_output: true })).status).toBe(
			400,
		);
		expect((await submit('novita', LORA, { prompt: 'x', output_format: 'png' })).status).toBe(400);
		expect(await submit('highway', TURBO, { prompt: 'x' })).toMatchObject({
			status: 404,
			json: { reason: 'MODEL_NOT_FOUND' },
		});
	});
});

describe('keys', () => {
	const balance = '/openapi/v1/billing/balance/detail';
	const task = '/v3/async/task-result?task_id=00000000-0000-4000-8000-000000000000';
	it.each([
		['novita', balance, undefined, 400, 'MISSING_API_KEY'],
		['novita', balance, 'Bearer wrong', 403, 'INVALID_API_KEY'],
		['novita', task, undefined, 400, 'MISSING_API_KEY'],
		['novita', task, 'Bearer wrong', 403, 'INVALID_API_KEY'],
		['novita', task, 'Key sk_sandbox_novita', 403, 'INVALID_API_KEY'],
		['novita', task, 'Bearer sk_sandbox_novita', 404, 'TASK_NOT_FOUND'],
		['novita', task, 'sk_sandbox_novita', 404, 'TASK_NOT_FOUND'],
		['novita', '/v3/nothing', 'Bearer sk_sandbox_novita', 404, 'API_NOT_FOUND'],
		['highway', task, undefined, 403, 'INVALID_API_KEY'],
		['highway', task, 'Bearer wrong', 401, 'FAILED_TO_AUTH'],
		['highway', task, 'Bearer sk_sandbox_highway', 404, 'TASK_NOT_FOUND'],
		['highway', balance, 'Bearer sk_sandbox_highway', 404, 'MODEL_NOT_FOUND'],
	] as const)('%s %s with %p is %d %s', async (host, path, given, status, reason) => {
		const reply = await call(
			sandbox.current.urls[host] + path,
			given === undefined ? {} : { key: given },
		);
		expect(reply).toMatchObject({ status, json: { code: status, reason } });
	});

	it.each(['novita', 'highway'] as const)('%s refuses a submit with a wrong key', async (host) => {
		const url = `${sandbox.current.urls[host]}/v3/async/${LORA}`;
		expect((await call(url, { key: 'Bearer wrong', body: { prompt: 'x' } })).status).toBe(
			host === 'novita' ? 403 : 401,
		);
		expect((await call(url, { body: { prompt: 'x' } })).status).toBe(host === 'novita' ? 400 : 403);
	});

	it('novita returns the balance as strings', async () => {
		const reply = await call(sandbox.current.urls.novita + balance, {
			key: authorization(sandbox.current).novita,
		});
		expect(reply.json).toEqual({
			availableBalance: '100000',
			cashBalance: '100000',
			creditLimit: '0',
			pendingCharges: '0',
			outstandingInvoices: '0',
		});
	});
});
