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
		options: providers.map(({ id, displayName }) => ({ name: displayName, value: id })),
		default: 'fal',
		description: 'The service that makes the images and is paid for them',
	};
}

/** The node's credentials: the one of the chosen provider. */
export function providerCredentials(providers: readonly Provider[]): INodeCredentialDescription[] {
	return providers.map(({ id, credentialType }) => ({
		name: credentialType,
		required: true,
		displayOptions: { show: { provider: [id] } },
	}));
}
