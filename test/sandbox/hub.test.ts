import { call, useSandbox } from './http';
import { like } from './like';

const sandbox = useSandbox();
const FILTER = 'filter=base_model:adapter:Tongyi-MAI/Z-Image-Turbo';

interface Model {
	readonly id: string;
	readonly downloads: number;
	readonly tags: readonly string[];
	readonly gated: boolean | string;
	readonly cardData: { readonly instance_prompt?: string | null };
	readonly siblings: ReadonlyArray<{ readonly rfilename: string }>;
}

const get = <Body = Model[]>(pathAndQuery: string, signal?: AbortSignal) =>
	call<Body>(sandbox.current.urls.hub + pathAndQuery, signal === undefined ? {} : { signal });
const list = (query: string) => get(`/api/models?${query}`);
const idsOf = (models: readonly Model[]) => models.map(({ id }) => id);
const weightsOf = ({ siblings }: Model) =>
	siblings.filter(({ rfilename }) => rfilename.endsWith('.safetensors'));

describe('the list', () => {
	it('has the adapters of Z-Image Turbo, with the most downloaded first', async () => {
		const { status, headers, json } = await list(`${FILTER}&sort=downloads&direction=-1`);
		expect(status).toBe(200);
		expect(headers['link']).toBeUndefined();
		expect(json.length).toBeGreaterThanOrEqual(45);
		expect(new Set(idsOf(json)).size).toBe(json.length);
		expect(idsOf(json)).toContain('suayptalha/Z-Image-Turbo-Realism-LoRA');
		expect(idsOf(json)).not.toContain('invented-lab/flux-film-grain');
		const downloads = json.map((model) => model.downloads);
		expect(downloads).toEqual([...downloads].sort((one, other) => other - one));
		for (const { id } of json) expect(id).toMatch(/^[\w.-]+\/[\w.-]+$/);
	});

	it('has the default fields', async () => {
		const { json } = await list('limit=1');
		expect(Object.keys(json[0] ?? {}).sort()).toEqual(
			'_id createdAt downloads id library_name likes modelId pipeline_tag private tags'.split(' '),
		);
	});

	it.each(['expand[]=cardData&expand[]=siblings', 'expand=cardData&expand=siblings'])(
		'%s: only these, and the IDs',
		async (expand) => {
			const { json } = await list(`${FILTER}&limit=5&${expand}`);
			for (const model of json) {
				expect(Object.keys(model).sort()).toEqual(['_id', 'cardData', 'id', 'siblings']);
			}
		},
	);

	it('returns more with full=true', async () => {
		const { json } = await list('limit=1&full=true');
		expect(json[0]).toMatchObject({ author: like.any(String), siblings: like.any(Array) });
	});

	it.each(['expand[]=nonsense', 'sort=name', 'limit=0', 'limit=many', 'cursor=nonsense'])(
		'%s is refused',
		async (query) => {
			expect(await list(query)).toMatchObject({ status: 400, json: { error: like.any(String) } });
		},
	);

	it.each([
		['realism', 3],
		['ReAlIsM', 3],
		['realism polaroid', 1],
		['photorealistic', 0],
		['renderartist', 4],
		['t3chnic4lly', 0],
	])('search %p finds %d', async (search, count) => {
		const { json } = await list(`${FILTER}&search=${encodeURIComponent(search)}`);
		expect(json).toHaveLength(count);
	});

	it.each([
		['author=renderartist', 4],
		[`${FILTER}&filter=base_model:Tongyi-MAI/Z-Image-Turbo,license:cc-by-nc-4.0`, 9],
	])('%s finds %d', async (query, count) => {
		expect((await list(query)).json).toHaveLength(count);
	});

	it('has pages, each with the whole URL of the next one', async () => {
		const query = `${FILTER}&sort=downloads&direction=-1&expand[]=downloads`;
		const seen: Model[] = [];
		let url: string | undefined = `${sandbox.current.urls.hub}/api/models?${query}&limit=20`;
		const sizes: number[] = [];
		while (url !== undefined) {
			const { headers, json }: { headers: Record<string, unknown>; json: Model[] } =
				await call<Model[]>(url);
			seen.push(...json);
			sizes.push(json.length);
			const link = headers['link'] as string | undefined;
			url = link && /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
			if (link !== undefined) expect(url).toMatch(/^http:.*[?&]cursor=/);
		}
		expect(sizes.slice(0, -1).every((size) => size === 20)).toBe(true);
		expect(sizes.length).toBeGreaterThan(2);
		expect(idsOf(seen)).toEqual(idsOf((await list(query)).json));
		expect(seen[25]).toEqual({
			_id: like.any(String),
			id: like.any(String),
			downloads: like.any(Number),
		});
	});
});

describe('the repositories', () => {
	const all = async () =>
		(await list(`${FILTER}&expand[]=siblings&expand[]=cardData&expand[]=gated`)).json;

	it('include several with many weight files, and one without any', async () => {
		const counts = (await all()).map((model) => weightsOf(model).length);
		expect(counts.filter((count) => count > 1).length).toBeGreaterThanOrEqual(2);
		expect(counts.filter((count) => count === 0)).toHaveLength(1);
	});

	it('have trigger words, null, or nothing', async () => {
		const triggers = (await all()).map(({ cardData }) => cardData.instance_prompt);
		expect(triggers.filter((trigger) => typeof trigger === 'string').length).toBeGreaterThan(30);
		expect(triggers.filter((trigger) => trigger === null).length).toBeGreaterThan(1);
		expect(triggers.filter((trigger) => trigger === undefined).length).toBeGreaterThan(1);
	});

	it('include a gated one', async () => {
		expect((await all()).filter(({ gated }) => gated === 'auto')).toHaveLength(1);
	});
});

describe('one repository', () => {
	it('has its files and its trigger words', async () => {
		const id = 'renderartist/Classic-Painting-Z-Image-Turbo-LoRA';
		const { json } = await get<Model>(`/api/models/${id}`);
		expect(json).toMatchObject({ id, author: 'renderartist', gated: false, private: false });
		expect(json.cardData.instance_prompt).toBe('class1cpa1nt');
		expect(weightsOf(json)).toEqual([
			{ rfilename: 'Classic_Painting_Z_Image_Turbo_v1_renderartist_1750.safetensors' },
		]);
	});

	it('expands like the list', async () => {
		const { json } = await get<Model>('/api/models/strangerzonehf/Anime-Z?expand[]=gated');
		expect(json).toEqual({ _id: like.any(String), id: 'strangerzonehf/Anime-Z', gated: false });
	});

	it.each(['nobody/nothing', 'gpt2'])("%s doesn't exist: 401", async (id) => {
		expect(await get(`/api/models/${id}`)).toMatchObject({
			status: 401,
			json: { error: 'Invalid username or password.' },
		});
	});

	it.each([
		['strangerzonehf/Anime-Z/resolve/main/Anime-Z.safetensors', 200],
		['invented-lab/zimage-steps-collection/resolve/main/samples/preview.png', 200],
		['strangerzonehf/Anime-Z/resolve/main/other.safetensors', 404],
		['nobody/nothing/resolve/main/x.safetensors', 401],
		['invented-lab/zimage-members-only/resolve/main/members_only.safetensors', 401],
		['nowhere', 404],
	])('/%s is %d', async (path, status) => {
		expect((await get(`/${path}`)).status).toBe(status);
	});
});

describe('a word in the search or the name makes it fail', () => {
	it.each([
		['/api/models?search=sandbox-hub-503', 503],
		['/api/models?search=realism%20sandbox-hub-429', 429],
		['/api/models/nobody/sandbox-hub-500', 500],
		['/api/models?search=sandbox-hub-nonsense', 400],
	])('%s', async (path, status) => {
		expect(await get(path)).toMatchObject({ status, json: { error: like.any(String) } });
	});

	it('once, and then finds what the other words search for', async () => {
		const path = `/api/models?${FILTER}&search=realism+sandbox-hub-503-x1`;
		expect((await get(path)).status).toBe(503);
		expect((await get(path)).json).toHaveLength(3);
	});

	it("with a response that isn't JSON, or without one", async () => {
		expect(await get('/api/models?search=sandbox-hub-html')).toMatchObject({
			status: 200,
			json: undefined,
		});
		expect(await get('/api/models?search=sandbox-hub-broken-json')).toMatchObject({
			json: undefined,
		});
		const requests = () => sandbox.current.requestsTo('hub').length;
		const stop = new AbortController();
		const hanging = get('/api/models?search=sandbox-hub-hang', stop.signal);
		while (requests() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
		stop.abort();
		await expect(hanging).rejects.toThrow();
	});
});

describe('where a model runs', () => {
	const mappingOf = async (id: string) => {
		const { json } = await get<{ inferenceProviderMapping: readonly object[] }>(
			`/api/models/${id}?expand[]=inferenceProviderMapping`,
		);
		return json.inferenceProviderMapping;
	};

	it.each([
		['Tongyi-MAI/Z-Image-Turbo', { providerId: 'fal-ai/z-image/turbo' }],
		[
			'suayptalha/Z-Image-Turbo-Realism-LoRA',
			{
				providerId: 'fal-ai/z-image/turbo/lora',
				adapter: 'lora',
				adapterWeightsPath: 'pytorch_lora_weights.safetensors',
			},
		],
	])('%s', async (id, mapping) => {
		expect(await mappingOf(id)).toEqual([
			{ provider: 'fal-ai', hfModelId: id, status: 'live', task: 'text-to-image', ...mapping },
		]);
	});

	it.each(['invented-lab/zimage-steps-collection', 'invented-lab/zimage-no-weights'])(
		"%s isn't a single file, so there is none",
		async (id) => expect(await mappingOf(id)).toEqual([]),
	);
});
