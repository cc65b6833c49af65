import type { Clock } from '../../nodes/ZImage/http/clock';

/** A clock on which every wait is over at once: time moves on by as much as was waited. */
export function fastClock(): Clock {
	let waitedMs = 0;
	return {
		now: () => Date.now() + waitedMs,
		random: () => 0.5,
		async sleep(ms, signal) {
			signal.throwIfAborted();
			waitedMs += ms;
			await new Promise((resolve) => setImmediate(resolve));
			signal.throwIfAborted();
		},
	};
}
