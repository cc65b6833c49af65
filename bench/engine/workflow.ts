import 'reflect-metadata';

import { Container } from '@n8n/di';
import { BinaryDataService, WorkflowExecute } from 'n8n-core';
import type {
	ICredentialType,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { createAdditionalData } from '../../test/support/additionalData';
import { CredentialsHelper } from '../../test/support/credentialsHelper';
import { nodeTypesOf, startNode } from '../../test/support/startNode';
import type { Subject } from './job';

type HttpHelper = IExecuteFunctions['helpers']['httpRequestWithAuthentication'];

/** The node, with its requests to fixed hosts redirected. */
function redirected(node: INodeType, redirect: Readonly<Record<string, string>>): INodeType {
	return {
		description: node.description,
		async execute() {
			const { helpers } = this;
			const original = helpers.httpRequestWithAuthentication.bind(this);
			const helper: HttpHelper = async (type, options, more) => {
				const origin = Object.keys(redirect).find((start) => options.url.startsWith(start));
				const url = origin ? `${redirect[origin]}${options.url.slice(origin.length)}` : options.url;
				return (await original(type, { ...options, url }, more)) as unknown;
			};
			helpers.httpRequestWithAuthentication = helper;
			return (await node.execute?.call(this)) ?? [];
		},
	};
}

let binaryData: Promise<void> | undefined;

/** n8n's binary store, ready for use. */
export async function binaryStore(): Promise<BinaryDataService> {
	const service = Container.get(BinaryDataService);
	binaryData ??= service.init();
	await binaryData;
	return service;
}

/** What is run: a package's node, or one of our own. */
export interface Runnable {
	readonly node: INodeType;
	readonly credentialTypes: readonly ICredentialType[];
	readonly subject: Subject;
}

/** Runs a node on items in n8n's own engine. */
export async function runNode(
	{ node, credentialTypes, subject }: Runnable,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	await binaryStore();
	const { parameters, credential, redirect, isFailing } = subject;
	const nodeTypes = nodeTypesOf({
		start: startNode(items),
		subject: redirect ? redirected(node, redirect) : node,
	});
	const { version } = node.description;
	const nodes: INode[] = ['start', 'subject'].map((type) => ({
		id: type,
		name: type,
		type,
		typeVersion: type === 'start' ? 1 : Math.max(...[version].flat()),
		position: [0, 0],
		parameters: type === 'start' ? {} : structuredClone(parameters),
		credentials: { [credential.type]: { id: '1', name: credential.type } },
		...(isFailing && type === 'subject' && { onError: 'continueRegularOutput' as const }),
	}));
	const connections = { start: { main: [[{ node: 'subject', type: 'main' as const, index: 0 }]] } };
	const workflow = new Workflow({ id: 'bench', nodes, connections, active: false, nodeTypes });
	const helper = new CredentialsHelper(credentialTypes, {
		[credential.type]: credential.data,
	});
	const additionalData = createAdditionalData(helper, nodes, connections);
	const startNodeOf = workflow.getNode('start');
	if (!startNodeOf) throw new Error('The workflow has no start');
	const run = await new WorkflowExecute(additionalData, 'manual').run({
		workflow,
		startNode: startNodeOf,
	});
	const { runData, error } = run.data.resultData;
	if (error) throw new Error(`${error.message}\n${error.description ?? ''}`, { cause: error });
	return runData['subject']?.at(-1)?.data?.main?.[0] ?? [];
}
