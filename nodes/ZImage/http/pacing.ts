import type { Clock } from './clock';
import type { Answer, Purpose } from './retry';
import { isRateLimited, retryDelayMs } from './retry';

/** Spreads the requests that wait for the same moment. */
const spreadMs = 250;

/** The provider limits the rate until after the deadline. */
export class TooManyRequests extends Error {}

/** There is so little time left that a submit could be accepted but aborted. */
export class NoTimeLeft extends Error {}

/** A request that is waiting for its turn. */
interface Turn {
	readonly purpose: Purpose;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970. */
	readonly deadline: number;
	/** The least time that must be left when it's sent. Default: none. */
	readonly reserveMs?: number | undefined;
}

/**
 * Limits the rate of a run. All requests of a run share it, so that HTTP 429 (too many requests)
 * slows down the whole run, not one item: nothing is sent until the pause is over, and then
 * submits go one at a time until one is accepted.
 */
export class Pacing {
	/** Requests of the run that were sent again. */
	retries = 0;
	/** Consecutive refusals; those of concurrent requests count as one. */
	private readonly refusals = { read: 0, submit: 0 };
	/** When the last counted refusal came. */
	private readonly refusedAt = { read: 0, submit: 0 };
	/** Whether something was refused since a submit was last accepted. */
	private limited = false;
	/** Milliseconds since 1970. */
	private resumeAt = 0;
	/** Whether a trial submit is on its way, to see whether the provider accepts requests again. */
	private isTrying = false;

	constructor(private readonly clock: Clock) {}

	/** Sends nothing for this long from now on. */
	pauseMs(): number {
		return Math.max(0, this.resumeAt - this.clock.now());
	}

	/**
	 * Sends a request when it's its turn.
	 * @throws what `send` throws; the signal's reason; TooManyRequests when its turn would come too
	 * late; NoTimeLeft when something else has used up the time
	 */
	async inTurn<T extends Answer>(turn: Turn, send: () => Promise<T>): Promise<T> {
		if (turn.purpose === 'read') return await this.sendAfterPause(turn, send);
		while (this.isTrying) await this.sleep(spreadMs, turn);
		if (!this.limited) return await this.sendAfterPause(turn, send);
		this.isTrying = true;
		try {
			return await this.sendAfterPause(turn, send);
		} finally {
			this.isTrying = false;
		}
	}

	private async sendAfterPause<T extends Answer>(turn: Turn, send: () => Promise<T>): Promise<T> {
		const { reserveMs = 0 } = turn;
		while (this.pauseMs() > 0) {
			const delayMs = this.pauseMs() + this.clock.random() * spreadMs;
			await this.sleep(delayMs, { ...turn, deadline: turn.deadline - reserveMs });
		}
		turn.signal.throwIfAborted();
		if (reserveMs > 0 && turn.deadline - this.clock.now() < reserveMs) throw new NoTimeLeft();
		const sentAt = this.clock.now();
		const answer = await send();
		this.learn(turn.purpose, answer, sentAt);
		return answer;
	}

	private async sleep(ms: number, { signal, deadline }: Turn): Promise<void> {
		if (this.clock.now() + ms >= deadline) throw new TooManyRequests();
		await this.clock.sleep(ms, signal);
	}

	private learn(purpose: Purpose, answer: Answer, sentAt: number): void {
		if (!isRateLimited(answer)) {
			if (answer.statusCode >= 300) return;
			// A request sent before the refusal, or in the same millisecond, says nothing about what came after.
			if (sentAt <= Math.max(this.refusedAt.read, this.refusedAt.submit)) return;
			this.refusals[purpose] = 0;
			if (purpose === 'submit') this.limited = false;
			return;
		}
		const now = this.clock.now();
		if (sentAt > this.refusedAt[purpose]) {
			this.refusals[purpose]++;
			this.refusedAt[purpose] = now;
		}
		this.limited = true;
		const tries = this.refusals[purpose];
		const delayMs = retryDelayMs(purpose, answer, tries, now, this.clock.random()) ?? 0;
		this.resumeAt = Math.max(this.resumeAt, now + delayMs);
	}
}
