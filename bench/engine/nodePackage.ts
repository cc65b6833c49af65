import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

/** What a benchmark workflow needs from a package. */
export interface LoadedPackage {
	readonly nodes: readonly INodeType[];
	readonly credentialTypes: readonly ICredentialType[];
}

/** Loads a built package like n8n. */
export async function loadPackage(folder: string): Promise<LoadedPackage> {
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	return {
		nodes: Object.values(loader.nodeTypes).map(({ type }) =>
			NodeHelpers.getVersionedNodeType(type),
		),
		credentialTypes: Object.values(loader.credentialTypes).map(({ type }) => type),
	};
}
