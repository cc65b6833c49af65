import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import { type Rig, sitDown } from './rig';

const ICONS_FOLDER = join(PROJECT_FOLDER, 'icons');
/** From the node creator's size to the canvas's. */
const SIZES_PX = [16, 20, 24, 32, 40, 64];
const STYLE = `
	body { font: 13px sans-serif; background: #fff; color: #222; padding: 8px; zoom: 1.6 }
	@media (prefers-color-scheme: dark) { body { background: #2d2e2e; color: #eee } }
	div { display: flex; gap: 20px; align-items: center; height: 72px }
	span { width: 150px }`;

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

async function sheet(icons: readonly string[]): Promise<string> {
	const rows = await Promise.all(
		icons.map(async (icon) => {
			const svg = await readFile(join(ICONS_FOLDER, icon), 'base64');
			const images = SIZES_PX.map(
				(size) => `<img width=${size} src="data:image/svg+xml;base64,${svg}">`,
			);
			return `<div><span>${icon}</span>${images.join('')}</div>`;
		}),
	);
	return `<style>${STYLE}</style>${rows.join('')}`;
}

it.each(['light', 'dark'] as const)('the icons of the %s theme, in all sizes', async (theme) => {
	const { page } = rig.editor;
	const icons = (await readdir(ICONS_FOLDER))
		.filter((file) => file.endsWith('.svg') && file.includes('.dark.') === (theme === 'dark'))
		.sort();
	await page.setContent(await sheet(icons));
	await rig.album.take(`60-icons-for-${theme}`);
	const broken = await page
		.locator('img')
		.evaluateAll((images: HTMLImageElement[]) => images.filter((image) => !image.naturalWidth));
	expect(icons.length).toBeGreaterThan(0);
	expect(broken).toEqual([]);
});
