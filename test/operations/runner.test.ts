import type { INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors';
import type { ItemOperation, OutputItem } from '../../nodes/ZImage/operations/runner';
import { runItems } from '../../nodes/ZImage/operations/runner';
import { strictContext } from './strictContext';

interface Setting {
	readonly items?: number;
	readonly continueOnFail?: boolean;
	readonly onError?: INode['onError'];
	readonly cancelled?: AbortSignal;
}

function contextOf({ items = 1, continueOnFail = false, onError, cancelled }: Setting) {
	const node: INode = {
		id: '1',
		name: 'Z-Image Generate',
		type: 'zImageGenerate',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...(onError && { onError }),
	};
	return strictContext({
		getNode: () => node,
		getInputData: () => Array.from({ length: items }, (_, index) => ({ json: { index } })),
		continueOnFail: () => continueOnFail,
		getExecutionCancelSignal: () => cancelled,
	}) as never;
}

/** Runs an operation whose units are texts, and whose work makes an item of each. */
async function run(
	setting: Setting,
	operation: Partial<ItemOperation<string>> = {},
): Promise<INodeExecutionData[][]> {
	return await runItems<string>(contextOf(setting), () => ({
		concurrency: 10,
		outputs: 1,
		prepare: (itemIndex) => [`item ${itemIndex}`],
		work: (unit) => [{ json: { unit } }],
		...operation,
	}));
}

const item = (unit: string, index: number) => ({ json: { unit }, pairedItem: { item: index } });

/** Promises that a test settles by hand, in whatever order. */
function gates(count: number) {
	const opened = Array.from({ length: count }, () => {
		let open = () => {};
		const promise = new Promise<void>((resolve) => (open = resolve));
		return { promise, open };
	});
	return opened;
}

const settled = async () => await new Promise((resolve) => setImmediate(resolve));

describe('items that come out', () => {
	it('come in the order of those that went in, whichever is done first', async () => {
		const waiting = gates(3);
		const result = run(
			{ items: 3 },
			{
				async work(unit) {
					await waiting[Number(unit.at(-1))]?.promise;
					return [{ json: { unit } }];
				},
			},
		);
		for (const gate of [...waiting].reverse()) {
			gate.open();
			await settled();
		}
		expect(await result).toStrictEqual([[item('item 0', 0), item('item 1', 1), item('item 2', 2)]]);
	});

	it('of several units are paired with their item', async () => {
		const result = await run({ items: 2 }, { prepare: (index) => [`${index}a`, `${index}b`] });
		expect(result).toStrictEqual([[item('0a', 0), item('0b', 0), item('1a', 1), item('1b', 1)]]);
	});

	it('go to their output, with their files', async () => {
		const binary = { data: { data: '', mimeType: 'image/png' } };
		const work = (unit: string): OutputItem[] => [
			{ json: { unit }, output: 1 },
			{ json: { unit }, binary },
		];
		expect(await run({}, { outputs: 2, work })).toStrictEqual([
			[{ json: { unit: 'item 0' }, binary, pairedItem: { item: 0 } }],
			[item('item 0', 0)],
		]);
	});

	it('are none when none went in', async () => {
		expect(await run({ items: 0 }, { outputs: 2 })).toStrictEqual([[], []]);
	});
});

it.each([1, 2, 5])('works on at most %i units at once, and on all of them', async (concurrency) => {
	let now = 0;
	let most = 0;
	const work = async (unit: string) => {
		most = Math.max(most, ++now);
		await settled();
		now -= 1;
		return [{ json: { unit } }];
	};
	const [items] = await run({ items: 7 }, { concurrency, work });
	expect(most).toBe(concurrency);
	expect(items).toHaveLength(7);
});

describe('the first failure', () => {
	it('of a preparation ends the run before any work', async () => {
		const work = jest.fn(() => []);
		const prepare = (index: number) => {
			if (index === 2) throw new Failure('Prompt is empty');
			return ['unit'];
		};
		await expect(run({ items: 3 }, { prepare, work })).rejects.toMatchObject({
			message: 'Prompt is empty',
			context: { itemIndex: 2 },
		});
		expect(work).not.toHaveBeenCalled();
	});

	it('of a set-up is that of the first item', async () => {
		const failing = runItems(contextOf({}), () => {
			throw new Failure('Provider "x" is not known');
		});
		await expect(failing).rejects.toMatchObject({
			message: 'Provider "x" is not known',
			context: { itemIndex: 0 },
		});
	});

	it('of the work ends the run: what waits is not begun, what is under way is told to stop', async () => {
		const begun: string[] = [];
		let stopped = false;
		const failing = run(
			{ items: 4 },
			{
				concurrency: 2,
				async work(unit, { signal }) {
					begun.push(unit);
					if (unit === 'item 0') {
						await settled();
						throw new Failure('It broke');
					}
					await new Promise<void>((resolve) =>
						signal.addEventListener('abort', () => resolve(), { once: true }),
					);
					stopped = true;
					throw new Failure('Stopped');
				},
			},
		);
		await expect(failing).rejects.toMatchObject({ message: 'It broke', context: { itemIndex: 0 } });
		expect({ begun, stopped }).toStrictEqual({ begun: ['item 0', 'item 1'], stopped: true });
	});

	it('names the tasks that the others had accepted, even while it was on its way', async () => {
		const failing = run(
			{ items: 3 },
			{
				async work(unit, { accept }) {
					if (unit === 'item 0') throw new Failure('It broke');
					await settled();
					accept(`task of ${unit}`);
					return [];
				},
			},
		);
		await expect(failing).rejects.toMatchObject({
			description: expect.stringContaining('task of item 1, task of item 2') as unknown,
		});
	});
});

describe('with "continue on fail"', () => {
	const work = (unit: string): OutputItem[] => {
		if (unit !== 'item 1') return [{ json: { unit } }];
		throw new Failure('It broke', {
			description: 'Why.',
			httpCode: 500,
			task: { provider: 'fal', taskId: 'task-1', status: 'pending' },
		});
	};
	const errorDescription = 'Why.\nTask ID: task-1';

	it('an item that fails becomes one that says so, and hands its task out', async () => {
		expect(await run({ items: 3, continueOnFail: true }, { work })).toStrictEqual([
			[
				item('item 0', 0),
				{
					json: {
						provider: 'fal',
						taskId: 'task-1',
						status: 'pending',
						errorDescription,
						error: 'It broke',
					},
					pairedItem: { item: 1 },
				},
				item('item 2', 2),
			],
		]);
	});

	it('an item for the error output has the form by which n8n knows it', async () => {
		const setting = { items: 2, continueOnFail: true, onError: 'continueErrorOutput' } as const;
		const [items] = await run(setting, { work });
		expect(items?.[1]).toStrictEqual({
			json: {
				error: 'It broke',
				details: { provider: 'fal', taskId: 'task-1', status: 'pending', errorDescription },
			},
			pairedItem: { item: 1 },
		});
	});

	it('an item that cannot be prepared does not keep the others', async () => {
		const prepare = (index: number) => {
			if (index === 0) throw new Failure('Prompt is empty');
			return [`item ${index}`];
		};
		expect(await run({ items: 2, continueOnFail: true }, { prepare })).toStrictEqual([
			[{ json: { error: 'Prompt is empty' }, pairedItem: { item: 0 } }, item('item 1', 1)],
		]);
	});

	it('a failed set-up still ends the run', async () => {
		const failing = runItems(contextOf({ continueOnFail: true }), () => {
			throw new Failure('Provider "x" is not known');
		});
		await expect(failing).rejects.toBeInstanceOf(NodeOperationError);
	});

	it('a cancelled execution ends as an error', async () => {
		const cancel = new AbortController();
		const failing = run(
			{ items: 2, continueOnFail: true, cancelled: cancel.signal },
			{
				concurrency: 1,
				work(_, { signal }) {
					cancel.abort(new Error('The execution was cancelled'));
					signal.throwIfAborted();
					return [];
				},
			},
		);
		await expect(failing).rejects.toMatchObject({ message: 'The execution was cancelled' });
	});
});
