import { PackageDirectoryLoader } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INodeType,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

/** What a benchmark workflow needs from a package. */
export interface LoadedPackage {
	readonly nodes: readonly INodeType[];
	readonly credentialTypes: readonly ICredentialType[];
}

/** A value of a credential's rules, such as `=Key {{$credentials.apiKey}}`. */
function fillIn(value: unknown, credentials: ICredentialDataDecryptedObject): string {
	return String(value)
		.replace(/^=/, '')
		.replace(
			/\{\{\s*\$credentials\??\.(\w+)\s*\}\}/g,
			(_, name: string) => credentials[name] as string,
		);
}

/** The credential type with a function instead of rules for headers, which n8n would read with expressions. */
function withFunction(type: ICredentialType): ICredentialType {
	const { authenticate } = type;
	if (typeof authenticate !== 'object') return type;
	const { headers = {} } = authenticate.properties;
	return {
		...type,
		authenticate: async (credentials, request) => {
			const own = Object.entries(headers).map(([name, value]) => [
				name,
				fillIn(value, credentials),
			]);
			return await Promise.resolve({
				...request,
				headers: { ...request.headers, ...(Object.fromEntries(own) as IDataObject) },
			});
		},
	};
}

/** Loads a built package like n8n. */
export async function loadPackage(folder: string): Promise<LoadedPackage> {
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	return {
		nodes: Object.values(loader.nodeTypes).map(({ type }) =>
			NodeHelpers.getVersionedNodeType(type),
		),
		credentialTypes: Object.values(loader.credentialTypes).map(({ type }) => withFunction(type)),
	};
}
