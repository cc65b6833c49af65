import type { INodeExecutionData } from 'n8n-workflow';

import { taskOf } from '../errors/failure';
import type { Paid } from '../errors/nodeError';
import { wordsOf } from '../errors/nodeError';
import type { Host } from '../host';
import { isTool } from '../host';

/**
 * The item of a failure, with the paid task if there is one. It has no `error` property: n8n would
 * replace all its `json` by the message. To the error output n8n sends an item by the names in its
 * `json`, which may be no others than `error`, `message` and `details`.
 * @param paid what else the failure has to name as paid for
 * Source: handleNodeErrorOutput and normalizeNodeErrors of n8n-core's WorkflowExecute.
 */
export function failedItem(
	host: Pick<Host, 'getNode'>,
	error: unknown,
	itemIndex: number,
	paid?: Paid,
): INodeExecutionData {
	const node = host.getNode();
	const { message, description } = wordsOf(error, paid);
	const task = taskOf(error);
	if (isTool(host)) {
		// What a model cannot read, it cannot act on: n8n would tell it the message alone.
		const json = { status: 'failed', ...task, error: message, whatToDo: description || null };
		return { json, pairedItem: { item: itemIndex } };
	}
	const details = { ...task, ...(description && { errorDescription: description }) };
	const json =
		node.onError === 'continueErrorOutput'
			? { error: message, details }
			: { ...details, error: message };
	return { json, pairedItem: { item: itemIndex } };
}

/** Whether the failure of an item is one more item. As a tool it is, unless the node says otherwise. */
export function continuesOnFail(host: Pick<Host, 'continueOnFail' | 'getNode'>): boolean {
	return host.continueOnFail() || (isTool(host) && host.getNode().onError !== 'stopWorkflow');
}
