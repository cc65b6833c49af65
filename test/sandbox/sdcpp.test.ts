import { createCanvas, loadImage } from '@napi-rs/canvas';
import { deflateSync, crc32 } from 'node:zlib';
import { readFixture } from '../support/fixture';
import type { OpenAiBody, SdcppBody } from './bodies';
import { authorization, call, useSandbox, type Call } from './http';
import { dataUri, distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';

const sandbox = useSandbox();
const url = (path: string): string => `${sandbox.current.urls.sdcpp}${path}`;
const ask = <Body = SdcppBody>(path: string, more: Call = {}) =>
	call<Body>(url(path), { key: authorization(sandbox.current).sdcpp, ...more });
const submit = (body: unknown) => ask('/sdcpp/v1/img_gen', { body });
const poll = ({ poll_url }: SdcppBody) => ask(poll_url);
const cancel = (id: string) => ask(`/sdcpp/v1/jobs/${id}/cancel`, { method: 'POST' });

/** The job of a request once it is done. */
async function done(body: object): Promise<SdcppBody> {
	const { status, json } = await submit(body);
	expect(status).toBe(202);
	return (await poll(json)).json;
}
const bytesOf = ({ result }: SdcppBody) => Buffer.from(result.images[0].b64_json, 'base64');
const sizeOf = async (bytes: Buffer) => {
	const { width, height } = await loadImage(bytes);
	return [width, height];
};

/** Both without identifiers, times, bytes and messages. */
const shapeOf = (value: unknown): unknown =>
	typeof value !== 'object' || value === null
		? value === null
			? null
			: typeof value
		: Array.isArray(value)
			? value.map(shapeOf)
			: Object.fromEntries(
					Object.entries(value)
						.sort(([one], [other]) => one.localeCompare(other))
						.map(([name, inner]) => [name, shapeOf(inner)]),
				);

/** The error in the fixture with that name. */
const fixture = (name: string) => {
	const { statusCode, body } = readFixture('sdcpp', name);
	return { status: statusCode, json: body };
};

describe('a job', () => {
	it('is queued, generating and completed, in the documented form', async () => {
		const { status, json } = await submit({
			prompt: 'a cat [sandbox:polls=2]',
			width: 256,
			height: 256,
		});
		expect(status).toBe(202);
		expect(shapeOf(json)).toEqual(shapeOf(readFixture('sdcpp', 'submit').body));
		expect(json).toMatchObject({
			id: like.text(/^job_[\da-f]{8}_[\da-f]{8}$/),
			kind: 'img_gen',
			status: 'queued',
			poll_url: `/sdcpp/v1/jobs/${json.id}`,
		});
		for (const name of ['taskQueued', 'taskGenerating', 'taskCompleted']) {
			const expected = readFixture('sdcpp', name).body as SdcppBody;
			const seen = (await poll(json)).json;
			expect(shapeOf(seen)).toEqual(shapeOf(expected));
			expect(seen.status).toBe(expected.status);
		}
		expect(sandbox.current.accepted).toHaveLength(1);
	});

	it('waits for earlier ones, because one is worked on at a time', async () => {
		const [one, two, three] = [
			(await submit({ prompt: 'one [sandbox:never]' })).json,
			(await submit({ prompt: 'two' })).json,
			(await submit({ prompt: 'three' })).json,
		];
		expect((await poll(one)).json).toMatchObject({ status: 'generating', queue_position: 0 });
		expect((await poll(two)).json).toMatchObject({
			status: 'queued',
			queue_position: 1,
			started: null,
		});
		expect((await poll(three)).json).toMatchObject({ status: 'queued', queue_position: 2 });
		await cancel(two.id);
		expect((await poll(three)).json.queue_position).toBe(1);
	});

	it('is refused if 64 wait', async () => {
		for (let index = 0; index < 64; index++) {
			expect((await submit({ prompt: `${index} [sandbox:never]` })).status).toBe(202);
		}
		expect(await submit({ prompt: 'one more' })).toMatchObject(fixture('errorQueueFull'));
	});

	it('fails with its reason', async () => {
		const job = await done({ prompt: 'x [sandbox:fail=out of paint]' });
		expect(job).toMatchObject({
			status: 'failed',
			result: null,
			error: { code: 'generation_failed', message: 'out of paint' },
		});
		expect(shapeOf(job)).toEqual(shapeOf(readFixture('sdcpp', 'taskFailed').body));
	});

	it('fails for a size that is too big', async () => {
		expect(await done({ prompt: 'x', width: 8192, height: 64 })).toMatchObject({
			status: 'failed',
		});
	});

	it.each([
		[0, 200],
		[599, 200],
		[601, 410],
		[1300, 404],
	])('%d seconds after its end it is %d', async (seconds, status) => {
		const { json } = await submit({ prompt: 'x' });
		await poll(json);
		const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + seconds * 1000);
		try {
			const replies = [await poll(json), await cancel(json.id)];
			expect(replies.map((reply) => reply.status)).toEqual([status, status]);
			if (status === 410) expect(replies[0]).toMatchObject(fixture('errorJobExpired'));
		} finally {
			now.mockRestore();
		}
	});

	it("that doesn't exist is 404", async () => {
		expect(await ask('/sdcpp/v1/jobs/job_0')).toMatchObject(fixture('errorJobNotFound'));
		expect(await cancel('job_0')).toMatchObject(fixture('errorJobNotFound'));
	});
});

describe('cancel', () => {
	it('ends a waiting job', async () => {
		await submit({ prompt: 'first [sandbox:never]' });
		const { json } = await submit({ prompt: 'second' });
		const reply = await cancel(json.id);
		expect(reply.status).toBe(200);
		expect(shapeOf(reply.json)).toEqual(shapeOf(readFixture('sdcpp', 'taskCancelled').body));
		expect((await poll(json)).json).toMatchObject({
			status: 'cancelled',
			error: { code: 'cancelled', message: 'job cancelled by client' },
		});
		expect((await cancel(json.id)).json.status).toBe('cancelled');
	});

	it("doesn't end a running or finished one", async () => {
		const { json } = await submit({ prompt: 'x [sandbox:never]' });
		expect(await cancel(json.id)).toMatchObject(fixture('errorCancelGenerating'));
		sandbox.current.reset();
		const finished = (await submit({ prompt: 'x' })).json;
		const reply = await cancel(finished.id);
		expect([reply.status, reply.json.status]).toEqual([200, 'completed']);
	});
});

describe('images', () => {
	it.each([
		[{}, 'png', 512, 512],
		[{ width: 1000, height: 300 }, 'png', 1008, 304],
		[{ width: -1, height: 0 }, 'png', 512, 512],
		[{ output_format: 'JPEG', output_compression: 50, width: 256, height: 256 }, 'jpeg', 256, 256],
		[{ output_format: 'webp', width: 256, height: 256 }, 'webp', 256, 256],
		[{ hires: { enabled: true }, width: 128, height: 256 }, 'png', 256, 512],
		[
			{ hires: { enabled: true, upscaler: 'Lanczos', target_width: 300 }, width: 128, height: 256 },
			'png',
			304,
			304,
		],
		[{ hires: { enabled: true, upscaler: 'None' }, width: 128, height: 256 }, 'png', 128, 256],
	])('%p', async (fields, format, width, height) => {
		const job = await done({ prompt: 'a cat', ...fields });
		expect(job.result.output_format).toBe(format);
		expect(await sizeOf(bytesOf(job))).toEqual([width, height]);
	});

	const draw = async (fields: object) =>
		(await done({ prompt: 'a cat', width: 128, height: 128, ...fields })).result.images.map(
			({ b64_json }) => b64_json,
		);

	it('are the same for the same seed, which each further image increments', async () => {
		const [one, two, three] = await draw({ seed: 7, batch_count: 3 });
		expect(await draw({ seed: 8 })).toEqual([two]);
		expect(new Set([one, two, three]).size).toBe(3);
		expect(await draw({ seed: -1 })).not.toEqual(await draw({ seed: -1 }));
	});

	it('are always the same without a seed, because the server has a fixed one', async () => {
		expect(await draw({})).toEqual(await draw({}));
	});

	it('are 1 to 8, whatever the request', async () => {
		expect(await draw({ batch_count: 0 })).toHaveLength(1);
		expect(await draw({ batch_count: 20 })).toHaveLength(8);
	});

	it('show a listed LoRA according to all its multipliers', async () => {
		const [path] = (await ask('/sdcpp/v1/capabilities')).json.loras.map((lora) => lora.path);
		const lora = (...multipliers: number[]) => ({
			seed: 1,
			lora: multipliers.map((multiplier) => ({ path, multiplier })),
		});
		expect(await draw(lora(0.3, 0.5))).toEqual(await draw(lora(0.8)));
		expect(await draw(lora(0.8))).not.toEqual(await draw({ seed: 1 }));
		const highNoise = { seed: 1, lora: [{ path, is_high_noise: true }] };
		expect(await draw(highNoise)).toEqual(await draw({ seed: 1 }));
		// A tag in a prompt is text.
		expect(await draw({ seed: 1, prompt: `a cat <lora:${path}:1>` })).not.toEqual(
			await draw(lora(1)),
		);
	});
});

describe('input images', () => {
	const SOURCE = halves(300, 300, 'red', 'blue');
	const MASK = halves(300, 300, 'black', 'white');
	const RED: Rgb = [255, 0, 0];
	const draw = async (fields: object) =>
		await pixelsOf(
			bytesOf(await done({ prompt: 'x', seed: 3, width: 304, height: 304, ...fields })),
		);

	it.each([
		['a data URI', dataUri(SOURCE)],
		['bare base64', SOURCE.toString('base64')],
		['another type before the comma', dataUri(SOURCE, 'text/plain')],
	])('%s shows through according to strength', async (_name, init_image) => {
		expect((await draw({ init_image, strength: 0 })).at(20, 20)).toEqual(RED);
		const changed = await draw({ init_image, strength: 1 });
		expect(distance(changed.at(20, 20), RED)).toBeGreaterThan(30);
		expect(sandbox.current.tasks[0]?.image).toMatchObject({
			provider: 'sdcpp',
			field: 'init_image',
			from: 'data',
			sha256: sha256(SOURCE),
			width: 300,
		});
	});

	it('only the white area of a mask is drawn', async () => {
		const { at } = await draw({
			init_image: dataUri(SOURCE),
			mask_image: dataUri(MASK),
			strength: 1,
		});
		const rows = Array.from({ length: 60 }, (_item, index) => index * 5);
		expect(rows.every((y) => distance(at(100, y), RED) === 0)).toBe(true);
		expect(rows.some((y) => distance(at(200, y), [0, 0, 255]) > 30)).toBe(true);
	});

	it('a mask can have one channel, an image has three', async () => {
		const gray = dataUri(grayPng());
		const init_image = dataUri(SOURCE);
		expect((await submit({ prompt: 'x', init_image, mask_image: gray })).status).toBe(202);
		expect(await submit({ prompt: 'x', init_image: gray })).toMatchObject(
			fixture('errorInvalidParameters'),
		);
	});

	it.each(['image/jpeg', 'image/webp'] as const)('%s is read', async (type) => {
		const canvas = createCanvas(64, 64);
		const bytes = await canvas.encode(type === 'image/jpeg' ? 'jpeg' : 'webp');
		expect((await submit({ prompt: 'x', init_image: dataUri(bytes, type) })).status).toBe(202);
	});

	it.each([
		['a URL', 'https://example.com/cat.png'],
		['no image', dataUri(Buffer.from('no image'))],
		['half an image', dataUri(SOURCE.subarray(0, 40))],
		['nothing', ''],
		['a number', 5],
		['a list', [dataUri(SOURCE)]],
	])('%s is refused', async (_name, image) => {
		for (const field of ['init_image', 'mask_image', 'control_image', 'ip_adapter_image']) {
			// Only the header of an unused image is read.
			if (_name === 'half an image' && /control|adapter/.test(field)) continue;
			expect(await submit({ prompt: 'x', [field]: image })).toMatchObject(
				fixture('errorInvalidParameters'),
			);
		}
	});
});

/** A one-pixel PNG in eight bits of gray. */
function grayPng(): Buffer {
	const chunk = (type: string, data: Buffer): Buffer => {
		const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
		const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
		length.writeUInt32BE(data.length);
		checksum.writeUInt32BE(crc32(body));
		return Buffer.concat([length, body, checksum]);
	};
	const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(Buffer.from([0, 255]))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

describe('errors of a submit', () => {
	it.each([
		['nothing', '', 'errorEmptyBody'],
		[
			'a LoRA that is not listed',
			{ lora: [{ path: 'nothing.safetensors' }] },
			'errorInvalidParameters',
		],
		['a LoRA by its name', { lora: [{ path: 'watercolor' }] }, 'errorInvalidParameters'],
		['a LoRA without a path', { lora: [{ multiplier: 1 }] }, 'errorInvalidParameters'],
		["a LoRA that isn't an object", { lora: ['a'] }, 'errorInvalidParameters'],
		["LoRAs that aren't a list", { lora: {} }, 'errorInvalidParameters'],
		['a strength above 1', { strength: 1.1 }, 'errorInvalidParameters'],
		['a negative strength', { strength: -0.1 }, 'errorInvalidParameters'],
		['a negative cfg', { sample_params: { guidance: { txt_cfg: -1 } } }, 'errorInvalidParameters'],
		['a timestep', { sample_params: { shifted_timestep: 1001 } }, 'errorInvalidParameters'],
		['a cache mode', { cache_mode: 'none' }, 'errorInvalidParameters'],
		['a cache option', { cache_option: 'fast' }, 'errorInvalidParameters'],
		['an upscaler', { hires: { enabled: true, upscaler: 'x4.pth' } }, 'errorInvalidParameters'],
		['hires steps', { hires: { enabled: true, steps: -1 } }, 'errorInvalidParameters'],
		["images that aren't a list", { ref_images: 'x' }, 'errorInvalidParameters'],
		['gif', { output_format: 'gif' }, 'errorOutputFormat'],
		["a format that isn't text", { output_format: 5 }, 'errorServer'],
	])('%s', async (_name, fields, name) => {
		const body = typeof fields === 'string' ? fields : { prompt: 'x', ...fields };
		expect(await submit(body)).toMatchObject(fixture(name));
		expect(sandbox.current.accepted).toEqual([]);
	});

	it('broken JSON', async () => {
		const { status, json } = await submit('{');
		const expected = readFixture('sdcpp', 'errorInvalidJson');
		expect(status).toBe(expected.statusCode);
		expect(json).toMatchObject({
			error: 'invalid json',
			message: like.text(/^\[json\.exception\./),
		});
	});

	it.each([
		['a list', []],
		["a multiplier that isn't a number", { prompt: 'x', lora: [{ path: 'a', multiplier: '1' }] }],
		["a layer that isn't a number", { sample_params: { guidance: { slg: { layers: ['x'] } } } }],
	])('%s is a server error', async (_name, body) => {
		const path = 'styles/watercolor.safetensors';
		const sent = JSON.parse(
			JSON.stringify(body).replace('"path":"a"', `"path":"${path}"`),
		) as object;
		const { status, json } = await submit(sent);
		expect(status).toBe(500);
		expect(json).toMatchObject({ error: 'server_error', message: like.text(/type_error\.30[26]/) });
	});

	it('a value of another type is ignored, like an unknown field', async () => {
		const job = await done({
			prompt: 'x',
			width: '64',
			steps: 8,
			sample_params: { sample_steps: 8, sample_method: 5, cfg: 1 },
		});
		expect(await sizeOf(bytesOf(job))).toEqual([512, 512]);
		expect(sandbox.current.ignoredFields).toEqual([
			{
				provider: 'sdcpp',
				fields: ['width', 'steps', 'sample_params.sample_method', 'sample_params.cfg'],
			},
		]);
	});

	it('a body with another Content-Type is read anyway', async () => {
		const reply = await ask('/sdcpp/v1/img_gen', {
			body: '{"prompt":"x"}',
			headers: { 'content-type': 'text/plain' },
		});
		expect(reply.status).toBe(202);
	});
});

describe('a proxy with a token', () => {
	const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
	it.each([
		['no key', undefined, 401],
		['another token', 'Bearer wrong', 401],
		['another user', basic('admin:sandbox-sdcpp-token'), 401],
		['another password', basic('sandbox:wrong'), 401],
		['the token', 'Bearer sandbox-sdcpp-token', 200],
		['the token as a password', basic('sandbox:sandbox-sdcpp-token'), 200],
	])('%s', async (_name, key, status) => {
		for (const path of ['/sdcpp/v1/capabilities', '/sdapi/v1/loras', '/v1/models']) {
			const reply = await call(url(path), key === undefined ? {} : { key });
			expect(reply.status).toBe(status);
			if (status !== 401) continue;
			const { body } = readFixture('sdcpp', 'errorProxyUnauthorized');
			expect(reply.bytes.toString()).toBe(body);
			expect(reply.headers['www-authenticate']).toBe('Basic realm="sandbox"');
		}
	});
});

describe('lists', () => {
	it('capabilities', async () => {
		const { json } = await ask<Record<string, unknown>>('/sdcpp/v1/capabilities');
		expect(json).toMatchObject({
			model: { name: like.any(String), stem: like.any(String), path: like.any(String) },
			supported_modes: ['img_gen'],
			limits: { min_width: 64, max_width: 4096, max_batch_count: 8, max_queue_size: 64 },
			features_by_mode: { img_gen: { lora: true, cancel_generating: false } },
			samplers: like.listWith(['euler', 'res_multistep']),
		});
		expect(json['defaults']).toEqual((json['defaults_by_mode'] as { img_gen: unknown }).img_gen);
		expect((await ask<unknown>('/sdapi/v1/loras')).json).toEqual(json['loras']);
	});

	it('models', async () => {
		expect((await ask<unknown>('/v1/models')).json).toEqual({
			data: [{ id: 'sd-cpp-local', object: 'model', owned_by: 'local' }],
		});
	});

	it('an unknown path is 404 without a body', async () => {
		const reply = await ask('/sdcpp/v2/nothing');
		expect([reply.status, reply.bytes.length]).toEqual([404, 0]);
	});
});

describe('steering', () => {
	it.each([400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504])('submit=%d', async (status) => {
		const reply = await submit({ prompt: `x [sandbox:submit=${status}]` });
		expect(reply.status).toBe(status);
		expect(reply.json?.error ?? reply.bytes.toString()).toMatch(/./);
	});

	it.each([
		['status=unknown-state', 200, like.object({ status: 'paused' })],
		['status=404', 404, { error: 'job not found' }],
		['status=500', 500, like.object({ error: 'server_error' })],
	])('%s', async (token, status, body) => {
		const { json } = await submit({ prompt: `x [sandbox:${token}]` });
		const reply = await poll(json);
		expect([reply.status, reply.json]).toEqual([status, body]);
	});

	it('status=no-images', async () => {
		const job = await done({ prompt: 'x [sandbox:status=no-images]', width: 64, height: 64 });
		expect(job).toMatchObject({ status: 'completed', result: { images: [] } });
	});

	it('echo-key', async () => {
		const { status, json } = await submit({ prompt: 'x [sandbox:submit=echo-key]' });
		expect(status).toBe(400);
		expect(json.error).toContain('Bearer sandbox-sdcpp-token');
	});

	it('submit=reset comes after the job was accepted', async () => {
		await expect(submit({ prompt: 'x [sandbox:submit=reset]' })).rejects.toThrow();
		expect(sandbox.current.accepted).toMatchObject([
			{ isTold: false, answer: { status: 'queued' } },
		]);
	});

	it('an unknown token', async () => {
		expect(await submit({ prompt: 'x [sandbox:sumbit=500]' })).toMatchObject({
			status: 400,
			json: { error: like.textWith('[sandbox:sumbit=500]') },
		});
	});
});

describe('its OpenAI-shaped API', () => {
	const generate = (prompt: string, more: object = {}) =>
		ask<OpenAiBody>('/v1/images/generations', { body: { prompt, size: '128x128', ...more } });
	const extra = (fields: object) =>
		`<sd_cpp_extra_args>${JSON.stringify({ seed: 1, ...fields })}</sd_cpp_extra_args>`;
	const first = async (prompt: string) => (await generate(prompt)).json.data[0].b64_json;

	it('responds with the images', async () => {
		const { status, json } = await generate('a cat', { n: 2, output_format: 'jpeg' });
		expect(status).toBe(200);
		const expected = readFixture('openaiCompatible', 'generationSdServer').body as OpenAiBody;
		expect(shapeOf({ ...json, data: [json.data[0]] })).toEqual(shapeOf(expected));
		expect(json.data).toHaveLength(2);
		expect(await sizeOf(Buffer.from(json.data[0].b64_json, 'base64'))).toEqual([128, 128]);
	});

	it('reads the native fields from a block in the prompt, which is removed', async () => {
		const { poll_url } = (await submit({ prompt: 'a cat ', width: 128, height: 128, seed: 1 }))
			.json;
		const native = (await ask(poll_url)).json;
		// The caption names the server.
		expect(await first(`a cat ${extra({})}`)).toBe(
			await first(`a cat ${extra({ strength: 0.1 })}`),
		);
		expect(await sizeOf(bytesOf(native))).toEqual([128, 128]);
		const { json } = await generate(`x ${extra({ width: 64, height: 64, batch_count: 3 })}`);
		expect(json.data).toHaveLength(3);
		expect(await sizeOf(Buffer.from(json.data[0].b64_json, 'base64'))).toEqual([64, 64]);
	});

	it('accepts LoRAs only by their path on the server, and ignores others silently', async () => {
		const lora = (path: string) => extra({ lora: [{ path }] });
		const without = await first(`x ${extra({})}`);
		expect(await first(`x ${lora('styles/watercolor.safetensors')}`)).toBe(without);
		expect(await first(`x ${lora('/models/loras/styles/watercolor.safetensors')}`)).not.toBe(
			without,
		);
	});

	it.each([
		['nothing', '', 400, { error: 'empty body' }],
		['no prompt', {}, 400, { error: 'prompt required' }],
		[
			'gif',
			{ prompt: 'x', output_format: 'gif' },
			400,
			{ error: like.text(/^invalid output_format/) },
		],
		[
			'broken arguments',
			{ prompt: 'x<sd_cpp_extra_args>{</sd_cpp_extra_args>' },
			400,
			{ error: 'invalid sd_cpp_extra_args' },
		],
		[
			'an invalid image',
			{ prompt: `x${extra({ init_image: 'x' })}` },
			400,
			{ error: 'invalid sd_cpp_extra_args' },
		],
		['a strength', { prompt: `x${extra({ strength: 2 })}` }, 400, { error: 'invalid params' }],
		[
			'a size that is too big',
			{ prompt: 'x', size: '9000x64' },
			500,
			{ error: 'generate_image returned no results' },
		],
		['a failure', { prompt: 'x [sandbox:fail=no paint]' }, 500, { error: 'no paint' }],
		[
			'n as text',
			{ prompt: 'x', n: '1' },
			500,
			{ error: 'server_error', message: like.any(String) },
		],
		['broken JSON', '{', 500, { error: 'server_error', message: like.any(String) }],
	])('%s', async (_name, body, status, json) => {
		const reply = await ask<unknown>('/v1/images/generations', { body });
		expect([reply.status, reply.json]).toEqual([status, json]);
	});

	it.each([
		['12abcx64', 12, 64],
		['64', 512, 512],
		['big', 512, 512],
	])('reads the size %s as %d x %d', async (size, width, height) => {
		const { json } = await generate('x', { size });
		const aligned = [width, height].map((side) => Math.ceil(side / 16) * 16);
		expect(await sizeOf(Buffer.from(json.data[0].b64_json, 'base64'))).toEqual(aligned);
	});
});
