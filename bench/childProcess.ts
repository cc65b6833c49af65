import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment } from '../sandbox/realN8n/environment';
import { withTemporaryFolder } from './temporaryFolder';

const JOB_WITHIN_MS = 6 * 60_000;

/** A child's response. */
type Answer<Result> = { readonly result: Result } | { readonly failure: string };

/**
 * Starts one of our scripts in its own process. Modules are compiled when they are loaded, only in that
 * process.
 */
export function startScript(script: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
	const child = fork(script, {
		execArgv: ['--require', require.resolve('tsx/cjs'), '--expose-gc'],
		env: { ...cleanEnvironment(), NODE_ENV: 'production', ...environment },
		serialization: 'advanced',
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	return child;
}

/** Sends a request to a child and waits for its response. */
export async function ask<Result>(
	child: ChildProcess,
	question: object,
	withinMs = JOB_WITHIN_MS,
): Promise<Result> {
	const deadline = AbortSignal.timeout(withinMs);
	const ended = new AbortController();
	const onExit = () => ended.abort();
	child.once('exit', onExit);
	try {
		const answered = once(child, 'message', { signal: AbortSignal.any([deadline, ended.signal]) });
		child.send(question);
		const [answer] = (await answered) as [Answer<Result>];
		if ('failure' in answer) throw new Error(answer.failure);
		return answer.result;
	} catch (cause) {
		if (deadline.aborted) throw new Error(`No answer within ${withinMs / 1000} s`, { cause });
		if (ended.signal.aborted) throw new Error('The process ended before its answer', { cause });
		throw cause;
	} finally {
		child.off('exit', onExit);
	}
}

/** Ends a child and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	child.kill('SIGKILL');
	await exited;
}

/** Does one job in its own process, with a home folder for n8n that is removed afterwards. */
export async function runJob<Result>(script: string, job: object): Promise<Result> {
	return await withTemporaryFolder(async (folder) => {
		const child = startScript(script, {
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: 'key-of-the-benchmark',
			N8N_LOG_LEVEL: 'silent',
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		});
		try {
			return await ask<Result>(child, job);
		} finally {
			await end(child);
		}
	});
}

/** The other end of `ask`: answers every request, and ends with the process that asks. */
export function answerQuestions<Question>(answer: (question: Question) => Promise<unknown>): void {
	process.on('disconnect', () => process.exit());
	process.on('message', (question: Question) => {
		answer(question).then(
			(result) => process.send?.({ result }),
			(error: unknown) =>
				process.send?.({
					failure: error instanceof Error ? (error.stack ?? error.message) : error,
				}),
		);
	});
}
