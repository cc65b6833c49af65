import type { Clock } from '../../nodes/ZImage/http/clock';
import { startMs } from './recordingClock';

interface Sleeper {
	readonly wakeAt: number;
	/** Of the sleepers that wake up at the same moment, the one that has slept longest goes first. */
	readonly order: number;
	readonly wake: () => void;
}

/** A clock for many tasks at once: time jumps to the next wake-up as soon as all are asleep. */
export interface VirtualClock extends Clock {
	/** Milliseconds since the clock started. */
	elapsed(): number;
	/**
	 * Lets time pass until a promise settles.
	 * @throws if all sleep forever, or if it takes too many steps
	 */
	run<T>(promise: Promise<T>): Promise<T>;
}

/** mulberry32, a small generator of numbers from 0 to 1 that depend only on the seed. */
function seeded(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Waits until all promises that depend only on each other have continued. */
async function settle(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

const maxSteps = 50_000;
const maxIdleSteps = 1000;

export function virtualClock({ seed = 1 } = {}): VirtualClock {
	let nowMs = startMs;
	let sleepers: Sleeper[] = [];
	let order = 0;
	const wakeNext = () => {
		const [next, ...others] = sleepers.sort((a, b) => a.wakeAt - b.wakeAt || a.order - b.order);
		if (!next) throw new Error("Nobody sleeps, and what the test waits for hasn't come");
		sleepers = others;
		nowMs = next.wakeAt;
		next.wake();
	};
	return {
		now: () => nowMs,
		elapsed: () => nowMs - startMs,
		random: seeded(seed),
		async sleep(ms, signal) {
			if (!(ms >= 0 && Number.isFinite(ms))) throw new Error(`Nobody can sleep for ${ms} ms`);
			signal.throwIfAborted();
			await new Promise<void>((resolve, reject) => {
				const stop = () => {
					sleepers = sleepers.filter((other) => other !== sleeper);
					reject(signal.reason as Error);
				};
				const wake = () => {
					signal.removeEventListener('abort', stop);
					resolve();
				};
				const sleeper = { wakeAt: nowMs + ms, order: order++, wake };
				sleepers.push(sleeper);
				signal.addEventListener('abort', stop, { once: true });
			});
		},
		async run(promise) {
			let isSettled = false;
			const finish = () => void (isSettled = true);
			promise.then(finish, finish);
			let idle = 0;
			for (let step = 0; ; step++) {
				await settle();
				if (isSettled) return await promise;
				// On a busy machine, the code under test may give n8n's event loop a moment of real time.
				if (sleepers.length === 0 && idle++ < maxIdleSteps) {
					await new Promise((resolve) => setTimeout(resolve, 1));
					continue;
				}
				if (step > maxSteps) throw new Error(`It takes more than ${maxSteps} steps`);
				wakeNext();
			}
		},
	};
}
