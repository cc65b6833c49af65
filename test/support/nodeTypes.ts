import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
} from 'n8n-workflow';

import type { Clock } from '../../nodes/ZImage/http/clock';
import { applyLoraPreset } from '../../nodes/ZImage/applyLoraPreset/execute';
import { generate } from '../../nodes/ZImage/generate/execute';
import { getTaskResult } from '../../nodes/ZImage/getTaskResult/execute';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../../nodes/ZImage/ZImageGetTaskResult.node';
import { nodeTypesOf, startNode } from './startNode';

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
	return nodeTypesOf({
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
	});
}
