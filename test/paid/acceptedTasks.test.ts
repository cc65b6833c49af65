import type { IContextObject } from 'n8n-workflow';

import { AcceptedTasks } from '../../nodes/ZImage/paid/acceptedTasks';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageReference } from '../../nodes/ZImage/providers/provider';
import { imageAt } from '../../nodes/ZImage/providers/shared/imageAt';
import type { SubmittedTask } from '../../nodes/ZImage/tasks/task';
import { imageRequest, twoLoras } from '../support/request';
import { strictContext } from '../support/strictContext';

/** The tasks as a node sees them, over data that the execution keeps. */
function tasksIn(data: IContextObject, runIndex = 0, type = 'zImageGenerate'): AcceptedTasks {
	return AcceptedTasks.of(
		strictContext({
			getNode: () => ({ type }) as never,
			getWorkflowDataProxy: () => ({ $runIndex: runIndex }) as never,
			getContext(type: string) {
				expect(type).toBe('node');
				return data;
			},
		}),
	);
}

const pending = (taskId: string): SubmittedTask => ({
	task: {
		provider: 'novita',
		model: 'z-image-turbo',
		taskId,
		submittedAt: '2026-01-01T00:00:00.000Z',
		prompt: 'a lighthouse',
		seed: 7,
		loras: twoLoras,
		estimatedCostUsd: 0.0085,
	},
	state: { status: 'pending', queued: true },
});
const succeeded = (...urls: string[]): SubmittedTask => ({
	task: { ...pending('a').task, taskId: null },
	state: {
		status: 'succeeded',
		images: urls.map((url): ImageReference => ({
			...imageAt(url),
			width: null,
			height: 512,
			nsfw: false,
			expiresInSeconds: null,
		})),
		seed: null,
		prompt: null,
	},
});

describe('a key', () => {
	const keyOf = (changes = {}, { item = 0, task = 0, run = 0, data = {} } = {}) =>
		tasksIn(data, run).keyOf(item, task, novita.submit(imageRequest({ seed: 1, ...changes })));

	it('is the same for the same place of the same request, in another attempt too', () => {
		expect(keyOf()).toBe(keyOf());
		expect(keyOf({}, { data: { other: 1 } })).toBe(keyOf());
		expect(keyOf({ loras: twoLoras }, { item: 3, task: 2, run: 1 })).toBe(
			keyOf({ loras: structuredClone(twoLoras) }, { item: 3, task: 2, run: 1 }),
		);
	});

	it('is another one for anything else', () => {
		const keys = [
			keyOf(),
			keyOf({}, { item: 1 }),
			keyOf({}, { item: 11 }),
			keyOf({}, { task: 1 }),
			keyOf({}, { item: 1, task: 1 }),
			keyOf({}, { run: 1 }),
			keyOf({}, { run: 1, item: 1 }),
			keyOf({ prompt: 'a lighthouse ' }),
			keyOf({ prompt: 'A lighthouse' }),
			keyOf({ width: 1025 }),
			keyOf({ seed: 2 }),
			keyOf({ seed: undefined }),
			keyOf({ loras: twoLoras }),
			keyOf({ loras: [...twoLoras].reverse() }),
			...[
				{},
				{ image: 'binary:a' },
				{ image: 'binary:b' },
				{ image: 'binary:a', mask: 'binary:b' },
				{ image: 'binary:b', mask: 'binary:a' },
				{ image: 'https://a.example/b.png' },
			].map((pictures) => tasksIn({}).keyOf(0, 0, highway.submit(imageRequest(pictures)))),
			tasksIn({}).keyOf(0, 0, ['https://a.example', novita.submit(imageRequest())]),
			tasksIn({}).keyOf(0, 0, ['https://b.example', novita.submit(imageRequest())]),
		];
		expect(new Set(keys).size).toBe(keys.length);
	});

	it('does not hold what was asked for', () => {
		expect(keyOf({ prompt: 'a secret wish' })).toMatch(/^0\.0\.0\.[0-9a-f]{64}$/);
	});
});

it('finds a task under its key, in a later attempt', () => {
	const data = {};
	tasksIn(data).keep('0.0.0.a', pending('a'));
	tasksIn(data).keep('0.1.0.a', pending('b'));
	expect(tasksIn(data).find('0.0.0.a')).toStrictEqual(pending('a'));
	expect(tasksIn(data).find('0.1.0.a')).toStrictEqual(pending('b'));
	expect(tasksIn(data).find('0.2.0.a')).toBeUndefined();
});

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
	'finds nothing of that name: %s',
	(name) => {
		// No key is only a name, but what is not kept is not to be found.
		const key = tasksIn({}).keyOf(0, 0, name);
		expect(tasksIn({}).find(key)).toBeUndefined();
	},
);

it('keeps the task as it was then', () => {
	const data = {};
	const given = pending('a');
	tasksIn(data).keep('key', given);
	Object.assign(given.task, { prompt: 'changed' });
	expect(tasksIn(data).find('key')).toStrictEqual(pending('a'));
});

it('keeps the last under a key', () => {
	const data = {};
	tasksIn(data).keep('key', pending('a'));
	tasksIn(data).keep('key', pending('b'));
	expect(tasksIn(data).find('key')).toStrictEqual(pending('b'));
});

it('forgets one task only', () => {
	const data = {};
	const tasks = tasksIn(data);
	tasks.keep('a', pending('a'));
	tasks.keep('b', pending('b'));
	tasks.forget('a');
	tasks.forget('c');
	expect([tasks.find('a'), tasks.find('b')]).toStrictEqual([undefined, pending('b')]);
});

it('clears what it has kept, and not what another run has', () => {
	const data: IContextObject = {};
	tasksIn(data, 0).keep('a', pending('a'));
	const other = tasksIn(data, 1);
	other.keep('b', pending('b'));
	other.clear();
	expect(other.find('b')).toBeUndefined();
	expect(other.find('a')).toStrictEqual(pending('a'));
});

it('a tool has one key for the same call, whichever run of the node it is', () => {
	const keyIn = (runIndex: number) =>
		tasksIn({}, runIndex, 'n8n-nodes-z-image.zImageGenerateTool').keyOf(0, 0, 'request');
	expect(keyIn(1)).toBe(keyIn(0));
});

it('clears all tasks, and nothing else of the node', () => {
	const data: IContextObject = { other: { a: 1 } };
	const tasks = tasksIn(data);
	tasks.keep('a', pending('a'));
	tasks.keep('b', pending('b'));
	tasks.clear();
	expect(data).toStrictEqual({ other: { a: 1 } });
	expect(tasks.find('a')).toBeUndefined();
	tasks.keep('c', pending('c'));
	expect(tasksIn(data).find('c')).toStrictEqual(pending('c'));
});

describe('images of a synchronous provider', () => {
	it('are kept by their URL', () => {
		const data = {};
		const submitted = succeeded('https://a.example/1.png', 'https://a.example/2.png');
		tasksIn(data).keep('key', submitted);
		expect(tasksIn(data).find('key')).toStrictEqual(submitted);
	});

	it.each([
		[['data:image/png;base64,AA==']],
		[['https://a.example/1.png', 'data:image/png;base64,AA==']],
	])('are not kept with their bytes: %j', (urls) => {
		const data = {};
		tasksIn(data).keep('key', succeeded(...urls));
		expect(tasksIn(data).find('key')).toBeUndefined();
		expect(JSON.stringify(data)).not.toContain('base64');
	});
});

it('outlasts the way into the database and back', () => {
	const data: IContextObject = {};
	const kept = { pending: pending('a'), succeeded: succeeded('https://a.example/1.png') };
	for (const [key, submitted] of Object.entries(kept)) tasksIn(data).keep(key, submitted);
	const stored = JSON.parse(JSON.stringify(data)) as IContextObject;
	for (const [key, submitted] of Object.entries(kept)) {
		expect(tasksIn(stored).find(key)).toStrictEqual(submitted);
	}
	tasksIn(stored).forget('pending');
	tasksIn(stored).keep('new', pending('b'));
	const again = JSON.parse(JSON.stringify(stored)) as IContextObject;
	expect(tasksIn(again).find('pending')).toBeUndefined();
	expect(tasksIn(again).find('new')).toStrictEqual(pending('b'));
});
