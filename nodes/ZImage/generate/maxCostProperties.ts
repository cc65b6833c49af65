import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { outputOptions } from '../properties/output';
import type { Endpoint, Provider } from '../providers/provider';
import { providers } from '../providers/registry';

/** Whether the price of an endpoint's images is known and not zero. */
function isPriced({ price }: Endpoint): boolean {
	return Boolean(price?.plain) || Boolean(price?.withLoras);
}

const hasPrices = ({ endpoints }: Provider) => endpoints.some(isPriced);
const priced = providers.filter(hasPrices).map(({ id }) => id);
const unpriced = providers.filter((provider) => !hasPrices(provider)).map(({ id }) => id);

const { maxCostUsd } = outputOptions;

/** When the cost limit is displayed; at most one of these applies. */
const displays: readonly IDisplayOptions[] = [
	{ show: { '/provider': priced } },
	{ show: { '/provider': unpriced, '/fallbackProviders': priced } },
	// It's set, so that it can be removed: nothing is sent as long as it's there.
	{
		show: { '/provider': unpriced, '/options.maxCostUsd': [{ _cnd: { exists: true } }] },
		hide: { '/fallbackProviders': priced },
	},
];

/** The cost limit, if one of the node's providers has prices; and its hidden twin, which keeps its value. */
export const maxCostProperties: INodeProperties[] = [
	...displays.map((displayOptions) => ({ ...maxCostUsd, displayOptions })),
	{ displayName: maxCostUsd.displayName, name: maxCostUsd.name, type: 'hidden', default: '' },
];
