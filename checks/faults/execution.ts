import 'reflect-metadata';

import { Container } from '@n8n/di';
import { BinaryDataService, WorkflowExecute } from 'n8n-core';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { createAdditionalData } from '../../test/support/additionalData';
import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from '../../test/support/credentials';
import { credentialTypes, TestCredentialsHelper } from '../../test/support/credentials';
import { createNodeTypes } from '../../test/support/nodeTypes';

/** The node of a workflow that has a start and this node. */
export interface NodeSettings {
	readonly type: string;
	readonly parameters: IDataObject;
	readonly onError?: INode['onError'];
	/** n8n runs the node again, up to so many times in all, when it fails. */
	readonly maxTries?: number;
}

/** What the node came to. */
export interface Execution {
	/** Items of each output. */
	readonly outputs: INodeExecutionData[][];
	readonly error: NodeFailure | undefined;
	/** The texts of its hints. */
	readonly hints: readonly string[];
	/** Everything that n8n would store of the execution. */
	readonly stored: string;
}

/** An error of n8n, as far as it is looked at. */
export interface NodeFailure {
	readonly message: string;
	readonly description?: string | null;
	readonly context: IDataObject;
}

function createNodes({ type, parameters, onError, maxTries }: NodeSettings): INode[] {
	const common = { typeVersion: 1, position: [0, 0] as [number, number] };
	return [
		{ ...common, id: '0', name: 'Start', type: 'start', parameters: {} },
		{
			...common,
			id: '1',
			name: 'Node',
			type,
			parameters: structuredClone(parameters) as INode['parameters'],
			...(onError && { onError }),
			...(maxTries && { retryOnFail: true, maxTries, waitBetweenTries: 1 }),
			credentials: Object.fromEntries(
				credentialTypes.map(({ name }) => [name, { id: name, name }]),
			),
		},
	];
}

let binaryStore: Promise<void> | undefined;

/** Runs one of the nodes on some items in the real engine of n8n. */
export async function execute(
	settings: NodeSettings,
	items: readonly IDataObject[],
	credentials: CredentialData,
	clock: Clock,
): Promise<Execution> {
	await (binaryStore ??= Container.get(BinaryDataService).init());
	const nodes = createNodes(settings);
	const connections = { Start: { main: [[{ node: 'Node', type: 'main' as const, index: 0 }]] } };
	const nodeTypes = createNodeTypes(
		items.map((json) => ({ json })),
		clock,
	);
	const workflow = new Workflow({ id: 'faults', nodes, connections, active: false, nodeTypes });
	const startNode = workflow.getNode('Start');
	if (!startNode) throw new Error('The workflow has no start');
	const helper = new TestCredentialsHelper(credentials);
	const additionalData = createAdditionalData(helper, nodes, connections);
	const run = await new WorkflowExecute(additionalData, 'manual').run({ workflow, startNode });
	const { runData, error } = run.data.resultData;
	const last = runData.Node?.at(-1);
	return {
		outputs: (last?.data?.main ?? []).map((output) => output ?? []),
		error: error as NodeFailure | undefined,
		hints: (last?.hints ?? []).map(({ message }) => message),
		stored: JSON.stringify(run.data),
	};
}
