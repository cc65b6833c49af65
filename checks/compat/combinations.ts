/** A version of n8n, and the Node.js to run it on. */
export interface Combination {
	readonly n8n: string;
	/** Major version. */
	readonly node: number;
	/** Whether it knows an item with `error` and `details` for one of the error output. */
	readonly hasErrorOutput: boolean;
}

/** The n8n of the sandbox, which is tested on every change, on the Node.js of the project. */
export const current: Combination = { n8n: '2.41.1', node: 24, hasErrorOutput: true };

const older = (n8n: string, node: number): Combination => ({ n8n, node, hasErrorOutput: false });

/**
 * The oldest n8n with all that the nodes need, the last 1.x, the first 2.x and the last one before Node.js 24 became a
 * must, each on every Node.js that it runs on; and today's.
 */
export const combinations: readonly Combination[] = [
	older('1.85.3', 20),
	older('1.85.3', 22),
	// By its `engines` also 20; but its expressions run in isolated-vm 6, which wants 22.
	older('1.123.81', 22),
	older('1.123.81', 24),
	older('2.0.0', 20),
	older('2.0.0', 22),
	older('2.0.0', 24),
	{ n8n: '2.35.7', node: 22, hasErrorOutput: true },
	current,
];
