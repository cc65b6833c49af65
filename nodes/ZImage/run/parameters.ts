import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { ParameterHost } from '../host';
import { isFirstVersion } from '../host';
import type { Provider } from '../providers/provider';
import { findProvider } from '../providers/registry';
import { isRecord, toList, toName } from '../values';

/** @throws Failure for a value of the parameter that no provider has */
export function toProvider(value: unknown, field = 'Provider'): Provider {
	const id = toName(value, field) ?? '';
	const provider = findProvider(id);
	if (!provider) throw new Failure(`${field} "${id}" is not known`);
	return provider;
}

/** The node's provider. The parameter doesn't accept an expression, so it's the same for every item. */
export function readProvider(host: ParameterHost): Provider {
	return toProvider(host.getNodeParameter('provider', 0));
}

/**
 * The node's providers: the chosen one, and those to fall back to in their order, each once.
 * @throws Failure for a value that no provider has
 */
export function readProviders(host: ParameterHost): readonly [Provider, ...Provider[]] {
	const provider = readProvider(host);
	const given = host.getNodeParameter('fallbackProviders', 0, []);
	const fallbacks = (toList(given) ?? [given]).map((value) =>
		toProvider(value, 'Fallback Providers'),
	);
	return [provider, ...new Set(fallbacks.filter((other) => other !== provider))];
}

/**
 * Reads what a node does: its Operation. In nodes of the first version this parameter has another name.
 * @param formerName the name in the first version
 */
export function readOperation(
	host: ParameterHost,
	itemIndex: number,
	formerName: string,
	fallback: string,
): unknown {
	const name = isFirstVersion(host) ? formerName : 'operation';
	return host.getNodeParameter(name, itemIndex, fallback);
}

/** The collection of options for an item; an expression may return anything. */
export function readOptions(host: ParameterHost, itemIndex: number): IDataObject {
	const options: unknown = host.getNodeParameter('options', itemIndex, {});
	return isRecord(options) ? options : {};
}

/**
 * Reads a parameter that is in the collection Options, and was outside it in nodes of the first version.
 * @param options of the item
 * @param fallback its value if it isn't set
 */
export function readMoved(
	host: ParameterHost,
	itemIndex: number,
	name: string,
	options: IDataObject,
	fallback: unknown = null,
): unknown {
	if (isFirstVersion(host)) return host.getNodeParameter(name, itemIndex, fallback);
	return name in options ? options[name] : fallback;
}
