import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

/** What a workflow of the benchmark needs of a package. */
export interface LoadedPackage {
	readonly nodes: readonly INodeType[];
	readonly credentialTypes: readonly ICredentialType[];
}

/** Loads a built package as n8n does. */
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
