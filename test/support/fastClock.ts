import type { Clock } from '../../nodes/ZImage/http/clock';

interface Sleeper {
	readonly wakeAt: number;
	readonly wake: () => void;
}

const momentMs = 2;

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
		setTimeout(() => {
			isWaking = false;
			const [next, ...others] = sleepers.sort((a, b) => a.wakeAt - b.wakeAt);
			sleepers = others;
			// Those who slept may have been stopped meanwhile.
			jumpedMs += Math.max(0, (next?.wakeAt ?? 0) - now());
			next?.wake();
			wakeSoon();
		}, momentMs);
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
