import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Host } from '../host';
import { isTool } from '../host';

/** The fields that a model needs: a short list, because each word costs tokens in every turn. */
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

/** The `json` of an item for a model, without unknown and obvious values. */
function forModels(json: IDataObject): IDataObject {
	return Object.fromEntries(
		fieldsForModels.flatMap((name) => {
			const value = json[name];
			return value === undefined || value === null || value === false ? [] : [[name, value]];
		}),
	);
}

/** The output of a node as a tool: n8n only shows a model the first output. */
export function asToolResult(
	host: Pick<Host, 'getNode'>,
	results: INodeExecutionData[][],
): INodeExecutionData[][] {
	if (!isTool(host)) return results;
	return [results.flat().map((item) => ({ ...item, json: forModels(item.json) }))];
}
