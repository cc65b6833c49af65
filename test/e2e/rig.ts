import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILES_FOLDER, RealN8n } from '../../sandbox/realN8n/realN8n';
import { type CredentialFile, sandboxCredentials } from '../../sandbox/realN8n/credentials';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/emulator/server';

/** Short, because the tests wait for each task. */
const TASK_SECONDS = 0.2;

/** A real n8n with our nodes in a temporary folder, and the emulated providers that it uses. */
export interface Rig {
	readonly n8n: RealN8n;
	readonly sandbox: Sandbox;
	readonly credentials: readonly CredentialFile[];
	/** n8n's own folder, where the login is kept. */
	readonly userFolder: string;
	/** Where the workflows save their images. */
	readonly filesFolder: string;
	close(): Promise<void>;
}

/** Sets up n8n once for all tests, with the given workflows. */
export async function setUpRig(
	workflows: readonly object[],
	options: Pick<SandboxOptions, 'webhooks'> = {},
): Promise<Rig> {
	const userFolder = await mkdtemp(join(tmpdir(), 'z-image-e2e-'));
	const sandbox = await startSandbox({ taskSeconds: TASK_SECONDS, ...options });
	const n8n = await RealN8n.prepare(userFolder);
	const credentials = sandboxCredentials(sandbox);
	await n8n.importCredentials(credentials);
	await n8n.importWorkflows(workflows);
	return {
		n8n,
		sandbox,
		credentials,
		userFolder,
		filesFolder: join(userFolder, FILES_FOLDER),
		close: async () => {
			await sandbox.close();
			await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
		},
	};
}
