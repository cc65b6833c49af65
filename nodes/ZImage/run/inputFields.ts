import type { IDataObject } from 'n8n-workflow';

import type { Host, ParameterHost } from '../host';
import { isTool } from '../host';
import { toFlag } from '../values';
import { readOptions } from './parameters';

/**
 * Fields that tell of a task or of a failure; those of an input item are about another one, of a node before. They never
 * come from the input: with its `error` n8n would take an image for a failure, and a failure would have its `taskId`.
 */
const ofResults: ReadonlySet<string> = new Set([
	...['charged', 'contentType', 'error', 'errorDescription', 'errorKind', 'estimatedCostUsd'],
	...[
		'expiresAt',
		'failedProviders',
		'imageCount',
		'imageIndex',
		'model',
		'nsfw',
		'provider',
		'status',
	],
	...['submittedAt', 'taskId', 'url'],
]);

/** What stays of an input item on the items that are made of it. */
export function keptFields(json: IDataObject): IDataObject {
	// On n8n's error output `details` belong to the error.
	const isOfResult = (name: string) =>
		ofResults.has(name) || (name === 'details' && json.error !== undefined);
	return Object.fromEntries(Object.entries(json).filter(([name]) => !isOfResult(name)));
}

/**
 * The fields of an input item that its output items keep: none, unless the user wants them. Never as a tool, whose result is
 * charged by the word.
 * @throws Failure when the option is neither on nor off
 */
export function inputFieldsOf(
	host: ParameterHost & Pick<Host, 'getNode'>,
	itemIndex: number,
): IDataObject {
	const { includeInputFields } = readOptions(host, itemIndex);
	const isWanted = toFlag(includeInputFields, 'Include Input Fields', false);
	const json = host.getInputData()[itemIndex]?.json;
	return isWanted && json && !isTool(host) ? keptFields(json) : {};
}
