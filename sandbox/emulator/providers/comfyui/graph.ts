/** A node of a graph in API format. */
export interface GraphNode {
	readonly class_type: string;
	readonly inputs: Record<string, unknown>;
}

/** A graph in API format, which was found valid. */
export type Graph = Readonly<Record<string, GraphNode>>;

/** A prompt as it was sent, once it was found valid. */
export const graphOf = (prompt: unknown): Graph => prompt as Graph;

/** Where an input comes from: a node, and which of its outputs. */
export type Link = readonly [nodeId: string, output: number];

/** Whether the value of an input is a link: a list of two. */
export const isLink = (value: unknown): value is Link => Array.isArray(value) && value.length === 2;
