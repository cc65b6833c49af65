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
import { trainLora } from '../../nodes/ZImage/trainLora/execute';
import { fetchReported } from '../../nodes/ZImage/trigger/execute';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../../nodes/ZImage/ZImageGetTaskResult.node';
import { ZImageTrainLora } from '../../nodes/ZImage/ZImageTrainLora.node';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import { nodeTypesOf, startNode } from './startNode';

export type Probe = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/** One of our nodes as n8n sees it, but with the test's clock. */
function withClock(description: INodeTypeDescription, execute: Probe): INodeType {
	return {
		description,
		async execute() {
			return await execute(this);
		},
	};
}

/**
 * The node types of a test's workflows: its start, and our nodes on its clock.
 * @param probe the code of a `probe` node, for testing a part inside the engine
 */
export function createNodeTypes(
	items: INodeExecutionData[],
	clock: Clock,
	probe: Probe = async () => [[]],
): INodeTypes {
	const trainer = withClock(
		new ZImageTrainLora().description,
		async (context) => await trainLora(context, clock),
	);
	return nodeTypesOf({
		probe: withClock(new ZImageGenerate().description, probe),
		start: startNode(items),
		zImageGenerate: withClock(
			new ZImageGenerate().description,
			async (context) => await generate(context, clock),
		),
		zImageGetTaskResult: withClock(
			new ZImageGetTaskResult().description,
			async (context) => await getTaskResult(context, clock),
		),
		zImageTrigger: withClock(
			new ZImageTrigger().description,
			async (context) => await fetchReported(context, clock),
		),
		zImageTrainLora: trainer,
		// The way n8n turns it into a tool.
		zImageTrainLoraTool: trainer,
		zImageApplyLoraPreset: withClock(
			new ZImageApplyLoraPreset().description,
			async (context) => await applyLoraPreset(context),
		),
	});
}
