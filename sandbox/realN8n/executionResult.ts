import { readFile } from 'node:fs/promises';

/** One item of a node's output, as n8n stores it. */
export interface OutputItem {
	readonly json: Readonly<Record<string, unknown>>;
	readonly binary?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly pairedItem?: unknown;
}

/** One run of one node. A node in a loop has several. */
export interface NodeRun {
	readonly executionStatus?: string;
	readonly executionTime: number;
	readonly data?: { readonly main?: ReadonlyArray<readonly OutputItem[] | null> };
	readonly error?: Readonly<Record<string, unknown>>;
}

/** n8n's data about a workflow execution. */
export interface ExecutionResult {
	readonly status: string;
	readonly data: {
		readonly resultData: {
			readonly runData: Readonly<Record<string, readonly NodeRun[]>>;
			readonly error?: Readonly<Record<string, unknown>>;
			readonly lastNodeExecuted?: string;
		};
	};
}

/** All items that a node returned on one of its outputs, over all its runs. */
export function outputItems(
	result: ExecutionResult,
	nodeName: string,
	outputIndex = 0,
): readonly OutputItem[] {
	const runs = result.data.resultData.runData[nodeName] ?? [];
	return runs.flatMap((run) => run.data?.main?.[outputIndex] ?? []);
}

/**
 * Finds the execution in the output of `n8n execute`: one JSON object over several lines, between log lines.
 */
export function parseExecution(printed: string): ExecutionResult {
	const lines = printed.split('\n');
	const first = lines.indexOf('{');
	const last = lines.indexOf('}', first);
	if (first === -1 || last === -1) {
		throw new Error(`n8n printed no execution:\n${printed}`);
	}
	return JSON.parse(lines.slice(first, last + 1).join('\n')) as ExecutionResult;
}

/** The parts of a workflow file that the sandbox reads. */
export interface WorkflowFile {
	readonly id: string;
	readonly name: string;
	readonly nodes: ReadonlyArray<{ readonly name: string; readonly type: string }>;
}

/** Reads a workflow file. */
export async function readWorkflow(file: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(file, 'utf8')) as WorkflowFile;
}
