import type { Locator, Page } from 'playwright-core';
import { testId } from './testId';

/** The panel on the right in which a person searches for a node. */
export class NodeCreator {
	readonly root: Locator;
	readonly names: Locator;
	/** For a node without actions. */
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

	/** Types into the search field. The results appear below it after a moment. */
	async search(text: string): Promise<void> {
		await this.root.locator('input').fill(text);
	}

	/** Searches for something that doesn't exist, so that the previous results disappear. */
	async searchInVain(): Promise<void> {
		await this.search('qqqqqq');
		await this.root.locator(testId('node-creator-no-results')).waitFor();
	}

	/** The results, or the actions of a node. */
	async found(): Promise<string[]> {
		return await this.names.allInnerTexts();
	}

	async pick(name: string): Promise<void> {
		await this.names.getByText(name, { exact: true }).first().click();
	}
}
