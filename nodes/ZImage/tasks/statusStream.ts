import type { Client } from '../http/client';
import { withEither } from '../http/either';
import type { HttpAnswer, PendingTask, ProviderTasks } from '../providers/provider';
import { callsOf } from './calls';
import type { Task, TaskLimits } from './task';

/** How long a stream may have said nothing when a status request finds the end of its task. */
const graceMs = 1000;

/**
 * The status streams of one run with a provider. They only tell when to ask: what has become of a task is never read from
 * them. Once one breaks or is wrong, there are no more, because a proxy may be in the way that breaks them all.
 */
export class StatusStreams {
	private isOfUse = true;

	constructor(private readonly client: Client) {}

	/** Whether a task can have a stream. */
	has(task: Task): boolean {
		return this.isOfUse && callsOf(this.client.provider, task)?.statusStream !== undefined;
	}

	/**
	 * Begins to listen to the stream of a task.
	 * @param see gets each pending state that it tells
	 * @returns `undefined` where the task has none
	 */
	open(
		task: Task,
		limits: TaskLimits,
		see: (state: PendingTask) => void,
	): StatusStream | undefined {
		const tasks = callsOf(this.client.provider, task);
		if (!tasks || task.taskId === null || !this.has(task)) return undefined;
		const giveUp = () => void (this.isOfUse = false);
		return new StatusStream(this.client, tasks, task.taskId, limits, see, giveUp);
	}
}

/** Why a wait for it ends; without a reason, Node.js would create an error with a stack each time. */
const over = {
	news: new Error('The status stream says something new'),
	closed: new Error('The status stream was closed'),
};

/** The status stream of one task. */
export class StatusStream {
	private readonly closed = new AbortController();
	private readonly heard = { at: 0, next: new AbortController() };
	/** What it has last told of the task. */
	private told: 'odd' | 'queued' | 'ready' | 'working' | undefined;

	constructor(
		private readonly client: Client,
		private readonly tasks: ProviderTasks,
		private readonly taskId: string,
		limits: TaskLimits,
		private readonly see: (state: PendingTask) => void,
		private readonly giveUp: () => void,
	) {
		this.heard.at = client.clock.now();
		void this.listen(limits);
	}

	/** Whether it says that the task goes on, and will say when that changes. */
	get isSpeaking(): boolean {
		return this.told === 'queued' || this.told === 'working';
	}

	/** Whether it says that the task has ended, or something that only a status request can explain. */
	get hasEnd(): boolean {
		return this.told === 'odd' || this.told === 'ready';
	}

	/** Whether it says that there is a result. */
	get hasResult(): boolean {
		return this.told === 'ready';
	}

	/** Aborts when it says something new, or breaks. */
	get news(): AbortSignal {
		return this.heard.next.signal;
	}

	/** Compares it with what a status request has told meanwhile. */
	compare(isDone: boolean): void {
		const isSilent = this.client.clock.now() - this.heard.at > graceMs;
		if (isDone ? !this.hasEnd && isSilent : this.hasEnd) this.break();
	}

	close(): void {
		this.closed.abort(over.closed);
	}

	private async listen({ deadline, signal }: TaskLimits): Promise<void> {
		const call = this.tasks.statusStream?.(this.taskId);
		if (!call) return;
		await withEither([signal, this.closed.signal], async (either) => {
			const options = { deadline, signal: either };
			// Why it has ended doesn't matter: from then on, status requests tell everything.
			await this.client.listen(call, options, (event) => this.hear(event)).catch(() => undefined);
			if (!this.hasEnd && !either.aborted) this.break();
		});
	}

	/** @throws zod's error for something that isn't a status */
	private hear(event: HttpAnswer): void {
		const state = this.tasks.parseStatus(event, this.taskId);
		this.heard.at = this.client.clock.now();
		if (state.status === 'pending') {
			this.see(state);
			this.tell(state.queued ? 'queued' : 'working');
		} else {
			const isReady = state.status === 'ended' && state.error === undefined;
			this.tell(isReady ? 'ready' : 'odd');
		}
	}

	private break(): void {
		this.giveUp();
		this.close();
		this.tell(undefined);
	}

	private tell(told: typeof this.told): void {
		if (told === this.told) return;
		this.told = told;
		const { next } = this.heard;
		this.heard.next = new AbortController();
		next.abort(over.news);
	}
}
