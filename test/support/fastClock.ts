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
	const wakeNext = () => {
		const [next, ...others] = sleepers.sort((a, b) => a.wakeAt - b.wakeAt);
		sleepers = others;
		jumpedMs += Math.max(0, (next?.wakeAt ?? 0) - now());
		next?.wake();
		if (others.length > 0) setTimeout(wakeNext, momentMs);
	};
	return {
		now,
		random: () => 0.5,
		async sleep(ms, signal) {
			signal.throwIfAborted();
			await new Promise<void>((resolve, reject) => {
				signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
				sleepers.push({ wakeAt: now() + ms, wake: resolve });
				if (sleepers.length === 1) setTimeout(wakeNext, momentMs);
			});
		},
	};
}
