import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { searchLoras } from '../../nodes/ZImage/hub/searchLoras';
import { activate } from '../../nodes/ZImage/trigger/receive';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import type { Sandbox } from '../../sandbox/emulator/server';
import type { CredentialData } from '../support/credentialsHelper';
import { credentialsFor } from '../support/credentials';
import { hookContext } from '../support/hookContext';
import { loadOptionsContext } from '../support/loadOptionsContext';
import type { Step, WorkflowResult } from '../support/runWorkflow';
import { runWorkflow, storeFile } from '../support/runWorkflow';

/** What a person sees of a failure or a hint. */
export interface Seen {
	readonly message: string;
	/** The task in the error. */
	readonly task: IDataObject;
}

export interface RunOptions {
	readonly item?: IDataObject;
	readonly files?: Record<string, Buffer>;
	/** The name of all files. */
	readonly fileName?: string;
	/** Replaces data of the sandbox's credential. */
	readonly credential?: IDataObject;
	readonly step?: Partial<Step>;
}

function taskOf(error: WorkflowResult['error']): IDataObject {
	return (error?.context.data ?? {}) as IDataObject;
}

function seenOf(error: unknown): Seen {
	return error instanceof NodeApiError || error instanceof NodeOperationError
		? { message: error.message, task: taskOf(error) }
		: { message: 'no error', task: {} };
}

/** Runs nodes against a sandbox and returns what a person sees. */
export class Provoker {
	constructor(readonly sandbox: Sandbox) {}

	private credentials(changes: IDataObject = {}): CredentialData {
		return Object.fromEntries(
			Object.entries(credentialsFor(this.sandbox)).map(([type, data]) => [
				type,
				{ ...data, ...changes },
			]),
		) as CredentialData;
	}

	async run(steps: readonly Step[], options: RunOptions = {}) {
		const { item = {}, files = {}, fileName = 'boat.png', credential } = options;
		const stored = Object.entries(files).map(
			async ([name, bytes]) => [name, await storeFile(bytes, { fileName })] as const,
		);
		return await runWorkflow({
			items: [item],
			inputBinary: Object.fromEntries<IBinaryData>(await Promise.all(stored)),
			steps,
			credentials: this.credentials(credential),
		});
	}

	private async errorOf(type: string, parameters: IDataObject, options: RunOptions = {}) {
		const { error } = await this.run([{ type, parameters, ...options.step }], options);
		return { message: error?.message ?? 'no error', task: taskOf(error) };
	}

	/** Generate's error. */
	async generate(parameters: IDataObject, options?: RunOptions): Promise<Seen> {
		const all = { provider: 'fal', prompt: 'a boat', ...parameters };
		return await this.errorOf('zImageGenerate', all, options);
	}

	/** Generate's error for a prompt with these steering words. */
	async steered(provider: string, words: string, parameters: IDataObject = {}): Promise<Seen> {
		return await this.generate({ provider, prompt: `a boat ${words}`, ...parameters });
	}

	/** Get Task Result's error for a task that Generate submitted. */
	async fetched(provider: string, words: string, parameters: IDataObject = {}): Promise<Seen> {
		const submit = { provider, prompt: `a boat ${words}`, mode: 'submit' };
		const { error } = await this.run([
			{ type: 'zImageGenerate', parameters: submit },
			{ type: 'zImageGetTaskResult', parameters: { provider, ...parameters } },
		]);
		return { message: error?.message ?? 'no error', task: taskOf(error) };
	}

	/** The error of List Recent Tasks. */
	async listed(options: RunOptions): Promise<Seen> {
		return await this.errorOf('zImageGetTaskResult', { provider: 'fal', mode: 'list' }, options);
	}

	/** Train LoRA's error. */
	async train(parameters: IDataObject, options?: RunOptions & { type?: string }): Promise<Seen> {
		const all = { provider: 'fal', triggerWord: 'ohwx', ...parameters };
		return await this.errorOf(options?.type ?? 'zImageTrainLora', all, options);
	}

	async getTaskResult(parameters: IDataObject, item: IDataObject = {}): Promise<Seen> {
		return await this.errorOf('zImageGetTaskResult', { provider: 'fal', ...parameters }, { item });
	}

	async applyPreset(parameters: IDataObject, item: IDataObject = {}): Promise<Seen> {
		return await this.errorOf('zImageApplyLoraPreset', parameters, { item });
	}

	/** The error or hint of a Z-Image Trigger run. */
	async trigger(item: IDataObject): Promise<Seen> {
		const step = { type: 'zImageTrigger', parameters: { provider: 'fal' } };
		const { error, hints } = await this.run([step], { item });
		return { message: error?.message ?? hints[0]?.message ?? 'nothing', task: taskOf(error) };
	}

	/** The error on publishing a workflow with Z-Image Trigger. */
	async publish(provider: string, credential?: IDataObject): Promise<Seen> {
		const credentials = this.credentials(credential);
		const context = hookContext(new ZImageTrigger(), { provider }, credentials);
		const error: unknown = await activate(context).catch((reason: unknown) => reason);
		return seenOf(error);
	}

	/** The hint of a Generate run that starts with certain words. */
	async hint(start: string, parameters: IDataObject, options: RunOptions = {}): Promise<Seen> {
		const all = { provider: 'fal', prompt: 'a boat', ...parameters };
		const step = { type: 'zImageGenerate', parameters: all, ...options.step };
		const { hints } = await this.run([step], options);
		const found = hints.find(({ message }) => message.startsWith(start));
		return { message: found?.message ?? 'no hint', task: {} };
	}

	/** The error of the editor's LoRA list. */
	async search(
		filter: string,
		hubUrl: string = this.sandbox.urls.hub,
		provider = 'fal',
	): Promise<Seen> {
		const context = loadOptionsContext(new ZImageGenerate(), { provider, options: { hubUrl } });
		const error: unknown = await searchLoras
			.call(context, filter)
			.catch((reason: unknown) => reason);
		return seenOf(error);
	}
}
