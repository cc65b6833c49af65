import type { IDataObject } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { ParameterHost } from '../host';
import type { Provider } from '../providers/provider';
import { findProvider } from '../providers/registry';
import type { OutputOptions } from '../run/outputOptions';
import { defaultTimeouts, readOutputOptions } from '../run/outputOptions';
import { readOptions } from '../run/parameters';
import type { Task } from '../tasks/task';
import { canBeTaskId, readTask, taskIn, taskJson } from '../tasks/taskItem';
import { textIn, toBounded, toBoundedInteger, toFlag, toName } from '../values';

/** @param item the input item's data about the task, which may be in its `details` */
function readTaskId(host: ParameterHost, itemIndex: number, item: IDataObject): string {
	const given = toName(host.getNodeParameter('taskId', itemIndex, ''), 'Task ID');
	// n8n adds the input's fields to an item of an error output, so `taskId` may belong to an earlier task.
	const isOfItem =
		given === undefined || given === textIn(host.getInputData()[itemIndex]?.json.taskId);
	const taskId = isOfItem ? textIn(item.taskId) : given;
	if (taskId === undefined) {
		throw new Failure('Task ID is empty', {
			description: 'Z-Image Generate returns it as "taskId" in Submit mode. Check the expression.',
		});
	}
	if (!canBeTaskId(taskId)) throw new Failure(`"${taskId}" is not a valid task ID`);
	return taskId;
}

/** The input item's data about the task: complete in Generate's own item, empty in another one. */
function knownOf(provider: Provider, taskId: string, item: IDataObject): IDataObject {
	if (textIn(item.taskId) !== taskId) return {};
	const itemProvider = textIn(item.provider);
	if (itemProvider !== undefined && itemProvider !== provider.id) {
		const name = findProvider(itemProvider)?.displayName ?? itemProvider;
		throw new Failure(
			`Task ${taskId} belongs to ${name}, but Provider is set to ${provider.displayName}`,
			{ description: `Set Provider to ${name}, or send the item to another node.`, task: item },
		);
	}
	return item;
}

/**
 * Reads which task an item asks for, and how to return its images.
 * @throws Failure when there is no task ID, or when the task is another provider's
 */
export function readParameters(
	host: ParameterHost,
	provider: Provider,
	itemIndex: number,
): { task: Task; output: OutputOptions } {
	const item = taskIn(host.getInputData()[itemIndex]?.json ?? {});
	const taskId = readTaskId(host, itemIndex, item);
	const task = readTask(provider.id, taskId, knownOf(provider, taskId, item));
	try {
		const { images, training } = defaultTimeouts;
		const timeoutSeconds = task.training ? training : images;
		return { task, output: readOutputOptions(readOptions(host, itemIndex), timeoutSeconds) };
	} catch (error) {
		throw handingOut(error, taskJson(task));
	}
}

/** The settings for a list of recent tasks. */
export interface ListParameters {
	/** How far it goes back. */
	readonly withinMs: number;
	/** The most tasks; `Infinity` for all of them. */
	readonly most: number;
	readonly output: OutputOptions;
}

const hourMs = 60 * 60 * 1000;

/**
 * Reads which tasks an item asks to be listed.
 * @throws Failure when a number is out of bounds
 */
export function readListParameters(host: ParameterHost, itemIndex: number): ListParameters {
	const read = (name: string): unknown => host.getNodeParameter(name, itemIndex, null);
	const all = toFlag(read('returnAll'), 'Return All', false);
	const hours = { min: 0.1, max: 720, fallback: 24 };
	const limits = { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 50 };
	return {
		withinMs: toBounded(read('withinHours'), 'Submitted Within (Hours)', hours) * hourMs,
		most: all ? Infinity : toBoundedInteger(read('limit'), 'Limit', limits),
		output: readOutputOptions(readOptions(host, itemIndex)),
	};
}
