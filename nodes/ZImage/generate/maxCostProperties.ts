import type { INodeProperties } from 'n8n-workflow';

import { unusedName } from '../properties/provider';
import type { Endpoint, Operation, Provider } from '../providers/provider';
import { operationNames, providers } from '../providers/registry';

/** Whether the price of an endpoint's images is known and not zero. */
function isPriced({ price }: Endpoint): boolean {
	return Boolean(price?.plain) || Boolean(price?.withLoras);
}

/** The operations, grouped by the providers that publish a price for them. */
function pricedOperations(): Array<{ operations: Operation[]; priced: string[] }> {
	const groups = new Map<string, { operations: Operation[]; priced: string[] }>();
	for (const operation of Object.keys(operationNames) as Operation[]) {
		const priced = providers
			.filter(({ endpoints }: Provider) =>
				endpoints.some((endpoint) => endpoint.operation === operation && isPriced(endpoint)),
			)
			.map(({ id }) => id);
		const group = groups.get(priced.join()) ?? { operations: [], priced };
		group.operations.push(operation);
		groups.set(priced.join(), group);
	}
	return [...groups.values()];
}

/** Hidden, and present as long as none of the node's providers publishes a price for the operation. */
export const pricelessProperties: INodeProperties[] = pricedOperations().map(
	({ operations, priced }) => ({
		displayName: 'Without Prices',
		name: 'priceless',
		type: 'hidden',
		default: true,
		displayOptions: {
			show: {
				operation: operations,
				...Object.fromEntries(priced.map((id) => [unusedName(id), [true]])),
			},
		},
	}),
);

const maxCost = { displayName: 'Max Cost (USD)', name: 'maxCostUsd' };

const shown: INodeProperties = {
	...maxCost,
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 4 },
	default: 1,
	description:
		'Stops before the estimated cost of this execution exceeds this amount. Default: no limit.',
};

/**
 * The cost limit, shown if there are prices, or if it's set so that it can be removed; and its hidden twin, which keeps its
 * value. Only the editor knows which options are set when it determines what to display.
 */
export const maxCostProperties: INodeProperties[] = [
	{ ...shown, displayOptions: { hide: { '/priceless': [true] } } },
	{
		...shown,
		displayOptions: {
			show: { '/priceless': [true], '/options.maxCostUsd': [{ _cnd: { exists: true } }] },
		},
	},
	{ ...maxCost, type: 'hidden', default: '' },
];
