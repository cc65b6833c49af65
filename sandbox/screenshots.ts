import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLiveSandbox } from './liveSandbox';
import { exampleNames, readExample } from './realN8n/examples';
import { PROJECT_FOLDER } from './realN8n/paths';
import { Album } from './editor/album';
import { openWindow, startBrowser } from './editor/browser';
import { canvasImage } from './editor/canvasImage';
import { Editor } from './editor/editor';
import { SCREENS } from './editor/screens';

const FOLDER = join(PROJECT_FOLDER, 'docs', 'pictures');

/** Takes the screenshots of README.md. */
async function takeScreens(editor: Editor): Promise<void> {
	const album = new Album(editor.page, () => FOLDER, ['light']);
	for (const { name, enter, leave } of SCREENS) {
		await enter(editor);
		await album.take(name);
		await leave?.(editor);
		console.log(`docs/pictures/${name}.png`);
	}
}

/** Takes a screenshot of each template for examples/README.md. */
async function takeTemplates(editor: Editor): Promise<void> {
	const folder = join(FOLDER, 'templates');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder);
	for (const name of await exampleNames()) {
		await editor.openWorkflow((await readExample(name)).id);
		await writeFile(join(folder, `${name}.webp`), await canvasImage(editor.page));
		console.log(`docs/pictures/templates/${name}.webp`);
	}
}

/** Takes the screenshots of the documentation in the real editor. */
async function main(): Promise<void> {
	const userFolder = await mkdtemp(join(tmpdir(), 'z-image-screenshots-'));
	let stop = (): Promise<void> => Promise.resolve();
	const browser = await startBrowser();
	try {
		const live = await startLiveSandbox(userFolder, console.log, (stopAll) => (stop = stopAll), {
			allCredentials: true,
		});
		const window = await openWindow(browser.wsEndpoint());
		const editor = new Editor(await window.newPage(), live.n8n.url);
		await editor.logIn(live.login);
		await takeScreens(editor);
		await takeTemplates(editor);
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
