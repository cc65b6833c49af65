import { loadImage } from '@napi-rs/canvas';
import type { AimlapiBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { like } from './like';

const sandbox = useSandbox();
const TURBO = 'alibaba/z-image-turbo';
const LORA = 'alibaba/z-image-turbo-lora';
const generate = (body: unknown, headers?: Record<string, string>) =>
	call<AimlapiBody>(`${sandbox.current.urls.aimlapi}/v1/images/generations`, {
		key: authorization(sandbox.current).aimlapi,
		body,
		...(headers === undefined ? {} : { headers }),
	});

const PROMPT = 'A T-Rex relaxing on a beach, lying on a sun lounger and wearing sunglasses.';

describe('the two documented examples', () => {
	const size = { image_size: { width: 1440, height: 512 } };
	it.each([
		['without LoRA', {}, { tokens_used: 17850 }],
		[
			'with LoRA',
			{ loras: [{ path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 }] },
			{ credits_used: 17850 },
		],
	])('%s', async (_name, fields, usage) => {
		const { status, json } = await generate({ model: LORA, prompt: PROMPT, ...size, ...fields });
		expect(status).toBe(200);
		expect(json).toEqual({
			data: [{ url: like.text(/\/flamingo\/files\/b\/[\da-f]{8}\/[\w-]{20}\.png$/) }],
			meta: { usage },
		});
		const file = await call(json.data[0].url);
		expect(file.headers['content-type']).toBe('image/png');
		const { width, height } = await loadImage(file.bytes);
		expect({ width, height }).toEqual({ width: 1440, height: 512 });
	});
});

describe('images', () => {
	it.each([
		[TURBO, {}, 1024, 768, 1],
		[TURBO, { num_images: 4, output_format: 'jpeg' }, 1024, 768, 4],
		[LORA, { image_size: 'portrait_16_9', output_format: 'webp' }, 576, 1024, 1],
		[LORA, { image_size: { width: 512 } }, 512, 768, 1],
	])('%s %p', async (model, fields, width, height, count) => {
		const { json } = await generate({ model, prompt: 'a cat', ...fields });
		expect(json.data).toHaveLength(count);
		const image = await loadImage((await call(json.data[0].url)).bytes);
		expect([image.width, image.height]).toEqual([width, height]);
	});

	it('charges for each started megapixel of each image', async () => {
		const usage = async (fields: object) =>
			(await generate({ model: TURBO, prompt: 'x', ...fields })).json.meta.usage;
		expect(await usage({ image_size: 'square' })).toEqual({ tokens_used: 10500 });
		expect(await usage({ image_size: 'square_hd', num_images: 2 })).toEqual({ tokens_used: 42000 });
	});

	it('are the same for the same seed', async () => {
		const bytes = async (seed: number) => {
			const { json } = await generate({ model: TURBO, prompt: 'x', seed, image_size: 'square' });
			return (await call(json.data[0].url)).bytes.toString('base64');
		};
		expect(await bytes(5)).toBe(await bytes(5));
		expect(await bytes(5)).not.toBe(await bytes(6));
	});

	it('are returned although a client sends fields outside the schema, which allows them', async () => {
		expect(
			(await generate({ model: TURBO, prompt: 'x', n: 1, response_format: 'url' })).status,
		).toBe(200);
		await generate({ model: TURBO, prompt: 'x' });
		await generate({
			model: LORA,
			prompt: 'x',
			image_size: { width: 512, height: 512, unit: 'px' },
			loras: [{ path: 'a/b' }, { path: 'a/c', weight: 1 }],
		});
		expect(sandbox.current.ignoredFields).toEqual([
			{ provider: 'aimlapi', fields: ['n', 'response_format'] },
			{ provider: 'aimlapi', fields: ['image_size.unit', 'loras.1.weight'] },
		]);
	});

	it.each(['é', '猫', '🦊'])(
		'are returned for 4000 characters of %s, but not for more',
		async (character) => {
			const status = async (count: number) =>
				(await generate({ model: TURBO, prompt: character.repeat(count), image_size: 'square' }))
					.status;
			expect(await status(4000)).toBe(200);
			expect(await status(4001)).toBe(400);
		},
	);
});

describe('errors', () => {
	it.each([
		['no model', { prompt: 'x' }],
		['another model', { model: 'alibaba/z-image', prompt: 'x' }],
		['no prompt', { model: TURBO }],
		['a long prompt', { model: TURBO, prompt: 'x'.repeat(4001) }],
		['seed 0', { model: TURBO, prompt: 'x', seed: 0 }],
		['seed -1', { model: TURBO, prompt: 'x', seed: -1 }],
		[
			"a width that isn't a multiple of 32",
			{ model: TURBO, prompt: 'x', image_size: { width: 1000, height: 512 } },
		],
		['a small height', { model: TURBO, prompt: 'x', image_size: { width: 512, height: 480 } }],
		['a big height', { model: TURBO, prompt: 'x', image_size: { width: 512, height: 2080 } }],
		['a size as text', { model: TURBO, prompt: 'x', image_size: '1024x1024' }],
		['9 steps', { model: TURBO, prompt: 'x', num_inference_steps: 9 }],
		['5 images', { model: TURBO, prompt: 'x', num_images: 5 }],
		['gif', { model: TURBO, prompt: 'x', output_format: 'gif' }],
		['four LoRAs', { model: LORA, prompt: 'x', loras: Array(4).fill({ path: 'a/b' }) }],
		['a LoRA without path', { model: LORA, prompt: 'x', loras: [{}] }],
		['LoRAs on the model without LoRAs', { model: TURBO, prompt: 'x', loras: [{ path: 'a/b' }] }],
		['no JSON', '{'],
	])('400 for %s', async (_name, body) => {
		const { status, json } = await generate(body);
		expect(status).toBe(400);
		expect(json).toEqual({
			message: like.text(/^Body validation error\n./),
			path: '/v1/images/generations',
			requestId: like.text(/^[\da-f-]{36}$/),
			statusCode: '400',
			timestamp: like.text(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
		});
	});

	it('ignores a body that is not declared as JSON', async () => {
		const { status } = await generate('{"model": "alibaba/z-image-turbo", "prompt": "x"}', {
			'content-type': 'text/plain',
		});
		expect(status).toBe(400);
	});

	it.each([
		['moderate', 400],
		['no-money', 403],
		['fail=out of paint', 500],
		['submit=429', 429],
		['submit=504', 504],
	])('[sandbox:%s] is %d', async (token, statusCode) => {
		const { status, json } = await generate({ model: TURBO, prompt: `x [sandbox:${token}]` });
		expect(status).toBe(statusCode);
		expect(json).toMatchObject({ statusCode: String(statusCode), message: like.any(String) });
	});

	it('an unknown path is 404', async () => {
		expect(await call(`${sandbox.current.urls.aimlapi}/v1/nothing`)).toMatchObject({
			status: 404,
			json: { message: 'Cannot GET /v1/nothing', path: '/v1/nothing' },
		});
	});
});

describe('keys', () => {
	it.each([
		['GET', '/v2/billing', undefined, 401],
		['GET', '/v2/billing', 'Bearer wrong', 401],
		['GET', '/v2/billing', 'Key sandbox-aimlapi', 401],
		['GET', '/v2/billing', 'Bearer sandbox-aimlapi', 200],
		['POST', '/v1/images/generations', undefined, 401],
		['POST', '/v1/images/generations', 'Bearer wrong', 401],
		['GET', '/v1/models', undefined, 200],
	] as const)('%s %s with %p is %d', async (method, path, given, status) => {
		const reply = await call<AimlapiBody>(sandbox.current.urls.aimlapi + path, {
			method,
			...(given === undefined ? {} : { key: given }),
			...(method === 'POST' ? { body: {} } : {}),
		});
		expect(reply.status).toBe(status);
		if (status === 401)
			expect(reply.json.message).toMatch(/^This request requires a valid API key\./);
		if (path === '/v2/billing' && status === 200)
			expect(reply.json).toEqual({ current_balance: 10, currency: 'USD' });
	});
});
