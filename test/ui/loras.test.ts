import { type Rig, sitDown } from './rig';
import { openWith } from './workflows';

const PIXEL_ART = 'pixel_art_style_lora_z_image_turbo';

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

describe.each([
	['zImageGenerate', 'Add LoRA', 'with a credential'],
	['zImageGenerate', 'Add LoRA', 'without a credential'],
	['zImageApplyLoraPreset', 'Add Custom LoRA', 'which needs no credential'],
] as const)('a LoRA of %s (%s, %s)', (node, add, which) => {
	const name = `${node}-${which.replaceAll(' ', '-')}`;

	beforeAll(async () => {
		await openWith(rig, node, { options: { hubUrl: rig.hubUrl } }, {});
		await rig.editor.openNode(node);
		if (which === 'without a credential') {
			// n8n chose a credential of fal by itself. It doesn't do so for the next provider.
			await rig.editor.panel.choose('provider', 'AI/ML API');
			await rig.editor.panel.missingCredential.waitFor();
		}
		await rig.editor.panel.addRow(add);
	});

	it('is chosen from a searchable list', async () => {
		const { lora } = rig.editor.panel;
		await lora.openList();
		await rig.album.take(`40-list-${name}`);
		expect(await lora.items.count()).toBeGreaterThan(10);

		await lora.search('pixel', 1);
		await rig.album.take(`41-search-${name}`);
		expect(await lora.items.allInnerTexts()).toEqual([expect.stringContaining(PIXEL_ART)]);

		await lora.pick(PIXEL_ART);
		await rig.album.take(`42-picked-${name}`);
		expect(await lora.value()).toContain(PIXEL_ART);
	});

	it.each([
		['id', 'no id', 'Enter owner/name or owner/name/file.safetensors'],
		['url', 'http://example.com/lora', 'Enter a URL that starts with https://'],
	] as const)('is checked when it is entered by %s', async (mode, text, message) => {
		const { lora } = rig.editor.panel;
		await lora.type(mode, text);
		const issues = await lora.issues();
		await rig.album.take(`43-by-${mode}-${name}`);
		expect(issues).toContain(message);
	});
});
