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
