import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, runOrThrow } from './childProcess';
import type { CredentialFile } from './credentials';
import { type ExecutionResult, parseExecution } from './executionResult';
import { END_WITH_PARENT_SCRIPT, N8N_SCRIPT } from './paths';
import { freePort } from './ports';

/** The folders and the environment that all n8n processes of one installation share. */
export interface N8nHome {
	/** n8n runs in this folder; relative paths in workflows start here. */
	readonly userFolder: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Another n8n, on another Node, than the sandbox's. */
	readonly program?: { readonly node: string; readonly script: string };
}

/** What runs n8n's command line: a Node, and its arguments. */
export function n8nCommand({ program }: N8nHome, ...args: readonly string[]) {
	const { node, script } = program ?? { node: process.execPath, script: N8N_SCRIPT };
	return [node, ['--require', END_WITH_PARENT_SCRIPT, script, ...args]] as const;
}

/** A command needs no Code nodes, so it starts no runner for them. Its broker gets its own port. */
async function commandSettings({ userFolder, environment }: N8nHome) {
	return {
		cwd: userFolder,
		env: {
			...environment,
			N8N_RUNNERS_MODE: 'external',
			N8N_RUNNERS_AUTH_TOKEN: 'none-connects',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			// A failed execution is printed at this level.
			N8N_LOG_LEVEL: 'info',
		},
	};
}

async function importJson(home: N8nHome, command: string, content: unknown): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'z-image-import-'));
	try {
		const file = join(folder, 'import.json');
		await writeFile(file, JSON.stringify(content), { mode: 0o600 });
		await runOrThrow(...n8nCommand(home, command, `--input=${file}`), await commandSettings(home));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Imports credentials into n8n. Existing ones with the same ID are overwritten. */
export async function importCredentials(
	home: N8nHome,
	credentials: readonly CredentialFile[],
): Promise<void> {
	await importJson(home, 'import:credentials', credentials);
}

/** Imports workflows into n8n. Existing ones with the same ID are overwritten. */
export async function importWorkflows(home: N8nHome, workflows: readonly object[]): Promise<void> {
	await importJson(home, 'import:workflow', workflows);
}

/** How often a workflow is started if another program takes the broker's port in the meantime. */
const MOST_BEGINNINGS = 3;

/** Runs a workflow with n8n's command line. A failed execution is a result, not an exception. */
export async function executeWorkflow(
	home: N8nHome,
	workflowId: string,
): Promise<ExecutionResult & { readonly exitCode: number | null }> {
	const execute = async (beginning = 1): ReturnType<typeof runCommand> => {
		const result = await runCommand(
			...n8nCommand(home, 'execute', `--id=${workflowId}`, '--rawOutput'),
			await commandSettings(home),
		);
		const isTaken = /port \d+ is already in use/.test(result.stdout + result.stderr);
		return isTaken && beginning < MOST_BEGINNINGS ? await execute(beginning + 1) : result;
	};
	const { exitCode, stdout, stderr } = await execute();
	try {
		return { exitCode, ...parseExecution(stdout) };
	} catch (cause) {
		throw new Error(`n8n execute --id=${workflowId} gave no result.\n${stdout}\n${stderr}`, {
			cause,
		});
	}
}
