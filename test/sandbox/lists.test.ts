import { readFixture } from '../support/fixture';
import { authorization, call, useSandbox } from './http';
import { like } from './like';

const sandbox = useSandbox();

interface Listed {
	readonly id: string;
	readonly request_id: string;
	readonly status: string;
	readonly [field: string]: unknown;
}

interface Page {
	readonly items: readonly Listed[];
	readonly results: readonly Listed[];
	readonly next: string | null;
	readonly next_cursor: string | null;
	readonly has_more: boolean;
	readonly data: { readonly items: readonly Listed[]; readonly total: number };
}

const TURBO = 'fal-ai/z-image/turbo';

/** The fields of an object and of its contents. */
const fieldsOf = (value: unknown): string[] =>
	Object.keys(value as object).filter(
		(name) => (value as Record<string, unknown>)[name] !== undefined,
	);

const after = (text: string) => encodeURIComponent(text);

const ask = async (provider: 'fal' | 'replicate' | 'wavespeed', path: string, body?: unknown) =>
	await call<Page>(sandbox.current.urls[provider] + path, {
		key: authorization(sandbox.current)[provider],
		...(body === undefined ? {} : { body }),
	});

const submit = {
	fal: async (prompt: string) => await ask('fal', `/${TURBO}`, { prompt, seed: 7 }),
	replicate: async (prompt: string) =>
		await ask('replicate', '/v1/models/prunaai/z-image-turbo/predictions', { input: { prompt } }),
	wavespeed: async (prompt: string) =>
		await ask('wavespeed', '/api/v3/wavespeed-ai/z-image/turbo', { prompt }),
};

const REQUESTS = `/v1/models/requests/by-endpoint?endpoint_id=${TURBO}`;
const promptOf = (one: Listed) => (one['json_input'] as { prompt: string } | undefined)?.prompt;

describe('fal', () => {
	const list = async (query = '') => await ask('fal', REQUESTS + query);

	it('has the documented fields', async () => {
		await submit.fal('a boat');
		const { status, json } = await list('&expand=payloads');
		expect(status).toBe(200);
		const { body } = readFixture('fal', 'listRequests') as unknown as { body: Page };
		expect(fieldsOf(json)).toEqual(fieldsOf(body));
		expect(fieldsOf(json.items[0]).sort()).toEqual(fieldsOf(body.items[0]).sort());
		expect(json.items[0]).toMatchObject({
			endpoint_id: TURBO,
			status_code: 200,
			json_input: { prompt: 'a boat', seed: 7 },
			json_output: { seed: 7, images: [{ url: like.any(String) }] },
		});
		expect(json).toMatchObject({ next_cursor: null, has_more: false });
	});

	it('has payloads only on request, and only the requested endpoints', async () => {
		await submit.fal('a boat');
		expect(fieldsOf((await list()).json.items[0])).not.toContain('json_input');
		expect((await ask('fal', REQUESTS.replace('turbo', 'base'))).json.items).toEqual([]);
	});

	it('has no end of what is still running, and the error of what failed', async () => {
		await submit.fal('one [sandbox:never]');
		await submit.fal('two [sandbox:fail]');
		const { json } = await list('&expand=payloads');
		const found = json.items.map((one) => [promptOf(one)?.slice(0, 3), one['status_code'] ?? null]);
		expect(found).toEqual([
			['one', null],
			['two', 500],
		]);
		expect(fieldsOf(json.items[0])).not.toContain('ended_at');
	});

	it('filters by time and status, and has pages', async () => {
		for (const prompt of ['one', 'two', 'three [sandbox:fail]']) await submit.fal(prompt);
		const later = new Date(Date.now() + 60_000).toISOString();
		expect((await list(`&start=${after(later)}`)).json.items).toEqual([]);
		expect((await list('&end=2020-01-01')).json.items).toEqual([]);
		expect((await list('&status=success')).json.items).toHaveLength(2);
		expect((await list('&status=error')).json.items).toHaveLength(1);
		const first = (await list('&limit=2')).json;
		expect(first).toMatchObject({ next_cursor: 'Mg==', has_more: true });
		const second = (await list(`&limit=2&cursor=${after(first.next_cursor ?? '')}`)).json;
		expect(second).toMatchObject({ next_cursor: null, has_more: false });
		const ids = [...first.items, ...second.items].map(({ request_id }) => request_id);
		expect(new Set(ids).size).toBe(3);
	});

	it.each(['&limit=0', '&limit=101', '&cursor=x', '&start=x', '&status=x'])(
		'refuses %s',
		async (query) => expect((await list(query)).status).toBe(400),
	);

	it('requires an endpoint', async () => {
		expect((await ask('fal', '/v1/models/requests/by-endpoint')).status).toBe(400);
	});
});

describe('Replicate', () => {
	const list = async (query = '') => await ask('replicate', `/v1/predictions${query}`);

	it('has the documented fields, with the newest first', async () => {
		await submit.replicate('one');
		await submit.replicate('two');
		const { status, json } = await list();
		expect(status).toBe(200);
		const { body } = readFixture('replicate', 'listPredictions') as unknown as { body: Page };
		expect(fieldsOf(json).sort()).toEqual(fieldsOf(body).sort());
		expect(fieldsOf(json.results[0]).sort()).toEqual(fieldsOf(body.results[1]).sort());
		expect(json.results.map(({ input }) => input)).toEqual([{ prompt: 'two' }, { prompt: 'one' }]);
	});

	it('has 100 per page, and the URL of the next page with the filters', async () => {
		for (let number = 0; number < 101; number++) await submit.replicate(`${number}`);
		const first = (await list('?created_after=2020-01-01T00:00:00Z')).json;
		expect(first.results).toHaveLength(100);
		const next = new URL(first.next ?? '');
		expect(next.searchParams.get('created_after')).toBe('2020-01-01T00:00:00Z');
		const second = (await list(next.search)).json;
		expect(second).toMatchObject({ next: null, results: [{ input: { prompt: '0' } }] });
	});

	it.each([
		['?created_after=2999-01-01T00:00:00Z', 0],
		['?created_before=2020-01-01T00:00:00Z', 0],
		['?source=web', 0],
		['?created_after=2020-01-01T00:00:00Z', 1],
	])('filters by %s', async (query, count) => {
		await submit.replicate('one');
		expect((await list(query)).json.results).toHaveLength(count);
	});

	it('refuses an invalid time', async () => {
		expect((await list('?created_after=yesterday')).status).toBe(400);
	});
});

describe('WaveSpeed', () => {
	const list = async (body: object) =>
		await ask('wavespeed', '/api/v3/predictions', { page: 1, page_size: 100, ...body });

	it('has the documented fields, with the newest first', async () => {
		await submit.wavespeed('one');
		await submit.wavespeed('two');
		const { status, json } = await list({});
		expect(status).toBe(200);
		const { body } = readFixture('wavespeed', 'listPredictions') as unknown as { body: Page };
		expect(fieldsOf(json.data).sort()).toEqual(fieldsOf(body.data).sort());
		expect(fieldsOf(json.data.items[0]).sort()).toEqual(fieldsOf(body.data.items[0]).sort());
		expect(json.data.total).toBe(2);
	});

	it.each([
		[{ page: 2 }, 0],
		[{ page_size: 1 }, 1],
		[{ page: 2, page_size: 1 }, 1],
		[{ model: 'wavespeed-ai/z-image/turbo' }, 2],
		[{ model: 'wavespeed-ai/z-image/base' }, 0],
		[{ status: 'completed' }, 1],
		[{ status: 'failed' }, 1],
		[{ created_after: '2999-01-01T00:00:00Z' }, 0],
		[{ created_before: '2020-01-01T00:00:00Z' }, 0],
		[{ created_after: null, model: null }, 2],
	])('%j returns %d', async (body, count) => {
		await submit.wavespeed('one');
		await submit.wavespeed('two [sandbox:fail]');
		expect((await list(body)).json.data.items).toHaveLength(count);
	});

	it.each([{ page: 0 }, { page: null }, { page_size: 101 }, { created_after: 'x' }])(
		'refuses %j',
		async (body) => expect((await list(body)).status).toBe(400),
	);
});

describe.each([
	['fal', REQUESTS, undefined],
	['replicate', '/v1/predictions', undefined],
	['wavespeed', '/api/v3/predictions', { page: 1, page_size: 10 }],
] as const)('the list of %s', (provider, path, body) => {
	it('requires the key', async () => {
		const url = sandbox.current.urls[provider] + path;
		const given = body === undefined ? {} : { body };
		expect((await call(url, given)).status).toBe(401);
		expect((await call(url, { ...given, key: 'Bearer wrong' })).status).toBe(401);
	});

	it('has the faults that a task on it asks for', async () => {
		await submit[provider]('one [sandbox:list=503*1]');
		expect((await ask(provider, path, body)).status).toBe(503);
		expect((await ask(provider, path, body)).status).toBe(200);
	});
});
