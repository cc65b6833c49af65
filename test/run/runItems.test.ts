import fc from 'fast-check';
import type { INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type {
	ItemOperation,
	Outcome,
	Output,
	OutputItem,
	Run,
} from '../../nodes/ZImage/run/runItems';
import { runItems } from '../../nodes/ZImage/run/runItems';
import { nodeOf } from '../support/node';
import { virtualClock } from '../support/virtualClock';
import { strictContext } from '../support/strictContext';

interface Setting {
	readonly items?: number;
	readonly continueOnFail?: boolean;
	readonly onError?: INode['onError'];
	readonly cancelled?: AbortSignal;
}

function contextOf({ items = 1, continueOnFail = false, onError, cancelled }: Setting) {
	const node = nodeOf(onError && { onError });
	return strictContext<object>({
		getNode: () => node,
		getInputData: () => Array.from({ length: items }, (_, index) => ({ json: { index } })),
		continueOnFail: () => continueOnFail,
		getExecutionCancelSignal: () => cancelled,
		getExecutionDataById: undefined,
		getExecutionId: () => '12',
		getContext: () => ({}),
	}) as never;
}

/** An operation whose work can report an accepted task. */
interface Operation extends Omit<ItemOperation<string>, 'work'> {
	readonly work: (
		unit: string,
		run: Run & { readonly accept: (taskId: string) => void },
	) => ReturnType<ItemOperation<string>['work']>;
}

/** Runs an operation whose units are strings, and whose work makes an item of each. */
async function outcomeOf(
	setting: Setting,
	{ work = (unit) => [{ json: { unit } }], ...operation }: Partial<Operation> = {},
): Promise<Outcome> {
	const handles: string[] = [];
	const paid = () => ({ handles, paidItems: [], doubtfulItems: [] });
	const accept = (taskId: string) => void handles.push(taskId);
	return await runItems<string>(contextOf(setting), { paid }, () => ({
		concurrency: 10,
		outputs: 1,
		prepare: (itemIndex) => [`item ${itemIndex}`],
		...operation,
		work: (unit, run) => work(unit, { ...run, accept }),
	}));
}

/** The tasks listed in an error's description. */
function listedIn({ description }: NodeOperationError): string[] {
	return (description ?? '').split('\n').flatMap((line) => /^- (.*)$/.exec(line)?.[1] ?? []);
}

/** The run's output. */
async function run(...given: Parameters<typeof outcomeOf>): Promise<INodeExecutionData[][]> {
	return (await outcomeOf(...given)).outputs;
}

const item = (unit: string, index: number) => ({ json: { unit }, pairedItem: { item: index } });

/** Promises that a test settles by hand, in any order. */
function gates(count: number) {
	const opened = Array.from({ length: count }, () => {
		let open = () => {};
		const promise = new Promise<void>((resolve) => (open = resolve));
		return { promise, open };
	});
	return opened;
}

const settled = async () => await new Promise((resolve) => setImmediate(resolve));

describe('output items', () => {
	it('are in the order of the input items, whichever is done first', async () => {
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

	it('are none without input items', async () => {
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

	it("of a setup is the first item's", async () => {
		const failing = runItems(contextOf({}), {}, () => {
			throw new Failure('Provider "x" is not known');
		});
		await expect(failing).rejects.toMatchObject({
			message: 'Provider "x" is not known',
			context: { itemIndex: 0 },
		});
	});

	it("of the work ends the run: what waits doesn't start, and what is running is told to stop", async () => {
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
			description: expect.stringContaining('- task of item 1\n- task of item 2') as unknown,
		});
	});
});

describe('with "continue on fail"', () => {
	const work = (unit: string): OutputItem[] => {
		if (unit !== 'item 1') return [{ json: { unit } }];
		throw new Failure('It broke', {
			description: 'Why.',
			kind: 'unavailable',
			httpCode: 500,
			task: { provider: 'fal', taskId: 'task-1', status: 'pending' },
		});
	};
	const errorDescription = 'Why.\nTask ID: task-1';

	it('turns a failed item into one that says so, with its task', async () => {
		expect(await run({ items: 3, continueOnFail: true }, { work })).toStrictEqual([
			[
				item('item 0', 0),
				{
					json: {
						provider: 'fal',
						taskId: 'task-1',
						status: 'pending',
						errorDescription,
						errorKind: 'unavailable',
						charged: 'yes',
						error: 'It broke',
					},
					pairedItem: { item: 1 },
				},
				item('item 2', 2),
			],
		]);
	});

	it('returns an item for the error output in the form that n8n recognizes', async () => {
		const setting = { items: 2, continueOnFail: true, onError: 'continueErrorOutput' } as const;
		const [items] = await run(setting, { work });
		expect(items?.[1]).toStrictEqual({
			json: {
				error: 'It broke',
				details: {
					provider: 'fal',
					taskId: 'task-1',
					status: 'pending',
					errorDescription,
					errorKind: 'unavailable',
					charged: 'yes',
				},
			},
			pairedItem: { item: 1 },
		});
	});

	it("continues with the others if an item can't be prepared", async () => {
		const prepare = (index: number) => {
			if (index === 0) throw new Failure('Prompt is empty');
			return [`item ${index}`];
		};
		expect(await run({ items: 2, continueOnFail: true }, { prepare })).toStrictEqual([
			[
				{
					json: { error: 'Prompt is empty', errorKind: 'input', charged: 'no' },
					pairedItem: { item: 0 },
				},
				item('item 1', 1),
			],
		]);
	});

	it('fails every item if the setup fails, and the first names what was charged', async () => {
		const paid = () => ({ handles: ['task-1'], paidItems: [0], doubtfulItems: [2] });
		const { outputs, failures } = await runItems(
			contextOf({ items: 3, continueOnFail: true }),
			{ paid },
			() => {
				throw new Failure('Provider "x" is not known');
			},
		);
		expect(outputs).toStrictEqual([
			[0, 1, 2].map((index) => ({
				json: {
					...(index === 0 && {
						errorDescription: expect.stringMatching(/- task-1\n.*item 2/s) as unknown,
					}),
					error: 'Provider "x" is not known',
					errorKind: 'input',
					// Left by earlier attempts.
					charged: ['yes', 'no', 'maybe'][index],
				},
				pairedItem: { item: index },
			})),
		]);
		expect(failures).toBe(3);
	});

	it('a canceled execution ends as an error', async () => {
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

describe('an unavailable image among others', () => {
	const task = { provider: 'fal', taskId: 'task-1', url: 'https://a.example/b.png' };
	const failure = new Failure('The image is gone', {
		kind: 'notFound',
		description: 'Why.',
		httpCode: 404,
		task: { ...task, status: 'succeeded' },
	});
	const details = { ...task, status: 'succeeded', errorKind: 'notFound', charged: 'yes' };
	const work = (unit: string): Output[] => [
		{ json: { unit, image: 0 } },
		...(unit === 'item 1' ? [{ failure }] : []),
		{ json: { unit, image: 2 } },
	];
	const image = (index: number, place: number) => ({
		json: { unit: `item ${index}`, image: place },
		pairedItem: { item: index },
	});

	it('is replaced by an error item with its task, and the other images are output', async () => {
		const { outputs: results, failures } = await outcomeOf(
			{ items: 3, continueOnFail: true },
			{ work },
		);
		expect(results).toStrictEqual([
			[
				image(0, 0),
				image(0, 2),
				image(1, 0),
				{
					json: {
						...details,
						errorDescription: 'Why.\nTask ID: task-1',
						error: 'The image is gone',
					},
					pairedItem: { item: 1 },
				},
				image(1, 2),
				image(2, 0),
				image(2, 2),
			],
		]);
		expect(failures).toBe(1);
	});

	it('is replaced by an item that n8n sends to the error output', async () => {
		const setting = { items: 2, continueOnFail: true, onError: 'continueErrorOutput' } as const;
		const { outputs: results, failures } = await outcomeOf(setting, { work });
		expect(results[0]?.[3]).toStrictEqual({
			json: {
				error: 'The image is gone',
				details: { ...details, errorDescription: 'Why.\nTask ID: task-1' },
			},
			pairedItem: { item: 1 },
		});
		expect(failures).toBe(1);
	});

	it('is in the first output of several', async () => {
		const results = await run(
			{ continueOnFail: true },
			{ outputs: 2, work: () => [{ failure }, { json: {}, output: 1 }] },
		);
		expect(results.map((items) => items.length)).toStrictEqual([1, 1]);
		expect(results[0]?.[0]?.json.error).toBe('The image is gone');
	});

	it("ends the run with its error if the node doesn't continue on fail", async () => {
		const begun: string[] = [];
		const failing = run(
			{ items: 5 },
			{
				concurrency: 1,
				work(unit, { accept }) {
					begun.push(unit);
					accept(`task of ${unit}`);
					return work(unit);
				},
			},
		);
		await expect(failing).rejects.toMatchObject({
			message: 'The image is gone',
			httpCode: '404',
			description:
				'Why.\nTask ID: task-1\nTo get what you already paid for at no extra cost, open Executions and choose Retry. Execute Workflow generates it again, and you pay again.\nAlready charged in this run (task IDs for Get Task Result, or image URLs):\n- task of item 0\n- task of item 1',
			context: { itemIndex: 1, data: details },
		});
		expect(begun).toStrictEqual(['item 0', 'item 1']);
	});

	it('is the first of several to be reported', async () => {
		const second = new Failure('Another one is gone');
		const failing = run({}, { work: () => [{ failure }, { json: {} }, { failure: second }] });
		await expect(failing).rejects.toMatchObject({ message: 'The image is gone' });
	});

	it('may be an error of any kind', async () => {
		const [items] = await run(
			{ continueOnFail: true },
			{ work: () => [{ failure: new TypeError('a bug') }, { failure: undefined }] },
		);
		expect(items?.map(({ json }) => json.error)).toStrictEqual(['a bug', 'undefined']);
	});

	it('because the execution was canceled ends it as an error', async () => {
		const cancel = new AbortController();
		const failing = run(
			{ continueOnFail: true, cancelled: cancel.signal },
			{
				work(_, { signal }) {
					cancel.abort(new Error('The execution was cancelled'));
					return [{ failure: signal.reason }];
				},
			},
		);
		await expect(failing).rejects.toMatchObject({ message: 'The execution was cancelled' });
	});
});

describe('the outcome', () => {
	const failing = ({ index }: { index: number }) => index % 2 === 1;

	it.each([
		[0, 1],
		[1, 2],
		[2, 5],
	])('counts %d failures of %d items, in preparation and in work', async (failures, items) => {
		const finish = jest.fn<void, [Outcome]>();
		for (const step of ['prepare', 'work'] as const) {
			const outcome = await outcomeOf(
				{ items, continueOnFail: true },
				{
					prepare(index) {
						if (step === 'prepare' && failing({ index })) throw new Failure('It broke');
						return [String(index)];
					},
					work(unit) {
						if (failing({ index: Number(unit) })) throw new Failure('It broke');
						return [{ json: { error: 'a field of that name is no failure' } }];
					},
					finish,
				},
			);
			expect(outcome.failures).toBe(failures);
			expect(finish).toHaveBeenLastCalledWith(outcome);
		}
	});

	it('is not summarized if a failure ends the run', async () => {
		const finish = jest.fn();
		const work = () => {
			throw new Failure('It broke');
		};
		await expect(run({}, { work, finish })).rejects.toThrow('It broke');
		expect(finish).not.toHaveBeenCalled();
	});
});

/** What happened in a run on a virtual clock. */
interface Course {
	readonly result: INodeExecutionData[][] | Error;
	/** The units in the order in which they started. */
	readonly begun: string[];
	/** The most units that held a slot at the same time. */
	readonly mostWorking: number;
	/** The most units that had released their slot and were not done. */
	readonly mostFiles: number;
	/** The most units that were not done at the same time, with or without a slot. */
	readonly mostOpen: number;
	readonly tookMs: number;
}

interface Plan {
	/** How long each unit holds its slot. */
	readonly workMs: readonly number[];
	/** How long it takes after that. Unset: it holds its slot until its end. */
	readonly filesMs?: readonly number[];
	readonly concurrency: number;
	/** The units that fail after their work. */
	readonly failing?: readonly number[];
	readonly cancelAtMs?: number;
	readonly continueOnFail?: boolean;
}

const live = new AbortController().signal;

/** Runs units that take time. Each has a task accepted when it starts. */
async function runOnTime({
	workMs,
	filesMs,
	concurrency,
	failing = [],
	cancelAtMs,
	continueOnFail = false,
}: Plan): Promise<Course> {
	const clock = virtualClock();
	const cancel = new AbortController();
	const begun: string[] = [];
	let [working, files, mostWorking, mostFiles, mostOpen] = [0, 0, 0, 0, 0];
	const setting = { items: workMs.length, cancelled: cancel.signal, continueOnFail };
	const running = run(setting, {
		concurrency,
		async work(unit, { signal, accept, yieldPlace }) {
			const index = Number(unit.split(' ')[1]);
			begun.push(unit);
			accept(`task ${index}`);
			mostWorking = Math.max(mostWorking, ++working);
			mostOpen = Math.max(mostOpen, working + files);
			await clock.sleep(workMs[index] ?? 0, signal).finally(() => working--);
			if (failing.includes(index)) throw new Failure(`${unit} broke`);
			if (filesMs) {
				yieldPlace();
				mostFiles = Math.max(mostFiles, ++files);
				await clock.sleep(filesMs[index] ?? 0, signal).finally(() => files--);
			}
			return [{ json: { unit } }];
		},
	}).catch((error: Error) => error);
	if (cancelAtMs !== undefined) {
		void clock.sleep(cancelAtMs, live).then(() => cancel.abort(new Error('cancelled')));
	}
	const result = await clock.run(running);
	return { result, begun, mostWorking, mostFiles, mostOpen, tookMs: clock.elapsed() };
}

const unitsOf = (result: Course['result']) =>
	result instanceof Error ? result : result[0]?.map(({ json }) => json.unit);
const names = (count: number) => Array.from({ length: count }, (_, index) => `item ${index}`);
const times = (count: number, ms: number) => Array<number>(count).fill(ms);

describe('slots', () => {
	it.each([1, 3, 10])('are all used, and never more: %i', async (concurrency) => {
		const course = await runOnTime({ workMs: times(30, 3000), concurrency });
		expect(course.mostWorking).toBe(concurrency);
		expect(course.tookMs).toBe(Math.ceil(30 / concurrency) * 3000);
		expect(course.begun).toStrictEqual(names(30));
	});

	it('are not more than units', async () => {
		expect((await runOnTime({ workMs: times(3, 10), concurrency: 100 })).mostWorking).toBe(3);
	});

	it('that are released are reused at once, while the downloads continue', async () => {
		const course = await runOnTime({
			workMs: times(5, 1000),
			filesMs: times(5, 800),
			concurrency: 1,
		});
		// The work of one after another, followed by the last one's download.
		expect(course.tookMs).toBe(5 * 1000 + 800);
		expect(course).toMatchObject({ mostWorking: 1, mostFiles: 1 });
		expect(unitsOf(course.result)).toStrictEqual(names(5));
	});

	it('are not reused while a worker would have two downloads', async () => {
		const course = await runOnTime({
			workMs: times(4, 100),
			filesMs: times(4, 5000),
			concurrency: 1,
		});
		expect(course.mostWorking).toBe(1);
		// The download of the previous unit, and of the one that has just released its slot.
		expect(course.mostFiles).toBe(2);
		// The second starts at 100 ms and releases its slot at 200. The third has to wait for the download
		// of the first (5100 ms), the fourth for that of the second, which ends before the third's work.
		expect(course.mostOpen).toBe(2);
		expect(course.tookMs).toBe(10_300);
	});

	it('released twice count once', async () => {
		const clock = virtualClock();
		let most = 0;
		let now = 0;
		const running = run(
			{ items: 6 },
			{
				concurrency: 2,
				async work(unit, { yieldPlace }) {
					most = Math.max(most, ++now);
					await clock.sleep(100, live);
					now--;
					yieldPlace();
					yieldPlace();
					await clock.sleep(100, live);
					yieldPlace();
					return [{ json: { unit } }];
				},
			},
		);
		expect(unitsOf(await clock.run(running))).toStrictEqual(names(6));
		expect(most).toBe(2);
	});
});

describe('however long the units take', () => {
	const ms = fc.nat({ max: 10_000 });
	const plans = fc.array(fc.tuple(ms, ms), { minLength: 1, maxLength: 30 }).chain((units) =>
		fc.record({
			workMs: fc.constant(units.map(([work]) => work)),
			filesMs: fc.constant(units.map(([, files]) => files)),
			concurrency: fc.integer({ min: 1, max: 12 }),
			failing: fc.subarray(units.map((_, index) => index)),
			cancelAtMs: ms,
		}),
	);
	const forAny = async (check: (plan: Required<Omit<Plan, 'continueOnFail'>>) => Promise<void>) =>
		await fc.assert(fc.asyncProperty(plans, check), { numRuns: 100 });

	it('the outputs keep their order, and the slots their number', async () => {
		await forAny(async ({ workMs, filesMs, concurrency }) => {
			for (const files of [undefined, filesMs]) {
				const course = await runOnTime({
					workMs,
					concurrency,
					...(files && { filesMs: files }),
				});
				expect(course.result).toStrictEqual([
					names(workMs.length).map((unit, index) => item(unit, index)),
				]);
				expect(course.begun).toStrictEqual(names(workMs.length));
				expect(course.mostWorking).toBe(Math.min(concurrency, workMs.length));
				// For each unit with a slot, there is at most one other download.
				expect(course.mostOpen).toBeLessThanOrEqual(files ? 2 * concurrency : concurrency);
				expect(course.mostFiles).toBeLessThanOrEqual(files ? 2 * concurrency : 0);
			}
		});
	});

	it('with "continue on fail" each has its own item or error', async () => {
		await forAny(async ({ workMs, filesMs, concurrency, failing }) => {
			const course = await runOnTime({
				workMs,
				filesMs,
				concurrency,
				failing,
				continueOnFail: true,
			});
			expect(course.result).toStrictEqual([
				names(workMs.length).map((unit, index) =>
					failing.includes(index)
						? {
								json: { error: `${unit} broke`, errorKind: 'input', charged: 'no' },
								pairedItem: { item: index },
							}
						: item(unit, index),
				),
			]);
		});
	});

	it('nothing starts after a failure, and all accepted tasks are named', async () => {
		await forAny(async ({ workMs, filesMs, concurrency, failing }) => {
			fc.pre(failing.length > 0);
			const { result, begun, tookMs } = await runOnTime({ workMs, filesMs, concurrency, failing });
			expect(result).toBeInstanceOf(NodeOperationError);
			const { message } = result as NodeOperationError;
			expect(failing.map((index) => `item ${index} broke`)).toContain(message);
			// Nothing is waited for either: what is running is told to stop.
			const whole = await runOnTime({ workMs, filesMs, concurrency, continueOnFail: true });
			expect(tookMs).toBeLessThanOrEqual(whole.tookMs);
			expect(begun).toStrictEqual(names(begun.length));
			const accepted = listedIn(result as NodeOperationError);
			expect(accepted).toStrictEqual(begun.map((unit) => unit.replace('item', 'task')));
		});
	});

	it('nothing starts after the execution is canceled', async () => {
		await forAny(async ({ workMs, filesMs, concurrency, cancelAtMs }) => {
			const whole = await runOnTime({ workMs, filesMs, concurrency });
			const { result, begun, tookMs } = await runOnTime({
				workMs,
				filesMs,
				concurrency,
				cancelAtMs,
			});
			expect(tookMs).toBeLessThanOrEqual(Math.max(whole.tookMs, cancelAtMs));
			fc.pre(cancelAtMs < whole.tookMs);
			expect(tookMs).toBe(cancelAtMs);
			expect(result).toMatchObject({ message: 'cancelled' });
			const accepted = listedIn(result as NodeOperationError);
			expect(accepted).toStrictEqual(begun.map((unit) => unit.replace('item', 'task')));
		});
	});
});

describe('after a failure', () => {
	it('of a download, the run ends as after a failure of the work', async () => {
		const clock = virtualClock();
		const begun: string[] = [];
		const failing = run(
			{ items: 9 },
			{
				concurrency: 2,
				async work(unit, { signal, accept, yieldPlace }) {
					begun.push(unit);
					accept(`task of ${unit}`);
					await clock.sleep(1000, signal);
					yieldPlace();
					await clock.sleep(500, signal);
					if (unit === 'item 0') throw new Failure('The image could not be downloaded');
					return [{ json: { unit } }];
				},
			},
		);
		await expect(clock.run(failing)).rejects.toMatchObject({
			message: 'The image could not be downloaded',
			context: { itemIndex: 0 },
			description: expect.stringContaining(
				[0, 1, 2, 3].map((index) => `- task of item ${index}`).join('\n'),
			) as unknown,
		});
		expect(begun).toStrictEqual(names(4));
		expect(clock.elapsed()).toBe(1500);
	});

	it('the first one is reported', async () => {
		const plan = { workMs: [3000, 1000, 2000], concurrency: 3, failing: [0, 1, 2] };
		expect(await runOnTime(plan)).toMatchObject({
			result: { message: 'item 1 broke', context: { itemIndex: 1 } },
			tookMs: 1000,
		});
	});
});

describe('isStopped', () => {
	const isStoppedAfter = async (end: (cancel: AbortController) => void) => {
		const cancel = new AbortController();
		const seen: boolean[] = [];
		const failing = run(
			{ items: 1, cancelled: cancel.signal },
			{
				work(_, { isStopped }) {
					seen.push(isStopped());
					end(cancel);
					seen.push(isStopped());
					throw new Failure('It broke');
				},
			},
		);
		await expect(failing).rejects.toMatchObject({ message: 'It broke' });
		return seen;
	};

	it('detects a canceled execution', async () => {
		expect(await isStoppedAfter((cancel) => cancel.abort())).toStrictEqual([false, true]);
	});

	it("is not affected by another unit's failure", async () => {
		const seen: boolean[] = [];
		const failing = run(
			{ items: 2 },
			{
				async work(unit, { signal, isStopped }) {
					if (unit === 'item 0') throw new Failure('It broke');
					await settled();
					seen.push(signal.aborted, isStopped());
					return [];
				},
			},
		);
		await expect(failing).rejects.toMatchObject({ message: 'It broke' });
		expect(seen).toStrictEqual([true, false]);
	});
});
