import { setTimeout as sleep } from 'node:timers/promises';

import type { Rig } from './rig';

/** One thing that a client does. */
export interface Trial {
	readonly call: string;
	/**
	 * Does it.
	 * @returns what was seen, in a few words
	 * @throws {Error} when it isn't what the client should see
	 */
	readonly run: (rig: Rig) => Promise<string>;
}

/** The trials of one client. */
export interface Client {
	/** Of npm. */
	readonly name: string;
	readonly trials: readonly Trial[];
}

export interface Outcome {
	readonly client: string;
	readonly call: string;
	readonly seen: string;
	readonly ok: boolean;
}

/** Waits for what a call throws. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
	try {
		await promise;
	} catch (error) {
		return error;
	}
	throw new Error('it was expected to fail');
}

/** Many times what the slowest trial takes, the upload of a large file. */
const longestMs = 30_000;

/** Waits for a trial, but no longer than that: a client that hangs is wrong, and the next ones have their turn. */
async function inTime(trial: Promise<string>, milliseconds: number): Promise<string> {
	const timer = new AbortController();
	const timeout = async () => {
		await sleep(milliseconds, undefined, { signal: timer.signal });
		throw new Error(`not over after ${milliseconds / 1000} s`);
	};
	try {
		return await Promise.race([trial, timeout()]);
	} finally {
		timer.abort();
	}
}

/**
 * Runs every trial, each in a sandbox that remembers nothing.
 * @param mostMs how long one may take
 */
export async function runTrials(
	clients: readonly Client[],
	rig: Rig,
	say: (outcome: Outcome) => void,
	mostMs = longestMs,
): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const { name: client, trials } of clients) {
		for (const { call, run } of trials) {
			rig.sandbox.reset();
			const outcome = await inTime(run(rig), mostMs).then(
				(seen) => ({ client, call, seen, ok: true }),
				(error: unknown) => ({ client, call, seen: describe(error), ok: false }),
			);
			outcomes.push(outcome);
			say(outcome);
		}
	}
	return outcomes;
}

function describe(error: unknown): string {
	if (!(error instanceof Error)) return JSON.stringify(error);
	const { body } = error as Error & { body?: unknown };
	return `${error.message}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`.slice(0, 500);
}
