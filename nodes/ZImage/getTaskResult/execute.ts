import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { createClient } from '../http/client';
import { Pacing } from '../http/pacing';
import type { Lora, Provider } from '../providers/provider';
import { findProvider } from '../providers/registry';
import { awaitTask, checkTask } from '../tasks/check';
import { PollSchedule } from '../tasks/schedule';
import type { Task } from '../tasks/task';
import { taskJson } from '../tasks/task';
import { asToolResult } from '../run/asTool';
import { emitImages, onlyTask } from '../run/emitImages';
import { addImageHints, addSummaryHint } from '../run/hints';
import type { OutputOptions } from '../run/outputOptions';
import { limitsOf, readMaxConcurrency, readOutputOptions } from '../run/outputOptions';
import { isRecord, readOptions, readProvider, toChoice, toText } from '../run/parameters';
import { runItems } from '../run/runItems';
import { RunSummary } from '../run/summary';

/** In mode `check`: output 0 is Done, output 1 Pending. */
const pendingOutput = 1;

interface Unit {
	readonly taskId: string;
	readonly task: Task;
	readonly output: OutputOptions;
}

/** The LoRAs that the item of a task names; whatever they are, they are paid for. */
function readLorasOf({ loras }: IDataObject): Lora[] | null {
	if (!Array.isArray(loras)) return null;
	return loras
		.filter(isRecord)
		.map(({ path, scale }) => ({ path: toText(path) ?? '', scale: Number(scale ?? 1) }));
}

/** What the input item says of the task: Generate's own item says everything, another one nothing. */
function readTask(provider: Provider, taskId: string, item: IDataObject): Task {
	const isItsItem = item.taskId === taskId;
	const itemProvider = isItsItem ? toText(item.provider) : undefined;
	if (itemProvider !== undefined && itemProvider !== provider.id) {
		const name = findProvider(itemProvider)?.displayName ?? itemProvider;
		throw new Failure(
			`The task ${taskId} is one of ${name}, but Provider is ${provider.displayName}`,
			{ description: `Set Provider to ${name}, or send the item to another node.`, task: item },
		);
	}
	const known = isItsItem ? item : {};
	const loraPreset = toText(known.loraPreset);
	return {
		provider: provider.id,
		model: toText(known.model) ?? null,
		taskId,
		submittedAt: toText(known.submittedAt) ?? null,
		prompt: toText(known.prompt) ?? null,
		seed: typeof known.seed === 'number' ? known.seed : null,
		loras: readLorasOf(known),
		estimatedCostUsd: typeof known.estimatedCostUsd === 'number' ? known.estimatedCostUsd : null,
		...(loraPreset !== undefined && { loraPreset }),
	};
}

/** The task of an input item; an item of an error output has it in `details`. */
function readTaskItem(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const json = context.getInputData()[itemIndex]?.json ?? {};
	return json.taskId === undefined && isRecord(json.details) ? json.details : json;
}

function readTaskId(context: IExecuteFunctions, itemIndex: number, item: IDataObject): string {
	const parameter = toText(context.getNodeParameter('taskId', itemIndex, ''));
	const taskId = (parameter ?? toText(item.taskId))?.trim();
	if (!taskId) {
		throw new Failure('Task ID is empty', {
			description:
				'It comes from Z-Image Generate in mode Submit, as "taskId" of its item. Check the expression.',
		});
	}
	// A path of an API that is built with these would lead elsewhere.
	if (/^\.+$/.test(taskId)) throw new Failure(`Task ID is "${taskId}", which is none`);
	return taskId;
}

/**
 * Get Task Result: fetches tasks that were accepted earlier, waiting for them or checking them once.
 * @returns one output in mode `wait`; Done and Pending in mode `check`
 * @throws NodeApiError or NodeOperationError that names the task
 */
export async function getTaskResult(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const summary = new RunSummary(context, clock);
	const schedule = new PollSchedule(clock);
	const pacing = new Pacing(clock);
	const results = await runItems<Unit>(context, async () => {
		const provider = readProvider(context);
		if (!provider.tasks) {
			throw new Failure(`${provider.displayName} has no tasks: Generate gives its images at once`);
		}
		const client = await createClient(context, provider, clock, pacing);
		const mode = toChoice(context.getNodeParameter('mode', 0, 'wait'), 'Mode', ['wait', 'check']);
		return {
			concurrency: readMaxConcurrency(readOptions(context, 0)),
			outputs: mode === 'check' ? 2 : 1,
			prepare(itemIndex) {
				const item = readTaskItem(context, itemIndex);
				const taskId = readTaskId(context, itemIndex, item);
				const output = readOutputOptions(readOptions(context, itemIndex));
				return [{ taskId, task: readTask(provider, taskId, item), output }];
			},
			async work({ taskId, task, output }, { signal, yieldPlace }) {
				const limits = limitsOf(output, clock, signal);
				summary.addTask(null);
				try {
					const state = await checkTask(client, task, taskId, limits);
					if (state.status === 'pending' && mode === 'check') {
						return [{ json: taskJson(task), output: pendingOutput }];
					}
					const result = await awaitTask(client, { task, state }, limits, schedule);
					yieldPlace();
					const outputs = await emitImages(context, client, task, result, onlyTask, output, limits);
					summary.addImages(outputs.filter((made) => 'json' in made).length);
					return outputs;
				} catch (error) {
					throw handingOut(error, taskJson(task));
				}
			},
		};
	});
	addImageHints(context, results);
	addSummaryHint(context, summary.text(pacing.retries));
	return asToolResult(context, results);
}
