import { join } from 'node:path';
import { startOutside } from './outside/outside';
import outsidePorts from './outside/ports.json';
import ports from './ports.json';
import { RealN8n } from './realN8n/realN8n';
import {
	type CredentialFile,
	outsideCredentials,
	sandboxCredentials,
	testCredentials,
} from './realN8n/credentials';
import { EditorApi, type Login } from './realN8n/editorApi';
import { readExamples } from './realN8n/examples';
import { ownerLogin } from './realN8n/login';
import { PROJECT_FOLDER } from './realN8n/paths';
import { assertPortFree, freePort } from './realN8n/ports';
import type { N8nServer } from './realN8n/server';
import { type Sandbox, type SandboxOptions, startSandbox } from './emulator/server';

/** Where the images are saved. */
export const OUTPUT_FOLDER = join(PROJECT_FOLDER, 'output');

/** What the sandbox keeps between two starts. Delete it to start from scratch. */
export const SANDBOX_FOLDER = join(PROJECT_FOLDER, '.n8n-sandbox');

/** The emulated providers and a real n8n that uses them, both running. */
export interface LiveSandbox {
	readonly n8n: N8nServer;
	readonly sandbox: Sandbox;
	readonly editor: EditorApi;
	readonly login: Login;
	/** Names of credentials that don't lead to the sandbox. */
	readonly foreignCredentials: readonly string[];
	readonly stop: () => Promise<void>;
}

export interface LiveSettings extends Pick<SandboxOptions, 'taskSeconds'> {
	/** Uses the ports of `npm start`, or any free ones, next to a running one. */
	readonly ports?: 'fixed' | 'free';
	/** Where workflows save their images. */
	readonly filesFolder?: string;
	/** Whether every example has all of its credentials, even for services that aren't available here. */
	readonly allCredentials?: boolean;
}

/** Something that was started and must be stopped. The last one is stopped first. */
type Stop = () => Promise<void>;

/**
 * Starts the emulated providers and n8n with our nodes, and imports missing credentials and examples. Existing
 * ones stay as they are, because they may have been edited.
 * @param userFolder where n8n keeps everything
 * @param say called with each step
 * @param onStarted receives a function that stops what has been started so far
 * @param settings differences from `npm start`
 */
export async function startLiveSandbox(
	userFolder: string,
	say: (step: string) => void,
	onStarted: (stop: Stop) => void,
	{
		ports: which = 'fixed',
		filesFolder = OUTPUT_FOLDER,
		allCredentials,
		...tasks
	}: LiveSettings = {},
): Promise<LiveSandbox> {
	const stops: Stop[] = [];
	const stop = async () => {
		for (const stopOne of stops.splice(0).reverse()) await stopOne();
	};
	onStarted(stop);

	const port = which === 'fixed' ? ports.n8n : await freePort();
	await assertPortFree(port);
	const sandbox = await startSandbox({
		ports: which === 'fixed' ? 'fixed' : 'ephemeral',
		webhooks: { loopback: true },
		...tasks,
	});
	stops.push(async () => await sandbox.close());
	const outside = await startOutside(which === 'fixed' ? outsidePorts : {});
	stops.push(async () => await outside.close());
	say('The emulated providers are running.');

	const realN8n = await RealN8n.prepare(userFolder, filesFolder);
	say('The nodes are built and installed in n8n.');

	const n8n = await realN8n.start(port);
	stops.push(async () => await n8n.stop());
	const login = await ownerLogin(userFolder);
	const editor = new EditorApi(n8n.url);
	await editor.logIn(login);
	say('n8n is running.');

	const credentials = sandboxCredentials(sandbox);
	const imported = await importMissing(realN8n, editor, [
		...credentials,
		...outsideCredentials(outside.urls),
		...(allCredentials ? testCredentials(outside) : []),
	]);
	say(
		imported === 0
			? 'Credentials and example workflows are there already; they are left as they are.'
			: `Imported ${imported} credentials and example workflows that were missing.`,
	);
	const foreignCredentials = await findForeign(editor, credentials);
	return { n8n, sandbox, editor, login, foreignCredentials, stop };
}

type Credentials = ReturnType<typeof sandboxCredentials>;

async function importMissing(
	realN8n: RealN8n,
	editor: EditorApi,
	credentials: readonly CredentialFile[],
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
