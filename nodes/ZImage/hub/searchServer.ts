import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { toNodeError } from '../errors/nodeError';
import { readServerList } from '../http/serverList';
import type { Provider, ServerListName } from '../providers/provider';
import { findProvider } from '../providers/registry';

/** The node's provider, if it's the user's own server. */
export function ownServer(context: ILoadOptionsFunctions): Provider | undefined {
	const id: unknown = context.getCurrentNodeParameter('provider');
	const provider = typeof id === 'string' ? findProvider(id) : undefined;
	return provider?.isOwnServer ? provider : undefined;
}

/**
 * The names that the user's own server lists, for the editor.
 * @param filter the user's search text, which is matched against the names
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
 * The names of models and their parts on the node's server, for the lists of options in the editor.
 * @throws NodeApiError or NodeOperationError when the list isn't available
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
