import { MAIN_EXAMPLE, readExample } from '../realN8n/examples';
import type { Editor } from './editor';

/** Opens an example and runs it to its end. */
export async function runExample(editor: Editor, name: string): Promise<void> {
	const { id } = await readExample(name);
	await editor.openWorkflow(id);
	await editor.canvas.execute();
	await editor.canvas.executed();
	await editor.canvas.closeMessages();
}

interface NamedScreen {
	/** The name of its screenshot. */
	readonly name: string;
	/** Brings the editor into this state. What the previous screen left open is still there. */
	readonly enter: (editor: Editor) => Promise<void>;
	readonly leave?: (editor: Editor) => Promise<void>;
}

const closePanel = async ({ panel }: Editor): Promise<void> => await panel.close();

/** The screenshots in README.md, in this order. */
export const SCREENS: readonly NamedScreen[] = [
	{
		name: 'workflow',
		enter: async (editor) => await runExample(editor, MAIN_EXAMPLE),
	},
	{
		name: 'apply-lora-preset',
		enter: async (editor) => await editor.openNode('Pick a style'),
		leave: closePanel,
	},
	{
		name: 'generate',
		enter: async (editor) => {
			await editor.openNode('fal');
			await editor.panel.output.viewImage();
		},
		leave: closePanel,
	},
	{
		name: 'submit-and-fetch',
		enter: async (editor) => await runExample(editor, 'submit-and-fetch'),
	},
	{
		name: 'get-task-result',
		enter: async (editor) => await editor.openNode('Check the task'),
		leave: closePanel,
	},
	{
		name: 'credential',
		enter: async (editor) => {
			await editor.openCredential('zImageSandboxFal');
			await editor.credential.success.waitFor();
		},
	},
];
