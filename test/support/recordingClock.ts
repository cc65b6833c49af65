import type { Clock } from '../../nodes/ZImage/http/clock';

/** A clock whose waits end immediately and are recorded. Only waits advance its time. */
export interface RecordingClock extends Clock {
	readonly sleeps: number[];
	/** Advances the time, as a slow request would. */
	advance(ms: number): void;
}

/** 2026-01-01T00:00:00.000Z */
export const startMs = 1_767_225_600_000;

export function recordingClock({ random = 0.5 } = {}): RecordingClock {
	let nowMs = startMs;
	const sleeps: number[] = [];
	return {
		sleeps,
		now: () => nowMs,
		random: () => random,
		advance: (ms) => void (nowMs += ms),
		async sleep(ms, signal) {
			signal.throwIfAborted();
			sleeps.push(ms);
			nowMs += ms;
			await Promise.resolve();
			signal.throwIfAborted();
		},
	};
}
