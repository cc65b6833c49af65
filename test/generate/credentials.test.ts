import type { INode, INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { nodeOf } from '../support/node';

const { description } = new ZImageGenerate();
const all: readonly Provider[] = providers;

/** The parameters as the editor and a run have them, including those that a stored workflow omits. */
function filledIn(parameters: INodeParameters): INode {
	const { properties } = description;
	const node = nodeOf({ parameters });
	const filled = NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	return nodeOf({ parameters: filled ?? {} });
}

/** The providers whose credential n8n shows and lets the node use. */
function shownFor(node: INode): string[] {
	const shown = (description.credentials ?? []).filter((credential) =>
		NodeHelpers.displayParameter(node.parameters, credential, node, description),
	);
	return all
		.filter(({ credentialType }) => shown.some(({ name }) => name === credentialType))
		.map(({ id }) => id);
}

it.each(all.map(({ id }) => id))('%s alone shows only its own credential', (provider) => {
	expect(shownFor(filledIn({ provider }))).toEqual([provider]);
});

it("a workflow without a provider shows fal's", () => {
	expect(shownFor(filledIn({}))).toEqual(['fal']);
});

it.each(all.map(({ id }) => id))('%s with fallback providers shows theirs, too', (provider) => {
	const fallbackProviders = ['aimlapi', 'comfyui', provider];
	const expected = all
		.map(({ id }) => id)
		.filter((id) => id === provider || fallbackProviders.includes(id));
	expect(shownFor(filledIn({ provider, fallbackProviders }))).toEqual(expected);
});

it('n8n stores only what was chosen', () => {
	const { parameters } = filledIn({ provider: 'novita', fallbackProviders: ['fal'] });
	const { properties } = description;
	const node = nodeOf({ parameters });
	expect(
		NodeHelpers.getNodeParameters(properties, parameters, false, false, node, description),
	).toEqual({ provider: 'novita', fallbackProviders: ['fal'], options: {} });
});

it('before n8n has added the defaults, it treats all of the credentials as used', () => {
	const stored = nodeOf({ parameters: { provider: 'novita' } });
	expect(NodeHelpers.getActiveCredentialTypes(stored, description)).toEqual(
		new Set(all.map(({ credentialType }) => credentialType)),
	);
});
