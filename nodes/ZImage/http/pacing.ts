import type { Clock } from './clock';
import type { Answer, Purpose } from './retry';

/** Spreads the requests that waited for the same moment. */
const spreadMs = 250;

/** The provider takes no requests until after the deadline. */
export class TooManyRequests extends Error {}

/** A request that waits for its turn. */
interface Turn {
	readonly purpose: Purpose;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970. */
	readonly deadline: number;
}

/**
 * How fast the provider lets a run go. All requests of a run share it, so that a "too many requests"
 * (HTTP 429) slows the run down and not one item: nothing is sent until the pause is over, and then
 * submits go one by one until one is accepted.
 */
export class Pacing {
	/** Requests of the run that were sent again. */
	retries = 0;
	/** Refusals in a row. */
	private readonly refusals = { read: 0, submit: 0 };
	/** Whether something was refused since a submit was last accepted. */
	private limited = false;
	/** Milliseconds since 1970. */
	private resumeAt = 0;
	/** Settles when the one submit that tries whether the provider takes requests again has its answer. */
	private trial: Promise<void> | undefined;

	constructor(private readonly clock: Clock) {}

	/** How often the provider has refused such requests in a row, whichever tasks they were for. */
	refusalsOf(purpose: Purpose): number {
		return this.refusals[purpose];
	}

	/** Lets nothing be sent for a while. */
	pause(delayMs: number): void {
		this.resumeAt = Math.max(this.resumeAt, this.clock.now() + delayMs);
	}

	/**
	 * Sends a request when it is its turn.
	 * @throws what `send` throws; the signal's reason; TooManyRequests when its turn would come too late
	 */
	async inTurn<T extends Answer>(turn: Turn, send: () => Promise<T>): Promise<T> {
		if (turn.purpose === 'read') return await this.sendAfterPause(turn, send);
		while (this.trial) await this.trial;
		if (!this.limited) return await this.sendAfterPause(turn, send);
		let finish = () => {};
		this.trial = new Promise((resolve) => (finish = resolve));
		try {
			return await this.sendAfterPause(turn, send);
		} finally {
			this.trial = undefined;
			finish();
		}
	}

	private async sendAfterPause<T extends Answer>(
		{ purpose, signal, deadline }: Turn,
		send: () => Promise<T>,
	): Promise<T> {
		for (let leftMs; (leftMs = this.resumeAt - this.clock.now()) > 0;) {
			if (this.resumeAt >= deadline) throw new TooManyRequests();
			await this.clock.sleep(leftMs + this.clock.random() * spreadMs, signal);
		}
		signal.throwIfAborted();
		const answer = await send();
		if (answer.statusCode === 429) {
			this.refusals[purpose]++;
			this.limited = true;
		} else if (answer.statusCode < 300) {
			this.refusals[purpose] = 0;
			if (purpose === 'submit') this.limited = false;
		}
		return answer;
	}
}
