/** A version of n8n and the Node.js version to run it on. */
export interface Combination {
	readonly n8n: string;
	/** The major version. */
	readonly node: number;
	/** Whether n8n sends an item with `error` and `details` to the error output. */
	readonly hasErrorOutput: boolean;
}

/** The sandbox's n8n on the project's Node.js. The other tests cover it on every change. */
export const current: Combination = { n8n: '2.41.1', node: 24, hasErrorOutput: true };

const older = (n8n: string, node: number): Combination => ({ n8n, node, hasErrorOutput: false });

/**
 * The oldest n8n that has everything the nodes need, the last 1.x, the first 2.x, the last version that doesn't
 * require Node.js 24, and today's version. Each is listed with every Node.js version it runs on.
 */
export const combinations: readonly Combination[] = [
	older('1.85.3', 20),
	older('1.85.3', 22),
	// Its `engines` field allows Node.js 20, too, but its expressions run in isolated-vm 6, which needs 22.
	older('1.123.81', 22),
	older('1.123.81', 24),
	older('2.0.0', 20),
	older('2.0.0', 22),
	older('2.0.0', 24),
	{ n8n: '2.35.7', node: 22, hasErrorOutput: true },
	current,
];
