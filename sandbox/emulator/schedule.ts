/** When a task is worked on, in milliseconds since 1970. */
export interface Slot {
	startedAt: number;
	/** `Infinity` for a task that never ends. */
	doneAt: number;
}

interface Planned extends Slot {
	readonly milliseconds: number;
}

/** One host's workers: they work on a number of tasks at once. Others wait in the order of their submits. */
export class Schedule {
	private tasks: Planned[] = [];
	/** When the busy workers are free again, soonest first. */
	private freeAt: number[] = [];

	/** @param refuseAbove the most tasks that it accepts, including waiting ones */
	constructor(
		private readonly capacity: number,
		private readonly refuseAbove = Infinity,
	) {}

	/** Whether a task may have to wait for others. */
	get isLimited(): boolean {
		return Number.isFinite(this.capacity);
	}

	/** Whether it accepts no more tasks for now. */
	isFull(now = Date.now()): boolean {
		return this.tasks.filter(({ doneAt }) => doneAt > now).length >= this.refuseAbove;
	}

	/** Plans a task of this duration, from now on or from when a worker is free. */
	add(milliseconds: number, now = Date.now()): Slot {
		const task = { milliseconds, startedAt: now, doneAt: now };
		this.tasks = [...this.tasks.filter(({ doneAt }) => doneAt > now), task];
		this.place(task, now);
		return task;
	}

	/** Ends a task early. Waiting ones move up. */
	end(slot: Slot, now = Date.now()): void {
		this.tasks = this.tasks.filter((task) => task !== slot && task.doneAt > now);
		slot.startedAt = Math.min(slot.startedAt, now);
		slot.doneAt = Math.min(slot.doneAt, now);
		const waiting = this.tasks.filter(({ startedAt }) => startedAt > now);
		const begun = this.tasks.filter(({ startedAt }) => startedAt <= now);
		this.freeAt = begun.map(({ doneAt }) => doneAt).sort((one, other) => one - other);
		for (const task of waiting) this.place(task, now);
	}

	clear(): void {
		this.tasks = [];
		this.freeAt = [];
	}

	private place(task: Planned, now: number): void {
		const busy = this.freeAt.filter((time) => time > now);
		task.startedAt = busy.length < this.capacity ? now : (busy.shift() ?? now);
		task.doneAt = task.startedAt + task.milliseconds;
		this.freeAt = [...busy, task.doneAt].sort((one, other) => one - other);
	}
}
