import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** What a model needs of a result: a short list, as it is charged for each word, and again in each turn. */
const fieldsForModels = [
	'error',
	'whatToDo',
	'status',
	'url',
	'width',
	'height',
	'seed',
	'nsfw',
	'expiresAt',
	'provider',
	'taskId',
	'prompt',
] as const;

/** Whether the node is a tool of an AI agent: n8n makes a type of its own for it. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

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
	context: IExecuteFunctions,
	results: INodeExecutionData[][],
): INodeExecutionData[][] {
	if (!isTool(context)) return results;
	return [results.flat().map((item) => ({ ...item, json: forModels(item.json) }))];
}
