import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLiveSandbox } from './liveSandbox';
import { PROJECT_FOLDER } from './realN8n/paths';
import { Album } from './editor/album';
import { openWindow, startBrowser } from './editor/browser';
import { Editor } from './editor/editor';
import { SCREENS } from './editor/screens';

const FOLDER = join(PROJECT_FOLDER, 'docs', 'pictures');

/** Takes the pictures of README.md in the real editor. */
async function main(): Promise<void> {
	const userFolder = await mkdtemp(join(tmpdir(), 'z-image-pictures-'));
	let stop = (): Promise<void> => Promise.resolve();
	const browser = await startBrowser();
	try {
		const live = await startLiveSandbox(userFolder, console.log, (stopAll) => (stop = stopAll));
		const window = await openWindow(browser.wsEndpoint());
		const editor = new Editor(await window.newPage(), live.n8n.url);
		const album = new Album(editor.page, () => FOLDER, ['light']);
		await editor.logIn(live.login);
		for (const { name, enter, leave } of SCREENS) {
			await enter(editor);
			await album.take(name);
			await leave?.(editor);
			console.log(`docs/pictures/${name}.png`);
		}
	} finally {
		await browser.close();
		await stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
