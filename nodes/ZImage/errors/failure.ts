import type { IDataObject, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

interface FailureDetails {
	/** What to do next, and whatever else helps, shown under the message. */
	readonly description?: string;
	/** Status code of the provider's answer; it also makes n8n show the error as one of the service. */
	readonly httpCode?: number;
	/** The accepted task in the form that Get Task Result takes, so that a paid task is never lost. */
	readonly task?: IDataObject;
	/** A submit may have been accepted, and nobody knows its task. */
	readonly isAmbiguous?: boolean;
}

/** A failure in the words of the person at the workflow, before it is known which node and item it hits. */
export class Failure extends Error {
	constructor(
		message: string,
		readonly details: FailureDetails = {},
	) {
		super(message);
	}
}

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

/** The longest text that an error shows of a value. */
const maxShownLength = 200;

/** A value as an error shows it: short, and whatever it is. */
export function show(value: unknown): string {
	try {
		const text = JSON.stringify(value) ?? 'empty';
		return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
	} catch {
		return `a ${typeof value}`;
	}
}

/** The task that an error hands out, if any. */
export function taskOf(error: unknown): IDataObject | undefined {
	return error instanceof Failure ? error.details.task : undefined;
}

/** The same error, but with the paid task that it is about: whatever went wrong, the task is not lost. */
export function handingOut(error: unknown, task: IDataObject): Failure {
	if (!(error instanceof Failure)) {
		return new Failure(error instanceof Error ? error.message : String(error), { task });
	}
	return error.details.task ? error : new Failure(error.message, { ...error.details, task });
}
