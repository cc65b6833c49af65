import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { Clock } from '../../nodes/ZImage/http/clock';
import { applyLoraPreset } from '../../nodes/ZImage/applyLoraPreset/execute';
import { generate } from '../../nodes/ZImage/generate/execute';
import { getTaskResult } from '../../nodes/ZImage/getTaskResult/execute';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../../nodes/ZImage/ZImageGetTaskResult.node';

/** Emits the items of a test. */
function startNode(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['input'],
			version: 1,
			description: '',
			defaults: { name: 'Start' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute: async () => [items],
	};
}

/** One of our nodes as n8n sees it, but with the clock of the test. */
function withClock(
	description: INodeTypeDescription,
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>,
): INodeType {
	return {
		description,
		async execute() {
			return await execute(this);
		},
	};
}

/** The node types of a test's workflows: its start, and our nodes on its clock. */
export function createNodeTypes(items: INodeExecutionData[], clock: Clock): INodeTypes {
	const types: Record<string, INodeType> = {
		start: startNode(items),
		zImageGenerate: withClock(
			new ZImageGenerate().description,
			async (context) => await generate(context, clock),
		),
		zImageGetTaskResult: withClock(
			new ZImageGetTaskResult().description,
			async (context) => await getTaskResult(context, clock),
		),
		zImageApplyLoraPreset: withClock(
			new ZImageApplyLoraPreset().description,
			async (context) => await applyLoraPreset(context),
		),
	};
	const find = (name: string) => {
		const type = types[name];
		if (!type) throw new Error(`The test has no node type ${name}`);
		return type;
	};
	return { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
}
