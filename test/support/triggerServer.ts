import 'reflect-metadata';

import type { Server, ServerResponse } from 'http';
import { createServer } from 'http';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IWebhookFunctions,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createRunExecutionData, Workflow } from 'n8n-workflow';
import type { AddressInfo } from 'net';

import type { Clock } from '../../nodes/ZImage/http/clock';
import { fetchReported } from '../../nodes/ZImage/trigger/execute';
import { receive } from '../../nodes/ZImage/trigger/receive';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import { createAdditionalData } from './additionalData';
import { credentialTypes } from './credentials';
import type { CredentialData } from './credentialsHelper';
import { CredentialsHelper } from './credentialsHelper';
import { fastClock } from './fastClock';
import { nodeOf } from './node';
import { prepareBinaryStore } from './runWorkflow';
import { nodeTypesOf } from './startNode';

export interface TriggerOptions {
	readonly parameters: IDataObject;
	readonly credentials: CredentialData;
	readonly clock?: Clock;
	readonly mode?: WorkflowExecuteMode;
	/** The execution can't be stored: n8n answers with an error. */
	readonly failsToStart?: () => boolean;
	/** What n8n has stored of the workflow, as another of its processes finds it. */
	readonly staticData?: IDataObject;
}

/** What became of a call. */
export interface Handled {
	readonly status: number;
	readonly text: string;
	/** Done and Failed; left out where no execution was started. */
	readonly outputs?: INodeExecutionData[][];
	readonly error?: IRun['data']['resultData']['error'];
	readonly hints: NodeExecutionHint[];
}

let count = 0;

/**
 * Takes calls for a workflow that is Z-Image Trigger alone, as n8n does: the raw body is read, the node's own code decides,
 * the engine runs what comes of it, and then the call is answered.
 * Source: webhook-helpers.ts of n8n 2.41 (executeWebhook)
 */
export class TriggerServer {
	readonly handled: Handled[] = [];
	/** What the node has written into n8n's log. */
	readonly warnings: string[] = [];
	readonly staticData: IDataObject;
	private readonly id = `trigger-${count++}`;
	private readonly clock: Clock;
	private waiting: Array<() => void> = [];
	private readonly server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => void this.handle(request, response, Buffer.concat(chunks)));
	});

	constructor(private readonly options: TriggerOptions) {
		this.clock = options.clock ?? fastClock();
		this.staticData = options.staticData ?? {};
	}

	/** @returns the Production URL */
	async start(): Promise<string> {
		await prepareBinaryStore();
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhook`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Waits until so many calls have been answered. */
	async calls(number: number): Promise<readonly Handled[]> {
		while (this.handled.length < number) {
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
		return this.handled;
	}

	private createNode(): INode {
		return nodeOf({
			id: this.id,
			name: 'Z-Image Trigger',
			type: 'zImageTrigger',
			parameters: structuredClone(this.options.parameters) as INode['parameters'],
			credentials: Object.fromEntries(
				credentialTypes.map(({ name }) => [name, { id: `${this.id} ${name}`, name }]),
			),
		});
	}

	private async handle(
		request: { headers: NodeJS.Dict<string[] | string> },
		response: ServerResponse,
		rawBody: Buffer,
	): Promise<void> {
		const outcome = await this.run(request.headers, response, rawBody);
		if (!response.writableEnded) response.end('{}');
		this.handled.push({ status: response.statusCode, text: '', hints: [], ...outcome });
		this.waiting.splice(0).forEach((resume) => resume());
	}

	private async run(
		headers: NodeJS.Dict<string[] | string>,
		response: ServerResponse,
		rawBody: Buffer,
	): Promise<Partial<Handled>> {
		const { credentials, mode = 'webhook', failsToStart } = this.options;
		const { clock, warnings } = this;
		const { description } = new ZImageTrigger();
		const node = this.createNode();
		const nodeTypes = nodeTypesOf({
			zImageTrigger: {
				description,
				webhook: async () => ({}),
				async execute() {
					return await fetchReported(this, clock);
				},
			},
		});
		const workflow = new Workflow({
			id: this.id,
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes,
			staticData: structuredClone(this.staticData),
		});
		const additionalData: IWorkflowExecuteAdditionalData = {
			...createAdditionalData(new CredentialsHelper(credentialTypes, credentials), [node], {}),
			httpRequest: { headers, rawBody } as never,
			httpResponse: Object.assign(response, {
				status(code: number) {
					response.statusCode = code;
					return response;
				},
			}) as never,
		};
		const [webhookDescription] = description.webhooks ?? [];
		const context = new WebhookContext(
			workflow,
			node,
			additionalData,
			mode,
			{ webhookDescription, isTest: mode === 'manual' } as never,
			[],
			null,
		);
		Object.defineProperty(context, 'logger', {
			value: { warn: (message: string) => warnings.push(message) },
		});
		const result = await receive(context as unknown as IWebhookFunctions, clock);
		if (result.noWebhookResponse || !result.workflowData) {
			return { text: response.writableEnded ? '' : '{}' };
		}
		if (failsToStart?.()) {
			response.statusCode = 500;
			return {};
		}
		const data = createRunExecutionData({
			executionData: {
				nodeExecutionStack: [{ node, data: { main: result.workflowData }, source: null }],
			},
		});
		const execution = new WorkflowExecute(additionalData, mode, data);
		const { resultData } = (await execution.processRunExecutionData(workflow)).data;
		Object.assign(this.staticData, JSON.parse(JSON.stringify(workflow.staticData)));
		const last = resultData.runData[node.name]?.at(-1);
		return {
			outputs: (last?.data?.main ?? []).map((output) => output ?? []),
			error: resultData.error,
			hints: last?.hints ?? [],
		};
	}
}
