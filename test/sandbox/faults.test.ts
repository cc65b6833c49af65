import type { AimlapiBody, FalBody, ReplicateBody, V3Body, WaveSpeedBody } from './bodies';
import { authorization, call, useSandbox, type Reply } from './http';
import { like } from './like';

const sandbox = useSandbox();
const SMALL = { image_size: 'square', output_format: 'jpeg', seed: 1 };

/** The requests of one task on each host, by stage. */
const HOSTS = {
	fal: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.fal}/fal-ai/z-image/turbo`, {
				key: key('fal'),
				body: { prompt, ...SMALL },
			}),
		status: ({ json }: Reply) => call((json as FalBody).status_url, { key: key('fal') }),
		result: ({ json }: Reply) => call((json as FalBody).response_url, { key: key('fal') }),
		link: ({ json }: Reply) => (json as FalBody).images[0].url,
		error: 'detail',
		ok: 200,
	},
	novita: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.novita}/v3/async/z-image-turbo`, {
				key: key('novita'),
				body: { prompt, size: '256*256', seed: 1 },
			}),
		status: (submitted: Reply) =>
			call(
				`${sandbox.current.urls.novita}/v3/async/task-result?task_id=${(submitted.json as V3Body).task_id}`,
				{ key: key('novita') },
			),
		result: (submitted: Reply) => HOSTS.novita.status(submitted),
		link: ({ json }: Reply) => (json as V3Body).images[0].image_url,
		error: 'reason',
		ok: 200,
	},
	highway: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.highway}/v3/async/z-image-turbo-lora`, {
				key: key('highway'),
				body: { prompt, size: '256*256', seed: 1 },
			}),
		status: (submitted: Reply) =>
			call(
				`${sandbox.current.urls.highway}/v3/async/task-result?task_id=${(submitted.json as V3Body).task_id}`,
				{ key: key('highway') },
			),
		result: (submitted: Reply) => HOSTS.highway.status(submitted),
		link: ({ json }: Reply) => (json as V3Body).images[0].image_url,
		error: 'reason',
		ok: 200,
	},
	aimlapi: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.aimlapi}/v1/images/generations`, {
				key: key('aimlapi'),
				body: { model: 'alibaba/z-image-turbo', prompt, ...SMALL },
			}),
		status: (submitted: Reply) => Promise.resolve(submitted),
		result: (submitted: Reply) => Promise.resolve(submitted),
		link: ({ json }: Reply) => (json as AimlapiBody).data[0].url,
		error: 'message',
		ok: 200,
	},
	wavespeed: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.wavespeed}/api/v3/wavespeed-ai/z-image/turbo`, {
				key: key('wavespeed'),
				body: { prompt, size: '256*256', seed: 1 },
			}),
		status: ({ json }: Reply) =>
			call((json as WaveSpeedBody).data.urls.get, { key: key('wavespeed') }),
		result: (submitted: Reply) => HOSTS.wavespeed.status(submitted),
		link: ({ json }: Reply) => (json as WaveSpeedBody).data.outputs[0],
		error: 'message',
		ok: 200,
	},
	replicate: {
		submit: (prompt: string) =>
			call(`${sandbox.current.urls.replicate}/v1/models/prunaai/z-image-turbo/predictions`, {
				key: key('replicate'),
				body: { input: { prompt, width: 256, height: 256, seed: 1 } },
			}),
		status: ({ json }: Reply) => call((json as ReplicateBody).urls.get, { key: key('replicate') }),
		result: (submitted: Reply) => HOSTS.replicate.status(submitted),
		link: ({ json }: Reply) => (json as ReplicateBody).output,
		error: 'detail',
		ok: 201,
	},
};
type Host = keyof typeof HOSTS;
const NAMES = Object.keys(HOSTS) as Host[];
const key = (host: Host) => authorization(sandbox.current)[host];

const download = async (host: Host, prompt: string) => {
	const { submit, result, link } = HOSTS[host];
	const url = link(await result(await submit(prompt)));
	return { url, get: () => call(url) };
};

describe.each(NAMES)('%s', (host) => {
	const { submit, error, ok } = HOSTS[host];

	it.each([400, 401, 403, 404, 422, 429, 500, 502, 503, 504])(
		"submit=%d has the provider's own words",
		async (status) => {
			const reply = await submit(`x [sandbox:submit=${status}]`);
			expect(reply.status).toBe(status);
			expect(reply.json).toHaveProperty(error);
		},
	);

	it.each([
		['429', undefined],
		['429;retry-after=7', '7'],
		['503;retry-after-date=60', like.text(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/)],
	])('submit=%s has Retry-After %p', async (fault, retryAfter) => {
		const { headers } = await submit(`x [sandbox:submit=${fault}]`);
		expect(headers['retry-after']).toEqual(retryAfter);
	});

	it('affects the first N requests, then the next token applies, then none', async () => {
		const prompt = 'x [sandbox:submit=429*2][sandbox:submit=503*1]';
		const seen = [];
		for (let attempt = 0; attempt < 5; attempt++) seen.push((await submit(prompt)).status);
		expect(seen).toEqual([429, 429, 503, ok, ok]);
		expect((await submit('y [sandbox:submit=429*1]')).status).toBe(429);
		sandbox.current.reset();
		expect((await submit(prompt)).status).toBe(429);
	});

	it.each(['reset', 'reset-mid'])('submit=%s breaks the connection', async (fault) => {
		await expect(submit(`x [sandbox:submit=${fault}*1]`)).rejects.toThrow();
		expect((await submit(`x [sandbox:submit=${fault}*1]`)).status).toBe(ok);
	});

	it.each([
		['empty', ok, ''],
		['html', 200, '<!DOCTYPE html>'],
		['other-json', 200, '{"hello"'],
		['broken-json', ok, '{"'],
	])('submit=%s', async (fault, status, start) => {
		const reply = await submit(`x [sandbox:submit=${fault}]`);
		expect(reply.status).toBe(status);
		expect(reply.bytes.toString().startsWith(start)).toBe(true);
		if (fault !== 'other-json') expect(reply.json).toBeUndefined();
	});

	it.each([
		['502', 502, 0],
		['502;accepted', 502, 1],
		['html', 200, 1],
		['redirect', 307, 0],
	])('submit=%s responds with %d, and %d are accepted', async (fault, status, count) => {
		expect((await submit(`x [sandbox:submit=${fault}]`)).status).toBe(status);
		expect(sandbox.current.accepted.map(({ isTold }) => isTold)).toEqual(Array(count).fill(false));
	});

	it('can be requested for one request by a header', async () => {
		const { url } = await download(host, 'x');
		const headers = { 'x-sandbox-fault': '503;retry-after=4' };
		expect(await call(url, { headers })).toMatchObject({
			status: 503,
			headers: { 'retry-after': '4' },
		});
		expect((await call(url)).status).toBe(200);
	});

	it('submit=redirect leads to the files port, where a key would be noticed', async () => {
		const { status, headers } = await submit('x [sandbox:submit=redirect]');
		expect(status).toBe(307);
		const location = String(headers['location']);
		expect(location.startsWith(sandbox.current.urls.files)).toBe(true);
		expect((await call(location, { key: key(host) })).status).toBe(400);
		expect((await call(location)).status).toBe(ok);
	});

	it('submit=redirect-loop leads back', async () => {
		const { status, headers } = await submit('x [sandbox:submit=redirect-loop]');
		expect(status).toBe(307);
		expect(String(headers['location']).startsWith(sandbox.current.urls[host])).toBe(true);
	});

	it.each([
		[403, 403],
		[404, 404],
		[500, 500],
	])('download=%d', async (fault, status) => {
		const { get } = await download(host, `x [sandbox:download=${fault}*1]`);
		expect((await get()).status).toBe(status);
		expect((await get()).status).toBe(200);
	});

	it("downloads what isn't an image, or is incomplete", async () => {
		const plain = await (await download(host, 'x [sandbox:download=truncated*1]')).get();
		const { get } = await download(host, 'x [sandbox:download=text*1][sandbox:download=html*1]');
		expect((await get()).headers['content-type']).toMatch('text/plain');
		expect((await get()).headers['content-type']).toMatch('text/html');
		expect(plain.headers['content-length']).toBe(String(plain.bytes.length));
		expect((await get()).bytes.length).toBeGreaterThan(plain.bytes.length);
	});

	it('downloads with a wrong type', async () => {
		const { get } = await download(
			host,
			'x [sandbox:download=wrong-type*1][sandbox:download=wrong-type=text/plain*1]',
		);
		const [other, text, right] = [await get(), await get(), await get()];
		expect(text.headers['content-type']).toBe('text/plain');
		expect(other.headers['content-type']).toMatch(/^image\//);
		expect(other.headers['content-type']).not.toBe(right.headers['content-type']);
		expect(other.bytes.equals(right.bytes) && text.bytes.equals(right.bytes)).toBe(true);
	});

	it('downloads too much, with and without a declared length', async () => {
		const { get } = await download(
			host,
			'x [sandbox:download=oversized=1000000*1][sandbox:download=oversized=1000000;no-length*1]',
		);
		const declared = await get();
		expect(declared.headers['content-length']).toBe('1000000');
		expect(declared.bytes).toHaveLength(1_000_000);
		const open = await get();
		expect(open.headers['content-length']).toBeUndefined();
		expect(open.bytes).toHaveLength(1_000_000);
	});

	it('breaks a download', async () => {
		const { get } = await download(
			host,
			'x [sandbox:download=reset*1][sandbox:download=reset-mid*1]',
		);
		await expect(get()).rejects.toThrow();
		await expect(get()).rejects.toThrow();
		expect((await get()).status).toBe(200);
	});

	it('refuses a key on the files port, and records it', async () => {
		const { url } = await download(host, 'x');
		const reply = await call(url, { key: key(host) });
		expect(reply.status).toBe(400);
		expect(reply.bytes.toString()).toMatch('Only one auth mechanism allowed');
		expect(sandbox.current.requestsTo('files').at(-1)?.headers).toMatchObject({
			authorization: key(host),
		});
	});
});

describe.each(['fal', 'novita', 'highway', 'wavespeed', 'replicate'] as const)(
	'status of %s',
	(host) => {
		const { submit, status, error } = HOSTS[host];

		it.each([429, 500, 503])('status=%d', async (code) => {
			const submitted = await submit(`x [sandbox:status=${code}*1]`);
			const first = await status(submitted);
			expect(first.status).toBe(code);
			expect(first.json).toHaveProperty(error);
			expect((await status(submitted)).status).toBe(200);
		});

		it('is counted for each task', async () => {
			const prompt = 'x [sandbox:status=500*1]';
			const [one, two] = [await submit(prompt), await submit(prompt)];
			expect([
				(await status(one)).status,
				(await status(two)).status,
				(await status(one)).status,
			]).toEqual([500, 500, 200]);
		});

		it('status=unknown-state', async () => {
			const reply = await status(await submit('x [sandbox:status=unknown-state]'));
			expect(reply.bytes.toString()).toMatch(/"status":"(TASK_STATUS_)?paused"/i);
		});

		it('status=redirect keeps the answer on the files port', async () => {
			const reply = await status(await submit('x [sandbox:status=redirect]'));
			expect(reply.status).toBe(302);
			expect((await call(String(reply.headers['location']))).status).toBe(200);
		});

		it('submit=reset accepted the task', async () => {
			await expect(submit('x [sandbox:submit=reset]')).rejects.toThrow();
			expect(sandbox.current.requestsTo(host)).toHaveLength(1);
		});
	},
);

describe('finished, without images', () => {
	it.each(['novita', 'highway'] as const)('status=no-images of %s', async (host) => {
		const { submit, status, link } = HOSTS[host];
		const submitted = await submit('x [sandbox:status=no-images*1]');
		expect((await status(submitted)).json).toMatchObject({
			task: { status: 'TASK_STATUS_SUCCEED' },
			images: [],
		});
		expect(link(await status(submitted))).toMatch(/^http/);
	});

	it.each([
		['wavespeed', { data: { status: 'completed', outputs: [] } }],
		['replicate', { status: 'succeeded', output: null }],
	] as const)('status=no-images of %s', async (host, body) => {
		const { submit, status, link } = HOSTS[host];
		const submitted = await submit('x [sandbox:status=no-images*1]');
		expect((await status(submitted)).json).toMatchObject(body);
		expect(link(await status(submitted))).toMatch(/^http/);
	});

	it('result=no-images of fal', async () => {
		const submitted = await HOSTS.fal.submit('x [sandbox:result=no-images*1]');
		const first = await HOSTS.fal.result(submitted);
		expect(first.json).toMatchObject({ images: [], seed: 1 });
		expect(HOSTS.fal.link(await HOSTS.fal.result(submitted))).toMatch(/^http/);
	});
});

describe('AI/ML API', () => {
	it('responds with the image itself on request', async () => {
		const { json } = await HOSTS.aimlapi.submit('x [sandbox:inline]');
		const [image] = (json as { data: Array<{ b64_json: string; url?: string }> }).data;
		expect(image?.url).toBeUndefined();
		expect(
			Buffer.from(image?.b64_json ?? '', 'base64')
				.subarray(0, 2)
				.toString('hex'),
		).toBe('ffd8');
	});

	it('counts an image from the moment it starts working on it', async () => {
		const waiting = HOSTS.aimlapi.submit('x [sandbox:seconds=0.3]');
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(sandbox.current.accepted).toEqual([expect.objectContaining({ answer: undefined })]);
		const { json } = await waiting;
		expect(sandbox.current.accepted).toEqual([expect.objectContaining({ answer: json })]);
	});
});

describe('result of fal', () => {
	const { submit, result } = HOSTS.fal;
	it.each([500, 502])('result=%d', async (code) => {
		const submitted = await submit(`x [sandbox:result=${code}*1]`);
		expect((await result(submitted)).status).toBe(code);
		expect((await result(submitted)).status).toBe(200);
	});
});

describe('slow connections', () => {
	const url = () => `${sandbox.current.urls.aimlapi}/v1/images/generations`;
	it.each(['submit=hang', 'never', 'submit=drip'])(
		'[sandbox:%s] is incomplete after a while',
		async (token) => {
			const body = { model: 'alibaba/z-image-turbo', prompt: `x [sandbox:${token}]` };
			const waiting = call(url(), { key: key('aimlapi'), body, signal: AbortSignal.timeout(200) });
			await expect(waiting).rejects.toThrow();
		},
	);
});

describe('links of Novita and Highway API', () => {
	it.each(['novita', 'highway'] as const)(
		'%s: require their signature and expire after an hour',
		async (host) => {
			const { url } = await download(host, 'x');
			expect((await call(url.split('?')[0] ?? '')).status).toBe(403);
			expect((await call(url)).status).toBe(200);
			const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_601_000);
			expect((await call(url)).status).toBe(403);
			now.mockRestore();
		},
	);
});

describe('an upload to fal', () => {
	const ask = (headers: Record<string, string> = {}) =>
		call<{ upload_url: string; file_url: string }>(
			`${sandbox.current.urls.fal}/storage/upload/initiate?storage_type=fal-cdn-v3`,
			{
				key: key('fal'),
				body: { file_name: 'images.zip', content_type: 'application/zip' },
				headers,
			},
		);

	it('takes a fault of one request from its header: of that for a place, and of that with the file', async () => {
		const headers = { 'x-sandbox-fault': '503' };
		expect(await ask(headers)).toMatchObject({ status: 503, json: { detail: like.text(/./) } });
		const { upload_url: url, file_url: file } = (await ask()).json;
		const put = (more: Record<string, string> = {}) =>
			fetch(url, { method: 'PUT', headers: more, body: 'PK' });
		expect((await put(headers)).status).toBe(503);
		expect((await call(file)).status).toBe(404);
		expect((await put()).status).toBe(200);
		expect((await call(file)).status).toBe(200);
		expect(sandbox.current.accepted).toEqual([]);
	});
});
