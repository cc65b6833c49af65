import { spawn } from 'node:child_process';
import process from 'node:process';
import { showProgress } from './progress.mjs';

const KILL_AFTER_MS = 3_000;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const LAST_LINES = 25;

/** What a line of npm's output says about the cause, and what a person can do about it. */
const KNOWN_CAUSES = [
	[/ENOSPC|no space left/i, 'The disk is full. Free some space, then start again.'],
	[
		/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ECONNREFUSED|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i,
		'npm could not reach its registry. Check the internet connection and proxy, then start again.',
	],
	[
		/\bE40[13]\b|ENEEDAUTH/,
		'The npm registry refused the request. Check the registry settings in your .npmrc.',
	],
	[
		/\bE404\b|ETARGET/,
		'The npm registry does not have one of the packages. Check the registry settings in your .npmrc.',
	],
	[/EACCES|EPERM/, 'npm may not write to a folder. Check who owns this folder and ~/.npm.'],
	[
		/gyp ERR!|node-gyp/,
		'A part of n8n had to be compiled and could not. It needs python3, make and a C++ compiler.',
	],
];

/** A failure whose message explains it, so that nobody needs the stack. */
export class InstallError extends Error {}

const running = new Set();
let isStopping = false;

/** Runs a command to its end and returns its output. Fails with a cause in plain words. */
export async function run(label, { command, args, cwd, env, shell = false }) {
	const finish = showProgress(label);
	const output = [];
	const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
	running.add(child);
	child.stdout.on('data', (chunk) => output.push(chunk));
	child.stderr.on('data', (chunk) => output.push(chunk));
	const [code, startError] = await new Promise((resolve) => {
		child.on('error', (error) => resolve([null, error]));
		child.on('close', (exitCode) => resolve([exitCode, undefined]));
	});
	running.delete(child);
	if (isStopping) {
		finish('stopped');
		throw new InstallError('Stopped. Start again: what is incomplete will be installed again.');
	}
	const text = Buffer.concat(output).toString('utf8').trim();
	if (code === 0) {
		finish('done');
		return text;
	}
	finish('failed');
	if (startError?.code === 'ENOENT') {
		throw new InstallError(`"${command}" was not found. Install Node.js with npm, then try again.`);
	}
	const cause = KNOWN_CAUSES.find(([pattern]) => pattern.test(text))?.[1];
	const lastLines = text.split('\n').slice(-LAST_LINES).join('\n    ');
	throw new InstallError(
		`${label} failed${cause ? `.\n  ${cause}` : ''}\n\n  The last lines that it printed:\n    ${lastLines || startError}`,
	);
}

/** Waits until npm has ended: a later start must not meet one that is still writing. */
export function stopOnSignals() {
	for (const signal of STOP_SIGNALS) {
		process.once(signal, () => {
			isStopping = true;
			for (const child of running) {
				child.kill('SIGTERM');
				setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
			}
		});
	}
}
