import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { toNodeError } from '../errors/nodeError';
import { readServerList } from '../http/serverList';
import type { Provider, ServerListName } from '../providers/provider';
import { findProvider } from '../providers/registry';

/** The provider of the node, where it is a server of the user's own. */
export function ownServer(context: ILoadOptionsFunctions): Provider | undefined {
	const id: unknown = context.getCurrentNodeParameter('provider');
	const provider = typeof id === 'string' ? findProvider(id) : undefined;
	return provider?.isOwnServer ? provider : undefined;
}

/**
 * The names that a server of the user's own has, for a list in the editor.
 * @param filter what the person has typed, which is looked for in the names
 * @throws Failure when the server has no such list, or can't be reached
 */
export async function searchServer(
	context: ILoadOptionsFunctions,
	provider: Provider,
	list: ServerListName,
	filter = '',
): Promise<INodeListSearchResult> {
	const names = await readServerList(context, provider, list);
	const wanted = filter.trim().toLowerCase();
	const found = names.filter((name) => name.toLowerCase().includes(wanted));
	return { results: found.map((name) => ({ name, value: name })) };
}

/**
 * The names that the node's server has of models and their parts, for the lists of options in the editor.
 * @throws NodeApiError or NodeOperationError when the list cannot be had
 */
export async function searchNames(
	this: ILoadOptionsFunctions,
	list: ServerListName,
	filter?: string,
): Promise<INodeListSearchResult> {
	try {
		const server = ownServer(this);
		if (!server) throw new Failure('Only your own server has a list of models');
		return await searchServer(this, server, list, filter);
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}
