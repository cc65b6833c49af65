import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Paid } from '../errors/charged';
import { dataOf, wordsOf } from '../errors/nodeError';
import type { Host } from '../host';
import { isTool } from '../host';
import type { Charged } from '../providers/provider';

interface Circumstances {
	/** Whether what the failure is about is charged. Default: as far as the error tells. */
	readonly charged?: Charged;
	/** What else the failure has to name as paid for. */
	readonly paid?: Paid | undefined;
	/** Fields of the input item that stay. Default: none. */
	readonly inputFields?: IDataObject;
}

/**
 * The item of a failure, with the paid task if there is one, and what a workflow can decide by. It has no `error`
 * property: n8n would replace all its `json` by the message. To the error output n8n sends an item by the names in its
 * `json`, which may be no others than `error`, `message` and `details`; it adds the fields of the input item itself.
 * Source: handleNodeErrorOutput and normalizeNodeErrors of n8n-core's WorkflowExecute. Before 2.34.6 n8n knew an item of the
 * error output only by `error` alone, or with `message`: an object as `error` is the one form for all versions. It isn't
 * used, as `error` is a text on every other node and with Continue, and saved workflows read `details`.
 */
export function failedItem(
	host: Pick<Host, 'getNode'>,
	error: unknown,
	itemIndex: number,
	{ charged, paid, inputFields }: Circumstances = {},
): INodeExecutionData {
	const node = host.getNode();
	const { message, description } = wordsOf(error, paid);
	const data = dataOf(error, charged);
	if (isTool(host)) {
		// What a model cannot read, it cannot act on: n8n would tell it the message alone.
		const json = { status: 'failed', ...data, error: message, whatToDo: description || null };
		return { json, pairedItem: { item: itemIndex } };
	}
	const details = { ...data, ...(description && { errorDescription: description }) };
	const json =
		node.onError === 'continueErrorOutput'
			? { error: message, details }
			: { ...inputFields, ...details, error: message };
	return { json, pairedItem: { item: itemIndex } };
}

/** Whether the failure of an item is one more item. As a tool it is, unless the node says otherwise. */
export function continuesOnFail(host: Pick<Host, 'continueOnFail' | 'getNode'>): boolean {
	return host.continueOnFail() || (isTool(host) && host.getNode().onError !== 'stopWorkflow');
}
