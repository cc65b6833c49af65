import type { Clock } from '../../nodes/ZImage/http/clock';

interface Sleeper {
	readonly wakeAt: number;
	readonly wake: () => void;
}

/**
 * How many turns of the event loop are a moment. Turns rather than milliseconds, because they take longer on a busy machine,
 * as HTTP does. A long sleep gets more of them: it may be cut short by what comes over HTTP, such as a status stream.
 */
const turns = { short: 2, long: 12 };
const longMs = 1000;

/**
 * A clock that hardly waits: time jumps to the next sleeper that wakes up, after a moment for the HTTP requests
 * that run in real time.
 */
export function fastClock(): Clock {
	let jumpedMs = 0;
	let sleepers: Sleeper[] = [];
	const now = () => Date.now() + jumpedMs;
	let isWaking = false;
	const wakeSoon = () => {
		if (isWaking || sleepers.length === 0) return;
		isWaking = true;
		let turn = 0;
		const look = () => {
			const [next, ...others] = sleepers.sort((a, b) => a.wakeAt - b.wakeAt);
			// Those who slept may have been stopped meanwhile.
			const jumpMs = Math.max(0, (next?.wakeAt ?? 0) - now());
			turn++;
			if (next && turn < (jumpMs < longMs ? turns.short : turns.long)) {
				setTimeout(look, 1);
				return;
			}
			isWaking = false;
			sleepers = others;
			jumpedMs += jumpMs;
			next?.wake();
			wakeSoon();
		};
		setTimeout(look, 1);
	};
	return {
		now,
		random: () => 0.5,
		async sleep(ms, signal) {
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
				const sleeper = { wakeAt: now() + ms, wake };
				sleepers.push(sleeper);
				signal.addEventListener('abort', stop, { once: true });
				wakeSoon();
			});
		},
	};
}
