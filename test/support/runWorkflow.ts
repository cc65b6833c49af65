import 'reflect-metadata';

import { Container } from '@n8n/di';
import { BinaryDataBlobManager, BinaryDataService, ErrorReporter, WorkflowExecute } from 'n8n-core';
import type {
	IBinaryData,
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
} from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { Readable } from 'stream';

import { createAdditionalData } from './additionalData';
import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from './credentialsHelper';
import { credentialTypes } from './credentials';
import { CredentialsHelper } from './credentialsHelper';
import { fastClock } from './fastClock';
import type { Probe } from './nodeTypes';
import { createNodeTypes } from './nodeTypes';

/** One node of a test's workflow. Each runs on the first output of the previous one. */
export interface Step {
	readonly type: string;
	/** The node's typeVersion. Default: 1 */
	readonly typeVersion?: number;
	readonly parameters?: IDataObject;
	readonly onError?: INode['onError'];
	/** n8n's Retry On Fail: how often the node is tried in total. */
	readonly maxTries?: number;
}

export interface WorkflowOptions {
	readonly items?: IDataObject[];
	/** The files of every item, or of each item. */
	readonly inputBinary?: ReadonlyArray<INodeExecutionData['binary']> | INodeExecutionData['binary'];
	readonly steps: readonly Step[];
	readonly credentials: CredentialData;
	readonly clock?: Clock;
	/** When this resolves, the execution is canceled, as with the editor's stop button. */
	readonly cancelWhen?: Promise<void>;
	/** The last step passes its items back to the first one, until one of them fails. */
	readonly isLoop?: boolean;
	/** What n8n has stored of the execution, in case a node asks for it. */
	readonly getRunExecutionData?: () => Promise<unknown>;
	/** The code of a `probe` step. */
	readonly probe?: Probe;
}

/** The result of a workflow's last step. */
export interface WorkflowResult {
	/** The items of each output. */
	readonly outputs: INodeExecutionData[][];
	/** The items of the first output. */
	readonly items: INodeExecutionData[];
	readonly json: IDataObject[];
	readonly hints: NodeExecutionHint[];
	readonly error: IRun['data']['resultData']['error'];
	/** Everything that n8n would store of the execution, as text. */
	readonly stored: string;
}

let binaryData: Promise<void> | undefined;

/** n8n can't store files before this is done. */
export async function prepareBinaryStore(): Promise<BinaryDataService> {
	const service = Container.get(BinaryDataService);
	binaryData ??= service.init().then(() => {
		const database = new BinaryDataBlobManager(
			createFilesTable() as never,
			Container.get(ErrorReporter),
		);
		service.setManager('database', database);
	});
	await binaryData;
	return service;
}

/** Where n8n keeps its items' files: in the items themselves, in files, or in its database. */
export type BinaryMode = 'database' | 'default' | 'filesystem-v2';

/** A database's table of files, in memory. n8n's own one isn't part of a library. */
function createFilesTable() {
	const rows = new Map<string, { bytes: Buffer; fileName?: string; mimeType?: string }>();
	const find = (key: string) => rows.get(key) ?? null;
	return {
		async write(key: string, body: Buffer | Readable, metadata: object) {
			const bytes = Buffer.isBuffer(body) ? body : Buffer.concat(await body.toArray());
			rows.set(key, { ...metadata, bytes });
			return bytes.length;
		},
		read: async (key: string) => find(key)?.bytes ?? null,
		async readStream(key: string) {
			const row = find(key);
			return row && Readable.from([row.bytes], { objectMode: false });
		},
		async getMetadata(key: string) {
			const row = find(key);
			if (!row) return null;
			const { bytes, ...metadata } = row;
			return { ...metadata, fileSize: bytes.length };
		},
	};
}

/** Runs something while n8n keeps files in a certain mode. */
export async function inBinaryMode<T>(mode: BinaryMode, work: () => Promise<T>): Promise<T> {
	const service = await prepareBinaryStore();
	const settings = service as unknown as { mode: string };
	const before = settings.mode;
	settings.mode = mode;
	try {
		return await work();
	} finally {
		settings.mode = before;
	}
}

/** Puts a file where n8n keeps files, as an earlier node would. */
export async function storeFile(
	bytes: Buffer,
	file: { fileName?: string; mimeType?: string } = {},
): Promise<IBinaryData> {
	const service = await prepareBinaryStore();
	const location = { type: 'execution', workflowId: 'test', executionId: 'execution' } as const;
	return await service.store(location, bytes, { data: '', mimeType: 'image/png', ...file });
}

function stepName(index: number): string {
	return `Step ${index}`;
}

function createNodes(
	steps: readonly Step[],
	isLoop: boolean,
): { nodes: INode[]; connections: IConnections } {
	const all: readonly Step[] = [{ type: 'start' }, ...steps];
	const nodes = all.map(
		({ type, typeVersion = 1, parameters = {}, onError, maxTries }, index): INode => ({
			id: String(index),
			name: stepName(index),
			type,
			typeVersion,
			position: [0, 0],
			parameters: structuredClone(parameters) as INode['parameters'],
			...(onError && { onError }),
			...(maxTries !== undefined && { retryOnFail: true, maxTries, waitBetweenTries: 1 }),
			credentials: Object.fromEntries(
				credentialTypes.map(({ name }) => [name, { id: name, name }]),
			),
		}),
	);
	const connections: IConnections = Object.fromEntries(
		steps.map((_, index) => [
			stepName(index),
			{ main: [[{ node: stepName(index + 1), type: 'main', index: 0 }]] },
		]),
	);
	if (isLoop) {
		connections[stepName(steps.length)] = {
			main: [[{ node: stepName(1), type: 'main', index: 0 }]],
		};
	}
	return { nodes, connections };
}

/** Runs a workflow in n8n's real engine, with its expressions, credentials, HTTP and binary store. */
export async function runWorkflow({
	items = [{}],
	inputBinary,
	steps,
	credentials,
	clock = fastClock(),
	cancelWhen,
	isLoop = false,
	getRunExecutionData,
	probe,
}: WorkflowOptions): Promise<WorkflowResult> {
	await prepareBinaryStore();
	const { nodes, connections } = createNodes(steps, isLoop);
	const nodeTypes = createNodeTypes(
		items.map((json, index) => {
			const binary = Array.isArray(inputBinary)
				? (inputBinary[index] as INodeExecutionData['binary'])
				: (inputBinary as INodeExecutionData['binary']);
			return { json, ...(binary && { binary }) };
		}),
		clock,
		probe,
	);
	const workflow = new Workflow({ id: 'test', nodes, connections, active: false, nodeTypes });
	const start = workflow.getNode(stepName(0));
	if (!start) throw new Error('The workflow has no start');
	const helper = new CredentialsHelper(credentialTypes, credentials);
	const additionalData = {
		...createAdditionalData(helper, nodes, connections),
		getRunExecutionData,
	} as IWorkflowExecuteAdditionalData;
	const execution = new WorkflowExecute(additionalData, 'manual').run({
		workflow,
		startNode: start,
	});
	void cancelWhen?.then(() => execution.cancel());
	const run = await execution;
	const { runData, error } = run.data.resultData;
	const last = runData[stepName(steps.length)]?.at(-1);
	const outputs = (last?.data?.main ?? []).map((output) => output ?? []);
	return {
		outputs,
		items: outputs[0] ?? [],
		json: (outputs[0] ?? []).map(({ json }) => json),
		hints: last?.hints ?? [],
		error,
		stored: JSON.stringify(run.data),
	};
}

/** The bytes of a file that a node put into n8n's binary store. */
export async function readBinary(binary: IBinaryData | undefined): Promise<Buffer> {
	if (!binary) throw new Error('The item has no such binary property');
	if (!binary.id) return Buffer.from(binary.data, 'base64');
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}
