import { type Rig, sitDown } from './rig';
import { openWith } from './workflows';

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

it('Fallback Providers shows a credential for each provider in use, and the run uses the next one', async () => {
	const { editor, album } = rig;
	const { panel } = editor;
	await openWith(rig, 'zImageGenerate', { prompt: 'A fox [sandbox:fal/no-money]' });
	await editor.openNode('zImageGenerate');
	expect(await panel.credentials.count()).toBe(1);

	await panel.chooseSeveral('fallbackProviders', ['Novita', 'WaveSpeed']);
	await album.take('70-fallback-providers');
	expect(await panel.credentials.count()).toBe(3);

	// The former fallback's credential stays, and the first provider's disappears.
	await panel.choose('provider', 'Novita');
	expect(await panel.credentials.count()).toBe(2);
	await panel.choose('provider', 'fal');
	expect(await panel.credentials.count()).toBe(3);

	await panel.executeStep();
	await panel.output.filled();
	await album.take('71-made-by-a-fallback');
	expect(await panel.output.hint.allInnerTexts()).toContainEqual(
		expect.stringContaining('Novita was used as a fallback because fal did not accept the request'),
	);
});
