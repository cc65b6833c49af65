import type { INodeParameters } from 'n8n-workflow';

import { isOptionDisplayed, optionCopiesOf, parametersOf } from '../support/nodeValues';

/** How often the editor offers the option, for a person's choices. */
function timesListed(chosen: INodeParameters): number {
	const parameters = parametersOf(chosen);
	return optionCopiesOf('maxCostUsd').filter(
		(entry) => entry.type !== 'hidden' && isOptionDisplayed(entry, parameters),
	).length;
}

// Prices: docs/providers. The user's own servers cost nothing. Replicate, Novita and Highway API publish no
// prices.
it.each<[INodeParameters, number]>([
	[{}, 1],
	[{ provider: 'fal' }, 1],
	[{ provider: 'fal', operation: 'inpaint' }, 1],
	[{ provider: 'wavespeed' }, 1],
	[{ provider: 'replicate' }, 0],
	[{ provider: 'novita' }, 0],
	[{ provider: 'highway' }, 0],
	[{ provider: 'aimlapi' }, 1],
	[{ provider: 'comfyui' }, 0],
	[{ provider: 'sdcpp' }, 0],
	[{ provider: 'openaiCompatible' }, 0],
	[{ provider: 'comfyui', fallbackProviders: ['sdcpp'] }, 0],
	[{ provider: 'comfyui', fallbackProviders: ['fal'] }, 1],
	[{ provider: 'comfyui', fallbackProviders: ['replicate', 'wavespeed', 'fal'] }, 1],
	[{ provider: 'fal', fallbackProviders: ['wavespeed', 'novita'] }, 1],
	[{ provider: 'comfyui', options: { maxCostUsd: 1 } }, 1],
	[{ provider: 'fal', options: { maxCostUsd: 1 } }, 1],
])('with %j the editor offers Max Cost (USD) %i times', (chosen, expected) => {
	expect(timesListed(chosen)).toBe(expected);
});

it('a saved limit is kept for the run, whatever the provider', () => {
	for (const provider of ['fal', 'comfyui']) {
		const chosen = { provider, options: { maxCostUsd: 0.5 } };
		expect(parametersOf(chosen)).toMatchObject({ options: { maxCostUsd: 0.5 } });
	}
});
