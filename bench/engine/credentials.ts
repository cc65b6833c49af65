import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	IHttpRequestOptions,
	INode,
	Workflow,
} from 'n8n-workflow';
import { ICredentialsHelper } from 'n8n-workflow';

/** Stands in for n8n's store of credentials; what a credential does to a request is its own class's. */
export class BenchCredentials extends ICredentialsHelper {
	constructor(
		private readonly types: readonly ICredentialType[],
		private readonly data: ICredentialDataDecryptedObject,
	) {
		super();
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
		workflow: Workflow,
		node: INode,
	) {
		const type = this.types.find(({ name }) => name === typeName);
		const { properties } = type?.authenticate as IAuthenticateGeneric;
		const headers = Object.entries(properties.headers ?? {}).map(([name, value]) => [
			name,
			workflow.expression.getSimpleParameterValue(node, value as string, 'manual', {
				$credentials: credentials,
			}),
		]);
		return await Promise.resolve({
			...requestOptions,
			headers: { ...requestOptions.headers, ...(Object.fromEntries(headers) as IDataObject) },
		});
	}

	async preAuthentication() {
		return await Promise.resolve(undefined);
	}

	async runPreAuthentication() {
		return await Promise.resolve(undefined);
	}

	async getDecrypted() {
		return await Promise.resolve({ ...this.data });
	}

	async getCredentials(): Promise<never> {
		return await Promise.reject(new Error('Not used by the engine'));
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(typeName: string) {
		return this.types.find(({ name }) => name === typeName)?.properties ?? [];
	}
}
