import type { INode, INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { nodeOf } from '../support/node';

const { description } = new ZImageGenerate();
const all: readonly Provider[] = providers;

/** The parameters as the editor and a run have them: with what is left out when a workflow is stored. */
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

/** The providers whose credential n8n shows, and lets the node use. */
function shownFor(node: INode): string[] {
	const shown = (description.credentials ?? []).filter((credential) =>
		NodeHelpers.displayParameter(node.parameters, credential, node, description),
	);
	return all
		.filter(({ credentialType }) => shown.some(({ name }) => name === credentialType))
		.map(({ id }) => id);
}

it.each(all.map(({ id }) => id))('%s alone shows its own credential only', (provider) => {
	expect(shownFor(filledIn({ provider }))).toEqual([provider]);
});

it('a workflow that says nothing shows that of fal', () => {
	expect(shownFor(filledIn({}))).toEqual(['fal']);
});

it.each(all.map(({ id }) => id))('%s with others shows theirs, too', (provider) => {
	const fallbackProviders = ['aimlapi', 'comfyui', provider];
	const expected = all
		.map(({ id }) => id)
		.filter((id) => id === provider || fallbackProviders.includes(id));
	expect(shownFor(filledIn({ provider, fallbackProviders }))).toEqual(expected);
});

it('what n8n stores says no more than what was chosen', () => {
	const { parameters } = filledIn({ provider: 'novita', fallbackProviders: ['fal'] });
	const { properties } = description;
	const node = nodeOf({ parameters });
	expect(
		NodeHelpers.getNodeParameters(properties, parameters, false, false, node, description),
	).toEqual({ provider: 'novita', fallbackProviders: ['fal'], options: {} });
});

it('before n8n has filled in the parameters it checks who may use any of the credentials', () => {
	const stored = nodeOf({ parameters: { provider: 'novita' } });
	expect(NodeHelpers.getActiveCredentialTypes(stored, description)).toEqual(
		new Set(all.map(({ credentialType }) => credentialType)),
	);
});
