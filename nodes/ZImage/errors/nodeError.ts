import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { Failure, taskOf } from './failure';

/** What a run has paid for, or may have. */
export interface Paid {
	/** Task IDs, or URLs of images of tasks without an ID. */
	readonly handles: readonly string[];
	/** The items, from 0, with a request that may have been accepted. */
	readonly doubtfulItems: readonly number[];
}

const nothing: Paid = { handles: [], doubtfulItems: [] };

/** What is paid for besides the error's own task, and what to press to get it. */
function describePaid({ handles, doubtfulItems }: Paid, ownId: string | undefined): string[] {
	const others = handles.filter((handle) => handle !== ownId);
	const resume =
		'To get what is paid for at no further cost, open Executions and choose Retry. Execute Workflow generates it again, and you pay again.';
	return [
		...(handles.length > 0 ? [resume] : []),
		...(others.length > 0
			? [
					'Other tasks of this run that are paid for (task IDs for Get Task Result, or image URLs):',
					...others.map((handle) => `- ${handle}`),
				]
			: []),
		...(doubtfulItems.length > 0
			? [
					`May have been accepted and charged too, with no task ID known: item ${doubtfulItems.join(', item ')}. Check the requests in your account at the provider before you generate again.`,
				]
			: []),
	];
}

/** What an error says, and what to do next. */
interface Words {
	readonly message: string;
	readonly description: string;
}

/**
 * The words of any error as a person gets them.
 * @param paid what the run has paid for, which the description names
 */
export function wordsOf(error: unknown, paid: Paid = nothing): Words {
	const task = taskOf(error);
	const taskId = typeof task?.taskId === 'string' ? task.taskId : undefined;
	const text =
		error instanceof Failure
			? error.details.description
			: error instanceof NodeApiError || error instanceof NodeOperationError
				? error.description
				: undefined;
	const lines = [text, taskId && `Task ID: ${taskId}`, ...describePaid(paid, taskId)];
	return {
		message: error instanceof Error ? error.message : String(error),
		description: lines.filter(Boolean).join('\n'),
	};
}

/**
 * Builds n8n's error, once: the only place of the package that does.
 * @param paid what the run has paid for, for the text of the error
 * @returns an error of n8n itself (say, of a missing credential) as it came, with the item's index added
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	paid: Paid = nothing,
): NodeApiError | NodeOperationError {
	const { message, description } = wordsOf(error, paid);
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		error.description = description;
		return error;
	}
	if (!(error instanceof Failure)) {
		const cause = error instanceof Error ? error : message;
		return new NodeOperationError(node, cause, { itemIndex, description });
	}
	const { httpCode, task } = error.details;
	const nodeError =
		httpCode === undefined
			? new NodeOperationError(node, message, { itemIndex, description })
			: new NodeApiError(
					node,
					{ message },
					{ message, description, httpCode: String(httpCode), itemIndex },
				);
	// n8n replaces a message that happens to hold the name of a system error; ours is meant as it is.
	nodeError.message = message;
	if (task) nodeError.context.data = task;
	return nodeError;
}
