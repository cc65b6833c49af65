import type { WorkflowFile } from '../../sandbox/realN8n/executionResult';

type Node = WorkflowFile['nodes'][number] & { readonly parameters?: object };
type Connections = Readonly<Record<string, object>>;

const CREDENTIALS = {
	credentials: {
		zImageFalApi: { id: 'zImageSandboxFal', name: 'fal' },
		zImageAimlApi: { id: 'zImageSandboxAiml', name: 'AI/ML API' },
	},
};

/** The user's words, and the changes to the tool in the agent example. */
export interface AgentVariant {
	readonly request: string;
	/** Parameters of Generate as a tool. Its options are added to those of the example. */
	readonly tool?: object;
	/** Further tools by name. */
	readonly tools?: Readonly<Record<string, object>>;
	/** What the step after the agent looks for in the tool's responses. */
	readonly status?: 'pending' | 'succeeded';
	/** Another node that replaces ours for downloading each image after the agent. */
	readonly fetching?: object;
}

const optionsOf = (parameters: { readonly options?: object } = {}) => parameters.options;

/** A copy of the agent example under another ID, with another request from the user. */
export function agentVariant(
	example: WorkflowFile,
	id: string,
	{ request, tool = {}, tools = {}, status = 'succeeded', fetching }: AgentVariant,
): WorkflowFile {
	const { connections = {} } = example as { connections?: Connections };
	const nodes = (example.nodes as readonly Node[]).map((node) => {
		if (node.name === 'Generate an image') {
			const parameters = {
				...node.parameters,
				...tool,
				options: { ...optionsOf(node.parameters), ...optionsOf(tool) },
			};
			return { ...node, ...CREDENTIALS, parameters };
		}
		if (node.name === 'Fetch the file') return { ...node, ...fetching };
		if (node.name === 'What was made') {
			const parameters = JSON.stringify(node.parameters).replace("'succeeded'", `'${status}'`);
			return { ...node, parameters: JSON.parse(parameters) as object };
		}
		if (node.name !== 'Your request') return node;
		const assignment = { id: '1', name: 'request', value: request, type: 'string' };
		return { ...node, parameters: { assignments: { assignments: [assignment] }, options: {} } };
	});
	const more = Object.entries(tools).map(([name, node]) => ({ ...node, id: name, name }));
	const toAgent = { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] };
	const perImage = { main: [[{ node: 'Fetch the file', type: 'main', index: 0 }]] };
	const links = Object.fromEntries(Object.keys(tools).map((name) => [name, toAgent]));
	return {
		...example,
		id,
		name: id,
		nodes: [...nodes, ...more],
		connections: {
			...connections,
			...links,
			...(fetching && { 'One item per image': perImage }),
		},
	} as WorkflowFile;
}

/** A call in the user's words, for the scripted model. */
export const call = (tool: string, values: object) => `[call ${tool} ${JSON.stringify(values)}]`;

/** A call of the example's tool. */
export const draw = (Prompt: string, Size = '512x512') =>
	call('Generate_an_image', { Prompt, Size });

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
	...CREDENTIALS,
});

/** Train LoRA as a tool, of a zip on the web. */
export const trainTool = (options: object) => ({
	type: 'n8n-nodes-z-image.zImageTrainLoraTool',
	typeVersion: 1,
	position: [960, 300],
	parameters: {
		provider: 'fal',
		imagesSource: 'zipUrl',
		zipUrl: "={{ $fromAI('Zip_URL', 'Public URL of a zip with the images', 'string') }}",
		triggerWord: "={{ $fromAI('Trigger_Word', 'A made-up word', 'string') }}",
		options,
	},
	...CREDENTIALS,
});
