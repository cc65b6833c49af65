import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, TaskTimes } from './context';
import { keyOwner, type HostName } from './hosts';
import { newId } from './ids';
import type { Inputs } from './inputs/inputs';
import type { Slot } from './schedule';
import { parseSteering, type Steering } from './steering';

const MOST_TASKS = 20_000;

export interface Task<Data> {
	readonly id: string;
	readonly prompt: string;
	readonly steering: Steering;
	readonly submittedAt: number;
	readonly slot: Slot;
	/** How long the work takes unless the prompt says otherwise. */
	readonly seconds: number;
	readonly data: Data;
	/** It fails if it hasn't started by then, in milliseconds since 1970. */
	readonly startBy: number;
	polls: number;
	cancelled: boolean;
	/** Whether it failed because of `startBy`. */
	isLate: boolean;
}

interface WorkOptions {
	/** In which it must start. Otherwise it fails. Default: no limit. */
	readonly startSeconds?: number;
	/** How long it takes unless the prompt says otherwise. Default: like an image. */
	readonly seconds?: number;
}

interface AddOptions extends WorkOptions {
	/** An ID that the client chose. Default: random. */
	readonly id?: string;
	/** Whether there's nothing to compute. */
	readonly isInstant?: boolean;
}

export type Phase = 'queued' | 'running' | 'done';

/** One provider's tasks. The oldest are removed if there are very many. */
export class TaskStore<Data extends { readonly inputs: Inputs }> {
	private readonly tasks = new Map<string, Task<Data>>();
	/** In the order of their submits: those that weren't done when they were last looked at. */
	private readonly open = new Set<Task<Data>>();

	constructor(
		private readonly context: Context,
		private readonly host: HostName,
		private readonly makeId: () => string = newId,
	) {
		context.onReset(() => {
			this.tasks.clear();
			this.open.clear();
		});
		context.taskLists.push(() => [...this.tasks.values()].map((task) => this.timesOf(task)));
	}

	add(prompt: string, data: Data, options: AddOptions = {}): Task<Data> {
		const { startSeconds = Infinity, id = this.makeId(), isInstant = false } = options;
		const { seconds = this.context.taskSeconds } = options;
		const submittedAt = Date.now();
		const steering = parseSteering(prompt, keyOwner(this.host));
		const task: Task<Data> = {
			id,
			prompt,
			steering,
			submittedAt,
			slot: this.context.schedules[this.host].add(
				isInstant ? 0 : this.workMs(steering, seconds),
				submittedAt,
			),
			seconds,
			data,
			startBy: submittedAt + startSeconds * 1000,
			polls: 0,
			cancelled: false,
			isLate: false,
		};
		this.tasks.set(task.id, task);
		this.open.add(task);
		const [oldest] = this.tasks.values();
		if (this.tasks.size > MOST_TASKS && oldest !== undefined) {
			this.tasks.delete(oldest.id);
			this.open.delete(oldest);
		}
		return task;
	}

	get(id: string): Task<Data> | undefined {
		return this.tasks.get(id);
	}

	newestFirst(): Task<Data>[] {
		return [...this.tasks.values()].reverse();
	}

	cancel(task: Task<Data>): void {
		task.cancelled = true;
		this.context.schedules[this.host].end(task.slot);
	}

	/** How many tasks wait in the queue, or only those before one of them. */
	queued(matches: (data: Data) => boolean, before?: Task<Data>): number {
		const tasks = this.stillOpen();
		const end = before === undefined ? tasks.length : tasks.indexOf(before);
		// Before one that is done, none waits.
		return tasks
			.slice(0, Math.max(0, end))
			.filter((task) => matches(task.data) && this.phase(task) === 'queued').length;
	}

	/** How many tasks are waiting or running. */
	pending(): number {
		return this.stillOpen().length;
	}

	/** A task's phase. Every task is queued, running, then done. It may skip phases that it has no time for. */
	phase(task: Task<Data>): Phase {
		const { steering, polls, slot } = task;
		if (task.cancelled || this.endIfLate(task)) return 'done';
		if (steering.polls !== undefined && !steering.never) {
			if (polls >= steering.polls) return 'done';
			return polls === 0 ? 'queued' : 'running';
		}
		const now = Date.now();
		if (now >= slot.doneAt) return 'done';
		return now < this.queuedUntil(task) ? 'queued' : 'running';
	}

	/** The finished share of the work in a phase, as `poll` returned it: from 0 to 1. 0 for a canceled task. */
	progress(task: Task<Data>, phase: Phase): number {
		if (task.cancelled || phase === 'queued') return 0;
		if (phase === 'done') return 1;
		const { steering, polls, slot } = task;
		// The current request is already counted.
		if (steering.polls !== undefined) return Math.max(0, polls - 1) / steering.polls;
		const startedAt = this.queuedUntil(task);
		return Math.min(1, (Date.now() - startedAt) / (slot.doneAt - startedAt));
	}

	/** The phase that a status request sees. Counts the request for `polls=N`. */
	poll(task: Task<Data>): Phase {
		const phase = this.phase(task);
		task.polls += 1;
		return phase;
	}

	/**
	 * Waits until a task is in one of some phases.
	 * @param mostMs the time limit
	 * @returns whether it is. Also false if the sandbox has forgotten it or closes
	 */
	async waitFor(task: Task<Data>, phases: readonly Phase[], mostMs = Infinity): Promise<boolean> {
		const { closing } = this.context;
		const until = Date.now() + mostMs;
		while (!closing.aborted && this.tasks.get(task.id) === task) {
			if (phases.includes(this.phase(task))) return true;
			const leftMs = until - Date.now();
			if (leftMs <= 0) return false;
			const pauseMs = Math.min(this.nextChangeMs(task), leftMs);
			await sleep(pauseMs, undefined, { signal: closing }).catch(() => undefined);
		}
		return false;
	}

	/** Milliseconds to the next change of phase. */
	nextChangeMs(task: Task<Data>): number {
		if (task.steering.polls !== undefined) return 10;
		const now = Date.now();
		const queuedUntil = this.queuedUntil(task);
		const next = now < queuedUntil ? queuedUntil : task.slot.doneAt;
		return now >= task.slot.doneAt ? 1000 : Math.min(Math.max(next - now, 5), 1000);
	}

	/** The tasks that are waiting or running. There may be thousands that are done, which never open again. */
	private stillOpen(): Task<Data>[] {
		for (const task of this.open) if (this.phase(task) === 'done') this.open.delete(task);
		return [...this.open];
	}

	private endIfLate(task: Task<Data>): boolean {
		if (task.isLate || Date.now() < task.startBy) return task.isLate;
		const { steering, polls } = task;
		const hasStarted =
			steering.polls !== undefined && !steering.never
				? polls > 0
				: this.queuedUntil(task) <= task.startBy;
		if (hasStarted) return false;
		this.context.schedules[this.host].end(task.slot);
		return (task.isLate = true);
	}

	/** Even if no other task is in the way, a task waits a third of its time, so that this phase shows. */
	private queuedUntil({ steering, submittedAt, slot, seconds }: Task<Data>): number {
		if (this.context.schedules[this.host].isLimited) return slot.startedAt;
		return submittedAt + ((steering.seconds ?? seconds) * 1000) / 3;
	}

	private workMs(steering: Steering, seconds: number): number {
		// A status request ends it, so there is nothing to wait for.
		if (steering.polls !== undefined && !steering.never) return 0;
		return workMs(steering, seconds);
	}

	private timesOf({ id, submittedAt, slot, steering, data }: Task<Data>): TaskTimes {
		const isTimed = steering.polls === undefined && Number.isFinite(slot.doneAt);
		return {
			provider: this.host,
			id,
			submittedAt,
			startedAt: slot.startedAt,
			doneAt: isTimed ? slot.doneAt : null,
			image: data.inputs.image,
			mask: data.inputs.mask,
		};
	}
}

function workMs({ never, seconds: asked }: Steering, seconds: number): number {
	return never ? Infinity : (asked ?? seconds) * 1000;
}

/**
 * Takes the time of a synchronous call. With `never`, it returns only when the sandbox closes.
 * @returns false if it didn't start in that time
 */
export async function workSynchronously(
	context: Context,
	host: HostName,
	steering: Steering,
	{ startSeconds = Infinity, seconds = context.taskSeconds }: WorkOptions = {},
): Promise<boolean> {
	const now = Date.now();
	const slot = context.schedules[host].add(workMs(steering, seconds), now);
	const startsInTime = slot.startedAt - now <= startSeconds * 1000;
	if (!startsInTime) context.schedules[host].end(slot);
	const milliseconds = startsInTime ? slot.doneAt - now : startSeconds * 1000;
	if (milliseconds > 0) {
		const wait = Math.min(milliseconds, 2 ** 31 - 1);
		await sleep(wait, undefined, { signal: context.closing }).catch(() => undefined);
	}
	return startsInTime;
}
