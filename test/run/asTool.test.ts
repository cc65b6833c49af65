import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { asToolResult } from '../../nodes/ZImage/run/asTool';
import { strictContext } from '../support/strictContext';

const hostOf = (type: string) => strictContext({ getNode: () => ({ type }) as never });

const forTool = (results: INodeExecutionData[][]) =>
	asToolResult(hostOf('n8n-nodes-z-image.zImageGenerateTool'), results);

const jsonForTool = (json: IDataObject) => forTool([[{ json }]])[0]?.[0]?.json;

const known = {
	prompt: 'a lighthouse',
	taskId: 'task-1',
	provider: 'fal',
	expiresAt: '2026-01-01T00:00:00.000Z',
	nsfw: true,
	seed: 7,
	height: 512,
	width: 768,
	url: 'https://a.example/1.png',
	status: 'succeeded',
	charged: 'yes',
	errorKind: 'timeout',
	whatToDo: 'Run again.',
	error: 'It broke',
};

it.each(['n8n-nodes-z-image.zImageGenerate', 'zImageGetTaskResult', 'Toolbox'])(
	'the %s node returns what it generated',
	(type) => {
		const results = [[{ json: { model: 'm', nsfw: false } }], [{ json: {} }]];
		expect(asToolResult(hostOf(type), results)).toBe(results);
	},
);

it('has all outputs in the first one, in their order', () => {
	const results = [
		[{ json: { taskId: 'a' } }, { json: { taskId: 'b' } }],
		[],
		[{ json: { taskId: 'c' } }],
	];
	expect(forTool(results)).toStrictEqual([
		[{ json: { taskId: 'a' } }, { json: { taskId: 'b' } }, { json: { taskId: 'c' } }],
	]);
	expect(forTool([[], []])).toStrictEqual([[]]);
});

it('contains what a model can use, with the error first', () => {
	const json = jsonForTool({ model: 'm', loras: [], imageCount: 1, estimatedCostUsd: 1, ...known });
	expect(json).toStrictEqual(known);
	expect(Object.keys(json ?? {}).join(' ')).toBe(
		'error whatToDo errorKind charged status url width height seed nsfw expiresAt provider taskId prompt',
	);
});

it.each([undefined, null, false])('leaves out %j', (value) => {
	const json = Object.fromEntries(Object.keys(known).map((name) => [name, value]));
	expect(jsonForTool({ ...json, taskId: 'task-1' })).toStrictEqual({
		taskId: 'task-1',
	});
});

it.each([{ seed: 0 }, { prompt: '' }])('keeps %j', (json) => {
	expect(jsonForTool(json)).toStrictEqual(json);
});

it("keeps the file and the input item, and doesn't change the given item", () => {
	const binary = { data: { data: 'AA==', mimeType: 'image/png' } };
	const item = { json: { model: 'm', seed: 7 }, binary, pairedItem: { item: 3 } };
	const given = structuredClone(item);
	expect(forTool([[item]])).toStrictEqual([[{ ...given, json: { seed: 7 } }]]);
	expect(item).toStrictEqual(given);
});
