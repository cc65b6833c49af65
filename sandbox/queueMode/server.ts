import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, startProcess, type RunningProcess } from '../realN8n/childProcess';
import { cleanEnvironment } from '../realN8n/environment';

const WITH_PARENT_SCRIPT = join(__dirname, 'withParent.cjs');
const LOOK_EVERY_MS = 100;
const READY_WITHIN_MS = 30_000;

/** A user of this machine. */
export interface User {
	readonly uid: number;
	readonly gid: number;
}

interface Program {
	readonly command: string;
	readonly args: readonly string[];
	/** The user that runs it. Default: the current one. */
	readonly user?: User | undefined;
	readonly folder: string;
	/** A command that succeeds once the program is ready. */
	readonly probe: readonly [string, ...string[]];
}

/** A program that can be unavailable for a while. */
export interface Server {
	/** Ends it like `kill -9`. */
	readonly kill: () => Promise<void>;
	/** Starts it again with its previous data. */
	readonly start: () => Promise<void>;
	readonly stop: () => Promise<void>;
}

/** Starts a program that n8n needs, and waits until it is ready. It ends with this process. */
export async function startProgram(program: Program): Promise<Server> {
	const { command, args, user, folder, probe } = program;
	const settings = { cwd: folder, env: { ...cleanEnvironment(), LC_ALL: 'C' } };
	const logFile = join(folder, 'program.log');
	const job = JSON.stringify({ command, args, ...user });
	const isReady = async (): Promise<boolean> => {
		const [ask, ...question] = probe;
		return (await runCommand(ask, question, settings)).exitCode === 0;
	};
	let running: RunningProcess | undefined;
	let isRunning = false;
	const start = async (): Promise<void> => {
		const deadline = Date.now() + READY_WITHIN_MS;
		while (!(await isReady())) {
			if (Date.now() > deadline) throw new Error(`${command} did not start; see ${logFile}.`);
			// Killed processes may block the next start for a moment: PostgreSQL refuses to start next to its
			// old processes.
			if (!isRunning) {
				isRunning = true;
				running = startProcess(process.execPath, [WITH_PARENT_SCRIPT, job], {
					...settings,
					logFile,
				});
				void running.ended.finally(() => (isRunning = false));
			}
			await sleep(LOOK_EVERY_MS);
		}
	};
	await start();
	return {
		start,
		kill: async () => await running?.kill(),
		stop: async () => await running?.stop(),
	};
}
