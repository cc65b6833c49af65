import type { Locator, Page } from 'playwright-core';
import { testId } from './testId';

/** The panel on the right in which a person looks for a node. */
export class NodeCreator {
	readonly root: Locator;
	readonly names: Locator;
	/** Of a node without actions. */
	readonly addButton: Locator;

	constructor(readonly page: Page) {
		this.root = page.locator(testId('node-creator'));
		this.names = this.root.locator(testId('node-creator-item-name'));
		this.addButton = this.root.getByText('Add to workflow');
	}

	async open(): Promise<void> {
		await this.page.locator(testId('node-creator-plus-button')).click();
		await this.names.first().waitFor();
	}

	/** Types into the search field. What is found stands below it, after a moment. */
	async search(text: string): Promise<void> {
		await this.root.locator('input').fill(text);
	}

	/** Searches for what nobody has: what was found before is gone then. */
	async searchInVain(): Promise<void> {
		await this.search('qqqqqq');
		await this.root.locator(testId('node-creator-no-results')).waitFor();
	}

	/** What was found, or the actions of a node. */
	async found(): Promise<string[]> {
		return await this.names.allInnerTexts();
	}

	async pick(name: string): Promise<void> {
		await this.names.getByText(name, { exact: true }).first().click();
	}
}
