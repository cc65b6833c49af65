import type { Fault } from './steering';

/** Counts the requests of a stage, so that `*N` affects only the first N of them. */
export class FaultCounter {
	private readonly counts = new Map<string, number>();
	private isLifted = false;

	take(key: string, faults: readonly Fault[]): Fault | undefined {
		if (faults.length === 0 || this.isLifted) return undefined;
		const count = this.counts.get(key) ?? 0;
		this.counts.set(key, count + 1);
		let sum = 0;
		return faults.find((fault) => count < (sum += fault.times));
	}

	/** Turns off all faults from now on, whatever the prompts say. */
	lift(): void {
		this.isLifted = true;
	}

	clear(): void {
		this.counts.clear();
		this.isLifted = false;
	}
}
