import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { SCREENS } from '../../sandbox/editor/screens';
import { type Rig, sitDown } from './rig';

/** All images of the main example. */
const SCREENS_OF_PROVIDERS = 3;

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

// The same as in README.md. Each one continues where the previous one ended.
const show = async ({ name, enter, leave }: (typeof SCREENS)[number]): Promise<void> => {
	await enter(rig.editor);
	await rig.album.take(`30-${name}`);
	await leave?.(rig.editor);
};

describe('the example with all hosted providers', () => {
	const hosted = providers.filter(({ isOwnServer }: Provider) => !isOwnServer);

	it.each(SCREENS.slice(0, SCREENS_OF_PROVIDERS))('runs and is shown: $name', show);

	it.each(hosted)(
		'has images from $displayName in the output panel',
		async ({ displayName: node }) => {
			const { editor, album } = rig;
			const name = node.replaceAll(/\W/g, '-');
			await editor.openNode(node);
			await album.take(`31-output-of-${name}`);
			expect(await editor.panel.output.hint.first().innerText()).toContain('2 tasks, 2 images');
			expect(await editor.panel.output.viewImage()).toEqual({ width: 1024, height: 1024 });
			await album.take(`32-image-of-${name}`);
			await editor.panel.close();
		},
	);
});

describe('the example that submits now and fetches later, and a credential', () => {
	it.each(SCREENS.slice(SCREENS_OF_PROVIDERS))('runs and is shown: $name', show);
});
