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
const TEMPLATES_FOLDER = join(FOLDER, 'templates');

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

/** Takes a screenshot of each of these templates for examples/README.md. */
async function takeTemplates(editor: Editor, names: readonly string[]): Promise<void> {
	for (const name of names) {
		await editor.openWorkflow((await readExample(name)).id);
		await writeFile(join(TEMPLATES_FOLDER, `${name}.webp`), await canvasImage(editor.page));
		console.log(`docs/pictures/templates/${name}.webp`);
	}
}

/** Takes all screenshots of the documentation, none of a template that is gone. */
async function takeAll(editor: Editor): Promise<void> {
	await takeScreens(editor);
	await rm(TEMPLATES_FOLDER, { recursive: true, force: true });
	await mkdir(TEMPLATES_FOLDER);
	await takeTemplates(editor, await exampleNames());
}

/** Takes the screenshots in the real editor: those of the templates that are named, or all. */
async function main(...templates: readonly string[]): Promise<void> {
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
		if (templates.length > 0) await takeTemplates(editor, templates);
		else await takeAll(editor);
	} finally {
		await browser.close();
		await stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}

main(...process.argv.slice(2)).then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
