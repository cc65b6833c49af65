import { join } from 'node:path';
import ports from './ports.json';
import { RealN8n } from './realN8n';
import { sandboxCredentials } from './realN8n/credentials';
import { EditorApi, type Login } from './realN8n/editorApi';
import { readExamples } from './realN8n/examples';
import { ownerLogin } from './realN8n/login';
import { PROJECT_FOLDER } from './realN8n/paths';
import { assertPortFree } from './realN8n/ports';
import type { N8nServer } from './realN8n/server';
import { startSandbox } from './server';

/** Where the images land. */
export const OUTPUT_FOLDER = join(PROJECT_FOLDER, 'output');

/** What the sandbox keeps between two starts; deleting it starts from nothing. */
export const SANDBOX_FOLDER = join(PROJECT_FOLDER, '.n8n-sandbox');

/** The emulated providers and a real n8n that uses them, both running. */
export interface LiveSandbox {
	readonly n8n: N8nServer;
	readonly editor: EditorApi;
	readonly login: Login;
	/** Names of credentials that point somewhere else than to the sandbox. */
	readonly foreignCredentials: readonly string[];
	readonly stop: () => Promise<void>;
}

/** A thing that was started, and is to be stopped, last first. */
type Stop = () => Promise<void>;

/**
 * Starts the emulated providers and n8n with our nodes, and imports credentials and examples that
 * are missing. What is there already stays as it is: it may have been edited.
 *
 * @param userFolder where n8n keeps everything
 * @param say is told of each step
 * @param onStarted gets a function that stops what has been started so far
 */
export async function startLiveSandbox(
	userFolder: string,
	say: (step: string) => void,
	onStarted: (stop: Stop) => void,
): Promise<LiveSandbox> {
	const stops: Stop[] = [];
	const stop = async () => {
		for (const stopOne of stops.splice(0).reverse()) await stopOne();
	};
	onStarted(stop);

	await assertPortFree(ports.n8n);
	const sandbox = await startSandbox({ ports: 'fixed' });
	stops.push(async () => await sandbox.close());
	say('The four emulated providers are running.');

	const realN8n = await RealN8n.prepare(userFolder, OUTPUT_FOLDER);
	say('The nodes are built and installed in n8n.');

	const n8n = await realN8n.start(ports.n8n);
	stops.push(async () => await n8n.stop());
	const login = await ownerLogin(userFolder);
	const editor = new EditorApi(n8n.url);
	await editor.logIn(login);
	say('n8n is running.');

	const credentials = sandboxCredentials(sandbox);
	const imported = await importMissing(realN8n, editor, credentials);
	say(
		imported === 0
			? 'Credentials and example workflows are there already; they are left as they are.'
			: `Imported ${imported} credentials and example workflows that were missing.`,
	);
	const foreignCredentials = await findForeign(editor, credentials);
	return { n8n, editor, login, foreignCredentials, stop };
}

type Credentials = ReturnType<typeof sandboxCredentials>;

async function importMissing(
	realN8n: RealN8n,
	editor: EditorApi,
	credentials: Credentials,
): Promise<number> {
	const [workflowIds, credentialIds, examples] = await Promise.all([
		editor.workflowIds(),
		editor.credentialIds(),
		readExamples(),
	]);
	const missingCredentials = credentials.filter(({ id }) => !credentialIds.includes(id));
	const missingExamples = examples.filter(({ id }) => !workflowIds.includes(id));
	if (missingCredentials.length > 0) await realN8n.importCredentials(missingCredentials);
	if (missingExamples.length > 0) await realN8n.importWorkflows(missingExamples);
	return missingCredentials.length + missingExamples.length;
}

async function findForeign(editor: EditorApi, credentials: Credentials): Promise<string[]> {
	const stored = await Promise.all(
		credentials.map(async ({ id, data }) => {
			const { name, data: current } = await editor.credential(id);
			return { name, isForeign: current?.['baseUrl'] !== data.baseUrl };
		}),
	);
	return stored.filter(({ isForeign }) => isForeign).map(({ name }) => name);
}
