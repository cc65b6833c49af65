import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeError';
import { readServerList } from '../http/serverList';
import type { Provider, ServerListName } from '../providers/provider';
import { findProvider } from '../providers/registry';

function providerOf(context: ILoadOptionsFunctions): Provider | undefined {
	const id: unknown = context.getCurrentNodeParameter('provider');
	return typeof id === 'string' ? findProvider(id) : undefined;
}

/** Whether the provider of the node is a server of the user's own that has a list. */
export function hasServerList(context: ILoadOptionsFunctions, name: ServerListName): boolean {
	return providerOf(context)?.lists?.[name] !== undefined;
}

/**
 * Names that the user's own server has.
 * @param filter what the person has typed, which is looked for in the names
 * @throws Failure when the list can't be had
 */
export async function searchServer(
	context: ILoadOptionsFunctions,
	name: ServerListName,
	filter = '',
): Promise<INodeListSearchResult> {
	const provider = providerOf(context);
	const names = provider ? await readServerList(context, provider, name) : [];
	const wanted = filter.trim().toLowerCase();
	const found = names.filter((one) => one.toLowerCase().includes(wanted));
	return { results: found.map((one) => ({ name: one, value: one })) };
}

/**
 * The same for a list in the editor.
 * @throws NodeApiError or NodeOperationError when the list can't be had
 */
export async function searchServerList(
	context: ILoadOptionsFunctions,
	name: ServerListName,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await searchServer(context, name, filter).catch((error: unknown) => {
		throw toNodeError(context.getNode(), error, 0);
	});
}
