import type { INode } from 'n8n-workflow';

/** A node on its own, with what a test wants different. */
export function nodeOf(changes: Partial<INode> = {}): INode {
	return {
		id: '1',
		name: 'Z-Image Generate',
		type: 'zImageGenerate',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...changes,
	};
}
