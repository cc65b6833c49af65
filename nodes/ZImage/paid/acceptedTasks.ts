import { createHash } from 'crypto';
import type { IContextObject } from 'n8n-workflow';

import type { Host } from '../host';
import { isTool } from '../host';
import type { SubmittedTask } from '../tasks/task';

/** Where the tasks stand in the node's context. */
const field = 'zImageAcceptedTasks';

type Entry = SubmittedTask | { readonly ambiguous: string };

/**
 * The tasks that a provider has accepted in this execution of the node, kept in the execution's own data.
 * n8n runs a node again from the start (Retry On Fail, or "retry" of a failed execution): what is paid for
 * already is then taken up again instead of submitted again.
 */
export class AcceptedTasks {
	/** The keys of what this run has kept. */
	private readonly kept = new Set<string>();

	private constructor(
		private readonly context: IContextObject,
		private readonly runIndex: number,
	) {}

	/** Of the node's run that is going on; it lasts as long as the execution, and its retries. */
	static of(host: Pick<Host, 'getContext' | 'getNode' | 'getWorkflowDataProxy'>): AcceptedTasks {
		const { $runIndex } = host.getWorkflowDataProxy(0);
		// Each call of a tool is a run of its own, and a model calls again what has failed.
		const runIndex = isTool(host) ? 0 : Number($runIndex);
		return new AcceptedTasks(host.getContext('node'), runIndex);
	}

	/**
	 * The same place of the same request has the same key, and a changed request another one. So has
	 * another run of the node in one execution (in a loop): the same request is a new one there.
	 */
	keyOf(itemIndex: number, taskIndex: number, request: unknown): string {
		const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex');
		return [this.runIndex, itemIndex, taskIndex, digest].join('.');
	}

	find(key: string): SubmittedTask | undefined {
		const entry = this.entries()[key];
		return entry && 'task' in entry ? entry : undefined;
	}

	/** Keeps a task, unless it holds the images themselves: they are too much for the execution's data. */
	keep(key: string, submitted: SubmittedTask): void {
		const { state } = submitted;
		const isInline =
			state.status === 'succeeded' && state.images.some((image) => 'inline' in image);
		if (isInline) return;
		this.entries()[key] = structuredClone(submitted);
		this.kept.add(key);
	}

	/** Notes a submit of which nobody knows whether it was accepted: it must not be sent again unasked. */
	keepAmbiguous(key: string, message: string): void {
		this.entries()[key] = { ambiguous: message };
	}

	/** The message of a submit of an earlier attempt that may have been accepted. */
	findAmbiguous(key: string): string | undefined {
		const entry = this.entries()[key];
		return entry && 'ambiguous' in entry ? entry.ambiguous : undefined;
	}

	/** For a task that is known to have failed: the next attempt submits it anew. */
	forget(key: string): void {
		delete this.entries()[key];
	}

	/** For a run that has handed everything out; what other runs have kept stays. */
	clear(): void {
		const entries = this.entries();
		for (const key of this.kept) delete entries[key];
		if (Object.keys(entries).length === 0) delete this.context[field];
	}

	private entries(): Record<string, Entry> {
		const entries = (this.context[field] ?? {}) as Record<string, Entry>;
		this.context[field] = entries;
		return entries;
	}
}
