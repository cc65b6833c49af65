import { createHash } from 'crypto';
import type { IContextObject } from 'n8n-workflow';

import type { Paid } from '../errors/charged';
import type { Host } from '../host';
import { isTool } from '../host';
import type { Provider } from '../providers/provider';
import type { SubmittedTask } from '../tasks/task';

/** The key of the entries in the node's context. */
const field = 'zImageAcceptedTasks';

/** An accepted task, or why it isn't known whether the task was accepted. */
type Entry = SubmittedTask | { readonly ambiguous: string };

type LedgerHost = Pick<
	Host,
	'getContext' | 'getExecutionId' | 'getNode' | 'getWorkflow' | 'getWorkflowDataProxy' | 'logger'
>;

/** What a user needs to fetch a paid task: its ID or, without an ID, the URLs of its images. */
function handlesOf({ task, state }: SubmittedTask): string[] {
	if (task.taskId !== null) return [task.taskId];
	if (state.status === 'pending') return [];
	return state.images.flatMap((image) => ('url' in image ? [image.url] : []));
}

function digestOf(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/**
 * What this execution of the node has paid for, or may have, kept in the execution's own data. n8n runs a node again
 * from the start (Retry On Fail, or Retry of a failed execution): a task that was paid for is then resumed instead of
 * submitted again, even if the node's expressions have other values by then.
 */
export class Ledger {
	/** The places that this run uses. */
	private readonly touched = new Set<string>();

	private constructor(
		private readonly host: LedgerHost,
		private readonly context: IContextObject,
		private readonly runIndex: number,
	) {}

	/** The ledger of the node's current run; it lasts as long as the execution, and its retries. */
	static of(host: LedgerHost): Ledger {
		const { $runIndex } = host.getWorkflowDataProxy(0);
		// Each tool call is a separate run, and a model repeats failed calls.
		const runIndex = isTool(host) ? 0 : Number($runIndex);
		return new Ledger(host, host.getContext('node'), runIndex);
	}

	/**
	 * The place of a task: run, item, task, provider, and what the user typed into the node (expressions, not their values), so that
	 * edited parameters start over. Another run of the node in the same execution (a loop) is another place. For a tool it's
	 * the request itself, because the model writes it again for each call.
	 * @param itemIndex from 0
	 * @param taskIndex of the item's tasks, from 0
	 */
	placeOf(
		itemIndex: number,
		taskIndex: number,
		{ id, credentialType }: Pick<Provider, 'credentialType' | 'id'>,
		request: unknown,
	): string {
		const { parameters, credentials } = this.host.getNode();
		const account = credentials?.[credentialType]?.id ?? null;
		const asked = isTool(this.host) ? request : parameters;
		return `${this.prefix(itemIndex)}${taskIndex}.${digestOf([id, account, asked])}`;
	}

	/** The accepted task of a place. */
	find(place: string): SubmittedTask | undefined {
		const entry = this.entries()[place];
		if (!entry || !('task' in entry)) return undefined;
		this.touched.add(place);
		return entry;
	}

	/** Why it isn't known whether the submit of a place was accepted; `undefined` if it's known. */
	findDoubt(place: string): string | undefined {
		const entry = this.entries()[place];
		return entry && 'ambiguous' in entry ? entry.ambiguous : undefined;
	}

	/** Whether a place is charged, or may be. */
	has(place: string): boolean {
		return this.entries()[place] !== undefined;
	}

	/** The most tasks that an item has had in any attempt. */
	countOf(itemIndex: number): number {
		const prefix = this.prefix(itemIndex);
		const indexes = Object.keys(this.entries())
			.filter((place) => place.startsWith(prefix))
			.map((place) => parseInt(place.slice(prefix.length), 10));
		return Math.max(-1, ...indexes) + 1;
	}

	/**
	 * Records that a submit is about to be sent: if the execution ends before its answer comes, the task is in doubt.
	 */
	begin(place: string, { displayName }: Provider): void {
		this.write(place, {
			ambiguous: `The execution ended while waiting for ${displayName}'s response`,
		});
	}

	/** Records that it isn't known whether a submit was accepted: it's never repeated automatically. */
	doubt(place: string, provider: Provider, why: string): void {
		this.write(place, { ambiguous: why });
		this.host.logger.warn(
			`Z-Image: ${provider.displayName} may have accepted a task: ${why} (${this.whereIs(place)})`,
		);
	}

	/**
	 * Records that a task was accepted. If n8n crashes, the log line is the only trace, because n8n stores an execution when it
	 * ends. Its level is info, because every image has one.
	 */
	accept(place: string, { displayName }: Provider, submitted: SubmittedTask): void {
		this.write(place, structuredClone(submitted));
		const handles = handlesOf(submitted);
		this.host.logger.info(
			`Z-Image: ${displayName} accepted ${handles.length > 0 ? handles.join(', ') : 'a task'} (${this.whereIs(place)})`,
		);
	}

	/** For a task that the provider has refused, failed or canceled: the next attempt submits it again. */
	forget(place: string): void {
		delete this.entries()[place];
	}

	/** Clears a run whose results were all returned; entries of other runs stay. */
	clear(): void {
		const entries = this.entries();
		for (const place of this.touched) delete entries[place];
		if (Object.keys(entries).length === 0) delete this.context[field];
	}

	/** Everything that was or may have been charged in the current run and its earlier attempts. */
	paid(): Paid {
		const own = Object.entries(this.entries()).filter(([place]) =>
			place.startsWith(`${this.runIndex}.`),
		);
		return {
			handles: own.flatMap(([, entry]) => ('task' in entry ? handlesOf(entry) : [])),
			paidItems: itemsOf(own.filter(([, entry]) => 'task' in entry)),
			doubtfulItems: itemsOf(own.filter(([, entry]) => !('task' in entry))),
		};
	}

	private prefix(itemIndex: number): string {
		return `${this.runIndex}.${itemIndex}.`;
	}

	private whereIs(place: string): string {
		const { id, name } = this.host.getWorkflow();
		return `workflow ${id ?? ''} "${name ?? ''}", execution ${this.host.getExecutionId()}, node "${this.host.getNode().name}", item ${itemOf(place)}`;
	}

	private write(place: string, entry: Entry): void {
		this.entries()[place] = entry;
		this.touched.add(place);
	}

	private entries(): Record<string, Entry> {
		const entries = (this.context[field] ?? {}) as Record<string, Entry>;
		this.context[field] = entries;
		return entries;
	}
}

/** The items of places, from 0, each once. */
function itemsOf(entries: ReadonlyArray<readonly [string, Entry]>): number[] {
	return [...new Set(entries.map(([place]) => itemOf(place)))];
}

/** The item of a place, from 0. */
function itemOf(place: string): number {
	return Number(place.split('.')[1]);
}
