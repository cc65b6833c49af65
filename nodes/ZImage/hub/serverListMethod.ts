import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { ServerListName } from '../providers/provider';

/** The method of a node that lists names of the user's own server in the editor. */
export function serverListMethod(name: ServerListName) {
	return async function (
		this: ILoadOptionsFunctions,
		filter?: string,
	): Promise<INodeListSearchResult> {
		const { searchNames } = await import('./searchServer.js');
		return await searchNames.call(this, name, filter);
	};
}
