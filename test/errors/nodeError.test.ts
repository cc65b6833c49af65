import type { IDataObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { Failure, handingOut, taskOf } from '../../nodes/ZImage/errors/failure';
import { toNodeError } from '../../nodes/ZImage/errors/nodeError';
import type { ErrorKind } from '../../nodes/ZImage/providers/provider';
import { nodeOf } from '../support/node';

const node = nodeOf();
const task: IDataObject = { provider: 'fal', taskId: 'task-1', status: 'pending' };

const paid = { handles: ['task-2'], paidItems: [1], doubtfulItems: [] };

describe('a failure of ours', () => {
	const messages = [
		'Prompt is empty',
		'fal cannot be reached (ECONNREFUSED)',
		'The connection to Novita broke (ETIMEDOUT) after the request was sent',
		'fal could not make the image: EPERM, ENOENT and ECONNRESET are words in here',
		'fal did not accept the request (HTTP 429): Too many requests',
	];

	it.each(messages)('keeps its message: %s', (message) => {
		for (const details of [{}, { httpCode: 429 }, { httpCode: 500, description: 'Run again.' }]) {
			expect(toNodeError(node, new Failure(message, details), 0).message).toBe(message);
		}
	});

	it('is a NodeOperationError if no provider response caused it', () => {
		const error = toNodeError(node, new Failure('Prompt is empty', { description: 'Why.' }), 3);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error).toMatchObject({
			node,
			message: 'Prompt is empty',
			description: 'Why.',
			context: { itemIndex: 3 },
		});
		expect(error.context.data).toStrictEqual({ errorKind: 'input', charged: 'no' });
	});

	it.each([400, 401, 403, 404, 422, 429, 500, 504])(
		'is a NodeApiError with HTTP %i',
		(httpCode) => {
			const failure = new Failure('fal did not accept the request', {
				httpCode,
				description: 'Why.',
			});
			const error = toNodeError(node, failure, 2);
			expect(error).toBeInstanceOf(NodeApiError);
			expect(error).toMatchObject({
				node,
				httpCode: String(httpCode),
				message: 'fal did not accept the request',
				description: 'Why.',
				context: { itemIndex: 2 },
			});
		},
	);

	it.each([{}, { httpCode: 500 }])('returns its task, with %j', (details) => {
		const failure = new Failure('It broke', { ...details, description: 'Why.', task });
		const error = toNodeError(node, failure, 0);
		expect(error.context.data).toStrictEqual({ ...task, errorKind: 'input', charged: 'yes' });
		expect(error.description).toBe('Why.\nTask ID: task-1');
	});

	const retry =
		'To get what you already paid for at no extra cost, open Executions and choose Retry. Execute Workflow generates it again, and you pay again.';
	const others = 'Already charged in this run (task IDs for Get Task Result, or image URLs):';
	const doubt = (items: string) =>
		`May have been charged too, with an unknown task ID: ${items}. Check the requests in your account at the provider before you run again.`;

	it.each<[IDataObject | undefined, string[], number[], string[]]>([
		[task, [], [], ['Task ID: task-1']],
		[task, ['task-1'], [], ['Task ID: task-1', retry]],
		[
			task,
			['task-1', 'task-2', 'task-3'],
			[],
			['Task ID: task-1', retry, others, '- task-2', '- task-3'],
		],
		[undefined, ['task-2'], [], [retry, others, '- task-2']],
		[undefined, ['task-2'], [0, 4], [retry, others, '- task-2', doubt('item 0, item 4')]],
		[undefined, [], [3], [doubt('item 3')]],
		[{ ...task, taskId: null }, [], [], []],
		[undefined, [], [], []],
	])('with the task %j, %j accepted and %j in doubt', (ownTask, handles, doubtfulItems, lines) => {
		const failure = new Failure('It broke', {
			description: 'Why.',
			...(ownTask && { task: ownTask }),
		});
		const { description } = toNodeError(node, failure, 0, {
			handles,
			paidItems: [],
			doubtfulItems,
		});
		expect(description).toBe(['Why.', ...lines].join('\n'));
	});
});

describe('an n8n error', () => {
	const operation = new NodeOperationError(node, 'Node does not have any credentials set');
	const api = new NodeApiError(node, { message: 'x' }, { message: 'Told', httpCode: '418' });

	it.each([operation, api])("is passed on unchanged, with its item's index", (error) => {
		expect(toNodeError(node, error, 4)).toBe(error);
		expect(error.context).toMatchObject({
			itemIndex: 4,
			data: { errorKind: 'key', charged: 'no' },
		});
	});

	it('keeps its own index', () => {
		const error = new NodeOperationError(node, 'It broke', { itemIndex: 0 });
		expect(toNodeError(node, error, 4).context.itemIndex).toBe(0);
	});

	it('names the accepted tasks', () => {
		const error = new NodeOperationError(node, 'It broke', { description: 'Why.' });
		expect(toNodeError(node, error, 0, paid).description).toContain('task-2');
	});
});

describe('any other error', () => {
	it.each<[unknown, string]>([
		[new TypeError('undefined is not a function'), 'undefined is not a function'],
		['a text', 'a text'],
	])('%s becomes a NodeOperationError', (error, message) => {
		const nodeError = toNodeError(node, error, 1);
		expect(nodeError).toBeInstanceOf(NodeOperationError);
		expect(nodeError).toMatchObject({ message, context: { itemIndex: 1 } });
	});

	it('names the accepted tasks', () => {
		const error = toNodeError(node, new TypeError('a bug'), 0, paid);
		expect(error.description).toContain('task-2');
	});
});

describe('taskOf', () => {
	it.each<[unknown, IDataObject | undefined]>([
		[new Failure('It broke', { task }), task],
		[new Failure('It broke'), undefined],
		[new Error('It broke'), undefined],
		[undefined, undefined],
	])('%s', (error, expected) => {
		expect(taskOf(error)).toBe(expected);
	});
});

describe('handingOut', () => {
	const other: IDataObject = { ...task, status: 'failed' };

	it('adds the task to a failure, and changes nothing else', () => {
		const failure = new Failure('It broke', { description: 'Why.', httpCode: 500 });
		const handed = handingOut(failure, task);
		expect(handed).toStrictEqual(new Failure('It broke'));
		expect(handed.details).toStrictEqual({ description: 'Why.', httpCode: 500, task });
		expect(failure.details).toStrictEqual({ description: 'Why.', httpCode: 500 });
	});

	it("doesn't change a failure that has its task", () => {
		const failure = new Failure('It broke', { task: other });
		expect(handingOut(failure, task)).toBe(failure);
		expect(failure.details.task).toBe(other);
	});

	it('updates what is known of the charge', () => {
		const failure = new Failure('It was stopped', { kind: 'canceled', task: other });
		const handed = handingOut(failure, task, 'no');
		expect(handed.details).toStrictEqual({ kind: 'canceled', task: other, charged: 'no' });
	});

	it.each<[unknown, string, ErrorKind]>([
		[new TypeError('undefined is not a function'), 'undefined is not a function', 'other'],
		[new NodeOperationError(node, 'No credentials'), 'No credentials', 'key'],
		[new NodeApiError(node, { message: 'x' }, { message: 'Told', httpCode: '418' }), 'Told', 'key'],
		['a text', 'a text', 'other'],
		[undefined, 'undefined', 'other'],
	])('turns %s into a failure', (error, message, kind) => {
		const handed = handingOut(error, task);
		expect(handed).toStrictEqual(new Failure(message));
		expect(handed.details).toStrictEqual({ task, kind });
		const { data } = toNodeError(node, handed, 0).context;
		expect(data).toStrictEqual({ ...task, errorKind: kind, charged: 'yes' });
	});
});
