import type { IDataObject } from 'n8n-workflow';

import { loraPresets } from '../../nodes/ZImage/applyLoraPreset/presets';
import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import { credentialsFor } from '../support/credentials';
import { imageRequest } from '../support/request';
import { runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

async function apply(parameters: IDataObject, items: IDataObject[] = [{ prompt: 'a fox' }]) {
	return await runWorkflow({
		items,
		steps: [{ type: 'zImageApplyLoraPreset', parameters }],
		credentials: {},
	});
}

const presets = (...names: string[]) => ({ preset: names.map((name) => ({ name, scale: 0 })) });
const classicPainting = {
	path: 'renderartist/Classic-Painting-Z-Image-Turbo-LoRA',
	scale: 0.8,
	file: 'Classic_Painting_Z_Image_Turbo_v1_renderartist_1750.safetensors',
	trigger: 'class1cpa1nt',
};
const childrensDrawings = {
	path: 'ostris/z_image_turbo_childrens_drawings',
	scale: 0.85,
	file: 'z_image_turbo_childrens_drawings.safetensors',
};

it('stacks presets and custom LoRAs, with their trigger words once', async () => {
	const { json } = await apply({
		presets: presets('classicPainting', 'childrensDrawings'),
		customLoras: { lora: [{ path: 'me/mine', scale: 0.4, trigger: 'm1ne' }] },
	});
	expect(json).toEqual([
		{
			prompt: 'class1cpa1nt, m1ne, a fox',
			loras: [classicPainting, childrensDrawings, { path: 'me/mine', scale: 0.4, trigger: 'm1ne' }],
			loraPreset: 'classicPainting + childrensDrawings + me/mine',
		},
	]);
});

it('makes one item per LoRA as variations', async () => {
	const { json, items } = await apply(
		{ presets: presets('classicPainting', 'childrensDrawings'), combine: 'variations' },
		[{ prompt: 'a fox' }, { prompt: 'an owl, class1cpa1nt' }],
	);
	expect(json.map(({ prompt, loras, loraPreset }) => [prompt, loras, loraPreset])).toEqual([
		['class1cpa1nt, a fox', [classicPainting], 'classicPainting'],
		['a fox', [childrensDrawings], 'childrensDrawings'],
		['an owl, class1cpa1nt', [classicPainting], 'classicPainting'],
		['an owl, class1cpa1nt', [childrensDrawings], 'childrensDrawings'],
	]);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 1, 1].map((item) => ({ item })));
});

const list = (value: string) => ({
	__rl: true,
	mode: 'list',
	value,
	cachedResultName: 'Some LoRA',
});

it('takes LoRAs from the list, by ID and by URL, with the trigger words of the list', async () => {
	const { json, error } = await apply({
		customLoras: {
			lora: [
				{ path: list('tarn59/pixel/p.safetensors#trigger=Pixel%20art%20style.'), scale: 0.9 },
				{ path: { __rl: true, mode: 'id', value: '={{ "me" }}/mine' }, trigger: 'm1ne' },
				{ path: { __rl: true, mode: 'url', value: 'https://huggingface.co/me/other' }, scale: 2 },
			],
		},
	});
	expect(error).toBeUndefined();
	expect(json[0]).toEqual({
		prompt: 'Pixel art style. m1ne, a fox',
		loras: [
			{
				path: 'https://huggingface.co/tarn59/pixel/resolve/main/p.safetensors',
				scale: 0.9,
				trigger: 'Pixel art style.',
			},
			{ path: 'me/mine', scale: 1, trigger: 'm1ne' },
			{ path: 'me/other', scale: 2 },
		],
		loraPreset: 'tarn59/pixel/p.safetensors + me/mine + me/other',
	});
});

it("prefers a row's own trigger words to those from the list", async () => {
	const lora = [{ path: list('me/mine#trigger=theirs'), scale: 1, trigger: 'mine' }];
	const { json } = await apply({ customLoras: { lora } });
	expect(json[0]?.prompt).toBe('mine, a fox');
});

it.each<[string, unknown]>([
	['a text', 'me/mine'],
	['an expression', '={{ $json.lora }}'],
	['an expression in the list', list('={{ $json.lora }}')],
	['an expression for the whole locator', '={{ { __rl: true, mode: "id", value: $json.lora } }}'],
])('takes a path that is %s', async (_, path) => {
	const parameters = { customLoras: { lora: [{ path, scale: 0.5 }] } } as IDataObject;
	const { json, error } = await apply(parameters, [{ prompt: 'a fox', lora: 'me/mine' }]);
	expect(error).toBeUndefined();
	expect(json[0]?.loras).toEqual([{ path: 'me/mine', scale: 0.5 }]);
});

describe('sweep', () => {
	it('makes one item per scale, for each LoRA separately', async () => {
		const { json, items } = await apply({
			presets: presets('classicPainting', 'childrensDrawings'),
			combine: 'sweep',
			sweepFrom: 0.7,
			sweepTo: 1,
			sweepSteps: 3,
		});
		expect(json.map(({ prompt, loras, loraPreset }) => [prompt, loras, loraPreset])).toEqual([
			...[0.7, 0.85, 1].map((scale) => [
				'class1cpa1nt, a fox',
				[{ ...classicPainting, scale }],
				`classicPainting ${scale}`,
			]),
			...[0.7, 0.85, 1].map((scale) => [
				'a fox',
				[{ ...childrensDrawings, scale }],
				`childrensDrawings ${scale}`,
			]),
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(6).fill({ item: 0 }));
	});

	it("goes from 0.6 to 1 in 3 steps by default, in addition to the item's LoRAs", async () => {
		const other = { path: 'me/other', scale: 1 };
		const { json } = await apply({ presets: presets('childrensDrawings'), combine: 'sweep' }, [
			{ prompt: 'a fox', loras: [other, { path: childrensDrawings.path, scale: 3 }] },
		]);
		expect(json.map(({ loras }) => loras)).toEqual(
			[0.6, 0.8, 1].map((scale) => [other, { ...childrensDrawings, scale }]),
		);
	});

	it.each<[IDataObject, string]>([
		[{ sweepFrom: -0.1 }, 'From Scale must be between 0 and 4 (got -0.1)'],
		[{ sweepTo: 4.1 }, 'To Scale must be between 0 and 4 (got 4.1)'],
		[{ sweepTo: '={{ "much" }}' }, 'To Scale must be a number (got "much")'],
		[{ sweepSteps: 1 }, 'Steps must be between 2 and 20 (got 1)'],
		[{ sweepSteps: 21 }, 'Steps must be between 2 and 20 (got 21)'],
		[{ sweepSteps: 2.5 }, 'Steps must be a whole number (got 2.5)'],
	])('refuses %j', async (parameters, message) => {
		const chosen = { presets: presets('tarot'), combine: 'sweep' };
		const { error } = await apply({ ...chosen, ...parameters });
		expect(error?.message).toBe(message);
	});
});

describe('random', () => {
	const items = Array.from({ length: 12 }, (_, index) => ({ prompt: `fox ${index}` }));
	const four = presets('classicPainting', 'childrensDrawings', 'tarot', 'realism');
	const draw = async (parameters: IDataObject) => {
		const { json, error } = await apply({ combine: 'random', ...parameters }, items);
		expect(error).toBeUndefined();
		return json;
	};

	it('draws the same LoRAs for the same items with the same seed', async () => {
		const parameters = { presets: four, randomCount: 2, randomSeed: 42 };
		const json = await draw(parameters);
		expect(await draw(parameters)).toEqual(json);
		expect(await draw({ ...parameters, randomSeed: 43 })).not.toEqual(json);
		expect(json).toHaveLength(items.length);
		for (const { loras, loraPreset } of json) {
			const names = String(loraPreset).split(' + ');
			expect(new Set(names).size).toBe(2);
			expect(loras).toHaveLength(2);
			for (const name of names) expect(four.preset.map((row) => row.name)).toContain(name);
		}
		expect(new Set(json.map(({ loraPreset }) => loraPreset)).size).toBeGreaterThan(2);
	});

	it('draws different LoRAs in each run without a seed, from all presets if none is chosen', async () => {
		const runs = [await draw({}), await draw({ randomSeed: -1 })];
		expect(runs[0]).not.toEqual(runs[1]);
		const names = runs.flat().map(({ loraPreset }) => String(loraPreset));
		expect(new Set(names).size).toBeGreaterThan(4);
		const known: readonly string[] = loraPresets.map(({ name }) => name);
		expect(names.filter((name) => !known.includes(name))).toEqual([]);
	});

	it('counts a LoRA that is chosen twice only once', async () => {
		const { error } = await apply({
			combine: 'random',
			presets: presets('tarot', 'tarot'),
			randomCount: 2,
		});
		expect(error?.message).toBe(
			'LoRAs per Item must be at most 1, the number of LoRAs to draw from (got 2)',
		);
	});

	it("names those that exceed the limit together with the item's", async () => {
		const loras = ['a/a', 'b/b', 'c/c'].map((path) => ({ path }));
		const { error } = await apply({ combine: 'random', presets: presets('tarot') }, [
			{ prompt: 'a fox', loras },
		]);
		expect(error?.message).toBe(
			'A provider accepts at most 3 LoRAs (got 4). Remove: multimodalart/tarot-z-image-lora',
		);
	});

	it.each<[IDataObject, string]>([
		[{ randomCount: 0 }, 'LoRAs per Item must be between 1 and 3 (got 0)'],
		[{ randomCount: 4 }, 'LoRAs per Item must be between 1 and 3 (got 4)'],
		[{ randomSeed: -2 }, 'Seed must be between -1 and 2147483647 (got -2)'],
		[{ randomSeed: 0.5 }, 'Seed must be a whole number (got 0.5)'],
	])('refuses %j', async (parameters, message) => {
		const { error } = await apply({ combine: 'random', ...parameters });
		expect(error?.message).toBe(message);
	});
});

describe('own presets', () => {
	const own = [
		{ name: 'Mine', path: 'me/mine', scale: 0.4, trigger: 'm1ne' },
		{ path: 'me/other/a.safetensors#trigger=other' },
	];
	const result = {
		prompt: 'class1cpa1nt, m1ne, other, a fox',
		loras: [
			classicPainting,
			{ path: 'me/mine', scale: 0.4, trigger: 'm1ne' },
			{
				path: 'https://huggingface.co/me/other/resolve/main/a.safetensors',
				scale: 1,
				trigger: 'other',
			},
		],
		loraPreset: 'classicPainting + Mine + me/other/a.safetensors',
	};
	const chosen = { presets: presets('classicPainting') };

	it.each<[string, IDataObject, IDataObject]>([
		['JSON text', { ownPresets: 'json', ownPresetsJson: JSON.stringify(own) }, {}],
		['an expression', { ownPresets: 'json', ownPresetsJson: '={{ $json.mine }}' }, { mine: own }],
		['the input item', { ownPresets: 'input' }, { loraPresets: own }],
		[
			'text in a field',
			{ ownPresets: 'input', ownPresetsField: 'mine' },
			{ mine: JSON.stringify(own) },
		],
	])('come from %s', async (_, parameters, input) => {
		const { json, error } = await apply({ ...chosen, ...parameters }, [
			{ prompt: 'a fox', ...input },
		]);
		expect(error).toBeUndefined();
		expect(json[0]).toEqual({ ...input, ...result });
	});

	it.each<[string, IDataObject]>([
		['left out', {}],
		['none', { ownPresets: 'none', ownPresetsJson: '[{}]' }],
		['an empty list', { ownPresets: 'json', ownPresetsJson: '[]' }],
		['an empty text', { ownPresets: 'json', ownPresetsJson: ' ' }],
		['a field that the item lacks', { ownPresets: 'input' }],
	])('may be %s', async (_, parameters) => {
		const { json, error } = await apply({ ...chosen, ...parameters });
		expect(error).toBeUndefined();
		expect(json[0]?.loraPreset).toBe('classicPainting');
	});

	it('are enough on their own, with every value of Combine', async () => {
		const parameters = { ownPresets: 'json', ownPresetsJson: JSON.stringify(own) };
		const labels = async (combine: string) => {
			const { json } = await apply({ ...parameters, combine, randomCount: 2, sweepSteps: 2 });
			return json.map(({ loraPreset }) => loraPreset);
		};
		const other = 'me/other/a.safetensors';
		expect(await labels('variations')).toEqual(['Mine', other]);
		expect(await labels('sweep')).toEqual(['Mine 0.6', 'Mine 1', `${other} 0.6`, `${other} 1`]);
		expect([[`Mine + ${other}`], [`${other} + Mine`]]).toContainEqual(await labels('random'));
	});

	it.each<[string, IDataObject, string]>([
		['no JSON', { ownPresetsJson: '[{]' }, 'Own Presets must be a list of LoRAs (got "[{]")'],
		[
			'no list',
			{ ownPresetsJson: '{"path":"a/b"}' },
			'Own Presets must be a list of LoRAs (got "{',
		],
		[
			'an entry without a path',
			{ ownPresetsJson: '[{"name":"x"}]' },
			'Own Preset 1 must have a path',
		],
		[
			'a scale out of range',
			{ ownPresetsJson: '[{"path":"a/b"},{"path":"a/c"},{"path":"a/d","scale":7}]' },
			'The scale of Own Preset 3 must be between 0 and 4 (got 7)',
		],
		[
			'a Civitai page',
			{ ownPresetsJson: '[{"path":"https://civitai.com/models/1"}]' },
			'The path of Own Preset 1 must be the link to a LoRA file (got a Civitai page)',
		],
		['another source', { ownPresets: '={{ "file" }}' }, 'Own Presets must be one of: '],
	])('refuses %s', async (_, parameters, message) => {
		const { error } = await apply({ ownPresets: 'json', ...parameters });
		expect(error?.message).toContain(message);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
	});

	it("if wrong on one item, don't affect the others with continue on fail", async () => {
		const { json } = await runWorkflow({
			items: [{ loraPresets: [{ path: 'a/b' }] }, { loraPresets: 'x' }],
			steps: [
				{
					type: 'zImageApplyLoraPreset',
					parameters: { ownPresets: 'input' },
					onError: 'continueRegularOutput',
				},
			],
			credentials: {},
		});
		expect(json[0]).toMatchObject({ loras: [{ path: 'a/b', scale: 1 }] });
		expect(json[1]?.error).toContain('Own Presets must be a list of LoRAs');
	});
});

it("keeps the item's other fields and files, and adds to its LoRAs", async () => {
	const binary = { photo: { data: 'AAAA', mimeType: 'image/png' } };
	const { json, items } = await runWorkflow({
		items: [{ text: 'a fox', id: 7, loras: [{ path: 'me/first', scale: 1 }] }],
		inputBinary: binary,
		steps: [
			{
				type: 'zImageApplyLoraPreset',
				parameters: { presets: presets('classicPainting'), promptField: 'text' },
			},
		],
		credentials: {},
	});
	expect(json[0]).toEqual({
		id: 7,
		text: 'class1cpa1nt, a fox',
		loras: [{ path: 'me/first', scale: 1 }, classicPainting],
		loraPreset: 'classicPainting',
	});
	expect(items[0]?.binary).toEqual(binary);
});

it.each([false, 'false', 'no\n', '0'])('leaves the prompt alone if told to: %j', async (off) => {
	const { json } = await apply({
		presets: presets('classicPainting'),
		addTriggerWords: off === false ? off : `={{ ${JSON.stringify(off)} }}`,
	});
	expect(json[0]?.prompt).toBe('a fox');
	const { trigger, ...withoutTrigger } = classicPainting;
	expect(trigger).not.toBe('');
	expect(json[0]?.loras).toEqual([withoutTrigger]);
});

describe('Prompt Field', () => {
	const given = (promptField: string) => ({ presets: presets('classicPainting'), promptField });

	it('may be nested', async () => {
		const { json } = await apply(given('output.prompt'), [{ output: { prompt: 'a fox', id: 7 } }]);
		expect(json[0]).toMatchObject({ output: { prompt: 'class1cpa1nt, a fox', id: 7 } });
		expect(json[0]).not.toHaveProperty(['output.prompt']);
	});

	it('may have a dot in its name', async () => {
		const { json } = await apply(given('output.prompt'), [{ 'output.prompt': 'a fox' }]);
		expect(json[0]).toMatchObject({ 'output.prompt': 'class1cpa1nt, a fox' });
	});

	it('is ignored if items lack the default field: Generate adds the words', async () => {
		const { json } = await apply(given('prompt'), [{ product: 'a fox' }]);
		expect(json).toEqual([
			{ product: 'a fox', loras: [classicPainting], loraPreset: 'classicPainting' },
		]);
	});

	it.each<[string, IDataObject, string]>([
		['Prompt', { prompt: 'a fox', id: 7 }, 'Its fields: "prompt", "id".'],
		['={{ $json.prompt }}', { prompt: 'a fox' }, 'Its fields: "prompt".'],
		['text', {}, 'It has none.'],
		['output.text', { output: { prompt: 'a fox' } }, 'Its fields: "output".'],
		['a', Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`f${i}`, i])), ', and 5 more.'],
	])('%s is not in %j', async (promptField, item, fields) => {
		const { error } = await apply(given(promptField), [item]);
		expect(error?.message).toMatch(
			/^The input item has no field ".*", which is set as Prompt Field$/,
		);
		expect(error?.description).toContain(fields);
		expect(error?.description).toContain('not the prompt itself');
	});
});

it.each(['a product', '一只狐狸'])(
	"the trigger words reach Generate's prompt: %s",
	async (prompt) => {
		const items = ['fox', 'owl'].map((product) => ({ product }));
		const { json } = await runWorkflow({
			items,
			steps: [
				{ type: 'zImageApplyLoraPreset', parameters: { presets: presets('classicPainting') } },
				{
					type: 'zImageGenerate',
					parameters: { provider: 'fal', prompt: `=${prompt} {{ $json.product }}` },
				},
			],
			credentials: credentialsFor(getSandbox()),
		});
		expect(json.map((item) => item.prompt)).toEqual(
			items.map(({ product }) => `class1cpa1nt, ${prompt} ${product}`),
		);
	},
);

it("uses the row's scale if there is one", async () => {
	const { json } = await apply({ presets: { preset: [{ name: 'classicPainting', scale: 1.2 }] } });
	expect(json[0]?.loras).toEqual([{ ...classicPainting, scale: 1.2 }]);
});

it.each<[string, IDataObject, string]>([
	[
		'an unknown preset',
		{ presets: { preset: [{ name: '={{ "nope" }}' }] } },
		'Preset "nope" is not known',
	],
	[
		'four LoRAs',
		{ presets: presets('classicPainting', 'childrensDrawings', 'tarot', 'realism') },
		'A provider accepts at most 3 LoRAs (got 4). Remove: suayptalha/Z-Image-Turbo-Realism-LoRA',
	],
	[
		'a scale out of range',
		{ presets: { preset: [{ name: 'tarot', scale: 5 }] } },
		'The scale of Preset 1 must be between 0 and 4 (got 5)',
	],
])('refuses %s', async (_name, parameters, message) => {
	const { error } = await apply(parameters);
	expect(error?.message).toBe(message);
	expect(error?.context).toMatchObject({ itemIndex: 0 });
});

async function feed(provider: Provider) {
	return await runWorkflow({
		items: [{ prompt: 'a fox' }],
		steps: [
			{ type: 'zImageApplyLoraPreset', parameters: { presets: presets('classicPainting') } },
			{
				type: 'zImageGenerate',
				parameters: { provider: provider.id, prompt: '={{ $json.prompt }}' },
			},
		],
		credentials: credentialsFor(getSandbox()),
	});
}

const hosted = providers.filter(({ isOwnServer }: Provider) => !isOwnServer);

it.each(hosted)("provides Generate's LoRAs on $id", async (provider: Provider) => {
	const { json } = await feed(provider);
	// Where only files are loaded, the preset includes its file.
	const { path, scale, file } = classicPainting;
	const isFile = provider.id === 'replicate';
	const sent = {
		path: isFile ? `https://huggingface.co/${path}/resolve/main/${file}` : path,
		scale,
	};
	expect(json[0]).toMatchObject({ prompt: 'class1cpa1nt, a fox', loras: [sent] });
	const [submit] = submitsOf(getSandbox());
	const asked = provider.submit(imageRequest({ prompt: 'class1cpa1nt, a fox', loras: [sent] }));
	expect(submit?.path).toBe(asked.path);
	expect(submit?.body).toMatchObject(asked.body as object);
});

it.each([
	[
		comfyui,
		`ComfyUI did not accept the request (HTTP 400): The server doesn't have the LoRA ${classicPainting.path}. Choose one of its LoRAs, or download the file from https://huggingface.co/${classicPainting.path} to ComfyUI's models/loras folder. It has 'crayon_drawing_z_image.safetensors', 'other_architecture_sdxl.safetensors', 'pixel_art_style_z_image_turbo.safetensors', 'styles/watercolor_z_image.safetensors'`,
	],
	[
		sdcpp,
		"stable-diffusion.cpp did not accept the request (HTTP 400): invalid generation parameters. The server doesn't say which: check that each LoRA is spelled as in its list, and that the source image is in color and not damaged",
	],
	[
		openaiCompatible,
		`OpenAI-compatible (Standard) doesn't accept LoRAs. Remove: ${classicPainting.path}`,
	],
])("$id lacks the presets' files, and says so", async (provider, message) => {
	const { error } = await feed(provider);
	expect(error?.message).toBe(message);
	expect(getSandbox().accepted).toEqual([]);
});
