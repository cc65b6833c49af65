import { ExecutionLifecycleHooks } from 'n8n-core';
import type {
	IConnections,
	ICredentialsHelper,
	INode,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

/** What n8n's engine needs around a workflow, with a test's credentials. Nothing is stored. */
export function createAdditionalData(
	credentialsHelper: ICredentialsHelper,
	nodes: INode[],
	connections: IConnections,
): IWorkflowExecuteAdditionalData {
	const workflow = { id: 'test', name: 'Test', nodes, connections } as unknown as IWorkflowBase;
	return {
		credentialsHelper,
		executionId: 'execution',
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost',
		webhookBaseUrl: 'http://localhost',
		webhookWaitingBaseUrl: 'http://localhost',
		webhookTestBaseUrl: 'http://localhost',
		formWaitingBaseUrl: 'http://localhost',
		variables: {},
		currentNodeExecutionIndex: 0,
		setExecutionStatus: () => {},
		hooks: new ExecutionLifecycleHooks('manual', 'execution', workflow),
	} as unknown as IWorkflowExecuteAdditionalData;
}
