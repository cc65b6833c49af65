import fc from 'fast-check';

import { modelsQuery, nextCursor, readModels } from '../../nodes/ZImage/hub/models';
import { readPath } from '../../nodes/ZImage/lora/paths';

const files = (...names: string[]) => names.map((rfilename) => ({ rfilename }));
const pixelArt = {
	id: 'tarn59/pixel_art',
	downloads: 12345,
	gated: false,
	private: false,
	cardData: { instance_prompt: 'Pixel art style.' },
	siblings: files('.gitattributes', 'README.md', 'pixel.safetensors'),
};

describe('modelsQuery', () => {
	const parts = (query: string) => [...new URLSearchParams(query)];

	it('requests the adapters of Z-Image Turbo, and the fields that an entry needs', () => {
		expect(parts(modelsQuery(undefined, undefined))).toEqual([
			['filter', 'base_model:adapter:Tongyi-MAI/Z-Image-Turbo'],
			['sort', 'downloads'],
			['direction', '-1'],
			['limit', '40'],
			...['cardData', 'siblings', 'gated', 'private'].map((field) => ['expand[]', field]),
		]);
	});

	it('searches, and continues after the previous page', () => {
		const query = new URLSearchParams(modelsQuery('pixel & art', 'a+b=='));
		expect([query.get('search'), query.get('cursor')]).toEqual(['pixel & art', 'a+b==']);
		expect(modelsQuery('', '')).toBe(modelsQuery(undefined, undefined));
	});
});

describe('nextCursor', () => {
	it.each<[unknown, string | undefined]>([
		['<https://huggingface.co/api/models?limit=1&cursor=abc%3D>; rel="next"', 'abc='],
		['</api/models?cursor=abc>; rel=next', 'abc'],
		['<https://a.b/?cursor=no>; rel="prev", <https://a.b/?cursor=yes>; rel="next"', 'yes'],
		['<https://elsewhere.example/?cursor=abc>; title="x"; rel="next"', 'abc'],
		['<https://a.b/?cursor=no>; rel="prev"', undefined],
		['<https://a.b/?page=2>; rel="next"', undefined],
		['<https://>; rel="next"', undefined],
		['nonsense', undefined],
		[undefined, undefined],
		[['<https://a.b/?cursor=no>; rel="next"'], undefined],
	])('of %j is %j', (link, cursor) => {
		expect(nextCursor(link)).toBe(cursor);
	});
});

describe('readModels', () => {
	it('makes an entry of a repository with one weights file', () => {
		expect(readModels([pixelArt])).toEqual([
			{
				name: 'pixel_art (tarn59)',
				value: 'tarn59/pixel_art#trigger=Pixel%20art%20style.&file=pixel.safetensors',
				url: 'https://huggingface.co/tarn59/pixel_art',
			},
		]);
	});

	it('makes an entry of each weights file, with those of the training last', () => {
		const model = {
			id: 'me/many',
			downloads: 7,
			cardData: { instance_prompt: null },
			siblings: files('checkpoints/500.safetensors', 'a b.safetensors', 'b.safetensors'),
		};
		expect(readModels([model])).toEqual([
			{
				name: 'a b.safetensors (me/many)',
				value: 'me/many/a b.safetensors',
				url: 'https://huggingface.co/me/many/blob/main/a%20b.safetensors',
			},
			{
				name: 'b.safetensors (me/many)',
				value: 'me/many/b.safetensors',
				url: 'https://huggingface.co/me/many/blob/main/b.safetensors',
			},
			{
				name: 'checkpoints/500.safetensors (me/many)',
				value: 'me/many/checkpoints/500.safetensors',
				url: 'https://huggingface.co/me/many/blob/main/checkpoints/500.safetensors',
			},
		]);
	});

	it('returns a value and a page URL that both lead to the file', () => {
		const siblings = files('x/a b%1.safetensors', 'b.safetensors');
		const entry = readModels([{ id: 'me/many', siblings }])?.[1];
		const path = 'https://huggingface.co/me/many/resolve/main/x/a%20b%251.safetensors';
		const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });
		expect(readPath(locator('list', entry?.value), 'L')?.path).toBe(path);
		expect(readPath(locator('id', entry?.value), 'L')?.path).toBe(path);
		expect(readPath(locator('url', entry?.url), 'L')?.path).toBe(path);
	});

	it.each<[string, unknown]>([
		['gated', { ...pixelArt, gated: 'auto' }],
		['gated by hand', { ...pixelArt, gated: 'manual' }],
		['private', { ...pixelArt, private: true }],
		['without weights', { ...pixelArt, siblings: files('README.md') }],
		['without files', { ...pixelArt, siblings: undefined }],
		['with unusual files', { ...pixelArt, siblings: [null, 'a.safetensors', { rfilename: 7 }] }],
		["whose file can't be named", { ...pixelArt, siblings: files('a#b.safetensors') }],
		['without an id', { ...pixelArt, id: undefined }],
		['without an owner', { ...pixelArt, id: 'gpt2' }],
		["that isn't one", 'tarn59/pixel_art'],
		['that is null', null],
	])('leaves out a repository %s', (_, model) => {
		expect(readModels([model, pixelArt])).toHaveLength(1);
	});

	it.each([
		[{ ...pixelArt, cardData: undefined }],
		[{ ...pixelArt, cardData: { instance_prompt: ' ' } }],
		[{ ...pixelArt, cardData: { instance_prompt: ['x'] } }],
		// The nodes would refuse them.
		[{ ...pixelArt, cardData: { instance_prompt: 'x'.repeat(1001) } }],
		[{ ...pixelArt, cardData: 'x' }],
	])('finds no trigger words in %j', (model) => {
		expect(readModels([model])?.[0]?.value).toBe('tarn59/pixel_art#file=pixel.safetensors');
	});

	it.each(['a.safetensors.index.json', 'a.safetensors.bak'])(
		'%s is not a weights file',
		(rfilename) => {
			expect(readModels([{ ...pixelArt, siblings: [{ rfilename }] }])).toEqual([]);
		},
	);

	it.each(['a/b/c', '/a/b', 'a/b/', 'a b/c'])('%j is not a repository', (id) => {
		expect(readModels([{ ...pixelArt, id }])).toEqual([]);
	});

	it('leaves out training adapters', () => {
		expect(readModels([{ ...pixelArt, id: 'ostris/zimage_turbo_training_adapter' }])).toEqual([]);
	});

	it.each([[undefined], [null], ['[]'], [{ error: 'x' }]])('returns no list for %j', (body) => {
		expect(readModels(body)).toBeUndefined();
	});

	it('reads any list, and its entries are paths', () => {
		const odd = fc.record(
			{
				id: fc.oneof(fc.constantFrom('a/b', 'a/', '/b', 'a'), fc.anything()),
				downloads: fc.oneof(fc.nat(), fc.anything()),
				gated: fc.oneof(fc.boolean(), fc.anything()),
				cardData: fc.oneof(fc.record({ instance_prompt: fc.string() }), fc.anything()),
				siblings: fc.oneof(
					fc.array(fc.record({ rfilename: fc.string().map((name) => `${name}.safetensors`) })),
					fc.anything(),
				),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fc.array(fc.oneof(odd, fc.anything())), (models) => {
				for (const { value } of readModels(models) ?? []) {
					expect(readPath(value, 'L')?.path).toBeTruthy();
				}
			}),
		);
	});
});
