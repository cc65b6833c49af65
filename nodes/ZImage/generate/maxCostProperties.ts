import type { INodeProperties } from 'n8n-workflow';

import { outputOptions } from '../properties/output';
import { unusedName } from '../properties/provider';
import type { Endpoint, Provider } from '../providers/provider';
import { providers } from '../providers/registry';

/** Whether the price of an endpoint's images is known and not zero. */
function isPriced({ price }: Endpoint): boolean {
	return Boolean(price?.plain) || Boolean(price?.withLoras);
}

/** The parameters that are there as long as the node doesn't use a provider with prices. */
const unusedPriced = providers
	.filter(({ endpoints }: Provider) => endpoints.some(isPriced))
	.map(({ id }) => `/${unusedName(id)}`);

const allTrue = (names: readonly string[]) =>
	Object.fromEntries(names.map((name) => [name, [true]]));

const { maxCostUsd } = outputOptions;

/**
 * The cost limit, if one of the node's providers has prices, or if it's set, so that it can be removed; and its hidden twin,
 * which keeps its value. n8n can't express "one of several", so there is an entry for each provider that is the first of
 * them in use: only one is displayed at a time.
 */
export const maxCostProperties: INodeProperties[] = [
	...unusedPriced.map((name, index): INodeProperties => ({
		...maxCostUsd,
		displayOptions: {
			show: { ...allTrue(unusedPriced.slice(0, index)), [name]: [{ _cnd: { not: true } }] },
		},
	})),
	{
		...maxCostUsd,
		displayOptions: {
			show: { ...allTrue(unusedPriced), '/options.maxCostUsd': [{ _cnd: { exists: true } }] },
		},
	},
	{ displayName: maxCostUsd.displayName, name: maxCostUsd.name, type: 'hidden', default: '' },
];
