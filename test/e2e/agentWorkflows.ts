import type { WorkflowFile } from '../../sandbox/realN8n/executionResult';

type Node = WorkflowFile['nodes'][number] & { readonly parameters?: object };
type Connections = Readonly<Record<string, object>>;

/** The user's words, and what is changed in the tool of the example with an agent. */
export interface AgentVariant {
	readonly wish: string;
	/** Parameters of Generate as a tool. */
	readonly tool?: object;
	/** Further tools by name. */
	readonly tools?: Readonly<Record<string, object>>;
	/** Settings of the tool's node, such as On Error. */
	readonly settings?: object;
}

/** A copy of the example with an agent under another id, in which the user wants something else. */
export function agentVariant(
	example: WorkflowFile,
	id: string,
	{ wish, tool = {}, tools = {}, settings = {} }: AgentVariant,
): WorkflowFile {
	const { connections = {} } = example as { connections?: Connections };
	const nodes = (example.nodes as readonly Node[]).map((node) => {
		if (node.name === 'Make a picture') {
			return { ...node, ...settings, parameters: { ...node.parameters, ...tool } };
		}
		if (node.name !== 'Your wish') return node;
		const assignment = { id: '1', name: 'wish', value: wish, type: 'string' };
		return { ...node, parameters: { assignments: { assignments: [assignment] }, options: {} } };
	});
	const more = Object.entries(tools).map(([name, node]) => ({ ...node, id: name, name }));
	const toAgent = { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] };
	const links = Object.fromEntries(Object.keys(tools).map((name) => [name, toAgent]));
	return {
		...example,
		id,
		name: id,
		nodes: [...nodes, ...more],
		connections: { ...connections, ...links },
	} as WorkflowFile;
}

/** Get Task Result as a tool. */
export const lookUpTool = (parameters: object) => ({
	type: 'n8n-nodes-z-image.zImageGetTaskResultTool',
	typeVersion: 1,
	position: [760, 300],
	parameters: {
		provider: 'fal',
		taskId: "={{ $fromAI('Task_ID', 'The taskId of the task', 'string') }}",
		...parameters,
	},
	credentials: { zImageFalApi: { id: 'zImageSandboxFal', name: 'fal' } },
});
