/** A node of a graph in API format. */
export interface GraphNode {
	readonly class_type: string;
	readonly inputs: Record<string, unknown>;
}

/** A valid graph in API format. */
export type Graph = Readonly<Record<string, GraphNode>>;

/** A valid prompt as it was sent. */
export const graphOf = (prompt: unknown): Graph => prompt as Graph;

/** The source of an input: a node, and which of its outputs. */
export type Link = readonly [nodeId: string, output: number];

/** Whether an input's value is a link: a list of two. */
export const isLink = (value: unknown): value is Link => Array.isArray(value) && value.length === 2;
