import { isOwnServer, PROVIDERS } from '../../sandbox/emulator/hosts';
import { baseUrlOf } from '../../sandbox/realN8n/credentials';
import { type Rig, sitDown } from './rig';
import { openWith } from './workflows';

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

describe.each(PROVIDERS)('the credential of %s', (provider) => {
	it('reports a wrong key, and that the right one works', async () => {
		const { editor, album, urls, keys } = rig;
		await openWith(rig, 'zImageGenerate', { provider });
		await editor.openNode('zImageGenerate');
		await editor.panel.newCredential();
		const { credential } = editor;
		await credential.root.waitFor();
		await album.take(`20-${provider}-new`);

		await credential.type('baseUrl', baseUrlOf(provider, urls));
		if (isOwnServer(provider)) await credential.choose('authentication', 'Bearer Token');
		await credential.type('apiKey', 'wrong:key');
		await credential.save();
		const reason = await credential.reason();
		await album.take(`21-${provider}-wrong-key`);

		await credential.type('apiKey', keys[provider]);
		await credential.save();
		// n8n closes the dialog itself once the test has succeeded.
		await credential.root.waitFor({ state: 'hidden' });
		await editor.panel.editCredential();
		await credential.success.waitFor();
		await album.take(`22-${provider}-right-key`);
		expect(reason).toMatch(isOwnServer(provider) ? /Authentication/ : /API key/);
	});
});
