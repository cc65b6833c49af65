import type { INode, IDataObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { Failure } from './failure';

function describe(
	text: string | undefined,
	task: IDataObject | undefined,
	acceptedTaskIds: readonly string[],
): string {
	const taskId = typeof task?.taskId === 'string' ? task.taskId : undefined;
	const others = acceptedTaskIds.filter((id) => id !== taskId);
	return [
		text,
		taskId && `Task ID: ${taskId}`,
		others.length > 0 &&
			`Others of this run that are paid for (task IDs for Get Task Result, or URLs of images): ${others.join(', ')}`,
	]
		.filter(Boolean)
		.join('\n');
}

/**
 * Builds n8n's error, once: the only place of the package that does.
 * @param acceptedTaskIds tasks that the provider accepted in this run, for the text of the error
 * @returns an error of n8n itself (say, of a missing credential) as it came, with the item's index added
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
	acceptedTaskIds: readonly string[] = [],
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		error.description = describe(error.description ?? undefined, undefined, acceptedTaskIds);
		return error;
	}
	if (!(error instanceof Failure)) {
		const description = describe(undefined, undefined, acceptedTaskIds);
		const cause = error instanceof Error ? error : String(error);
		return new NodeOperationError(node, cause, { itemIndex, description });
	}
	const { httpCode, task } = error.details;
	const description = describe(error.details.description, task, acceptedTaskIds);
	const nodeError =
		httpCode === undefined
			? new NodeOperationError(node, error.message, { itemIndex, description })
			: new NodeApiError(
					node,
					{ message: error.message },
					{ message: error.message, description, httpCode: String(httpCode), itemIndex },
				);
	// n8n replaces a message that happens to hold the name of a system error; ours is meant as it is.
	nodeError.message = error.message;
	if (task) nodeError.context.data = task;
	return nodeError;
}
