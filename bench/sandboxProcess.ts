import type { SandboxOptions } from '../sandbox/emulator/server';
import { ask, end, startScript } from './childProcess';

/** A request that the sandbox received. */
export interface SeenRequest {
	readonly provider: string;
	readonly method: string;
	readonly path: string;
	readonly at: number;
}

/** A task, and when the sandbox finished it. */
export interface SeenTask {
	readonly provider: string;
	readonly id: string;
	readonly submittedAt: number;
	readonly doneAt: number | null;
}

/** What happened in the sandbox since its last reset. */
export interface Seen {
	readonly requests: readonly SeenRequest[];
	readonly tasks: readonly SeenTask[];
}

/** A sandbox's addresses. */
export interface SandboxAddress {
	readonly urls: Readonly<Record<string, string>>;
	readonly keys: Readonly<Record<string, string>>;
}

export type SandboxQuestion =
	| { readonly do: 'start'; readonly options: SandboxOptions }
	| { readonly do: 'forget' }
	| { readonly do: 'look' };

/** A sandbox in its own process, so that the measured process has its memory and its event loop to itself. */
export interface SandboxProcess extends SandboxAddress {
	forget(): Promise<void>;
	look(): Promise<Seen>;
	stop(): Promise<void>;
}

/** Starts a sandbox in its own process. */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
	const child = startScript(require.resolve('./sandboxMain'));
	const question = async <Result>(asked: SandboxQuestion) =>
		await ask<Result>(child, asked, 60_000);
	try {
		const address = await question<SandboxAddress>({ do: 'start', options });
		return {
			...address,
			forget: async () => await question({ do: 'forget' }),
			look: async () => await question<Seen>({ do: 'look' }),
			stop: async () => await end(child),
		};
	} catch (error) {
		await end(child);
		throw error;
	}
}

/** Runs something with its own sandbox. */
export async function withSandbox<Result>(
	options: SandboxOptions,
	use: (sandbox: SandboxProcess) => Promise<Result>,
): Promise<Result> {
	const sandbox = await startSandboxProcess(options);
	try {
		return await use(sandbox);
	} finally {
		await sandbox.stop();
	}
}
