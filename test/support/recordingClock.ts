import type { Clock } from '../../nodes/ZImage/http/clock';

/** A clock whose waits are over at once and written down; time moves on by them, and only by them. */
export interface RecordingClock extends Clock {
	readonly sleeps: number[];
	/** Lets time pass, as a slow request would. */
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
