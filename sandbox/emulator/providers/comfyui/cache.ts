import type { FileName } from './disk';

const MOST_NODES = 100_000;

/** The nodes' earlier results by signature, and the files of nodes that save. The oldest are removed. */
export class NodeCache {
	private readonly entries = new Map<string, readonly FileName[]>();

	has(signature: string): boolean {
		return this.entries.has(signature);
	}

	/** The files of a node that saves. Empty for other nodes. */
	files(signature: string): readonly FileName[] {
		return this.entries.get(signature) ?? [];
	}

	set(signature: string, files: readonly FileName[]): void {
		this.entries.set(signature, files);
		const [oldest] = this.entries.keys();
		if (this.entries.size > MOST_NODES && oldest !== undefined) this.entries.delete(oldest);
	}

	clear(): void {
		this.entries.clear();
	}
}
