import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import type { Provider } from '../providers/provider';

/**
 * The choice of the provider. It takes no expression: n8n picks the credential by its raw value.
 * @param providers those that the node can use; fal is among them
 */
export function providerProperty(
	providers: readonly Provider[],
	description = 'The service that generates the images',
): INodeProperties {
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
		description,
	};
}

/**
 * The tool description for a model, which replaces n8n's own property with that name. n8n would use the node's
 * description, which is for people who search for a node.
 */
export function toolDescriptionProperty(text: string): INodeProperties {
	return {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 5 },
		default: text,
		displayOptions: { show: { '@tool': [true] } },
		description: "What the agent's model is told about this tool",
	};
}

/** The parameter that is true while the node doesn't use a provider: neither as the first one nor to fall back to. */
export function unusedName(id: string): string {
	return `unused${id.charAt(0).toUpperCase()}${id.slice(1)}`;
}

/**
 * The providers to fall back to, in order, and for each provider a hidden parameter that is there as long as it isn't used.
 * n8n can't say of a credential "this provider is chosen, or in the list" (it joins the keys of `show` by "and", and each
 * key of `hide` is a reason of its own), but it can say the opposite of a parameter. The value of the hidden one is
 * always its default, so that n8n keeps it nowhere and works it out from the other two. Before it has, the credentials
 * count as displayed, so that n8n checks who may use them.
 * Source: `displayParameter` and `getNodeParameters` of n8n-workflow's node-helpers, `_getCredentials` of n8n-core's
 * NodeExecutionContext.
 */
export function fallbackProperties(providers: readonly Provider[]): INodeProperties[] {
	const fallbackProviders: INodeProperties = {
		displayName: 'Fallback Providers',
		name: 'fallbackProviders',
		type: 'multiOptions',
		noDataExpression: true,
		options: providers.map(({ id, displayName }) => ({ name: displayName, value: id })),
		default: [],
		description:
			'Providers to try, in the order you choose them, if the first one is down, overloaded or out of credit. Default: none.',
	};
	const unused = providers.map(({ id, displayName }): INodeProperties => {
		const hide = { provider: [id], fallbackProviders: [id] };
		const name = unusedName(id);
		return { displayName, name, type: 'hidden', default: true, displayOptions: { hide } };
	});
	return [fallbackProviders, ...unused];
}

/** The node's credentials: those of the chosen provider and of the ones to fall back to. */
export function credentialsWithFallback(
	providers: readonly Provider[],
): INodeCredentialDescription[] {
	return providers.map(({ id, displayName, credentialType }) => ({
		// Several may be shown at once.
		displayName: `Credential for ${displayName}`,
		name: credentialType,
		required: true,
		displayOptions: { hide: { [unusedName(id)]: [true] } },
	}));
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
