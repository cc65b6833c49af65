import type { WorkflowFile } from '../../sandbox/realN8n/executionResult';

type Node = WorkflowFile['nodes'][number] & { readonly onError?: string };

/** A copy of a workflow under another id, with each node changed by the given function. */
export function variant(
	workflow: WorkflowFile,
	id: string,
	change: (node: Node) => object,
): WorkflowFile {
	return {
		...workflow,
		id,
		name: id,
		nodes: workflow.nodes.map((node) => ({ ...node, ...change(node) })),
	};
}

/** Writes other prompts into the node that holds them. */
export function withPrompts(...prompts: readonly string[]) {
	return (node: Node): object =>
		node.name === 'Your prompts'
			? {
					parameters: {
						assignments: {
							assignments: [
								{ id: '1', name: 'prompts', value: JSON.stringify(prompts), type: 'array' },
							],
						},
						options: {},
					},
				}
			: {};
}

/** Ends a workflow at one of its nodes: the nodes behind it are left out. */
export function endingAt(
	workflow: WorkflowFile & { readonly connections?: Readonly<Record<string, unknown>> },
	last: string,
): WorkflowFile {
	const index = workflow.nodes.findIndex(({ name }) => name === last);
	const nodes = workflow.nodes.slice(0, index + 1);
	const names = nodes.map(({ name }) => name).filter((name) => name !== last);
	const connections = Object.fromEntries(
		Object.entries(workflow.connections ?? {}).filter(([name]) => names.includes(name)),
	);
	return { ...workflow, nodes, connections } as WorkflowFile;
}
