import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import type { CredentialFile } from './credentials';
import type { ExecutionResult, WorkflowFile } from './executionResult';
import { OWN_CONNECTION } from './ownConnection';

const LOOK_EVERY_MS = 300;
const MANUAL_TRIGGER_TYPE = 'n8n-nodes-base.manualTrigger';
const UNFINISHED = ['new', 'running', 'waiting'];

/** The name and password of n8n's owner account. */
export interface Login {
	readonly email: string;
	readonly password: string;
}

/** A stored credential as the editor sees it, with masked secrets. */
export interface StoredCredential {
	readonly id: string;
	readonly name: string;
	readonly data?: Readonly<Record<string, unknown>>;
}

/** An execution that the editor started. */
export interface StartedWorkflow extends Pick<WorkflowFile, 'nodes'> {
	readonly executionId: string;
}

export type EditorResult = ExecutionResult & Pick<WorkflowFile, 'nodes'>;

/** The requests of n8n's editor that the sandbox needs. */
export class EditorApi {
	readonly #url: string;
	#cookie: string;

	/** @param session of someone who has logged in before, because n8n allows only five logins per minute */
	constructor(url: string, session = '') {
		this.#cookie = session;
		this.#url = url.replace('//localhost:', '//127.0.0.1:');
	}

	/** For another instance, which then needs no login. */
	get session(): string {
		return this.#cookie;
	}

	/** Creates the owner account on the first start, and logs in. */
	async logIn(login: Login): Promise<void> {
		const { userManagement } = await this.#request<{
			userManagement: { showSetupOnFirstLoad: boolean };
		}>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) {
			await this.#request('POST', '/owner/setup', {
				...login,
				firstName: 'Sandbox',
				lastName: 'Owner',
			});
			return;
		}
		await this.#request('POST', '/login', {
			emailOrLdapLoginId: login.email,
			password: login.password,
		});
	}

	async workflowIds(): Promise<string[]> {
		const workflows = await this.#request<Array<{ id: string }>>('GET', '/workflows');
		return workflows.map(({ id }) => id);
	}

	/** Stores a new workflow and returns its ID. */
	async createWorkflow(workflow: object): Promise<string> {
		return (await this.#request<{ id: string }>('POST', '/workflows', workflow)).id;
	}

	async credentialIds(): Promise<string[]> {
		const credentials = await this.#request<StoredCredential[]>('GET', '/credentials');
		return credentials.map(({ id }) => id);
	}

	async credential(id: string): Promise<StoredCredential> {
		return await this.#request('GET', `/credentials/${id}?includeData=true`);
	}

	/** Does what the editor does when a credential is saved: tests it with its provider. */
	async testCredential(credentials: CredentialFile): Promise<{ status: string; message: string }> {
		return await this.#request('POST', '/credentials/test', { credentials });
	}

	/** The nodes, or the credentials, that the editor offers. */
	async types(kind: 'credentials' | 'nodes'): Promise<ReadonlyArray<{ readonly name: string }>> {
		return await this.#send('GET', `/types/${kind}.json`);
	}

	/** Does what a LoRA list does when it is opened. Returns the number of entries. */
	async searchLoras(nodeType: string, path: string, hubUrl: string): Promise<number> {
		const { results } = await this.#request<{ results: readonly unknown[] }>(
			'POST',
			'/dynamic-node-parameters/resource-locator-results',
			{
				path: `parameters.${path}`,
				nodeTypeAndVersion: { name: nodeType, version: 1 },
				currentNodeParameters: { options: { hubUrl } },
				methodName: 'searchLoras',
			},
		);
		return results.length;
	}

	/** Runs a workflow from its manual trigger and waits for the end. */
	async runWorkflow(workflowId: string): Promise<EditorResult> {
		const { nodes, executionId } = await this.startWorkflow(workflowId);
		return { ...(await this.executionEnd(executionId)), nodes };
	}

	/** Starts a workflow from its manual trigger. */
	async startWorkflow(workflowId: string): Promise<StartedWorkflow> {
		const { nodes } = await this.#request<WorkflowFile>('GET', `/workflows/${workflowId}`);
		const trigger = nodes.find(({ type }) => type === MANUAL_TRIGGER_TYPE);
		const { executionId } = await this.#request<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			{ triggerToStartFrom: { name: trigger?.name } },
		);
		return { nodes, executionId };
	}

	/** Does what the editor's "Execute step" of a trigger does: its Test URL then waits for one call. */
	async listenForTest(workflowId: string, trigger: string): Promise<void> {
		await this.#request('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: trigger },
		});
	}

	/** Does what the editor's activation switch does: the workflow's triggers then wait for events. */
	async activate(workflowId: string): Promise<void> {
		const { versionId } = await this.#request<{ versionId: string }>(
			'GET',
			`/workflows/${workflowId}`,
		);
		await this.#request('POST', `/workflows/${workflowId}/activate`, { versionId });
	}

	/**
	 * A workflow's stored and running executions: the running ones first, then the newest. n8n reads both at
	 * once, so its response may contain an execution twice if it ends at that moment (ExecutionListV1Service of
	 * n8n 2.41).
	 */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.#request<{ results: Array<{ id: string }> }>(
			'GET',
			`/executions?filter=${filter}`,
		);
		return [...new Set(results.map(({ id }) => id))];
	}

	/** The file in a binary field of an execution's item. */
	async file(binary: Readonly<Record<string, unknown>> | undefined): Promise<Buffer> {
		const id = encodeURIComponent(String(binary?.['id']));
		const response = await fetch(`${this.#url}/rest/binary-data?id=${id}&action=download`, {
			headers: { ...OWN_CONNECTION, 'browser-id': 'z-image-sandbox', cookie: this.#cookie },
		});
		if (!response.ok) throw new Error(`n8n answered ${response.status} to the file ${id}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** Does what the editor's stop button does. */
	async stopExecution(executionId: string): Promise<void> {
		await this.#request('POST', `/executions/${executionId}/stop`);
	}

	/** Does what the editor's retry of a failed execution does, and waits for the end. */
	async retryExecution(executionId: string): Promise<ExecutionResult> {
		const { id } = await this.#request<{ id: string }>('POST', `/executions/${executionId}/retry`, {
			loadWorkflow: false,
		});
		return await this.executionEnd(id);
	}

	/** Whether an execution is running, waiting, or over, in n8n's words. */
	async executionStatus(executionId: string): Promise<string> {
		return (await this.#request<{ status: string }>('GET', `/executions/${executionId}`)).status;
	}

	/** Waits for the end of an execution. */
	async executionEnd(executionId: string): Promise<ExecutionResult> {
		for (;;) {
			const { status, data } = await this.#request<{ status: string; data: string }>(
				'GET',
				`/executions/${executionId}`,
			);
			if (!UNFINISHED.includes(status)) {
				return { status, data: parse(data) as ExecutionResult['data'] };
			}
			await sleep(LOOK_EVERY_MS);
		}
	}

	async #request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
		return (await this.#send<{ data: Answer }>(method, `/rest${path}`, body)).data;
	}

	async #send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
		const response = await fetch(this.#url + path, {
			method,
			headers: {
				...OWN_CONNECTION,
				'content-type': 'application/json',
				'browser-id': 'z-image-sandbox',
				cookie: this.#cookie,
			},
			...(body && { body: JSON.stringify(body) }),
		});
		const [cookie] = response.headers.getSetCookie();
		if (cookie !== undefined) this.#cookie = cookie.split(';', 1)[0] ?? '';
		const text = await response.text();
		if (!response.ok) throw new Error(`n8n answered ${response.status} to ${path}: ${text}`);
		return JSON.parse(text) as Answer;
	}
}
