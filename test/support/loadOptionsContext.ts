import 'reflect-metadata';

import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions, INodeParameters, INodeType } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { createAdditionalData } from './additionalData';
import { credentialTypes } from './credentials';
import type { CredentialData } from './credentialsHelper';
import { CredentialsHelper } from './credentialsHelper';
import { nodeOf } from './node';

/**
 * The context in which n8n's server calls a node's list search for its first LoRA.
 * @param parameters as the editor sends them with the search
 * @param credentials the node's credentials
 */
export function loadOptionsContext(
	nodeType: INodeType,
	parameters: INodeParameters,
	credentials: CredentialData = {},
): ILoadOptionsFunctions {
	const node = nodeOf({
		name: 'Temp-Node',
		type: nodeType.description.name,
		parameters,
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: name, name }]),
		),
	});
	const find = () => nodeType;
	const nodeTypes = { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const data = createAdditionalData(
		new CredentialsHelper(credentialTypes, credentials),
		[node],
		{},
	);
	data.currentNodeParameters = parameters;
	return new LoadOptionsContext(
		workflow,
		node,
		data,
		'parameters.loras.lora[0].path',
	) as unknown as ILoadOptionsFunctions;
}
