import type { Locator, Page } from 'playwright-core';
import { testId } from './testId';

const RUN_WITHIN_MS = 60_000;

/** An open node's view of its last run. */
export class OutputPanel {
	readonly root: Locator;
	readonly hint: Locator;
	readonly errorTitle: Locator;
	readonly errorDescription: Locator;
	readonly image: Locator;

	constructor(page: Page) {
		this.root = page.locator(testId('output-panel'));
		this.hint = this.root.locator(testId('node-hint'));
		this.errorTitle = this.root.locator(testId('node-error-message'));
		this.errorDescription = this.root.locator(testId('node-error-description'));
		this.image = page.locator('.binary-data-window img');
	}

	/** Waits until there are items or an error. */
	async filled(): Promise<void> {
		await this.root
			.locator(`${testId('run-data-item-count')}, ${testId('node-error-message')}`)
			.first()
			.waitFor({ timeout: RUN_WITHIN_MS });
	}

	/** Opens the first image, and waits until it is visible. */
	async viewImage(): Promise<{ width: number; height: number }> {
		await this.root.locator(testId('ndv-view-binary-data')).first().click();
		await this.image.waitFor();
		return await this.image.evaluate(async (image: HTMLImageElement) => {
			await image.decode();
			return { width: image.naturalWidth, height: image.naturalHeight };
		});
	}
}
