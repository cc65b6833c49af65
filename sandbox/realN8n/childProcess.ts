import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

const STOP_WITHIN_MS = 15_000;

interface ProcessSettings {
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	/** Another user than the current one. */
	readonly uid?: number;
	readonly gid?: number;
}

/** A process that was started and may still run. */
export interface RunningProcess {
	readonly pid: number | undefined;
	/** Resolves with the exit code (null after a signal) once the process has ended. */
	readonly ended: Promise<number | null>;
	/** Asks the process to end, then ends it and everything that it started. */
	readonly stop: () => Promise<void>;
	/** Ends it and everything that it started like a crash would: at once, without notice. */
	readonly kill: () => Promise<void>;
	/** Asks the process to end, and waits as long as it takes. */
	readonly terminate: () => Promise<void>;
}

/** A command's output, and how it ended. */
export interface FinishedCommand {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
	for (const child of alive) signalTree(child, 'SIGKILL');
});

/** Each child leads its own process group, so that one signal reaches everything that it started. */
function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	if (process.platform === 'win32') {
		spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
		return;
	}
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The group is gone already.
	}
}

type Output = 'pipe' | number;

function spawnGroup(
	command: string,
	args: readonly string[],
	settings: ProcessSettings,
	output: Output,
) {
	const child = spawn(command, args, {
		...settings,
		detached: process.platform !== 'win32',
		// The channel closes when this process ends. See endWithParent.cjs.
		stdio: ['ignore', output, output, 'ipc'],
	});
	alive.add(child);
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	}).finally(() => {
		alive.delete(child);
	});
	return { child, ended };
}

/** Starts a process whose output goes to a log file. */
export function startProcess(
	command: string,
	args: readonly string[],
	{ logFile, ...settings }: ProcessSettings & { readonly logFile: string },
): RunningProcess {
	const log = openSync(logFile, 'w');
	const { child, ended } = spawnGroup(command, args, settings, log);
	closeSync(log);
	const kill = async (): Promise<void> => {
		signalTree(child, 'SIGKILL');
		await ended;
	};
	const terminate = async (): Promise<void> => {
		// Its task runner would end at once. Only n8n itself is signaled, like by `docker stop`.
		child.kill('SIGTERM');
		await ended;
	};
	return { pid: child.pid, ended, stop: async () => await stopTree(child), kill, terminate };
}

async function stopTree(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	signalTree(child, 'SIGTERM');
	const timer = setTimeout(() => signalTree(child, 'SIGKILL'), STOP_WITHIN_MS);
	await exited;
	clearTimeout(timer);
	signalTree(child, 'SIGKILL');
}

/** Runs a command to its end and returns its output. */
export async function runCommand(
	command: string,
	args: readonly string[],
	settings: ProcessSettings,
): Promise<FinishedCommand> {
	const { child, ended } = spawnGroup(command, args, settings, 'pipe');
	const output = { stdout: '', stderr: '' };
	child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
	child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
	return { exitCode: await ended, ...output };
}

/** Runs a command. Fails with its output if it doesn't succeed. */
export async function runOrThrow(
	command: string,
	args: readonly string[],
	settings: ProcessSettings,
): Promise<FinishedCommand> {
	const finished = await runCommand(command, args, settings);
	if (finished.exitCode !== 0) {
		const printed = `${finished.stdout}\n${finished.stderr}`.trim();
		throw new Error(`${[command, ...args].join(' ')} failed:\n${printed}`);
	}
	return finished;
}
