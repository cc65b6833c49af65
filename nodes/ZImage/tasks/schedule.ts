import { createHash } from 'crypto';

import type { Clock } from '../http/clock';
import { sleepUnless } from '../http/clock';
import type { ImageRequest, Provider } from '../providers/provider';

/** Waits grow with the time that a task has taken so far, or has taken longer than expected. */
const growth = 0.55;
/** No task is left alone for longer, unless it's of those that take minutes. */
const defaultMaxDelayMs = 8000;
/** The first task of a run is asked this soon: a provider that answers at once is known at once. */
export const firstLookMs = 120;
/** The shortest wait while nothing is known, and between two requests around the expected end. */
const minColdDelayMs = 450;
const minStepMs = 70;
/** The weight of the newest task in the running averages. */
const weight = 0.3;
/** The share of the usual working time for which a queued task isn't checked again. */
const queuedShare = 0.8;

/** How long a task isn't asked for while its status stream tells that it goes on: twice as long as it has taken. */
const safety = { minMs: 8000, growth: 2, maxMs: 60_000 };

/**
 * How long to wait before the next status request beside a stream, which may have gone silent.
 * @param elapsedMs time since the task was accepted
 */
export function safetyDelayMs(elapsedMs: number): number {
	return Math.min(safety.maxMs, Math.max(safety.minMs, elapsedMs * safety.growth));
}

/** What status requests have shown about one task, in milliseconds since it was accepted. */
export interface Sighting {
	/** When the task was last seen running. */
	readonly goingMs: number;
	/** When it was last seen in the provider's queue; 0 if never. */
	readonly queuedMs: number;
	readonly doneMs: number;
}

/**
 * Decides when to check a task. It learns from finished tasks how long tasks take, so that the first check comes near the
 * expected end of a task. There is one per run, and one for each kind of request, which later runs share.
 */
export class PollSchedule {
	private meanMs: number | undefined;
	private deviationMs = 0;
	/** The shortest time that a task has taken after it left the queue. */
	private workingMs = Infinity;
	private hasLooked = false;
	/** Whether the last task may have been done long before it was checked: the next one is checked early. */
	private isLate = false;
	private readonly sleepers = new Set<AbortController>();

	/** @param maxDelayMs no task is left alone for longer */
	constructor(
		private readonly clock: Clock,
		private readonly maxDelayMs = defaultMaxDelayMs,
	) {}

	/**
	 * Waits until a task should be checked. Other tasks of the run that finish meanwhile can change that time.
	 * @param startedAt when the task was accepted, in milliseconds since 1970
	 * @param asked the last known state of the task, or `undefined` before the first check
	 * @param latest when it's checked at the latest
	 * @param news ends the wait when it aborts
	 * @returns whether the time has come; if not, there are news
	 * @throws the signal's reason as soon as it aborts
	 */
	async wait(
		startedAt: number,
		asked: 'queued' | 'working' | undefined,
		latest: number,
		signal: AbortSignal,
		news?: AbortSignal,
	): Promise<boolean> {
		const scouts = this.isLate;
		this.isLate = false;
		const isFirstLook = !this.hasLooked && asked === undefined;
		this.hasLooked = true;
		const delayMs = isFirstLook
			? firstLookMs
			: this.delayMs(this.clock.now() - startedAt, asked) / (scouts ? 2 : 1);
		let dueAt = Math.min(latest, this.clock.now() + delayMs);
		while (dueAt > this.clock.now() && (await this.sleep(dueAt - this.clock.now(), signal, news))) {
			if (news?.aborted) return false;
			dueAt = Math.min(dueAt, startedAt + this.expectedMs());
		}
		return true;
	}

	/**
	 * How long to wait before the next status request.
	 * @param elapsedMs time since the task was accepted
	 */
	delayMs(elapsedMs: number, asked: 'queued' | 'working' | undefined): number {
		if (this.meanMs === undefined) {
			// Tasks that started together are checked at different times, so that one of them soon informs the others.
			const spread = 0.8 + this.clock.random() * 0.4;
			return Math.min(this.maxDelayMs, Math.max(minColdDelayMs, elapsedMs * growth) * spread);
		}
		const untilExpectedMs = this.expectedMs() - elapsedMs;
		if (asked === undefined) {
			// Where no other task is waited for, there's no queue of them: the next run may be shorter than the last one.
			const aloneMs = this.sleepers.size === 0 ? this.workingMs - elapsedMs : Infinity;
			return Math.min(this.maxDelayMs, Math.max(0, Math.min(untilExpectedMs, aloneMs)));
		}
		const latenessMs = elapsedMs - this.meanMs;
		const stepMs = Math.max(minStepMs, this.deviationMs / 2, latenessMs * growth);
		const queuedMs = asked === 'queued' ? this.workingMs * queuedShare : 0;
		const delayMs = untilExpectedMs > 0 ? untilExpectedMs : stepMs;
		return Math.min(this.maxDelayMs, Math.max(delayMs, queuedMs));
	}

	/** The earliest time after its start at which a task is likely to be done. */
	private expectedMs(): number {
		return (this.meanMs ?? 0) - this.deviationMs;
	}

	/** Records when a task has finished. */
	learn({ goingMs, queuedMs, doneMs }: Sighting): void {
		const isFirst = this.meanMs === undefined;
		// If the two are far apart, the task may have been done long before it was checked.
		this.isLate = !isFirst && goingMs < doneMs / 2;
		const tookMs = this.isLate ? Math.max(0, doneMs - minStepMs) : (goingMs + doneMs) / 2;
		const mean = this.meanMs ?? tookMs;
		const deviation = isFirst ? (doneMs - goingMs) / 2 : Math.abs(tookMs - mean);
		this.deviationMs += (isFirst ? 1 : weight) * (deviation - this.deviationMs);
		this.meanMs = mean + weight * (tookMs - mean);
		this.workingMs = Math.min(this.workingMs, tookMs - queuedMs);
		const isMuchSooner = tookMs < mean / 1.5;
		if (isFirst || isMuchSooner) this.sleepers.forEach((sleeper) => sleeper.abort());
	}

	/** @returns whether news, or new data on how long tasks take, cut it short */
	private async sleep(delayMs: number, signal: AbortSignal, news?: AbortSignal): Promise<boolean> {
		const sleeper = new AbortController();
		this.sleepers.add(sleeper);
		const happens = [sleeper.signal, ...(news ? [news] : [])];
		try {
			return await sleepUnless(happens, this.clock, delayMs, signal);
		} finally {
			this.sleepers.delete(sleeper);
		}
	}
}

/** The schedules of this process, by clock and by kind of request; what was used last stands last. */
const schedules = new WeakMap<Clock, Map<string, PollSchedule>>();
const maxSchedules = 200;

/** What decides how long a request takes, as far as it's known. */
function kindOf(request: ImageRequest): readonly unknown[] {
	const { operation, model, server, width, height, numberOfImages, loras, options } = request;
	const ofKind = Object.entries(options).filter(([name]) => name !== 'negativePrompt');
	return [operation, model, server, width, height, numberOfImages, loras.length, ofKind];
}

/**
 * The schedule of all requests of this process that take about the same time: what it has learned in one run, the next one
 * knows from the beginning.
 */
export function scheduleOf(
	clock: Clock,
	{ id }: Provider,
	baseUrl: string,
	request: ImageRequest,
): PollSchedule {
	const known = schedules.get(clock) ?? new Map<string, PollSchedule>();
	schedules.set(clock, known);
	const kind = JSON.stringify([id, baseUrl, kindOf(request)]);
	const key = createHash('sha256').update(kind).digest('base64');
	const schedule = known.get(key) ?? new PollSchedule(clock);
	known.delete(key);
	known.set(key, schedule);
	const [oldest] = known.keys();
	if (known.size > maxSchedules && oldest !== undefined) known.delete(oldest);
	return schedule;
}
