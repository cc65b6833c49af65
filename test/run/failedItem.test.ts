import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { continuesOnFail, failedItem } from '../../nodes/ZImage/run/failedItem';
import { strictContext } from '../support/strictContext';

function nodeOf(onError?: INode['onError'], type = 'zImageGenerate'): INode {
	return {
		id: '1',
		name: 'Z-Image Generate',
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...(onError && { onError }),
	};
}

const hostOf = (node: INode) => strictContext({ getNode: () => node });
const tool = (onError?: INode['onError']) => nodeOf(onError, 'zImageGenerateTool');

const task = { provider: 'fal', taskId: 'task-1', status: 'pending' };
const failure = new Failure('It broke', { kind: 'timeout', description: 'Run again.', task });
const decision = { errorKind: 'timeout', charged: 'yes' };
const errorDescription = 'Run again.\nTask ID: task-1';

it.each<[string, INode, object]>([
	[
		'with the task',
		nodeOf('continueRegularOutput'),
		{ ...task, ...decision, errorDescription, error: 'It broke' },
	],
	[
		'with the task in its details, for the error output',
		nodeOf('continueErrorOutput'),
		{ error: 'It broke', details: { ...task, ...decision, errorDescription } },
	],
	[
		'with what to do, for a model',
		tool(),
		{ ...task, ...decision, error: 'It broke', whatToDo: errorDescription },
	],
])('is an item %s', (_, node, json) => {
	const item = failedItem(hostOf(node), failure, 3);
	// Not `error` beside `json`: n8n would replace all of it with the message.
	expect(item).toStrictEqual({ json, pairedItem: { item: 3 } });
});

it.each<[string, INode, object]>([
	['the message', nodeOf('continueRegularOutput'), { error: 'It broke' }],
	[
		'what to decide by, in its details',
		nodeOf('continueErrorOutput'),
		{ error: 'It broke', details: { charged: 'no' } },
	],
	['the failed status, for a model', tool(), { status: 'failed', error: 'It broke' }],
])('has, for an error without further data, %s', (_, node, json) => {
	expect(failedItem(hostOf(node), new Failure('It broke'), 0).json).toMatchObject(json);
	expect(failedItem(hostOf(node), new TypeError('It broke'), 0).json).toMatchObject(json);
	expect(failedItem(hostOf(node), new Failure('It broke'), 0).json).not.toHaveProperty('taskId');
	expect(failedItem(hostOf(node), new Failure('It broke'), 0).json).not.toHaveProperty(
		'errorDescription',
	);
});

it('reports to a model that the task itself failed', () => {
	const failed = new Failure('It broke', { task: { ...task, status: 'failed' } });
	expect(failedItem(hostOf(tool()), failed, 0).json).toMatchObject({ status: 'failed' });
});

it('has the message of an n8n error', () => {
	const node = nodeOf('continueRegularOutput');
	const error = new NodeOperationError(node, 'No credential', { description: 'Choose one.' });
	expect(failedItem(hostOf(node), error, 2)).toStrictEqual({
		json: {
			errorDescription: 'Choose one.',
			error: 'No credential',
			errorKind: 'key',
			charged: 'no',
		},
		pairedItem: { item: 2 },
	});
});

it.each<[INode, boolean, boolean]>([
	[nodeOf(), false, false],
	[nodeOf('stopWorkflow'), false, false],
	[nodeOf('continueRegularOutput'), true, true],
	[nodeOf('continueErrorOutput'), true, true],
	[tool(), false, true],
	[tool('stopWorkflow'), false, false],
	[tool('continueRegularOutput'), true, true],
])("%#: continues after a failure, or doesn't", (node, continueOnFail, expected) => {
	const host = strictContext({ getNode: () => node, continueOnFail: () => continueOnFail });
	expect(continuesOnFail(host)).toBe(expected);
});
