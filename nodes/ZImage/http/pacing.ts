import { createHash } from 'crypto';

import type { Clock } from './clock';
import { withEither } from './either';
import type { Answer, Purpose } from './retry';
import { isRateLimited, retryDelayMs } from './retry';

/** Spreads the requests that wait for the same moment. */
const spreadMs = 250;

/** How long nothing in line may move before one more submit is tried: open tasks may not be why one was refused. */
const patienceMs = 10_000;

/** The provider limits the rate until after the deadline. */
export class TooManyRequests extends Error {}

/** There is so little time left that a submit could be accepted but aborted. */
export class NoTimeLeft extends Error {}

/** A request that is waiting for its turn. */
interface Turn {
	readonly purpose: Purpose;
	/** When it was first due, in milliseconds since 1970. Default: now. */
	readonly since?: number;
	readonly signal: AbortSignal;
	/** Milliseconds since 1970. */
	readonly deadline: number;
	/** The least time that must be left when it's sent. Default: none. */
	readonly reserveMs?: number | undefined;
}

/** A submit that is waiting in line. */
interface Waiting {
	readonly since: number;
	readonly call: AbortController;
}

/**
 * Limits the rate of one of a provider's accounts. All requests with a credential share it, so that HTTP 429 (too many
 * requests) slows down all of them, not one item: nothing is sent until the pause is over, and then submits go one at a
 * time until one is accepted. A submit that was refused while tasks were open was one too many: from then on, no more
 * than that number of tasks are open, and the others wait in line. As long as nothing is refused, the number grows.
 */
export class Pacing {
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
	/** Tasks that are being waited for. */
	private open = 0;
	/** Submits whose turn has come, until their task counts as open. */
	private underWay = 0;
	/** The maximum of both together. */
	private mostOpen = Infinity;
	/** Submits accepted since `mostOpen` last changed, and how much it grows next. */
	private accepted = 0;
	private growth = 1;
	/** Submits that have no room yet, the oldest first. */
	private readonly line: Waiting[] = [];
	/** When the line last moved. */
	private movedAt = 0;

	constructor(private readonly clock: Clock) {}

	/** How much longer nothing is sent. */
	pauseMs(): number {
		return Math.max(0, this.resumeAt - this.clock.now());
	}

	/** Counts a task as open while it's being waited for. */
	async whileOpen<T>(wait: () => Promise<T>): Promise<T> {
		this.open++;
		try {
			return await wait();
		} finally {
			this.open--;
			this.callNext();
		}
	}

	/**
	 * Sends a request when it's its turn.
	 * @throws what `send` throws; the signal's reason; TooManyRequests when its turn would come too
	 * late; NoTimeLeft when something else has used up the time
	 */
	async inTurn<T extends Answer>(turn: Turn, send: () => Promise<T>): Promise<T> {
		if (turn.purpose === 'read') return await this.sendAfterPause(turn, send);
		await this.waitInLine(turn);
		try {
			return await this.submit(turn, send);
		} finally {
			void this.leave();
		}
	}

	private async submit<T extends Answer>(turn: Turn, send: () => Promise<T>): Promise<T> {
		while (this.isTrying) await this.sleep(spreadMs, turn);
		if (!this.limited) return await this.sendAfterPause(turn, send);
		this.isTrying = true;
		try {
			return await this.sendAfterPause(turn, send);
		} finally {
			this.isTrying = false;
		}
	}

	private hasRoom(): boolean {
		return this.open + this.underWay < this.mostOpen;
	}

	/** Waits for room, and takes it before returning. */
	private async waitInLine({ since, signal, deadline, reserveMs = 0 }: Turn): Promise<void> {
		if (this.line.length === 0 && this.hasRoom()) {
			this.underWay++;
			return;
		}
		const call = new AbortController();
		const waiting = { since: since ?? this.clock.now(), call };
		const behind = this.line.findIndex((other) => other.since > waiting.since);
		this.line.splice(behind < 0 ? this.line.length : behind, 0, waiting);
		if (this.line.length === 1) this.movedAt = this.clock.now();
		const latest = deadline - reserveMs;
		await withEither([signal, call.signal], async (either) => {
			while (!either.aborted && this.clock.now() < latest) {
				const tryAt = this.movedAt + patienceMs;
				const leftMs = Math.min(tryAt, latest) - this.clock.now();
				if (leftMs > 0) await this.clock.sleep(leftMs, either).catch(() => undefined);
				else this.callFirst();
			}
		});
		// If a stop comes at the same time, it's noticed before anything is sent.
		if (call.signal.aborted) return;
		this.line.splice(this.line.indexOf(waiting), 1);
		signal.throwIfAborted();
		throw new TooManyRequests();
	}

	/** Lets the first in line send. */
	private callFirst(): void {
		this.underWay++;
		this.movedAt = this.clock.now();
		this.line.shift()?.call.abort();
	}

	/** Makes room for others, after the waiting code has counted the task of an accepted submit. */
	private async leave(): Promise<void> {
		if (this.mostOpen < Infinity) await this.clock.sleep(0, new AbortController().signal);
		this.underWay--;
		this.callNext();
	}

	private callNext(): void {
		while (this.line.length > 0 && this.hasRoom()) this.callFirst();
		// The next run learns again, because this limit may depend on tasks that are gone by then.
		if (this.open + this.underWay === 0) this.mostOpen = Infinity;
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
			if (purpose === 'submit') this.learnAcceptance();
			return;
		}
		const now = this.clock.now();
		if (sentAt > this.refusedAt[purpose]) {
			this.refusals[purpose]++;
			this.refusedAt[purpose] = now;
		}
		this.limited = true;
		if (purpose === 'submit' && this.open > 0) this.setMostOpen(this.open, 1);
		const tries = this.refusals[purpose];
		const delayMs = retryDelayMs(purpose, answer, tries, now, this.clock.random()) ?? 0;
		this.resumeAt = Math.max(this.resumeAt, now + delayMs);
	}

	private learnAcceptance(): void {
		this.limited = false;
		this.mostOpen = Math.max(this.mostOpen, this.open + 1);
		this.accepted++;
		if (this.accepted >= this.mostOpen) {
			this.setMostOpen(this.mostOpen + this.growth, 2 * this.growth);
		}
	}

	private setMostOpen(mostOpen: number, growth: number): void {
		this.mostOpen = mostOpen;
		this.growth = growth;
		this.accepted = 0;
	}
}

/** The paces in use, by clock and by a hash of the account. */
const paces = new WeakMap<Clock, Map<string, WeakRef<Pacing>>>();

/** A new run doesn't wait for a longer pause: it asks the provider itself. */
const longPauseMs = 60_000;

/**
 * The pace of all requests of this process with one account, shared as long as it's in use.
 * @param account what identifies it: the provider and the credential; only a hash of it is kept
 */
export function paceOf(clock: Clock, account: readonly unknown[]): Pacing {
	const known = paces.get(clock) ?? new Map<string, WeakRef<Pacing>>();
	paces.set(clock, known);
	const key = createHash('sha256').update(JSON.stringify(account)).digest('base64');
	const shared = known.get(key)?.deref();
	if (shared && shared.pauseMs() < longPauseMs) return shared;
	for (const [other, pace] of known) if (!pace.deref()) known.delete(other);
	const pacing = new Pacing(clock);
	known.set(key, new WeakRef(pacing));
	return pacing;
}
