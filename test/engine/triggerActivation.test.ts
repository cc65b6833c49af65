import { createServer } from 'http';

import { activate } from '../../nodes/ZImage/trigger/receive';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import { credentialsFor } from '../support/credentials';
import type { CredentialData } from '../support/credentialsHelper';
import { fastClock } from '../support/fastClock';
import { hookContext } from '../support/hookContext';
import { useSandbox } from '../support/sandboxes';
import { credentialsAt, listening, sendJson } from '../support/scriptedServer';

const getSandbox = useSandbox();

const warnings: string[] = [];
beforeEach(() => void (warnings.length = 0));

const contextFor = (provider: string, credentials: CredentialData) =>
	hookContext(new ZImageTrigger(), { provider }, credentials, warnings);

describe.each([
	['fal', '/.well-known/jwks.json'],
	['wavespeed', '/api/v3/webhook/secret'],
	['replicate', '/v1/webhooks/default/secret'],
])('publishing a workflow with %s', (provider, path) => {
	it('requests the keys of its signatures', async () => {
		const context = contextFor(provider, credentialsFor(getSandbox()));
		expect(await activate(context, fastClock())).toBe(true);
		expect(getSandbox().requests).toEqual([expect.objectContaining({ method: 'GET', path })]);
	});

	it("continues if the provider can't be reached: its first call requests them again", async () => {
		const context = contextFor(provider, credentialsAt('http://127.0.0.1:1'));
		expect(await activate(context, fastClock())).toBe(true);
		expect(warnings).toEqual([expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
	});
});

it.each(['wavespeed', 'replicate'])('%s: a refused key shows at once', async (provider) => {
	const { urls } = getSandbox();
	const url = urls[provider as 'replicate' | 'wavespeed'];
	const context = contextFor(provider, credentialsAt(url));
	await expect(activate(context, fastClock())).rejects.toMatchObject({
		message: expect.stringContaining('did not return its signing keys (HTTP 401)') as string,
		description: expect.stringContaining('Check the API key') as string,
	});
});

it('a missing credential shows at once', async () => {
	await expect(activate(contextFor('fal', {}), fastClock())).rejects.toThrow(
		'Node does not have any credentials set',
	);
});

it('leaves nothing at the provider: there is nothing to check or remove', async () => {
	const hooks = new ZImageTrigger().webhookMethods.default;
	const context = contextFor('fal', credentialsFor(getSandbox()));
	expect(await hooks.checkExists.call(context)).toBe(false);
	expect(await hooks.delete.call(context)).toBe(true);
	expect(getSandbox().requests).toEqual([]);
});

it('unexpected keys show at once, without their content', async () => {
	const server = createServer((_, response) => sendJson(response, { secret: 'whsec_hidden' }));
	const error = await listening(server, async (port) => {
		const context = contextFor('replicate', credentialsAt(`http://127.0.0.1:${port}`));
		return await activate(context, fastClock()).catch((reason: unknown) => reason);
	});
	expect(error).toMatchObject({
		message: 'Replicate returned its signing keys in an unexpected form',
		description: expect.stringContaining('Check the Base URL') as string,
	});
	expect(JSON.stringify(error)).not.toContain('hidden');
});
