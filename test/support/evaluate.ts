import type { INodeTypes, IWorkflowDataProxyAdditionalKeys } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { nodeOf } from './node';

const nodeTypes = {
	getByName: () => undefined,
	getByNameAndVersion: () => undefined,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;
const workflow = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });

/** What n8n makes of an expression of a credential. */
export function evaluate(expression: string, data: IWorkflowDataProxyAdditionalKeys): unknown {
	return workflow.expression.getSimpleParameterValue(nodeOf(), expression, 'manual', data);
}
