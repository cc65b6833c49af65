import type { Clock } from '../http/clock';

/** Waits grow with the time that a task has taken already, or has taken longer than expected. */
const growth = 0.55;
const maxDelayMs = 8000;
/** The shortest wait while nothing is known, and between two requests around the expected end. */
const minColdDelayMs = 450;
const minStepMs = 70;
/** Weight of the newest task in the running averages. */
const weight = 0.3;
/** Share of the usual working time before whose end a task that still queues is not asked for again. */
const queuedShare = 0.8;

/** What status requests have seen of one task, in milliseconds since it was accepted. */
export interface Sighting {
	/** The task was still going then; 0 when it was not asked for before. */
	readonly goingMs: number;
	/** It was last seen in the provider's queue then; 0 when it never was. */
	readonly queuedMs: number;
	readonly doneMs: number;
}

/**
 * When to ask how a task is doing. It learns how long tasks take from those of the same run that have
 * finished, so that the first request comes near the expected end of a task. One for each run.
 */
export class PollSchedule {
	private meanMs: number | undefined;
	private deviationMs = 0;
	/** The least time that a task has taken once it was out of the queue. */
	private workingMs = Infinity;
	private readonly sleepers = new Set<AbortController>();

	constructor(private readonly clock: Clock) {}

	/**
	 * How long to wait before the next status request.
	 * @param elapsedMs time since the task was accepted
	 * @param queued whether the provider has just said that the task is in its queue
	 */
	delayMs(elapsedMs: number, queued: boolean): number {
		if (this.meanMs === undefined) {
			const delayMs = Math.min(maxDelayMs, Math.max(minColdDelayMs, elapsedMs * growth));
			// Tasks of one moment ask at different times, so that one of them soon knows for all.
			return delayMs * (0.8 + this.clock.random() * 0.4);
		}
		const queuedMs = queued ? this.workingMs * queuedShare : 0;
		const untilExpectedMs = this.meanMs - this.deviationMs - elapsedMs;
		if (untilExpectedMs > 0) return Math.max(untilExpectedMs, queuedMs);
		const latenessMs = elapsedMs - this.meanMs;
		const stepMs = Math.max(minStepMs, this.deviationMs / 2, latenessMs * growth, queuedMs);
		return Math.min(maxDelayMs, stepMs);
	}

	/**
	 * Waits before the next status request; shorter when another task of the run finishes meanwhile and
	 * is the first to tell how long tasks take.
	 * @throws the signal's reason as soon as it aborts
	 */
	async wait(delayMs: number, signal: AbortSignal): Promise<void> {
		if (this.meanMs !== undefined) return await this.clock.sleep(delayMs, signal);
		const sleeper = new AbortController();
		this.sleepers.add(sleeper);
		await this.clock
			.sleep(delayMs, AbortSignal.any([signal, sleeper.signal]))
			.catch(() => signal.throwIfAborted())
			.finally(() => this.sleepers.delete(sleeper));
	}

	/** Notes when a task has finished. */
	learn({ goingMs, queuedMs, doneMs }: Sighting): void {
		const known = this.meanMs;
		if (known === undefined) {
			this.meanMs = (goingMs + doneMs) / 2;
			this.deviationMs = (doneMs - goingMs) / 2;
			this.sleepers.forEach((sleeper) => sleeper.abort());
		}
		const mean = this.meanMs ?? 0;
		// Found done by the very first request: it may have been done for long, so ask sooner next time.
		const tookMs = goingMs > 0 ? (goingMs + doneMs) / 2 : Math.min(mean, doneMs) - minStepMs;
		this.deviationMs += weight * (Math.abs(tookMs - mean) - this.deviationMs);
		this.meanMs = mean + weight * (tookMs - mean);
		this.workingMs = Math.min(this.workingMs, tookMs - queuedMs);
	}
}
