import type { Locator, Page } from 'playwright-core';
import { testId, visible } from './testId';

/** A credential's dialog. */
export class CredentialDialog {
	readonly root: Locator;
	readonly success: Locator;
	readonly failure: Locator;

	constructor(readonly page: Page) {
		this.root = page.locator(testId('credential-edit-dialog'));
		this.success = this.root.locator(testId('credentials-config-container-test-success'));
		this.failure = this.root.getByText('Couldn’t connect with these settings');
	}

	async type(field: string, text: string): Promise<void> {
		await this.root
			.locator(testId(`parameter-input-${field}`))
			.locator('input')
			.fill(text);
	}

	async choose(field: string, entry: string): Promise<void> {
		await this.root.locator(testId(`parameter-input-${field}`)).click();
		const menu = this.page.locator(visible('parameter-input-item'));
		await menu.getByText(entry, { exact: true }).click();
		await menu.first().waitFor({ state: 'hidden' });
	}

	/** Saves the credential. n8n then tests it. */
	async save(): Promise<void> {
		await this.page.locator(testId('credential-save-button')).click();
	}

	/** The dialog's text about a failed test. */
	async reason(): Promise<string> {
		await this.failure.waitFor();
		const more = this.root.getByText('More details');
		if (await more.isVisible()) await more.click();
		return await this.root.locator(testId('node-credentials-config-container')).innerText();
	}

	async close(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.root.waitFor({ state: 'hidden' });
	}
}
