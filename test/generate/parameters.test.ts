import type { IDataObject } from 'n8n-workflow';

import { readParameters } from '../../nodes/ZImage/generate/parameters';
import { fallbackProperties } from '../../nodes/ZImage/properties/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { nodeOf } from '../support/node';
import { strictContext } from '../support/strictContext';

/** Reads an item's parameters, and returns which ones were read. */
function read(
	given: Readonly<Record<string, unknown>>,
	items: unknown[] = [{ json: {} }],
	index = 0,
	typeVersion = 1,
) {
	const asked: string[] = [];
	const context = strictContext({
		getInputData: () => items as never,
		getNode: () => nodeOf({ typeVersion }),
		getNodeParameter(name: string, itemIndex: number, fallback?: unknown) {
			expect(itemIndex).toBe(index);
			asked.push(name);
			return (name in given ? given[name] : fallback) as never;
		},
	});
	return { parameters: readParameters(context, index), asked };
}

const all = {
	operation: 'inpaint',
	model: 'base',
	server: 'sglang',
	prompt: 'a lighthouse',
	mode: 'submit',
	numberOfImages: 3,
	size: '512x512',
	outputSize: '768x1024',
	width: 640,
	height: '480',
	imageSource: 'url',
	imageField: 'photo',
	imageUrl: 'https://a.example/1.png',
	maskSource: 'binary',
	maskField: 'cover',
	maskUrl: 'https://a.example/2.png',
	preprocess: 'canny',
	'loras.lora': [{ path: 'owner/name' }],
	useInputLoras: true,
	options: { seed: 7 },
};

it('reads every parameter once', () => {
	const { asked } = read(all);
	expect([...asked].sort()).toStrictEqual(Object.keys(all).sort());
});

it('reads what later versions have among the options only from there', () => {
	const { model, mode, numberOfImages, useInputLoras, ...inFront } = all;
	const options = { ...all.options, model, mode, numberOfImages, useInputLoras };
	const { parameters, asked } = read({ ...inFront, options }, undefined, 0, 1.1);
	expect([...asked].sort()).toStrictEqual(Object.keys(inFront).sort());
	expect(parameters).toStrictEqual({ ...read(all).parameters, options });
});

it("uses nothing but the option's value for an option of a later version", () => {
	const { parameters } = read({ ...all, options: {} }, undefined, 0, 1.1);
	expect(parameters).toMatchObject({ model: 'turbo', mode: 'wait', numberOfImages: null });
});

it('reads every parameter of the editor that belongs to an item', () => {
	const { properties } = new ZImageGenerate().description;
	const inEditor = new Set(
		properties.filter(({ type }) => type !== 'notice').map(({ name }) => name),
	);
	// Providers are the same for all items, and the description is for n8n and a model.
	const ofTheRun = [
		'provider',
		'toolDescription',
		...fallbackProperties(providers).map(({ name }) => name),
	];
	for (const name of ofTheRun) expect(inEditor.delete(name)).toBe(true);
	const { asked } = read(all);
	expect([...inEditor].sort()).toStrictEqual(asked.map((name) => name.split('.')[0]).sort());
});

it('returns everything as the workflow has it', () => {
	const json = { loras: [{ path: 'styled/name' }], loraPreset: 'Pencil' };
	const { parameters } = read(all, [{ json: {} }, { json }], 1);
	expect(parameters).toStrictEqual({
		operation: 'inpaint',
		model: 'base',
		server: 'sglang',
		prompt: 'a lighthouse',
		mode: 'submit',
		numberOfImages: 3,
		size: '512x512',
		outputSize: '768x1024',
		width: 640,
		height: '480',
		image: { source: 'url', field: 'photo', url: 'https://a.example/1.png' },
		mask: { source: 'binary', field: 'cover', url: 'https://a.example/2.png' },
		preprocess: 'canny',
		loras: [{ path: 'owner/name' }],
		styled: json,
		options: { seed: 7 },
	});
});

it("returns null or the node's default for what is missing", () => {
	expect(read({}).parameters).toStrictEqual({
		operation: 'textToImage',
		model: 'turbo',
		server: 'standard',
		prompt: null,
		mode: 'wait',
		numberOfImages: null,
		size: '1024x1024',
		outputSize: 'auto',
		width: null,
		height: null,
		image: { source: null, field: null, url: null },
		mask: { source: null, field: null, url: null },
		preprocess: null,
		loras: [],
		styled: {},
		options: {},
	});
});

const json: IDataObject = { loras: [{ path: 'styled/name' }] };

it.each([
	[true, json],
	['true', json],
	['', json],
	[null, json],
	['yes\n', json],
	[1, json],
	[false, {}],
	['false\n', {}],
	['No', {}],
	['0', {}],
	[0, {}],
])('with Use LoRAs From Input %j reads %j from the item', (useInputLoras, styled) => {
	expect(read({ useInputLoras }, [{ json }]).parameters.styled).toStrictEqual(styled);
});

it('reads the item of an old workflow without Use LoRAs From Input', () => {
	expect(read({}, [{ json }]).parameters.styled).toBe(json);
});

it.each([[[]], [[{}]]])('reads nothing from the items %j', (items) => {
	expect(read({}, items).parameters.styled).toStrictEqual({});
});

it.each([null, '', 'seed', 7, [1]])('the options %j are refused', (options) => {
	expect(read({ options }).parameters.options).toStrictEqual({});
});
