import 'reflect-metadata';

import { HookContext } from 'n8n-core';
import type { IHookFunctions } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import { activate } from '../../nodes/ZImage/trigger/receive';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import { createAdditionalData } from '../support/additionalData';
import { credentialsFor, credentialTypes } from '../support/credentials';
import type { CredentialData } from '../support/credentialsHelper';
import { CredentialsHelper } from '../support/credentialsHelper';
import { fastClock } from '../support/fastClock';
import { nodeOf } from '../support/node';
import { useSandbox } from '../support/sandboxes';
import { credentialsAt } from '../support/scriptedServer';
import { nodeTypesOf } from '../support/startNode';

const getSandbox = useSandbox();

const warnings: string[] = [];
beforeEach(() => void (warnings.length = 0));

/** What n8n calls the hooks of a node with, when its workflow is published. */
function hookContext(provider: string, credentials: CredentialData): IHookFunctions {
	const node = nodeOf({
		type: 'zImageTrigger',
		parameters: { provider },
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: name, name }]),
		),
	});
	const nodeTypes = nodeTypesOf({ zImageTrigger: new ZImageTrigger() });
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const data = createAdditionalData(
		new CredentialsHelper(credentialTypes, credentials),
		[node],
		{},
	);
	const context = new HookContext(workflow, node, data, 'webhook', 'activate');
	Object.defineProperty(context, 'logger', {
		value: { warn: (message: string) => warnings.push(message) },
	});
	return context as unknown as IHookFunctions;
}

describe.each([
	['fal', '/.well-known/jwks.json'],
	['wavespeed', '/api/v3/webhook/secret'],
	['replicate', '/v1/webhooks/default/secret'],
])('publishing a workflow with %s', (provider, path) => {
	it('asks for the keys of its signatures', async () => {
		const context = hookContext(provider, credentialsFor(getSandbox()));
		expect(await activate(context, fastClock())).toBe(true);
		expect(getSandbox().requests).toEqual([expect.objectContaining({ method: 'GET', path })]);
	});

	it('goes on when the provider cannot be reached: its first call asks again', async () => {
		const context = hookContext(provider, credentialsAt('http://127.0.0.1:1'));
		expect(await activate(context, fastClock())).toBe(true);
		expect(warnings).toEqual([expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
	});
});

it.each(['wavespeed', 'replicate'])('%s: a key that is refused shows at once', async (provider) => {
	const { urls } = getSandbox();
	const url = urls[provider as 'replicate' | 'wavespeed'];
	const context = hookContext(provider, credentialsAt(url));
	await expect(activate(context, fastClock())).rejects.toMatchObject({
		message: expect.stringContaining(
			'did not give the keys of its signatures (HTTP 401)',
		) as string,
		description: expect.stringContaining('Check the API key') as string,
	});
});

it('a missing credential shows at once', async () => {
	await expect(activate(hookContext('fal', {}), fastClock())).rejects.toThrow(
		'Node does not have any credentials set',
	);
});

it('leaves nothing at the provider: there is nothing to look for and nothing to remove', async () => {
	const hooks = new ZImageTrigger().webhookMethods.default;
	const context = hookContext('fal', credentialsFor(getSandbox()));
	expect(await hooks.checkExists.call(context)).toBe(false);
	expect(await hooks.delete.call(context)).toBe(true);
	expect(getSandbox().requests).toEqual([]);
});
