import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Paid } from '../errors/charged';
import { dataOf, wordsOf } from '../errors/nodeError';
import type { Host } from '../host';
import { isTool } from '../host';
import type { Charged } from '../providers/provider';

interface Circumstances {
	/** Whether the subject of the failure is charged. Default: derived from the error. */
	readonly charged?: Charged;
	/** Other charged tasks that the failure must name. */
	readonly paid?: Paid | undefined;
	/** Fields of the input item that stay. Default: none. */
	readonly inputFields?: IDataObject;
}

/**
 * The item of a failure, with the paid task if there is one, and the fields for branching. It has no `error`
 * property, because n8n would replace its `json` with the message. n8n recognizes an item for the error output by the names in its
 * `json`, which may only be `error`, `message` and `details`; it adds the fields of the input item itself.
 * Source: handleNodeErrorOutput and normalizeNodeErrors of n8n-core's WorkflowExecute. Before 2.34.6, n8n recognized such an
 * item only by `error` alone, or `error` with `message`: an object as `error` is the one form that works in all versions. It
 * isn't used, because `error` is text on every other node and with Continue, and saved workflows read `details`.
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
		// A model can only act on what it reads, and n8n would only show it the message.
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

/** Whether a failed item becomes an error item. As a tool it does, unless the node says otherwise. */
export function continuesOnFail(host: Pick<Host, 'continueOnFail' | 'getNode'>): boolean {
	return host.continueOnFail() || (isTool(host) && host.getNode().onError !== 'stopWorkflow');
}
