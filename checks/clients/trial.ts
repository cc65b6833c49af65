import { setTimeout as sleep } from 'node:timers/promises';

import type { Rig } from './rig';

/** One thing that a client does. */
export interface Trial {
	readonly call: string;
	/**
	 * Runs it.
	 * @returns what it saw, in a few words
	 * @throws {Error} if the client doesn't behave as it should
	 */
	readonly run: (rig: Rig) => Promise<string>;
}

/** The trials of one client. */
export interface Client {
	/** As npm names them. */
	readonly name: string;
	readonly trials: readonly Trial[];
}

export interface Outcome {
	readonly client: string;
	readonly call: string;
	readonly seen: string;
	readonly ok: boolean;
}

/** Runs a call that must fail, and returns its error. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
	try {
		await promise;
	} catch (error) {
		return error;
	}
	throw new Error('it was expected to fail');
}

/** Many times longer than the slowest trial, which uploads a large file. */
const longestMs = 30_000;

/** Runs a trial with a time limit. A client that hangs fails the trial and doesn't block the next ones. */
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
 * Runs every trial in a sandbox with no state.
 * @param mostMs the time limit of one trial
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
