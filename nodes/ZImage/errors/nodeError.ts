import type { IDataObject, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Charged, ErrorKind } from '../providers/provider';
import type { Paid } from './charged';
import { chargedOf, nothingPaid } from './charged';
import { Failure, kindOf, taskOf } from './failure';

/** The charged tasks besides the error's own task, and how to get them. */
function describePaid({ handles, doubtfulItems }: Paid, ownId: string | undefined): string[] {
	const others = handles.filter((handle) => handle !== ownId);
	const resume =
		'To get what you already paid for at no extra cost, open Executions and choose Retry. Execute Workflow generates it again, and you pay again.';
	return [
		...(handles.length > 0 ? [resume] : []),
		...(others.length > 0
			? [
					'Already charged in this run (task IDs for Get Task Result, or image URLs):',
					...others.map((handle) => `- ${handle}`),
				]
			: []),
		...(doubtfulItems.length > 0
			? [
					`May have been charged too, with an unknown task ID: item ${doubtfulItems.join(', item ')}. Check the requests in your account at the provider before you run again.`,
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
 * The message and description of any error for the user.
 * @param paid the charged tasks of the run, which the description names
 */
export function wordsOf(error: unknown, paid: Paid = nothingPaid): Words {
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

/** The two fields of every error for branching in a workflow. */
interface Decision {
	readonly errorKind: ErrorKind;
	readonly charged: Charged;
}

/** The fields of an error for workflows: the task, if there is one, and the fields for branching. */
export function dataOf(error: unknown, charged = chargedOf(error)): IDataObject & Decision {
	return { ...taskOf(error), errorKind: kindOf(error), charged };
}

/** n8n's error for any error, with a message for the user. */
function inWords(
	node: INode,
	error: unknown,
	worked: number,
	{ message, description }: Words,
): NodeApiError | NodeOperationError {
	const itemIndex = (error instanceof Failure ? error.details.itemIndex : undefined) ?? worked;
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		error.description = description;
		return error;
	}
	if (!(error instanceof Failure)) {
		const cause = error instanceof Error ? error : message;
		return new NodeOperationError(node, cause, { itemIndex, description });
	}
	const { httpCode } = error.details;
	const nodeError =
		httpCode === undefined
			? new NodeOperationError(node, message, { itemIndex, description })
			: new NodeApiError(
					node,
					{ message },
					{ message, description, httpCode: String(httpCode), itemIndex },
				);
	// n8n replaces a message that contains the name of a system error; ours must stay unchanged.
	nodeError.message = message;
	return nodeError;
}

/**
 * Builds n8n's error: the only place in the package that does.
 * @param paid the charged tasks of the run, for the text of the error
 * @param charged whether anything in the run is charged. Default: whether the subject of the error is
 * @returns an error of n8n itself (such as a missing credential) unchanged, with the item index added
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	paid?: Paid,
	charged = chargedOf(error),
): NodeApiError | NodeOperationError {
	const nodeError = inWords(node, error, itemIndex, wordsOf(error, paid));
	nodeError.context.data = dataOf(error, charged);
	return nodeError;
}
