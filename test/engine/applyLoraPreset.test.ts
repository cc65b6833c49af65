import type { IDataObject } from 'n8n-workflow';

import { sandboxCredentials } from './credentials';
import { runWorkflow } from './runWorkflow';
import { submitsOf, useSandbox } from './sandboxes';

const getSandbox = useSandbox();

async function apply(parameters: IDataObject, items: IDataObject[] = [{ prompt: 'a fox' }]) {
	return await runWorkflow({
		items,
		steps: [{ type: 'zImageApplyLoraPreset', parameters }],
		credentials: {},
	});
}

const presets = (...names: string[]) => ({ preset: names.map((name) => ({ name, scale: 0 })) });
const classicPainting = { path: 'renderartist/Classic-Painting-Z-Image-Turbo-LoRA', scale: 0.8 };
const childrensDrawings = { path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 };

it('stacks presets and custom LoRAs, with their trigger words once', async () => {
	const { json } = await apply({
		presets: presets('classicPainting', 'childrensDrawings'),
		customLoras: { lora: [{ path: 'me/mine', scale: 0.4, trigger: 'm1ne' }] },
	});
	expect(json).toEqual([
		{
			prompt: 'class1cpa1nt, m1ne, a fox',
			loras: [classicPainting, childrensDrawings, { path: 'me/mine', scale: 0.4 }],
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

it('keeps the other fields and the files of the item, and adds to its LoRAs', async () => {
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

it('leaves the prompt alone when told to', async () => {
	const { json } = await apply({ presets: presets('classicPainting'), addTriggerWords: false });
	expect(json[0]?.prompt).toBe('a fox');
});

it('takes the scale of the row where it has one', async () => {
	const { json } = await apply({ presets: { preset: [{ name: 'classicPainting', scale: 1.2 }] } });
	expect(json[0]?.loras).toEqual([{ ...classicPainting, scale: 1.2 }]);
});

it.each<[string, IDataObject, string]>([
	['nothing chosen', {}, 'No LoRA is chosen'],
	[
		'an unknown preset',
		{ presets: { preset: [{ name: '={{ "nope" }}' }] } },
		'Preset "nope" is not known',
	],
	[
		'four LoRAs',
		{ presets: presets('classicPainting', 'childrensDrawings', 'tarot', 'realism') },
		'There are 4 LoRAs, but a provider takes at most 3: too many are suayptalha/Z-Image-Turbo-Realism-LoRA',
	],
	[
		'a scale out of range',
		{ presets: { preset: [{ name: 'tarot', scale: 5 }] } },
		"Presets[0].scale is 5, but a LoRA's scale goes from 0 to 4",
	],
])('refuses %s', async (_name, parameters, message) => {
	const { error } = await apply(parameters);
	expect(error?.message).toBe(message);
	expect(error?.context).toMatchObject({ itemIndex: 0 });
});

it.each([
	['fal', '/fal-ai/z-image/turbo/lora'],
	['novita', '/v3/async/z-image-turbo-lora'],
	['highway', '/v3/async/z-image-turbo-lora'],
	['aimlapi', '/v1/images/generations'],
])('feeds Generate on %s', async (provider, path) => {
	const { json } = await runWorkflow({
		items: [{ prompt: 'a fox' }],
		steps: [
			{ type: 'zImageApplyLoraPreset', parameters: { presets: presets('classicPainting') } },
			{ type: 'zImageGenerate', parameters: { provider, prompt: '={{ $json.prompt }}' } },
		],
		credentials: sandboxCredentials(getSandbox()),
	});
	expect(json[0]).toMatchObject({ prompt: 'class1cpa1nt, a fox', loras: [classicPainting] });
	const [submit] = submitsOf(getSandbox());
	expect(submit?.path).toBe(path);
	expect(submit?.body).toMatchObject({ prompt: 'class1cpa1nt, a fox', loras: [classicPainting] });
});
