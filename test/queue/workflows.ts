import type { WorkflowFile } from '../../sandbox/realN8n/executionResult';

const FAL = { zImageFalApi: { id: 'zImageSandboxFal', name: 'fal' } };

interface Node {
	readonly name: string;
	readonly type: string;
	readonly typeVersion: number;
	readonly parameters: object;
	readonly credentials?: object;
	readonly webhookId?: string;
}

/** A webhook that receives `{ prompts: [...] }`, responds at once, and passes on one item per prompt. */
const asked = (path: string): Node[] => [
	{
		name: 'Ask',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { path, httpMethod: 'POST', options: {} },
		webhookId: path,
	},
	{
		name: 'One item per prompt',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: 'body.prompts', options: { destinationFieldName: 'prompt' } },
	},
];

const generate = (parameters: object = {}): Node => ({
	name: 'Generate',
	type: 'n8n-nodes-z-image.zImageGenerate',
	typeVersion: 1,
	parameters: { provider: 'fal', prompt: '={{ $json.prompt }}', ...parameters },
	credentials: FAL,
});

const fetching: Node = {
	name: 'Fetch',
	type: 'n8n-nodes-z-image.zImageGetTaskResult',
	typeVersion: 1,
	parameters: { provider: 'fal', taskId: '={{ $json.taskId }}' },
	credentials: FAL,
};

const waitForCallback: Node = {
	name: 'Wait for a callback',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { resume: 'webhook', httpMethod: 'POST' },
	webhookId: 'waits-for-a-callback',
};

/** A workflow whose nodes run one after another. */
function chain(id: string, nodes: readonly Node[], settings = {}): WorkflowFile {
	const pairs = nodes.slice(1).map((node, index) => [nodes[index]?.name ?? '', node.name] as const);
	return {
		id,
		name: id,
		active: false,
		nodes: nodes.map((node, index) => ({ ...node, id: `${index}`, position: [200 * index, 0] })),
		connections: Object.fromEntries(
			pairs.map(([from, node]) => [from, { main: [[{ node, type: 'main', index: 0 }]] }]),
		),
		settings: { executionOrder: 'v1', ...settings },
	} as WorkflowFile;
}

/** Waits in Generate for the images of all prompts. */
export const WAITS = chain('waits', [...asked('waits'), generate()]);

/** Submits the prompts, stores the tasks, and fetches their images in another node. */
export const SUBMITS = chain(
	'submits',
	[...asked('submits'), generate({ mode: 'submit' }), fetching],
	{ saveExecutionProgress: true },
);

/** Occupies only a place in the database until the provider calls. */
export const CALLED_BACK = chain('calledBack', [
	...asked('calledBack'),
	generate({ mode: 'submit', options: { callbackUrl: '={{ $execution.resumeUrl }}' } }),
	waitForCallback,
	{
		...fetching,
		parameters: { provider: 'fal', taskId: "={{ $('Generate').first().json.taskId }}" },
	},
]);
