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

import { ZImageAimlApi } from '../../credentials/ZImageAimlApi.credentials';
import { ZImageFalApi } from '../../credentials/ZImageFalApi.credentials';
import { ZImageHighwayApi } from '../../credentials/ZImageHighwayApi.credentials';
import { ZImageNovitaApi } from '../../credentials/ZImageNovitaApi.credentials';
import type { Sandbox } from '../../sandbox/emulator/server';

export const credentialTypes: readonly ICredentialType[] = [
	new ZImageFalApi(),
	new ZImageNovitaApi(),
	new ZImageHighwayApi(),
	new ZImageAimlApi(),
];

export type CredentialData = Readonly<Record<string, ICredentialDataDecryptedObject>>;

/** Credentials with the sandbox's keys and addresses, by type. */
export function sandboxCredentials({ keys, urls }: Sandbox): CredentialData {
	return {
		zImageFalApi: { apiKey: keys.fal, baseUrl: urls.fal, storageUrl: urls.fal },
		zImageNovitaApi: { apiKey: keys.novita, baseUrl: urls.novita },
		zImageHighwayApi: { apiKey: keys.highway, baseUrl: urls.highway },
		zImageAimlApi: { apiKey: keys.aimlapi, baseUrl: urls.aimlapi },
	};
}

/** Stands in for n8n's store of credentials; what a credential does to a request is its own class's. */
export class TestCredentialsHelper extends ICredentialsHelper {
	constructor(private readonly data: CredentialData) {
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
		const type = credentialTypes.find(({ name }) => name === typeName);
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
		if (!data) throw new Error(`The test has no credential ${type}`);
		return { ...data };
	}

	async getCredentials(): Promise<never> {
		throw new Error('Not used by the engine');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(type: string) {
		return credentialTypes.find(({ name }) => name === type)?.properties ?? [];
	}
}
