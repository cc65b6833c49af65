import type { Clock } from './clock';
import type { Answer, Purpose } from './retry';

/** Spreads the requests that waited for the same moment. */
const spreadMs = 250;

/**
 * How fast the provider lets a run go. All requests of a run share it, so that a "too many requests"
 * (HTTP 429) slows the run down and not one item: nothing is sent until the pause is over, and then
 * submits go one by one until one is accepted.
 */
export class Pacing {
	/** Refusals in a row. */
	private readonly refusals = { read: 0, submit: 0 };
	/** Whether something was refused since a submit was last accepted. */
	private limited = false;
	private resumeAt = 0;
	private lastRefusal: Answer | undefined;
	/** Settles when the one submit that tries whether the provider takes requests again has its answer. */
	private trial: Promise<void> | undefined;

	constructor(private readonly clock: Clock) {}

	/** The provider's refusal, where its pause outlasts the deadline: no need to send anything then. */
	refusalUntil(deadline: number): Answer | undefined {
		return this.resumeAt >= deadline ? this.lastRefusal : undefined;
	}

	/** How often the provider has refused such requests in a row, whichever tasks they were for. */
	refusalsOf(purpose: Purpose): number {
		return this.refusals[purpose];
	}

	/** Notes that the provider has refused a request and takes none for a while. */
	pause(refusal: Answer, delayMs: number): void {
		this.lastRefusal = refusal;
		this.resumeAt = Math.max(this.resumeAt, this.clock.now() + delayMs);
	}

	/**
	 * Sends a request when it is its turn.
	 * @throws what `send` throws, and the signal's reason
	 */
	async inTurn<T extends Answer>(
		purpose: Purpose,
		signal: AbortSignal,
		send: () => Promise<T>,
	): Promise<T> {
		if (purpose === 'read') return await this.sendAfterPause(purpose, signal, send);
		while (this.trial) await this.trial;
		if (!this.limited) return await this.sendAfterPause(purpose, signal, send);
		let finish = () => {};
		this.trial = new Promise((resolve) => (finish = resolve));
		try {
			return await this.sendAfterPause(purpose, signal, send);
		} finally {
			this.trial = undefined;
			finish();
		}
	}

	private async sendAfterPause<T extends Answer>(
		purpose: Purpose,
		signal: AbortSignal,
		send: () => Promise<T>,
	): Promise<T> {
		for (let leftMs; (leftMs = this.resumeAt - this.clock.now()) > 0;) {
			await this.clock.sleep(leftMs + this.clock.random() * spreadMs, signal);
		}
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
