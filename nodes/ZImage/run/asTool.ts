import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Host } from '../host';
import { isTool } from '../host';

/** What a model needs of a result: a short list, as it is charged for each word, and again in each turn. */
const fieldsForModels = [
	'error',
	'whatToDo',
	'errorKind',
	'charged',
	'status',
	'url',
	'trigger',
	'progress',
	'stepsDone',
	'width',
	'height',
	'seed',
	'nsfw',
	'expiresAt',
	'provider',
	'taskId',
	'prompt',
] as const;

/** The `json` of an item as a model gets it, without what is not known or goes without saying. */
function forModels(json: IDataObject): IDataObject {
	return Object.fromEntries(
		fieldsForModels.flatMap((name) => {
			const value = json[name];
			return value === undefined || value === null || value === false ? [] : [[name, value]];
		}),
	);
}

/** What a node puts out as a tool: of several outputs n8n shows a model the first one only. */
export function asToolResult(
	host: Pick<Host, 'getNode'>,
	results: INodeExecutionData[][],
): INodeExecutionData[][] {
	if (!isTool(host)) return results;
	return [results.flat().map((item) => ({ ...item, json: forModels(item.json) }))];
}
