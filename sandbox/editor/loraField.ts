import type { Locator, Page } from 'playwright-core';
import { testId, visible } from './testId';

/** The LoRA field of the last row: from a list, by ID or by URL. */
export class LoraField {
	readonly #field: Locator;
	readonly #search: Locator;
	readonly items: Locator;

	constructor(
		readonly page: Page,
		readonly parameters: Locator,
	) {
		this.#field = parameters.locator(testId('resource-locator-path')).last();
		this.#search = page.locator(`input${visible('rlc-search')}, ${visible('rlc-search')} input`);
		this.items = page.locator(visible('rlc-item'));
	}

	/** The field's value. */
	async value(): Promise<string> {
		return await this.#input.inputValue();
	}

	get #input(): Locator {
		return this.#field.locator(`input${testId('rlc-input')}`);
	}

	async openList(): Promise<void> {
		await this.#input.click();
		await this.items.first().waitFor();
	}

	/** Searches for LoRAs, and waits until no more than this many are left. */
	async search(text: string, atMost: number): Promise<void> {
		await this.#search.first().fill(text);
		await this.items.nth(atMost).waitFor({ state: 'hidden' });
		await this.items.first().waitFor();
	}

	async pick(name: string): Promise<void> {
		await this.items.getByText(name).first().click();
		await this.items.first().waitFor({ state: 'hidden' });
	}

	async type(mode: 'id' | 'url', text: string): Promise<void> {
		await this.#field.locator(testId('rlc-mode-selector')).click();
		await this.page.locator(visible(`mode-${mode}`)).click();
		await this.#input.fill(text);
		await this.#input.blur();
	}

	/** The editor's error about the field. */
	async issues(): Promise<string> {
		const sign = this.#field
			.locator(`xpath=ancestor::*[@data-test-id="parameter-input-path"]`)
			.locator(testId('parameter-issues'));
		await sign.hover();
		const bubble = this.page.getByText('Issues:').locator('visible=true').first().locator('..');
		await bubble.waitFor();
		return await bubble.innerText();
	}
}
