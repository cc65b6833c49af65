import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;
const SETTLE_MS = 300;

/** What the probes measured between their start and their end. */
export interface Probed {
	readonly idleBytes: number;
	readonly peakBytes: number;
	readonly stallMs: number;
	readonly cpuMs: number;
}

/** Resets Linux's record of the highest resident memory. */
function resetPeak(): void {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
	} catch {
		// Elsewhere the samples have to do.
	}
}

/** The highest resident memory as Linux records it. */
function recordedPeak(): number {
	try {
		const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
		return Number(kilobytes ?? 0) * 1024;
	} catch {
		return 0;
	}
}

/** Lets the process settle, and watches it from then on. */
export async function startProbes(): Promise<() => Probed> {
	global.gc?.();
	await sleep(SETTLE_MS);
	global.gc?.();
	const idleBytes = process.memoryUsage.rss();
	resetPeak();
	// The measured delay includes the interval itself.
	const delay = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
	delay.enable();
	const cpu = process.cpuUsage();
	return () => {
		const { user, system } = process.cpuUsage(cpu);
		delay.disable();
		return {
			idleBytes,
			peakBytes: Math.max(recordedPeak(), process.memoryUsage.rss()),
			stallMs: Math.max(0, delay.max / 1e6 - LOOK_EVERY_MS),
			cpuMs: (user + system) / 1000,
		};
	};
}
