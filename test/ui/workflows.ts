import { sandboxCredentials } from '../../sandbox/realN8n/credentials';
import type { Rig } from './rig';

type NodeType =
	'zImageApplyLoraPreset' | 'zImageGenerate' | 'zImageGetTaskResult' | 'zImageTrainLora';

interface Node {
	readonly name: string;
	readonly type: string;
	readonly parameters: object;
	readonly credentials: object;
}

/** Each provider's credential, as the sandbox stored it. */
function credentialsOf(rig: Rig): object {
	return Object.fromEntries(
		sandboxCredentials(rig).map(({ type, id, name }) => [type, { id, name }]),
	);
}

async function open(rig: Rig, nodes: readonly Node[], typeVersion = 1.1): Promise<void> {
	const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} };
	const id = await rig.api.createWorkflow({
		name: 'Of a test',
		nodes: [start, ...nodes].map((node, index) => ({
			id: node.name,
			typeVersion: node.type.startsWith('n8n-nodes-z-image.') ? typeVersion : 1,
			position: [300 * index, 0],
			...node,
		})),
		connections: {
			Start: { main: [nodes.map(({ name }) => ({ node: name, type: 'main', index: 0 }))] },
		},
		settings: { executionOrder: 'v1' },
	});
	await rig.editor.openWorkflow(id);
}

/** Opens a new workflow that starts by hand and does nothing yet. */
export async function openNew(rig: Rig): Promise<void> {
	await open(rig, []);
}

/** Opens a workflow that starts by hand and has one of our nodes, named after its type. */
export async function openWith(
	rig: Rig,
	type: NodeType,
	parameters: object = {},
	credentials: object = credentialsOf(rig),
	typeVersion?: number,
): Promise<void> {
	const node = { name: type, type: `n8n-nodes-z-image.${type}`, parameters, credentials };
	await open(rig, [node], typeVersion);
}
