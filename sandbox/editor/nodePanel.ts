import type { Locator, Page } from 'playwright-core';
import { LoraField } from './loraField';
import { OutputPanel } from './outputPanel';
import { testId, visible } from './testId';

/** An open node: its parameters in the middle, and its output on the right. */
export class NodePanel {
	readonly root: Locator;
	readonly parameters: Locator;
	readonly output: OutputPanel;
	readonly lora: LoraField;
	/** Visible while no credential is chosen. */
	readonly missingCredential: Locator;
	readonly #menu: Locator;
	/** The entries of an open list, without n8n's own. */
	readonly #list: Locator;

	constructor(readonly page: Page) {
		this.root = page.locator(testId('ndv'));
		this.parameters = this.root.locator(testId('node-parameters'));
		this.output = new OutputPanel(page);
		this.lora = new LoraField(page, this.parameters);
		this.missingCredential = this.parameters
			.locator(testId('node-credentials-select'))
			.getByPlaceholder('Select Credential');
		this.#menu = page.locator(visible('parameter-input-item'));
		this.#list = page.locator('.el-select-dropdown__item:visible');
	}

	parameter(name: string): Locator {
		return this.parameters.locator(testId(`parameter-input-${name}`));
	}

	/** The labels of the parameters, from top to bottom. */
	async labels(): Promise<string[]> {
		const texts = await this.parameters.locator(visible('input-label')).allInnerTexts();
		return texts.map((text) => text.split('\n', 1)[0] ?? '');
	}

	/** Chooses an entry of a parameter with a list. */
	async choose(parameter: string, entry: string): Promise<void> {
		await this.parameter(parameter).click();
		await this.#menu.getByText(entry, { exact: true }).click();
		await this.#menu.first().waitFor({ state: 'hidden' });
	}

	/** Chooses entries of a parameter that allows several. */
	async chooseSeveral(parameter: string, entries: readonly string[]): Promise<void> {
		const list = this.#list;
		await this.parameter(parameter).click();
		for (const entry of entries) await list.getByText(entry, { exact: true }).click();
		await this.page.keyboard.press('Escape');
		await list.first().waitFor({ state: 'hidden' });
	}

	/** The fields for choosing a credential. */
	get credentials(): Locator {
		return this.parameters.locator(testId('node-credentials-select'));
	}

	/**
	 * The entries of a parameter with a list.
	 * @param whileOpen done while the list is open, such as taking a screenshot
	 */
	async choices(parameter: string, whileOpen?: () => Promise<unknown>): Promise<string[]> {
		await this.parameter(parameter).click();
		await this.#menu.first().waitFor();
		const texts = await this.#menu.allInnerTexts();
		await whileOpen?.();
		await this.page.keyboard.press('Escape');
		await this.#menu.first().waitFor({ state: 'hidden' });
		return texts.map((text) => text.split('\n', 1)[0] ?? '');
	}

	async type(parameter: string, text: string): Promise<void> {
		await this.parameter(parameter).locator('input, textarea').first().fill(text);
	}

	/** The editor's hint that contains these words, shown before the node runs. */
	hint(words: string): Locator {
		return this.root.locator(testId('node-hint')).filter({ hasText: words });
	}

	/** All hints that the editor shows before the node runs. */
	async hints(): Promise<string[]> {
		return await this.root.locator(testId('node-hint')).allInnerTexts();
	}

	/** The value of the first field with a name, and its placeholder. */
	async shownIn(parameter: string): Promise<{ value: string; placeholder: string | null }> {
		const field = this.parameter(parameter).locator('input').first();
		return {
			value: await field.inputValue(),
			placeholder: await field.getAttribute('placeholder'),
		};
	}

	/** The entries of "Add option". */
	async options(): Promise<string[]> {
		const entries = await this.openOptions();
		const texts = await entries.allInnerTexts();
		await this.page.keyboard.press('Escape');
		await entries.first().waitFor({ state: 'hidden' });
		return texts;
	}

	/** Opens "Add option". */
	async openOptions(): Promise<Locator> {
		await this.parameters.locator(testId('collection-parameter-add')).click();
		const entries = this.#list;
		await entries.first().waitFor();
		return entries;
	}

	async addOption(name: string): Promise<void> {
		await (await this.openOptions()).getByText(name, { exact: true }).click();
	}

	/** Adds a row to a list of rows, as with "Add LoRA". */
	async addRow(button: string): Promise<void> {
		await this.parameters.getByText(button, { exact: true }).click();
	}

	/** Turns a parameter into an expression and enters it. */
	async writeExpression(parameter: string, expression: string): Promise<void> {
		await this.parameters
			.locator(testId(`${parameter}-parameter-input-options-container`))
			.locator(testId('radio-button-expression'))
			.click();
		await this.parameter(parameter).locator('[contenteditable=true]').click();
		// All at once, like pasted text, because the editor closes brackets that are typed.
		await this.page.keyboard.insertText(expression);
	}

	/** The editor's preview of an expression's value. */
	preview(parameter: string): Locator {
		return this.root.locator(testId(`parameter-expression-preview-${parameter}`));
	}

	async executeStep(): Promise<void> {
		await this.root.locator(testId('node-execute-button')).click();
	}

	async pickCredential(id: string): Promise<void> {
		await this.parameters.locator(testId('node-credentials-select')).click();
		await this.page.locator(visible(`node-credentials-select-item-${id}`)).click();
	}

	/** Opens the dialog of a new credential. */
	async newCredential(): Promise<void> {
		await this.pickCredential('new');
	}

	/** Opens the dialog of the chosen credential. */
	async editCredential(): Promise<void> {
		await this.parameters.locator(testId('credential-edit-button')).click();
	}

	async close(): Promise<void> {
		await this.root.locator(testId('ndv-close-button')).click();
		await this.root.waitFor({ state: 'hidden' });
	}
}
