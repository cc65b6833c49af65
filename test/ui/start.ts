import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLiveSandbox } from '../../sandbox/liveSandbox';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import { openWindow, startBrowser } from '../../sandbox/editor/browser';
import { Editor } from '../../sandbox/editor/editor';
import { announce, stopping } from './started';

/** Short, because the tests wait for each task. */
const TASK_SECONDS = 0.2;

/** Starts the emulated providers, n8n with the examples, and the browser. */
export default async function start(): Promise<void> {
	await rm(join(PROJECT_FOLDER, 'output', 'ui'), { recursive: true, force: true });
	const userFolder = await mkdtemp(join(tmpdir(), 'z-image-ui-'));
	let stopSandbox = (): Promise<void> => Promise.resolve();
	const browser = await startBrowser();
	stopping.stop = async () => {
		await browser.close();
		await stopSandbox();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
	};
	try {
		const { n8n, login, sandbox } = await startLiveSandbox(
			userFolder,
			() => undefined,
			(stop) => (stopSandbox = stop),
			{ ports: 'free', taskSeconds: TASK_SECONDS, filesFolder: join(userFolder, 'files') },
		);
		const { urls, keys } = sandbox;
		const api = new EditorApi(n8n.url);
		await api.logIn(login);
		const window = await openWindow(browser.wsEndpoint());
		await new Editor(await window.newPage(), n8n.url).logIn(login);
		const session = await window.storageState();
		await window.close();
		announce({
			url: n8n.url,
			session,
			apiSession: api.session,
			urls,
			keys,
			hubUrl: urls.hub,
			browserUrl: browser.wsEndpoint(),
		});
	} catch (error) {
		await stopping.stop();
		throw error;
	}
}
