import type { INodeTypes, IWorkflowDataProxyAdditionalKeys } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { nodeOf } from './node';

const nodeTypes = {
	getByName: () => undefined,
	getByNameAndVersion: () => undefined,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;
const workflow = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });

/** The value of a credential's expression in n8n. */
export function evaluate(expression: string, data: IWorkflowDataProxyAdditionalKeys): unknown {
	return workflow.expression.getSimpleParameterValue(nodeOf(), expression, 'manual', data);
}
