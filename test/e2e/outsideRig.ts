import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Outside, startOutside } from '../../sandbox/outside/outside';
import { FILES_FOLDER, RealN8n } from '../../sandbox/realN8n/realN8n';
import {
	outsideCredentials,
	sandboxCredentials,
	testCredentials,
} from '../../sandbox/realN8n/credentials';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import type { OutputItem } from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/emulator/server';

/** Short, because the tests wait for each task. */
const TASK_SECONDS = 0.2;

/**
 * A running n8n with our nodes, the emulated providers, and stand-ins for the other services that workflows
 * use.
 */
export interface OutsideRig {
	readonly url: string;
	readonly editor: EditorApi;
	readonly sandbox: Sandbox;
	readonly outside: Outside;
	/** Where the workflows read and save files. */
	readonly filesFolder: string;
	/** The file that an item of "Save image to disk" names. */
	savedFile(item: OutputItem): string;
	/** Forgets what was sent so far. */
	reset(): void;
	close(): Promise<void>;
}

type Stop = () => Promise<void> | void;

/** Uses this process's settings for n8n, plus the ones that lead n8n to Slack's stand-in. */
function setProxy(proxy: string, certificateFile: string): Stop {
	const settings = {
		HTTPS_PROXY: proxy,
		https_proxy: proxy,
		NODE_EXTRA_CA_CERTS: certificateFile,
	};
	const before = { ...process.env };
	Object.assign(process.env, settings);
	return () => {
		for (const name of Object.keys(settings)) {
			if (before[name] === undefined) delete process.env[name];
			else process.env[name] = before[name];
		}
	};
}

/** Sets up n8n once for all tests of a file, with the given workflows, and leaves it running. */
export async function setUpOutsideRig(
	workflows: readonly object[],
	options: Pick<SandboxOptions, 'webhooks'> = {},
): Promise<OutsideRig> {
	const stops: Stop[] = [];
	const close = async () => {
		for (const stop of stops.splice(0).reverse()) await stop();
	};
	try {
		const userFolder = await mkdtemp(join(tmpdir(), 'z-image-outside-'));
		stops.push(async () => await rm(userFolder, { recursive: true, force: true, maxRetries: 3 }));
		const sandbox = await startSandbox({ taskSeconds: TASK_SECONDS, ...options });
		stops.push(async () => await sandbox.close());
		const outside = await startOutside();
		stops.push(async () => await outside.close());

		const certificateFile = join(userFolder, 'certificate.pem');
		await writeFile(certificateFile, outside.certificate);
		stops.push(setProxy(outside.proxy.url, certificateFile));
		const n8n = await RealN8n.prepare(userFolder);
		await n8n.importCredentials([
			...sandboxCredentials(sandbox),
			...outsideCredentials(outside.urls),
			...testCredentials(outside),
		]);
		await n8n.importWorkflows(workflows);
		const server = await n8n.start(await freePort());
		stops.push(async () => await server.stop());
		const editor = new EditorApi(server.url);
		await editor.logIn(await ownerLogin(userFolder));
		const filesFolder = join(userFolder, FILES_FOLDER);
		return {
			url: server.url,
			editor,
			sandbox,
			outside,
			filesFolder,
			savedFile: ({ json }) => join(filesFolder, basename(String(json['fileName']))),
			reset: () => {
				sandbox.reset();
				outside.reset();
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}
