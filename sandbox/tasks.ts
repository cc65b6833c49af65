import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Context } from './context';
import { parseSteering, type Steering } from './steering';

const MOST_TASKS = 20_000;

export interface Task<Data> {
	readonly id: string;
	readonly prompt: string;
	readonly steering: Steering;
	readonly submittedAt: number;
	readonly data: Data;
	polls: number;
	cancelled: boolean;
}

export type Phase = 'queued' | 'running' | 'done';

/** The tasks of one provider. The oldest go when there are very many. */
export class TaskStore<Data> {
	private readonly tasks = new Map<string, Task<Data>>();

	constructor(private readonly context: Context) {
		context.onReset(() => this.tasks.clear());
	}

	add(prompt: string, data: Data): Task<Data> {
		const task: Task<Data> = {
			id: newId(),
			prompt,
			steering: parseSteering(prompt),
			submittedAt: Date.now(),
			data,
			polls: 0,
			cancelled: false,
		};
		this.tasks.set(task.id, task);
		const [oldest] = this.tasks.keys();
		if (this.tasks.size > MOST_TASKS && oldest !== undefined) this.tasks.delete(oldest);
		return task;
	}

	get(id: string): Task<Data> | undefined {
		return this.tasks.get(id);
	}

	/** How many tasks wait in the queue, for fal_max_queue_length. */
	queued(matches: (data: Data) => boolean): number {
		return [...this.tasks.values()].filter(
			(task) => matches(task.data) && this.phase(task) === 'queued',
		).length;
	}

	/** Where the task stands. Every task goes queued, running, done; it may skip what it has no time for. */
	phase({ steering, polls, submittedAt, cancelled }: Task<Data>): Phase {
		if (cancelled) return 'done';
		if (steering.polls !== undefined && !steering.never) {
			if (polls >= steering.polls) return 'done';
			return polls === 0 ? 'queued' : 'running';
		}
		const elapsed = (Date.now() - submittedAt) / 1000;
		const total = steering.seconds ?? this.context.taskSeconds;
		if (!steering.never && elapsed >= total) return 'done';
		return elapsed < total / 3 ? 'queued' : 'running';
	}

	/** The phase as a status request sees it; counts the request for `polls=N`. */
	poll(task: Task<Data>): Phase {
		const phase = this.phase(task);
		task.polls += 1;
		return phase;
	}

	/** Milliseconds to the next change of phase, for a status stream. */
	nextChangeMs({ steering, submittedAt }: Task<Data>): number {
		if (steering.polls !== undefined) return 10;
		const total = (steering.seconds ?? this.context.taskSeconds) * 1000;
		const elapsed = Date.now() - submittedAt;
		const next = elapsed < total / 3 ? total / 3 : total;
		return elapsed >= total ? 1000 : Math.min(Math.max(next - elapsed, 5), 1000);
	}
}

/** How long a synchronous call takes. Never returns for `never`, until the sandbox closes. */
export async function workSynchronously(context: Context, steering: Steering): Promise<void> {
	const milliseconds = steering.never
		? 2 ** 31 - 1
		: (steering.seconds ?? context.taskSeconds) * 1000;
	if (milliseconds > 0) {
		await sleep(milliseconds, undefined, { signal: context.closing }).catch(() => undefined);
	}
}
