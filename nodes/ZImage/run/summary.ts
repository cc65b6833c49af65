import { count } from '../errors/failure';
import type { Host } from '../host';
import type { Clock } from '../http/clock';

/** The shortest time between two messages on the progress of a run. */
const messageIntervalMs = 1000;

/**
 * Tracks a run: reports progress in the editor (in the browser's
 * console, where n8n shows a node's messages), and summarizes it.
 */
export class RunSummary {
	private readonly startedAt: number;
	private messageAt: number;
	private tasks = 0;
	private images = 0;
	private resumed = 0;
	private costUsd: number | null = 0;

	constructor(
		private readonly host: Pick<Host, 'sendMessageToUI'>,
		private readonly clock: Clock,
	) {
		this.startedAt = clock.now();
		this.messageAt = this.startedAt;
	}

	/** @param costUsd estimate; `null` if no price is documented */
	addTask(costUsd: number | null): void {
		this.tasks++;
		this.costUsd = costUsd === null || this.costUsd === null ? null : this.costUsd + costUsd;
	}

	/** A task of an earlier attempt, which isn't submitted again. */
	addResumedTask(): void {
		this.resumed++;
	}

	addImages(number: number): void {
		this.images += number;
		const now = this.clock.now();
		if (now - this.messageAt < messageIntervalMs) return;
		this.messageAt = now;
		this.host.sendMessageToUI(`${this.progress()} after ${this.seconds(now)} s`);
	}

	/** One line for the end, or nothing if a single task ran without retries. */
	text(retries: number): string | undefined {
		if (this.tasks < 2 && retries === 0 && this.resumed === 0) return undefined;
		return [
			`${this.progress()} in ${this.seconds(this.clock.now())} s`,
			this.resumed > 0 &&
				`${count(this.resumed, 'task')} from an earlier attempt resumed, not charged again`,
			retries > 0 && `${count(retries, 'request')} sent again`,
			this.costUsd && `about ${this.costUsd.toFixed(4)} USD at published prices`,
		]
			.filter(Boolean)
			.join(', ');
	}

	private progress(): string {
		return `${count(this.tasks, 'task')}, ${count(this.images, 'image')}`;
	}

	private seconds(now: number): string {
		return ((now - this.startedAt) / 1000).toFixed(1);
	}
}
