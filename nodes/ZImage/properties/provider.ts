import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import type { Provider } from '../providers/provider';

/**
 * The choice of the provider. It takes no expression: n8n picks the credential by its raw value.
 * @param providers those that the node can use; fal is among them
 */
export function providerProperty(providers: readonly Provider[]): INodeProperties {
	return {
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providers.map(({ id, displayName, isOwnServer }) => ({
			name: displayName,
			value: id,
			description: isOwnServer ? 'Your own server' : 'Hosted',
		})),
		default: 'fal',
		description: 'The service that makes the images and is paid for them',
	};
}

/**
 * What a model is told of the node as a tool, in the place of n8n's own property of that name: n8n would
 * tell it the node's description, which is for people who look for a node.
 */
export function toolDescriptionProperty(text: string): INodeProperties {
	return {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 5 },
		default: text,
		displayOptions: { show: { '@tool': [true] } },
		description: 'What the model of the agent is told of this tool',
	};
}

/**
 * The node's credentials: the one of the chosen provider. They are hidden for all others instead of shown
 * for one: where each value of a parameter shows a credential, the editor takes the parameter for a
 * choice of authentication, and moves it out of the node's panel.
 */
export function providerCredentials(providers: readonly Provider[]): INodeCredentialDescription[] {
	return providers.map(({ id, credentialType }) => ({
		name: credentialType,
		required: true,
		displayOptions: {
			hide: { provider: providers.filter((other) => other.id !== id).map((other) => other.id) },
		},
	}));
}
