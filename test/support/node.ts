import type { INode } from 'n8n-workflow';

/** A standalone node with a test's changes. */
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
