import type { Inputs } from '../../inputs/inputs';
import type { Phase, Task } from '../../tasks';
import type { FileName } from './disk';
import type { Evaluation, Step } from './evaluate';
import type { Graph } from './graph';

/** An event in a job's history. */
export type Message = readonly [event: string, data: Readonly<Record<string, unknown>>];

/** A job that has started. */
export interface JobRun {
	/** In milliseconds since 1970. */
	readonly startedAt: number;
	readonly evaluation: Evaluation;
	/** The nodes that were computed before. */
	readonly cached: readonly Step[];
	/** The others, in the order in which they run. */
	readonly todo: readonly Step[];
	/** Sampler steps that were reported to the clients. */
	progress: number;
}

/** The queue's data about a prompt. */
export interface Job {
	readonly number: number;
	readonly graph: Graph;
	/** The graph's output nodes that are executed. */
	readonly ends: readonly string[];
	readonly extraData: Readonly<Record<string, unknown>>;
	readonly createdAt: number;
	readonly inputs: Inputs;
	/** With `polls=N`: where it was at the last request by its ID. */
	seen: Phase;
	readonly messages: Message[];
	run?: JobRun;
	/** The files of the nodes that save. */
	readonly outputs: Map<string, readonly FileName[]>;
	/** Once it has ended. */
	result?: 'success' | 'error';
}

export type JobTask = Task<Job>;

/** `[number, id, graph, extra_data, outputs]`: the form of an item in queue and history. [server.py: _remove_sensitive_from_queue] */
export const queueItem = ({ id, data }: JobTask): readonly unknown[] => [
	data.number,
	id,
	data.graph,
	{ ...data.extraData, create_time: data.createdAt },
	data.ends,
];

export const outputsOf = ({ outputs }: Job): Record<string, object> =>
	Object.fromEntries([...outputs].map(([id, images]) => [id, { images }]));

/** [execution.py @04e2a91: PromptQueue.task_done] */
export function historyEntry(task: JobTask): object {
	const { messages, outputs, result } = task.data;
	const meta = [...outputs.keys()].map((id) => [
		id,
		{ node_id: id, display_node: id, parent_node: null, real_node_id: id },
	]);
	return {
		prompt: queueItem(task),
		outputs: outputsOf(task.data),
		status: { status_str: result, completed: result === 'success', messages },
		meta: Object.fromEntries(meta) as object,
	};
}
