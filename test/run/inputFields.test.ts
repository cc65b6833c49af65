import type { IDataObject } from 'n8n-workflow';

import { inputFieldsOf, keptFields } from '../../nodes/ZImage/run/inputFields';
import { tableUnder } from '../docs/markdown';
import { failureOf } from '../support/failureOf';
import { strictContext } from '../support/strictContext';

const item = { caption: 'Dusk', prompt: 'a boat', nested: { a: [1] } };

function read(includeInputFields: unknown, json: IDataObject = item, type = 'zImageGenerate') {
	const host = strictContext({
		getNode: () => ({ type }) as never,
		getInputData: () => [{ json: {} }, { json }],
		getNodeParameter: () => ({ includeInputFields }) as never,
	});
	return inputFieldsOf(host, 1);
}

it.each([
	[true, item],
	['yes', item],
	[false, {}],
	[undefined, {}],
	['', {}],
])('with the option %j an item keeps %j', (option, expected) => {
	expect(read(option)).toStrictEqual(expected);
});

it('refuses what is neither on nor off', () => {
	expect(failureOf(() => read('perhaps')).message).toBe(
		'Include Input Fields must be true or false (got "perhaps")',
	);
});

it('keeps nothing as a tool', () => {
	expect(read(true, item, 'n8n-nodes-z-image.zImageGenerateTool')).toStrictEqual({});
});

it("doesn't change the input item", () => {
	const given = { ...item, error: 'It broke' };
	keptFields(given);
	expect(given).toStrictEqual({ ...item, error: 'It broke' });
});

/** The fields of a request. A failure without a task keeps them. */
const ofRequests = ['height', 'loraPreset', 'loras', 'prompt', 'seed', 'width'];

it('keeps no field of a result, but all others', () => {
	const ours = ['Image', 'Task', 'Error'].flatMap((heading) =>
		tableUnder('docs/nodes/generate.md', heading).rows.map(([name = '']) => name.slice(1, -1)),
	);
	const json = Object.fromEntries(ours.map((name) => [name, 'x']));
	expect(Object.keys(keptFields(json)).sort()).toStrictEqual(ofRequests);
});

it.each<[IDataObject, IDataObject]>([
	[{ details: { color: 'red' } }, { details: { color: 'red' } }],
	[{ error: 'It broke', message: 'x', details: { taskId: 'task-1' } }, { message: 'x' }],
	[JSON.parse('{"__proto__":{"error":"x"},"a":1}') as IDataObject, { a: 1 }],
])('of %j it keeps %j', (json, expected) => {
	expect({ ...keptFields(json) }).toMatchObject(expected);
	expect(keptFields(json).error).toBeUndefined();
});
