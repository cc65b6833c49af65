import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { ICredentialsHelper } from 'n8n-workflow';

/** The data of credentials by type. */
export type CredentialData = Readonly<Record<string, ICredentialDataDecryptedObject>>;

/**
 * A credential that n8n's database can't read for a while, as if the database were unavailable.
 * @param from the first read that fails, from 1
 * @param times default: forever
 */
export function unreadableAt(
	credentials: CredentialData,
	type: string,
	{ from, times = Infinity }: { from: number; times?: number },
): CredentialData {
	const data = credentials[type]!;
	let reads = 0;
	return {
		...credentials,
		get [type]() {
			reads++;
			if (reads >= from && reads < from + times) throw new Error('Driver not Connected');
			return data;
		},
	};
}

/** Stands in for n8n's credential store. The credential's own class decides what it adds to a request. */
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
	) {
		const authenticate = this.types.find(({ name }) => name === typeName)?.authenticate;
		if (typeof authenticate !== 'function') throw new Error(`${typeName} has no function`);
		return await authenticate(credentials, requestOptions);
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
