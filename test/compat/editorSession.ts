import type { CredentialFile } from '../../sandbox/realN8n/credentials';

/** A node or credential type as the editor gets it. */
export interface LoadedType {
	readonly name: string;
	readonly displayName: string;
	readonly properties: readonly unknown[];
}

/** The few requests of the editor that are the same in every n8n from 1.85 on. */
export class EditorSession {
	#cookie = '';

	constructor(private readonly url: string) {}

	/** Makes the owner account of a new n8n, which logs in. */
	async setUpOwner(): Promise<void> {
		await this.request('/rest/owner/setup', {
			email: 'owner@example.com',
			password: 'Compat-1-password',
			firstName: 'Compat',
			lastName: 'Owner',
		});
	}

	/** The nodes, or the credentials, that the editor offers. */
	async types(kind: 'credentials' | 'nodes'): Promise<readonly LoadedType[]> {
		return (await this.request(`/types/${kind}.json`)) as LoadedType[];
	}

	/** Does what the editor does when a credential is saved. */
	async testCredential(credentials: CredentialFile): Promise<string> {
		const { data } = (await this.request('/rest/credentials/test', { credentials })) as {
			data: { status: string; message: string };
		};
		return data.status === 'OK' ? 'OK' : data.message;
	}

	/** Does what the list of a LoRA does when it is opened. */
	async searchLoras(nodeType: string, path: string, hubUrl: string): Promise<number> {
		const { data } = (await this.request('/rest/dynamic-node-parameters/resource-locator-results', {
			path: `parameters.${path}`,
			nodeTypeAndVersion: { name: nodeType, version: 1 },
			currentNodeParameters: { options: { hubUrl } },
			methodName: 'searchLoras',
		})) as { data: { results: readonly unknown[] } };
		return data.results.length;
	}

	private async request(path: string, body?: object): Promise<unknown> {
		const response = await fetch(this.url + path, {
			method: body ? 'POST' : 'GET',
			headers: {
				'content-type': 'application/json',
				'browser-id': 'z-image-compat',
				cookie: this.#cookie,
			},
			...(body && { body: JSON.stringify(body) }),
		});
		const [cookie] = response.headers.getSetCookie();
		if (cookie !== undefined) this.#cookie = cookie.split(';', 1)[0] ?? '';
		const text = await response.text();
		if (!response.ok) throw new Error(`n8n answered ${response.status} to ${path}: ${text}`);
		return JSON.parse(text) as unknown;
	}
}
