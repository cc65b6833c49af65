import { join } from 'node:path';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import { Album } from '../../sandbox/editor/album';
import { openWindow } from '../../sandbox/editor/browser';
import { Editor } from '../../sandbox/editor/editor';
import { type Started, started } from './started';

const PICTURES_FOLDER = join(PROJECT_FOLDER, 'output', 'ui');

/** A person who is logged in to n8n. */
export interface Rig extends Started {
	readonly editor: Editor;
	readonly album: Album;
	readonly api: EditorApi;
	readonly close: () => Promise<void>;
}

export async function sitDown(): Promise<Rig> {
	const running = started();
	const window = await openWindow(running.browserUrl, running.session);
	const editor = new Editor(await window.newPage(), running.url);
	const album = new Album(editor.page, (theme) => join(PICTURES_FOLDER, theme));
	const api = new EditorApi(running.url, running.apiSession);
	return { ...running, editor, album, api, close: async () => await window.close() };
}
