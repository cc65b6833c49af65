import { loadImage } from '@napi-rs/canvas';
import { readFixture } from '../support/fixture';
import type { OpenAiBody } from './bodies';
import { authorization, call, useSandbox, type Call } from './http';
import { dataUri, distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';

const sandbox = useSandbox();
const FLAVORS = [
	'',
	'/sglang',
	'/sglang-files',
	'/sglang-cloud',
	'/vllm-omni',
	'/localai',
	'/sd-server',
] as const;
type Flavor = (typeof FLAVORS)[number];

const root = (): string => sandbox.current.urls.openaiCompatible;
const key = (): string => authorization(sandbox.current).openaiCompatible;
const ask = <Body = OpenAiBody>(path: string, more: Call = {}) =>
	call<Body>(root() + path, { key: key(), ...more });
const generate = (flavor: Flavor, body: unknown, more: Call = {}) =>
	ask(`${flavor}/v1/images/generations`, { body, ...more });

/** What each flavor needs to respond with base64. */
const BODY: Readonly<Record<Flavor, object>> = {
	'': { model: 'z-image-turbo', response_format: 'b64_json' },
	'/sglang': { response_format: 'b64_json' },
	'/sglang-files': { response_format: 'b64_json' },
	'/sglang-cloud': { response_format: 'b64_json' },
	'/vllm-omni': {},
	'/localai': { response_format: 'b64_json' },
	'/sd-server': {},
};
const make = (flavor: Flavor, fields: object = {}) =>
	generate(flavor, { prompt: 'a cat', size: '256x256', ...BODY[flavor], ...fields });
const imagesOf = ({ json }: { json: OpenAiBody }) =>
	json.data.map(({ b64_json }) => Buffer.from(b64_json, 'base64'));
const first = async (flavor: Flavor, fields: object = {}) => {
	const [bytes = Buffer.alloc(0)] = imagesOf(await make(flavor, fields));
	return bytes;
};
const look = async (bytes: Buffer) => {
	const { width, height } = await loadImage(bytes);
	return { width, height };
};
const typeOf = (bytes: Buffer): string =>
	({ '89': 'png', ff: 'jpeg', '52': 'webp' })[bytes.toString('hex', 0, 1)] ?? '?';

/** The names in a body, at every depth. */
const namesIn = (value: unknown): unknown =>
	Array.isArray(value)
		? value.map(namesIn)
		: typeof value === 'object' && value !== null
			? Object.fromEntries(
					Object.entries(value)
						.sort(([one], [other]) => one.localeCompare(other))
						.map(([name, inner]) => [name, namesIn(inner)]),
				)
			: 0;
const fixture = (name: string) => {
	const { statusCode, body } = readFixture('openaiCompatible', name);
	return { status: statusCode, json: body };
};

describe('a response', () => {
	it.each([
		['', 'generation'],
		['/sglang', 'generationSglang'],
		['/vllm-omni', 'generationVllmOmni'],
		['/sd-server', 'generationSdServer'],
		['/localai', 'generationLocalAi'],
	] as const)('of %s has the form of %s', async (flavor, name) => {
		const reply = await make(flavor);
		expect(reply.status).toBe(200);
		expect(namesIn(reply.json)).toEqual(namesIn(fixture(name).json));
		expect(await look(imagesOf(reply)[0]!)).toEqual({ width: 256, height: 256 });
		expect(sandbox.current.accepted).toHaveLength(1);
	});

	it.each(FLAVORS)('of %s has the requested number of images', async (flavor) => {
		const images = imagesOf(await make(flavor, { n: 2 }));
		expect(new Set(images.map((bytes) => bytes.toString('base64'))).size).toBe(2);
	});

	it.each([
		['/sglang', 'a fixed seed', true],
		['/vllm-omni', 'a random one', false],
		['/localai', 'a random one', false],
		['/sd-server', 'a fixed seed', true],
	] as const)('of %s without a seed has %s', async (flavor, _name, isFixed) => {
		expect((await first(flavor)).equals(await first(flavor))).toBe(isFixed);
	});

	it('of SGLang has the seed 1024 without a seed, or with null', async () => {
		const fixed = await first('/sglang', { seed: 1024 });
		expect((await first('/sglang')).equals(fixed)).toBe(true);
		expect((await first('/sglang', { seed: null })).equals(fixed)).toBe(true);
		expect((await first('/sglang', { seed: 1 })).equals(fixed)).toBe(false);
	});

	it.each(['/sglang', '/vllm-omni', '/localai'] as const)(
		'of %s is the same for the same seed',
		async (flavor) => {
			const one = await first(flavor, { seed: 5 });
			expect((await first(flavor, { seed: 5 })).equals(one)).toBe(true);
			expect((await first(flavor, { seed: 6 })).equals(one)).toBe(false);
		},
	);

	it.each([
		['', {}, 'png'],
		['', { output_format: 'webp' }, 'webp'],
		['/sglang', {}, 'jpeg'],
		['/sglang', { output_format: 'png' }, 'png'],
		['/sglang', { output_format: 'bmp' }, 'jpeg'],
		['/sglang', { background: 'transparent' }, 'png'],
		['/vllm-omni', {}, 'png'],
		['/vllm-omni', { output_format: 'webp' }, 'webp'],
		['/localai', { output_format: 'webp' }, 'png'],
		['/sd-server', { output_format: 'jpeg' }, 'jpeg'],
	] as const)('of %s with %p is %s', async (flavor, fields, type) => {
		expect(typeOf(await first(flavor, fields))).toBe(type);
	});

	it.each([
		['/sglang', 'big', 1024, 1024],
		['/sglang', '320 X 256', 320, 256],
		['/vllm-omni', undefined, 1024, 1024],
		['/localai', 'big', 512, 512],
		['/localai', undefined, 512, 512],
		['/localai', '320x256', 320, 256],
		['', 'auto', 1024, 1024],
	] as const)('of %s for the size %s is %d x %d', async (flavor, size, width, height) => {
		expect(await look(await first(flavor, { size }))).toEqual({ width, height });
	});

	it('of SGLang has as many images as its limits allow', async () => {
		expect(imagesOf(await make('/sglang', { n: 0, size: '64x64' }))).toHaveLength(1);
		expect(imagesOf(await make('/sglang', { n: 50, size: '64x64' }))).toHaveLength(10);
	});
});

describe('a URL', () => {
	const urls = async (flavor: Flavor, fields: object = {}) =>
		(await make(flavor, { response_format: 'url', ...fields })).json.data.map(({ url }) => url);

	it('is refused by SGLang without storage, even by default', async () => {
		for (const response_format of ['url', undefined]) {
			expect(await make('/sglang', { response_format })).toMatchObject(fixture('errorSglangUrl'));
		}
	});

	it('of SGLang with a folder starts at its root, and needs no other key', async () => {
		const reply = await make('/sglang-files', { response_format: 'url' });
		const expected = fixture('generationSglangRelativeUrl').json;
		expect(namesIn(reply.json)).toEqual(namesIn(expected));
		const [{ url, file_path }] = reply.json.data;
		expect([url, file_path]).toEqual([
			`/v1/images/${reply.json.id}/content`,
			`/data/outputs/${reply.json.id}.jpg`,
		]);
		for (const path of [url, `/sglang-files${url}`]) {
			const file = await ask(path);
			expect(file.headers['content-type']).toBe('image/jpeg');
			expect(file.bytes.equals(await first('/sglang-files'))).toBe(true);
			expect((await call(root() + path)).status).toBe(200);
			expect((await ask(path, { key: 'Bearer wrong' })).status).toBe(401);
		}
		expect((await ask('/v1/images/nothing/content')).status).toBe(404);
	});

	it('of SGLang says which of several images it is', async () => {
		const [one = '', two = ''] = await urls('/sglang-files', { n: 2 });
		expect([one, two]).toEqual([like.text(/\?variant=0$/), like.text(/\?variant=1$/)]);
		expect((await ask(one)).bytes.equals((await ask(two)).bytes)).toBe(false);
		expect((await ask(one.replace('variant=0', 'variant=7'))).status).toBe(404);
	});

	it('of SGLang with a cloud, and of the gateway, leads to another host', async () => {
		for (const flavor of ['/sglang-cloud', ''] as const) {
			const [link = ''] = await urls(flavor);
			expect(link.startsWith(`${sandbox.current.urls.files}/`)).toBe(true);
			expect((await call(link)).status).toBe(200);
		}
	});

	it('of LocalAI is on its own host', async () => {
		const reply = await make('/localai', { response_format: undefined });
		expect(namesIn(reply.json)).toEqual(namesIn(fixture('generationLocalAiUrl').json));
		const [{ url }] = reply.json.data;
		expect(url).toMatch(/\/localai\/generated-images\/b64[\da-f]+\.png$/);
		expect(url.startsWith(root())).toBe(true);
		expect((await call(url)).headers['content-type']).toBe('image/png');
		expect((await call(url, { key: 'Bearer wrong' })).status).toBe(401);
	});

	it('of vLLM-Omni is not available', async () => {
		expect(await make('/vllm-omni', { response_format: 'url' })).toMatchObject({
			status: 422,
			json: {
				detail: [
					{
						type: 'value_error',
						loc: ['body', 'response_format'],
						msg: "Value error, Only 'b64_json' response format is supported, got: url",
					},
				],
			},
		});
	});

	it.each(['/sglang-files', '/localai', '/sglang-cloud', ''] as const)(
		'of %s has the faults of a download',
		async (flavor) => {
			const prompt = 'x [sandbox:download=404*1]';
			const [link = ''] = await urls(flavor, { prompt });
			const place = new URL(link, root()).href;
			expect((await call(place)).status).toBe(404);
			expect((await call(place)).status).toBe(200);
		},
	);
});

describe('keys', () => {
	it('the gateway requires its key', async () => {
		for (const path of ['/v1/models', '/v1/images/generations']) {
			const body = path === '/v1/models' ? {} : { body: {} };
			expect(await call(root() + path, body)).toMatchObject(fixture('errorMissingKey'));
			expect(await call(root() + path, { ...body, key: 'Bearer wrong' })).toMatchObject({
				status: 401,
				json: { error: { code: 'invalid_api_key', type: 'invalid_request_error', param: null } },
			});
		}
	});

	it.each([
		['/sglang', 'errorSglangKey'],
		['/vllm-omni', 'errorSglangKey'],
		['/localai', 'errorLocalAiKey'],
	] as const)('%s accepts no key, or the right one', async (flavor, name) => {
		const models = `${root()}${flavor}/v1/models`;
		expect((await call(models)).status).toBe(200);
		expect((await call(models, { key: key() })).status).toBe(200);
		expect(await call(models, { key: 'Bearer wrong' })).toMatchObject(fixture(name));
		expect((await make(flavor)).status).toBe(200);
		expect(await generate(flavor, {}, { key: 'Bearer wrong' })).toMatchObject(fixture(name));
	});

	it('/sd-server ignores keys', async () => {
		expect((await ask('/sd-server/v1/models', { key: 'Bearer any' })).status).toBe(200);
	});
});

describe('lists', () => {
	it.each([
		['', ['z-image-turbo']],
		['/sglang', ['Tongyi-MAI/Z-Image-Turbo']],
		['/vllm-omni', ['Tongyi-MAI/Z-Image-Turbo']],
		['/localai', ['Z-Image-Turbo', 'z-image-turbo-diffusers']],
		['/sd-server', ['sd-cpp-local']],
	] as const)('models of %s', async (flavor, ids) => {
		const { json } = await ask<{ data: { id: string }[] }>(`${flavor}/v1/models`);
		expect(json.data.map(({ id }) => id)).toEqual(ids);
	});

	it('only SGLang describes its model', async () => {
		const reply = await ask<unknown>('/sglang/v1/model_info');
		expect(reply.json).toEqual({ model_path: 'Tongyi-MAI/Z-Image-Turbo' });
		expect((await ask('/vllm-omni/v1/model_info')).status).toBe(404);
	});
});

describe('LoRAs', () => {
	it('of vLLM-Omni are part of one request, under several names', async () => {
		const without = await first('/vllm-omni', { seed: 1 });
		const lora = { name: 'pixel', path: '/models/pixel', scale: 0.8 };
		const styled = await first('/vllm-omni', { seed: 1, lora });
		expect(styled.equals(without)).toBe(false);
		for (const same of [
			{ lora_name: 'pixel', local_path: '/models/pixel', lora_scale: '0.8', int_id: 3 },
			{ adapter: 'pixel', lora_path: '/models/pixel', scale: 0.8 },
		]) {
			expect((await first('/vllm-omni', { seed: 1, lora: same })).equals(styled)).toBe(true);
		}
		expect((await first('/vllm-omni', { seed: 1 })).equals(without)).toBe(true);
	});

	it.each([
		[{ path: 'a' }, 400, fixture('errorVllmOmniLora').json],
		[{ name: 'a' }, 400, fixture('errorVllmOmniLora').json],
		[{}, 400, fixture('errorVllmOmniLora').json],
		[{ name: 'a', path: 'b', scale: 'x' }, 400, { detail: like.textWith('float') }],
		[[{ name: 'a', path: 'b' }], 422, { detail: [like.object({ type: 'dict_type' })] }],
	])('%p is refused by vLLM-Omni', async (lora, status, json) => {
		const reply = await make('/vllm-omni', { lora });
		expect([reply.status, reply.json]).toEqual([status, json]);
	});

	it('of SGLang apply to all requests until they are removed', async () => {
		const admin = (name: string, body: object = {}) =>
			ask<Record<string, unknown>>(`/sglang/v1/${name}`, { body });
		const without = await first('/sglang');
		const path = 'tarn59/pixel_art_style_lora_z_image_turbo';
		const { json } = await admin('set_lora', {
			lora_nickname: 'pixel',
			lora_path: path,
			strength: 0.8,
		});
		expect(json).toEqual({ status: 'ok', message: like.textWith('pixel') });
		const styled = await first('/sglang');
		expect(styled.equals(without)).toBe(false);
		expect((await ask<unknown>('/sglang/v1/list_loras')).json).toEqual({
			loaded_adapters: [{ nickname: 'pixel', path }],
			active: { transformer: [{ nickname: 'pixel', path, strength: 0.8, merged: true }] },
		});
		// Each server has its own.
		expect((await first('/sglang-files')).equals(without)).toBe(true);
		await admin('unmerge_lora_weights');
		expect((await first('/sglang')).equals(without)).toBe(true);
		await admin('merge_lora_weights', { strength: 0.8 });
		expect((await first('/sglang')).equals(styled)).toBe(true);
		expect(await admin('set_lora', { lora_nickname: 'other' })).toMatchObject({
			status: 500,
			json: { detail: like.text(/^Failed to set LoRA adapter: /) },
		});
		expect((await admin('set_lora', {})).status).toBe(422);
		const wrong = { body: {}, key: 'Bearer wrong' };
		expect((await ask('/sglang/v1/set_lora', wrong)).status).toBe(401);
		sandbox.current.reset();
		expect((await first('/sglang')).equals(without)).toBe(true);
	});
});

describe('LocalAI', () => {
	const SOURCE = halves(300, 300, 'red', 'blue');
	const RED: Rgb = [255, 0, 0];

	it.each(['file', 'files'])('reads an image from %s, as bare base64', async (field) => {
		const base64 = SOURCE.toString('base64');
		const given = field === 'files' ? [base64] : base64;
		const { at } = await pixelsOf(await first('/localai', { seed: 1, [field]: given }));
		const { at: plain } = await pixelsOf(await first('/localai', { seed: 1 }));
		expect(distance(at(20, 20), RED)).toBeLessThan(distance(plain(20, 20), RED));
		expect(sandbox.current.inputImages).toMatchObject([
			{ provider: 'openaiCompatible', field, sha256: sha256(SOURCE) },
		]);
	});

	it("ignores silently what it can't read", async () => {
		const without = await first('/localai', { seed: 1 });
		for (const file of [dataUri(SOURCE), 'http://127.0.0.1/cat.png', 'bm8gaW1hZ2U=']) {
			expect((await first('/localai', { seed: 1, file })).equals(without)).toBe(true);
		}
	});

	it('reads the negative prompt after a bar', async () => {
		const without = await first('/localai', { seed: 1 });
		expect((await first('/localai', { seed: 1, prompt: 'a cat|dogs' })).equals(without)).toBe(true);
	});

	it.each([
		[{ size: 'axb' }, 500, "invalid value for 'size'"],
		[{ size: '1x2x3' }, 500, "invalid value for 'size'"],
		[{ size: '9000x9000' }, 500, like.text(/./)],
		[{ model: 'flux' }, 500, like.text(/^could not load model - all backends returned error/)],
		[{ n: 'two' }, 400, like.text(/^code=400, message=failed parsing request body/)],
	])('%p is %d', async (fields, code, message) => {
		const reply = await make('/localai', fields);
		expect(reply.status).toBe(code);
		expect(reply.json).toEqual({ error: { code, message, type: '' } });
	});

	it('uses the first model by default, and accepts only JSON', async () => {
		expect((await make('/localai', { model: '' })).status).toBe(200);
		const headers = { 'content-type': 'text/plain' };
		expect((await generate('/localai', '{}', { headers })).status).toBe(415);
	});
});

describe("FastAPI's validation errors", () => {
	const found = async (flavor: Flavor, body: unknown, headers?: Record<string, string>) => {
		const reply = await generate(flavor, body, headers && { headers });
		return { status: reply.status, detail: reply.json.detail };
	};

	it.each([
		['/sglang', {}, 'prompt', 'missing', 'Field required'],
		['/sglang', { prompt: 5 }, 'prompt', 'string_type', 'Input should be a valid string'],
		['/sglang', { prompt: 'x', seed: 1.5 }, 'seed', 'int_from_float', like.textWith('fractional')],
		['/vllm-omni', {}, 'prompt', 'missing', 'Field required'],
		['/vllm-omni', { prompt: 'x', n: 0 }, 'n', 'greater_than_equal', like.textWith('equal to 1')],
		['/vllm-omni', { prompt: 'x', n: 11 }, 'n', 'less_than_equal', like.textWith('equal to 10')],
		[
			'/vllm-omni',
			{ prompt: 'x', size: '1024' },
			'size',
			'value_error',
			like.textWith('WIDTHxHEIGHT'),
		],
		[
			'/vllm-omni',
			{ prompt: 'x', num_inference_steps: 201 },
			'num_inference_steps',
			'less_than_equal',
			like.any(String),
		],
		[
			'/vllm-omni',
			{ prompt: 'x', guidance_scale: 21 },
			'guidance_scale',
			'less_than_equal',
			like.any(String),
		],
	] as const)('%s %p', async (flavor, body, field, type, msg) => {
		expect(await found(flavor, body)).toMatchObject({
			status: 422,
			detail: [{ loc: ['body', field], type, msg }],
		});
	});

	it('like in the fixture', async () => {
		expect(await generate('/sglang', { prompt: 'x', n: 'two' })).toMatchObject(
			fixture('errorSglangValidation'),
		);
	});

	it('a number as text is a number', async () => {
		const fixed = await first('/vllm-omni', { seed: 5 });
		expect((await first('/vllm-omni', { seed: '5' })).equals(fixed)).toBe(true);
	});

	it.each([
		['{', {}, 'json_invalid'],
		['[]', {}, 'model_attributes_type'],
		['{"prompt":"x"}', { 'content-type': 'text/plain' }, 'model_attributes_type'],
		['', {}, 'missing'],
	])('%s with %p', async (body, headers, type) => {
		expect(await found('/sglang', body, headers)).toMatchObject({
			status: 422,
			detail: [{ type }],
		});
	});

	it.each([
		[{ size: '1024x' }, "Invalid size format: '1024x'. Width and height must be integers."],
		[{ size: '1x2x3' }, like.text(/^Invalid size format: '1x2x3'\. Expected/)],
		[{ size: '0x64' }, 'Invalid size: 0x64. Width and height must be positive integers.'],
		[{ size: '1000x1024' }, like.text(/^Width must be divisible by 16 \(got 1000\)/)],
	])('vLLM-Omni refuses %p with a string', async (fields, detail) => {
		const reply = await make('/vllm-omni', fields);
		expect([reply.status, reply.json]).toEqual([400, { detail }]);
	});

	it('SGLang has no other response format', async () => {
		const reply = await make('/sglang', { response_format: 'file' });
		expect([reply.status, reply.json.detail]).toEqual([
			400,
			'response_format=file is not supported',
		]);
	});
});

describe('the gateway', () => {
	it.each([
		[{ seed: 1 }, 400, "Unknown parameter: 'seed'.", 'seed', 'unknown_parameter'],
		[
			{ prompt: undefined },
			400,
			"Missing required parameter: 'prompt'.",
			'prompt',
			'missing_required_parameter',
		],
		[{ n: '1' }, 400, like.textWith('expected number, but got string'), 'n', 'invalid_type'],
		[{ n: 11 }, 400, "Invalid value for 'n'.", 'n', 'invalid_value'],
		[{ size: '1024' }, 400, "Invalid value for 'size'.", 'size', 'invalid_value'],
		[{ size: '9000x64' }, 400, "Invalid value for 'size'.", 'size', 'invalid_value'],
		[
			{ model: 'gpt-image-1' },
			404,
			"The model 'gpt-image-1' does not exist",
			'model',
			'model_not_found',
		],
		[
			{ prompt: '[sandbox:moderate]' },
			400,
			like.textWith('safety system'),
			null,
			'moderation_blocked',
		],
		[{ prompt: '[sandbox:no-money]' }, 429, like.textWith('quota'), null, 'insufficient_quota'],
	])('%p', async (fields, status, message, param, code) => {
		const reply = await make('', fields);
		expect(reply.status).toBe(status);
		expect(reply.json).toEqual({ error: { message, type: like.any(String), param, code } });
		expect(sandbox.current.accepted).toEqual([]);
	});

	it("an unknown path, and a body that isn't JSON", async () => {
		expect(await ask('/v1/nothing')).toMatchObject({
			status: 404,
			json: { error: { message: 'Invalid URL (GET /v1/nothing)', type: 'invalid_request_error' } },
		});
		expect((await generate('', '{')).status).toBe(400);
	});
});

it.each(['/sglang', '/vllm-omni', '/localai', '/sd-server'] as const)(
	'%s ignores unknown fields, and reports them',
	async (flavor) => {
		expect((await make(flavor, { loras: [] })).status).toBe(200);
		const [{ provider, fields } = { provider: '', fields: [] }] = sandbox.current.ignoredFields;
		expect([provider, fields]).toEqual(['openaiCompatible', like.listWith(['loras'])]);
	},
);

describe('steering', () => {
	/** Where an error's message is. */
	const WORDS: Readonly<Record<Flavor, RegExp>> = {
		'': /^\{"error":\{"message":"|<center>nginx/,
		'/sglang': /^\{"detail":"|^Internal Server Error$|<center>nginx/,
		'/sglang-files': /^\{"detail":"|^Internal Server Error$|<center>nginx/,
		'/sglang-cloud': /^\{"detail":"|^Internal Server Error$|<center>nginx/,
		'/vllm-omni': /^\{"detail":"|<center>nginx/,
		'/localai': /^\{"error":\{"code":\d+,"message":"|<center>nginx/,
		'/sd-server': /^\{"error":"|<center>nginx/,
	};

	it.each(FLAVORS)('%s: status codes have its own words', async (flavor) => {
		for (const status of [400, 401, 403, 404, 422, 429, 500, 502, 503, 504]) {
			const reply = await make(flavor, { prompt: `x [sandbox:submit=${status}]` });
			expect(reply.status).toBe(status);
			expect(reply.bytes.toString()).toMatch(WORDS[flavor]);
		}
		expect(sandbox.current.accepted).toEqual([]);
	});

	it.each([
		['', 500, { error: like.object({ message: 'no paint', type: 'server_error' }) }],
		['/sglang', 500, undefined],
		['/vllm-omni', 500, { detail: 'Image generation failed: no paint' }],
		['/localai', 500, { error: { code: 500, message: 'no paint', type: '' } }],
		['/sd-server', 500, { error: 'no paint' }],
	] as const)('%s: a failure', async (flavor, status, json) => {
		const reply = await make(flavor, { prompt: 'x [sandbox:fail=no paint]' });
		expect([reply.status, reply.json]).toEqual([status, json]);
		if (json === undefined) expect(reply.bytes.toString()).toBe('Internal Server Error');
	});

	it.each(FLAVORS)(
		'%s: a fault comes after the work, a key is echoed, a typo is refused',
		async (flavor) => {
			const faulty = (token: string) => make(flavor, { prompt: `x [sandbox:${token}]` });
			await expect(faulty('submit=reset*1')).rejects.toThrow();
			expect(sandbox.current.accepted).toMatchObject([{ isTold: false }]);
			expect((await faulty('submit=echo-key')).bytes.toString()).toContain(key());
			expect((await faulty('sumbit=500')).status).toBe(400);
		},
	);

	it('a slow generation takes its time', async () => {
		const start = Date.now();
		await make('/vllm-omni', { prompt: 'x [sandbox:seconds=0.2]' });
		expect(Date.now() - start).toBeGreaterThanOrEqual(195);
	});
});
