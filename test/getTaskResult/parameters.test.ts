import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readParameters } from '../../nodes/ZImage/getTaskResult/parameters';
import { fal } from '../../nodes/ZImage/providers/fal';
import { failureOf } from '../support/failureOf';
import { strictContext } from '../support/strictContext';

// For accepted and refused task IDs, see execute.test.ts.

/** Reads an item, and returns which parameters were read. */
function read(json: IDataObject, given: Readonly<Record<string, unknown>> = {}) {
	const asked: string[] = [];
	const host = strictContext({
		getInputData: () => [{ json: { taskId: 'first' } }, { json }],
		getNodeParameter(name: string, itemIndex: number, fallback?: unknown) {
			expect(itemIndex).toBe(1);
			asked.push(name);
			return (name in given ? given[name] : fallback) as never;
		},
	});
	return { ...readParameters(host, fal, 1), asked };
}

const item = {
	provider: 'fal',
	model: 'fal-ai/z-image/turbo',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: [{ path: 'owner/name', scale: 0.8 }],
	estimatedCostUsd: 0.005,
	loraPreset: 'Pencil',
};
const unknown = {
	provider: 'fal',
	model: null,
	submittedAt: null,
	prompt: null,
	seed: null,
	loras: null,
	estimatedCostUsd: null,
};

it('reads every parameter once', () => {
	expect(read(item).asked.sort()).toStrictEqual(['options', 'taskId']);
});

it.each<[string, IDataObject, string, object]>([
	["Generate's data about it", item, '', item],
	["Generate's data about it if its ID is given, too", item, ' task-1 ', item],
	['the data of an error output', { error: 'It broke', details: item }, 'task-1', item],
	['nothing about another task', item, 'task-2', { ...unknown, taskId: 'task-2' }],
	['nothing for an item without it', { prompt: 'a' }, 'task-1', { ...unknown, taskId: 'task-1' }],
])('returns %s', (_, json, taskId, expected) => {
	expect(read(json, { taskId }).task).toStrictEqual(expected);
});

it('the parameter has priority over the item', () => {
	expect(read({ taskId: 'task-1' }, { taskId: 'task-2' }).task.taskId).toBe('task-2');
});

it.each([
	['novita', 'Novita'],
	['somewhere', 'somewhere'],
])('refuses a task of %s', (provider, name) => {
	const json = { ...item, provider };
	expect(failureOf(() => read(json))).toMatchObject({
		message: `Task task-1 belongs to ${name}, but Provider is set to fal`,
		details: {
			description: `Set Provider to ${name}, or send the item to another node.`,
			task: json,
		},
	});
	// The item is about another task.
	expect(read(json, { taskId: 'task-2' }).task).toMatchObject({ provider: 'fal' });
});

it('reads the options about files and waiting', () => {
	const options = { binaryPropertyName: 'photo', fileName: 'a.png', timeoutSeconds: 60 };
	expect(read(item, { options }).output).toStrictEqual({ ...options, downloadsWeights: false });
	expect(() => read(item, { options: { timeoutSeconds: 0 } })).toThrow(Failure);
});
