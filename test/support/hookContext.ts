import 'reflect-metadata';

import { HookContext } from 'n8n-core';
import type { IHookFunctions, INodeParameters, INodeType } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { createAdditionalData } from './additionalData';
import { credentialTypes } from './credentials';
import type { CredentialData } from './credentialsHelper';
import { CredentialsHelper } from './credentialsHelper';
import { nodeOf } from './node';
import { nodeTypesOf } from './startNode';

/**
 * The context in which n8n calls a trigger's hooks when its workflow is published.
 * @param warnings receives what the node writes into n8n's log
 */
export function hookContext(
	nodeType: INodeType,
	parameters: INodeParameters,
	credentials: CredentialData,
	warnings: string[] = [],
): IHookFunctions {
	const type = nodeType.description.name;
	const node = nodeOf({
		type,
		parameters,
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: name, name }]),
		),
	});
	const nodeTypes = nodeTypesOf({ [type]: nodeType });
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const data = createAdditionalData(
		new CredentialsHelper(credentialTypes, credentials),
		[node],
		{},
	);
	const context = new HookContext(workflow, node, data, 'webhook', 'activate');
	Object.defineProperty(context, 'logger', {
		value: { warn: (message: string) => warnings.push(message) },
	});
	return context as unknown as IHookFunctions;
}
