import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Paid } from '../errors/charged';
import type { Host } from '../host';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { withEither } from '../http/either';
import type { Charged } from '../providers/provider';
import { continuesOnFail } from './failedItem';
import { FailureReport } from './failureReport';
import { StopWatch } from './stopWatch';

/** How long a run may block n8n's event loop. */
const maxTurnMs = 15;

/** An output item before it's linked to its input item. */
export interface OutputItem {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
	/** Number of the node's output, from 0. */
	readonly output?: number;
}

/** Takes the place of a failed output item whose siblings succeeded. */
export interface FailedOutput {
	readonly failure: unknown;
	/** The index of the output for failures, if the node has one. Default: a failure ends the run, unless it continues on fail. */
	readonly output?: number;
}

export type Output = FailedOutput | OutputItem;

/** What the units of a run share. */
export interface Run {
	/** Aborts when the execution is stopped, or when another unit has failed and the run ends with it. */
	readonly signal: AbortSignal;
	/** Whether the execution itself was stopped. */
	readonly isStopped: () => boolean;
	/** Checks whether the execution was stopped if n8n doesn't report it; `signal` aborts if so. */
	readonly lookForStop: () => Promise<void>;
	/** Gives the unit's slot to the next one while its remaining work (its files) continues. */
	readonly yieldPlace: () => void;
}

/** What a node does with its items, in two steps. */
export interface ItemOperation<Unit> {
	/**
	 * Reads and checks the parameters of one item, and splits its work into units. Every item is
	 * prepared before the first unit is worked on, so bad input costs nothing.
	 */
	readonly prepare: (itemIndex: number) => Promise<readonly Unit[]> | readonly Unit[];
	/** Does the work of one unit. */
	readonly work: (unit: Unit, run: Run) => Promise<Output[]> | Output[];
	/** Summarizes the run at the end, unless a failure ended it. */
	readonly finish?: (outcome: Outcome) => void;
	/** The maximum number of units at once. */
	readonly concurrency: number;
	/** Number of the node's outputs, without n8n's own error output. */
	readonly outputs: number;
	/** The most that can be known about whether its work is charged. Default: yes. */
	readonly charges?: Charged | undefined;
}

/** What a run needs from n8n. */
type RunHost = Pick<
	Host,
	| 'continueOnFail'
	| 'getContext'
	| 'getExecutionCancelSignal'
	| 'getExecutionDataById'
	| 'getExecutionId'
	| 'getInputData'
	| 'getNode'
>;

interface RunOptions {
	/** Default: the system's. */
	readonly clock?: Clock;
	/** The charged tasks so far, which an error that ends the run names. Default: none. */
	readonly paid?: () => Paid;
	/** The fields of an input item that its output items keep. Default: none. */
	readonly inputFields?: (itemIndex: number) => IDataObject;
}

/** The result of a run. */
export interface Outcome {
	/** One list of items for each output of the node. */
	readonly outputs: INodeExecutionData[][];
	/** Error items. */
	readonly failures: number;
}

interface PlannedUnit<Unit> {
	readonly itemIndex: number;
	/** Fields of the input item that its output items keep. */
	readonly inputFields: IDataObject;
	/** Undefined if the item could not be prepared, and once it's worked on: thousands of them take room. */
	unit: Unit | undefined;
	result: INodeExecutionData[][];
	/** Error items in `result`. */
	failures: number;
}

/** Turns the results of a unit into n8n items, one list per output, linked to their input item. */
function pair<Unit>(
	report: FailureReport,
	outputs: readonly Output[],
	{ itemIndex, inputFields }: PlannedUnit<Unit>,
	count: number,
): INodeExecutionData[][] {
	const lists: INodeExecutionData[][] = Array.from({ length: count }, () => []);
	for (const output of outputs) {
		if ('failure' in output) {
			lists[output.output ?? 0]?.push(report.ofWork(output.failure, itemIndex, inputFields));
			continue;
		}
		const { binary } = output;
		const json = { ...inputFields, ...output.json };
		const item = { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
		lists[output.output ?? 0]?.push(item);
	}
	return lists;
}

/** Prepares every item; a failed one already has its result. */
async function plan<Unit>(
	host: RunHost,
	{ prepare }: ItemOperation<Unit>,
	fieldsOf: (itemIndex: number) => IDataObject,
	report: FailureReport,
): Promise<Array<PlannedUnit<Unit>>> {
	const planned: Array<PlannedUnit<Unit>> = [];
	let turnBeganAt = Date.now();
	for (const itemIndex of host.getInputData().keys()) {
		let inputFields: IDataObject = {};
		try {
			inputFields = fieldsOf(itemIndex);
			for (const unit of await prepare(itemIndex)) {
				planned.push({ itemIndex, inputFields, unit, result: [], failures: 0 });
			}
		} catch (error) {
			if (!continuesOnFail(host)) throw report.ofRun(error, itemIndex);
			const result = [[report.ofItem(error, itemIndex, inputFields)]];
			planned.push({ itemIndex, inputFields, unit: undefined, result, failures: 1 });
		}
		// Thousands of items take time, and the rest of n8n must not wait for them.
		if (Date.now() - turnBeganAt > maxTurnMs) {
			await sleep(0);
			turnBeganAt = Date.now();
		}
	}
	return planned;
}

/** Works on the planned units with limited concurrency, and adds the results to the plan. */
async function workThrough<Unit>(
	host: RunHost,
	{ work, concurrency, outputs }: ItemOperation<Unit>,
	planned: ReadonlyArray<PlannedUnit<Unit>>,
	stopWatch: StopWatch,
	report: FailureReport,
): Promise<void> {
	const end = new AbortController();
	let failure: { error: unknown; itemIndex: number } | undefined;
	await withEither([end.signal, ...stopWatch.signals], async (signal) => {
		const run = {
			signal,
			isStopped: () => stopWatch.isStopped,
			lookForStop: async () => await stopWatch.look(),
		};

		/** Whether a failure becomes an item instead of ending the run. */
		const goesOn = (): boolean => continuesOnFail(host) && !run.signal.aborted;
		const fail = (error: unknown, itemIndex: number): void => {
			failure ??= { error, itemIndex };
			end.abort();
		};
		const finish = async (
			entry: PlannedUnit<Unit>,
			unit: Unit,
			yieldPlace: () => void,
		): Promise<void> => {
			const { itemIndex, inputFields } = entry;
			try {
				const made = await work(unit, { ...run, yieldPlace });
				const failed = made.filter((output) => 'failure' in output);
				const fatal = failed.find(({ output }) => output === undefined);
				if (fatal && !goesOn()) return fail(fatal.failure, itemIndex);
				entry.result = pair(report, made, entry, outputs);
				entry.failures = failed.length;
			} catch (error) {
				if (goesOn()) {
					entry.result = [[report.ofWork(error, itemIndex, inputFields)]];
					entry.failures = 1;
				} else {
					fail(error, itemIndex);
				}
			}
		};
		const queue = planned.values();
		const worker = async (): Promise<void> => {
			let files = Promise.resolve();
			for (const entry of queue) {
				const { unit } = entry;
				if (unit === undefined) continue;
				entry.unit = undefined;
				if (run.signal.aborted) {
					fail(run.signal.reason, entry.itemIndex);
					break;
				}
				let yieldPlace = () => {};
				const placeIsFree = new Promise<void>((resolve) => (yieldPlace = resolve));
				const finished = finish(entry, unit, yieldPlace);
				await Promise.race([finished, placeIsFree]);
				// At most one unit's files are stored while the next unit is worked on.
				await files;
				files = finished;
			}
			await files;
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
	});
	if (failure) throw report.ofRun(failure.error, failure.itemIndex);
}

/** The fields that an error item keeps; none if reading them fails. */
function fieldsIn(fieldsOf: (itemIndex: number) => IDataObject, itemIndex: number): IDataObject {
	try {
		return fieldsOf(itemIndex);
	} catch {
		return {};
	}
}

/**
 * Runs an operation over all input items: the only loop, used by all nodes. Output items are in the order of
 * their input items and are paired with them. With "continue on fail", a failed item becomes an error
 * item; otherwise the first failure ends the run.
 * @param setUp reads what all items share; if that fails, all items fail
 * @throws NodeApiError or NodeOperationError with the item index and all charged tasks
 */
export async function runItems<Unit>(
	host: RunHost,
	{ clock = systemClock, paid, inputFields: fieldsOf = () => ({}) }: RunOptions,
	setUp: () => ItemOperation<Unit> | Promise<ItemOperation<Unit>>,
): Promise<Outcome> {
	const report = new FailureReport(host, paid);
	let operation: ItemOperation<Unit>;
	try {
		operation = await setUp();
	} catch (error) {
		if (!continuesOnFail(host)) throw report.ofRun(error, 0);
		// Otherwise n8n would pass on the input items as results.
		const failed = [...host.getInputData().keys()].map((index) =>
			report.ofItem(error, index, fieldsIn(fieldsOf, index), index === 0),
		);
		return { outputs: [failed], failures: failed.length };
	}
	report.charges = operation.charges ?? 'yes';
	const stopWatch = new StopWatch(host, clock);
	const planned = await plan(host, operation, fieldsOf, report);
	await workThrough(host, operation, planned, stopWatch, report);
	const outcome = {
		outputs: Array.from({ length: operation.outputs }, (_, output) =>
			planned.flatMap(({ result }) => result[output] ?? []),
		),
		failures: planned.reduce((sum, { failures }) => sum + failures, 0),
	};
	operation.finish?.(outcome);
	return outcome;
}

/**
 * Runs an operation once for all input items together. Its results are paired with every one of them.
 * @param setUp as for `runItems`; its `prepare` is called once
 * @throws as `runItems` does
 */
export async function runTogether<Unit>(
	host: RunHost,
	options: RunOptions,
	setUp: () => ItemOperation<Unit> | Promise<ItemOperation<Unit>>,
): Promise<Outcome> {
	const items = host.getInputData();
	const first = Object.create(host, {
		getInputData: { value: () => items.slice(0, 1) },
	}) as RunHost;
	const { outputs, failures } = await runItems(first, options, setUp);
	const pairedItem = items.map((_, item) => ({ item }));
	return {
		outputs: outputs.map((output) => output.map((item) => ({ ...item, pairedItem }))),
		failures,
	};
}
