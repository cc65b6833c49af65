import type { Page } from 'playwright-core';
import type { Login } from '../realN8n/editorApi';
import { Canvas } from './canvas';
import { CredentialDialog } from './credentialDialog';
import { NodeCreator } from './nodeCreator';
import { NodePanel } from './nodePanel';
import { testId } from './testId';

/** n8n's editor in a browser, used like a person would. */
export class Editor {
	readonly canvas: Canvas;
	readonly creator: NodeCreator;
	readonly panel: NodePanel;
	readonly credential: CredentialDialog;

	constructor(
		readonly page: Page,
		readonly url: string,
	) {
		this.canvas = new Canvas(page);
		this.creator = new NodeCreator(page);
		this.panel = new NodePanel(page);
		this.credential = new CredentialDialog(page);
		// "Leave site? Changes that you made may not be saved."
		page.on('dialog', (dialog) => void dialog.accept());
	}

	async logIn({ email, password }: Login): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(email);
		await this.page.locator('input[name=password]').fill(password);
		await this.page.locator(testId('form-submit-button')).click();
		await this.page.waitForURL((url) => !url.pathname.includes('signin'));
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.canvas.nodes.first().waitFor();
	}

	/** Finds one of our nodes by name, and opens its page in the node creator. */
	async findNode(name: string): Promise<void> {
		await this.creator.open();
		await this.creator.searchInVain();
		await this.creator.search(name);
		await this.creator.pick(name);
	}

	/** Adds it after the last node, with one of its actions if it has any. Its panel is then open. */
	async addFoundNode(action?: string): Promise<void> {
		if (action === undefined) await this.creator.addButton.click();
		else await this.creator.pick(action);
		await this.panel.root.waitFor();
	}

	async openNode(name: string): Promise<void> {
		await this.canvas.node(name).dblclick({ force: true });
		await this.panel.root.waitFor();
	}

	async openCredential(id: string): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials/${id}`);
		await this.credential.root.waitFor();
	}
}
