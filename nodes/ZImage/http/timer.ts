import { sleep } from 'n8n-workflow';

/** The shortest time between two restarts of a timer. */
const restartMs = 1000;

/** Without a reason, Node.js would create an error with a stack each time, which takes longer than all the rest. */
const stopped = new Error('The timer was stopped');

/** A timer that can be restarted. It has to be stopped. */
export interface Timer {
	/** Aborts when the time is over. */
	readonly signal: AbortSignal;
	readonly restart: () => void;
	readonly stop: () => void;
}

/**
 * Starts a timer. Node.js's own timeout signals stay until their time is over, which is long after the request
 * that they were made for: a run of thousands of items would keep them all.
 * @param leftMs until the time is over; read again for each restart
 */
export function startTimer(leftMs: () => number): Timer {
	const end = new AbortController();
	let wait = new AbortController();
	let startedAt = -Infinity;
	let isStopped = false;
	const restart = () => {
		if (isStopped || performance.now() - startedAt < restartMs) return;
		startedAt = performance.now();
		wait.abort(stopped);
		const { signal } = (wait = new AbortController());
		const finish = () => {
			// Hosts before n8n 2.34 go on sleeping after a stop.
			if (!signal.aborted) end.abort();
		};
		sleep(leftMs(), signal).then(finish, finish);
	};
	restart();
	const stop = () => {
		isStopped = true;
		wait.abort(stopped);
	};
	return { signal: end.signal, restart, stop };
}
