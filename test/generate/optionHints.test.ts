import type { INodeParameters } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';

import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { nodeTypesOf } from '../support/startNode';
import { nodeOf } from '../support/node';
import { description } from '../support/nodeValues';
import { optionNames, optionNamesInOrder, optionValues } from '../support/request';

const nodeTypes = nodeTypesOf({ zImageGenerate: { description } });
const inOptions = optionNamesInOrder.filter((name) => name !== 'preprocess');

/** The editor's hints before a node runs, computed by the editor's own code. */
function hintsOf(parameters: INodeParameters, typeVersion: number): string[] {
	const node = nodeOf({ parameters, typeVersion });
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return (description.hints ?? [])
		.filter(({ displayCondition = '' }) =>
			workflow.expression.getParameterValue(
				displayCondition,
				null,
				0,
				0,
				node.name,
				[],
				'manual',
				{},
			),
		)
		.map(({ message }) => message);
}

const ignored = (displayName: string) =>
	`The chosen provider doesn't support ${displayName} here. It will be ignored.`;

const endpoints = providers.flatMap(({ id, endpoints: own }: Provider) =>
	own.flatMap((endpoint) =>
		[1, 1.1].map(
			(version) =>
				[
					version,
					id,
					endpoint.operation,
					endpoint.model,
					endpoint.server ?? 'no server',
					endpoint,
				] as const,
		),
	),
);

it.each(endpoints)(
	'version %s: %s, %s, %s, %s: names exactly the options that are set and not supported',
	(version, provider, operation, model, _, { options: supported, server }) => {
		const { preprocess, ...values } = optionValues;
		const options = { ...values, ...(version === 1.1 && model === 'base' && { model }) };
		const parameters = {
			provider,
			operation,
			options,
			...(version === 1 && { model }),
			...(server && { server }),
		};
		expect(preprocess).toBe('canny');
		expect([...hintsOf(parameters, version)].sort()).toEqual(
			inOptions
				.filter((name) => supported[name] === undefined)
				.map((name) => ignored(optionNames[name]))
				.sort(),
		);
		expect(hintsOf({ ...parameters, options: {} }, version)).toEqual([]);
	},
);

it('covers options outside the table, too', () => {
	const options = { seed: 7, callbackUrl: 'https://a.example', maxCostUsd: 1 };
	expect(hintsOf({ provider: 'fal', options }, 1.1)).toEqual([]);
	expect(hintsOf({ provider: 'comfyui', options }, 1.1)).toEqual([ignored('Callback URL')]);
	expect(hintsOf({ provider: 'novita', options }, 1.1)).toEqual([
		ignored('Callback URL'),
		expect.stringContaining('No price is published'),
	]);
	const inpaint = { provider: 'fal', operation: 'inpaint', options: { maxCostUsd: 1 } };
	expect(hintsOf(inpaint, 1.1)).toEqual([expect.stringContaining('No price is published')]);
});
