import type { IDataObject } from 'n8n-workflow';

import type { Host, ParameterHost } from '../host';
import { isTool } from '../host';
import { toFlag } from '../values';
import { readOptions } from './parameters';

/**
 * Fields that describe a task or a failure. Those of an input item belong to an earlier node, so they are never
 * copied: n8n would treat an image with an `error` as failed, and a failure would get the wrong `taskId`.
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

/** The fields of an input item that its output items keep. */
export function keptFields(json: IDataObject): IDataObject {
	// On n8n's error output `details` belong to the error.
	const isOfResult = (name: string) =>
		ofResults.has(name) || (name === 'details' && json.error !== undefined);
	return Object.fromEntries(Object.entries(json).filter(([name]) => !isOfResult(name)));
}

/**
 * The fields of an input item that its output items keep: none by default, and never as a tool, because each word of its result
 * costs tokens.
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
