import type { WorkflowFile } from '../../sandbox/realN8n/executionResult';

type Node = WorkflowFile['nodes'][number] & { readonly onError?: string };

/** A copy of a workflow under another ID, with each node changed by the given function. */
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

/** Replaces the prompts in the node that holds them. */
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

/** Ends a workflow at one of its nodes by removing the nodes after it. */
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

/** A workflow whose task is charged, and which fails before it has the image. */
export function failsAfterPaying(errorWorkflow: string): WorkflowFile {
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	const nodes = [
		{
			name: 'Ask',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: { path: 'fails-after-paying', options: {} },
			webhookId: '4e1c4f52-3f83-4b54-8a2e-6a4f0b7d9f11',
		},
		{
			name: 'Submit',
			type: 'n8n-nodes-z-image.zImageGenerate',
			typeVersion: 1,
			parameters: { provider: 'fal', prompt: 'a boat that was paid for', mode: 'submit' },
			credentials: { zImageFalApi: { id: 'zImageSandboxFal', name: 'fal' } },
		},
		{
			name: 'Fail',
			type: 'n8n-nodes-base.stopAndError',
			typeVersion: 1,
			parameters: { errorMessage: 'Out of order' },
		},
	];
	return {
		id: 'failsAfterPaying',
		name: 'failsAfterPaying',
		active: false,
		nodes: nodes.map((node, index) => ({ ...node, id: `${index}`, position: [200 * index, 0] })),
		connections: { Ask: to('Submit'), Submit: to('Fail') },
		settings: { executionOrder: 'v1', errorWorkflow },
	} as WorkflowFile;
}
