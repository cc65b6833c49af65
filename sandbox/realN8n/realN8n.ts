import { mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type N8nHome, executeWorkflow, importCredentials, importWorkflows } from './commands';
import type { CredentialFile } from './credentials';
import { n8nEnvironment } from './environment';
import type { ExecutionResult } from './executionResult';
import { installNodesPackage } from './nodesPackage';
import { type N8nServer, startServer } from './server';

/** n8n's own default folder for files, relative to the folder that n8n runs in. */
export const FILES_FOLDER = '.n8n-files';

async function prepareFilesFolder(userFolder: string, elsewhere?: string): Promise<string> {
	const folder = join(userFolder, FILES_FOLDER);
	if (elsewhere === undefined) {
		await mkdir(folder, { recursive: true });
	} else {
		await mkdir(elsewhere, { recursive: true });
		await rm(folder, { recursive: true, force: true });
		await symlink(elsewhere, folder, 'junction');
	}
	return await realpath(folder);
}

/**
 * Prepares the folders of one n8n, without our nodes. The folder for files may be elsewhere. Workflows find it
 * under its usual name.
 */
export async function prepareHome(folder: string, filesElsewhere?: string): Promise<N8nHome> {
	await mkdir(folder, { recursive: true });
	const userFolder = await realpath(folder);
	const filesFolder = await prepareFilesFolder(userFolder, filesElsewhere);
	return { userFolder, environment: n8nEnvironment({ userFolder, filesFolder }) };
}

/** A real n8n with our nodes installed, in its own folder. */
export class RealN8n {
	readonly #home: N8nHome;

	private constructor(home: N8nHome) {
		this.#home = home;
	}

	/**
	 * Prepares a user folder if necessary: builds and installs our nodes, and creates the folder for files.
	 * That folder may be elsewhere. Workflows find it under its usual name.
	 */
	static async prepare(folder: string, filesElsewhere?: string): Promise<RealN8n> {
		const home = await prepareHome(folder, filesElsewhere);
		await installNodesPackage(home.userFolder);
		return new RealN8n(home);
	}

	/** Imports credentials into n8n. Existing ones with the same ID are overwritten. */
	async importCredentials(credentials: readonly CredentialFile[]): Promise<void> {
		await importCredentials(this.#home, credentials);
	}

	/** Imports workflows into n8n. Existing ones with the same ID are overwritten. */
	async importWorkflows(workflows: readonly object[]): Promise<void> {
		await importWorkflows(this.#home, workflows);
	}

	/** Runs a workflow with n8n's command line. A failed execution is a result, not an exception. */
	async execute(
		workflowId: string,
	): Promise<ExecutionResult & { readonly exitCode: number | null }> {
		return await executeWorkflow(this.#home, workflowId);
	}

	/** Starts n8n with its editor on the given loopback port, and waits until it is ready. */
	async start(port: number): Promise<N8nServer> {
		return await startServer(this.#home, port);
	}
}
