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

/** What credentials hold, by their types. */
export type CredentialData = Readonly<Record<string, ICredentialDataDecryptedObject>>;

/** Stands in for n8n's store of credentials; what a credential does to a request is its own class's. */
export class CredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly types: readonly ICredentialType[],
		private readonly data: CredentialData,
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
		return {
			...requestOptions,
			headers: { ...requestOptions.headers, ...(Object.fromEntries(headers) as IDataObject) },
		};
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getDecrypted(_additionalData: unknown, _credentials: unknown, type: string) {
		const data = this.data[type];
		if (!data) throw new Error(`There is no credential ${type}`);
		return { ...data };
	}

	async getCredentials(): Promise<never> {
		throw new Error('Not used by the engine');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(type: string) {
		return this.types.find(({ name }) => name === type)?.properties ?? [];
	}
}
