import type { Locator, Page } from 'playwright-core';
import { testId } from './testId';

const RUN_WITHIN_MS = 120_000;

/** The canvas with the workflow, and the button that runs it. */
export class Canvas {
	readonly nodes: Locator;
	/** The toasts in the corner. */
	readonly messages: Locator;

	constructor(readonly page: Page) {
		this.nodes = page.locator(testId('canvas-node'));
		this.messages = page.locator('.el-notification:visible');
	}

	node(name: string): Locator {
		return this.page.locator(`${testId('canvas-node')}[data-node-name="${name}"]`);
	}

	/** The subtitle under a node's name. */
	async subtitle(name: string): Promise<string> {
		const lines = (await this.node(name).innerText()).split('\n').filter(Boolean);
		return lines[lines.lastIndexOf(name) + 1] ?? '';
	}

	async execute(): Promise<void> {
		await this.page.locator(testId('execute-workflow-button')).first().click();
	}

	async executed(): Promise<void> {
		await this.page
			.getByText('Workflow executed successfully')
			.first()
			.waitFor({ timeout: RUN_WITHIN_MS });
	}

	async stop(): Promise<void> {
		await this.page.locator(testId('stop-execution-button')).click();
	}

	async closeMessages(): Promise<void> {
		while ((await this.messages.count()) > 0) {
			const message = this.messages.first();
			await message.locator('.el-notification__closeBtn').click();
			await message.waitFor({ state: 'hidden' });
		}
	}
}
