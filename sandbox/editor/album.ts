import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Long enough for the editor's animations, whose end can't be detected. */
const SETTLE_MS = 300;

const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A folder of screenshots of the page, in n8n's light and dark themes. */
export class Album {
	constructor(
		readonly page: Page,
		readonly folderOf: (theme: Theme) => string,
		readonly themes: readonly Theme[] = THEMES,
	) {}

	/** Takes the screenshot in each theme, and leaves the page in the light one. */
	async take(name: string): Promise<void> {
		for (const theme of this.themes) {
			const folder = this.folderOf(theme);
			await mkdir(folder, { recursive: true });
			await this.page.emulateMedia({ colorScheme: theme });
			await this.page.waitForTimeout(SETTLE_MS);
			await this.page.screenshot({ path: join(folder, `${name}.png`) });
		}
		await this.page.emulateMedia({ colorScheme: 'light' });
	}
}
