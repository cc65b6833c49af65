import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Operation, Provider, ProviderOption } from '../providers/provider';
import { findEndpoint, operationNames, providers } from '../providers/registry';

const operations = Object.keys(operationNames) as Operation[];

/** Providers and operations for which an option is displayed in the same way. */
interface Group {
	/** The values of the `provider` parameter. */
	readonly ids: readonly string[];
	readonly operations: Operation[];
	/** They have the parameter Model. */
	readonly hasModel: boolean;
}

function hasBase(provider: Provider, operation: Operation): boolean {
	return findEndpoint(provider, operation, 'base') !== undefined;
}

/** Operations with the same providers, together: the fewer copies of an option, the better. */
function groupsWhere(test: (provider: Provider, operation: Operation) => boolean): Group[] {
	const groups = new Map<string, Group>();
	for (const operation of operations) {
		for (const hasModel of [false, true]) {
			const ids = providers
				.filter(
					(provider) => test(provider, operation) && hasBase(provider, operation) === hasModel,
				)
				.map(({ id }) => id);
			const key = `${ids.join()} ${hasModel}`;
			const found = groups.get(key);
			if (found) found.operations.push(operation);
			else if (ids.length > 0) groups.set(key, { ids, operations: [operation], hasModel });
		}
	}
	return [...groups.values()];
}

/** What displays an option for a group, with one of the models where the group has both. */
function showFor(group: Group, model: 'base' | 'turbo'): IDisplayOptions {
	return {
		show: {
			'/provider': [...group.ids],
			'/operation': [...group.operations],
			...(group.hasModel && { '/model': [model] }),
		},
	};
}

/**
 * An option of the collection Options as it is offered where an endpoint has it, and hidden twins for
 * everywhere else. n8n drops the value of a parameter that is not displayed; the twin keeps it, so that the
 * run can say that the value was not used.
 * @param base what is different of it with Z-Image Base
 */
export function whereSupported(
	option: INodeProperties,
	base: Partial<INodeProperties> = {},
): INodeProperties[] {
	const name = option.name as ProviderOption;
	const has = (model: 'base' | 'turbo') => (provider: Provider, operation: Operation) =>
		findEndpoint(provider, operation, model)?.options[name] !== undefined;
	const hasNot = (model: 'base' | 'turbo') => (provider: Provider, operation: Operation) =>
		!has(model)(provider, operation);
	const onlyBase = (groups: Group[]) => groups.filter(({ hasModel }) => hasModel);
	const hidden = { ...option, type: 'hidden' as const };
	return [
		...groupsWhere(has('turbo')).map((group) => ({
			...option,
			displayOptions: showFor(group, 'turbo'),
		})),
		...onlyBase(groupsWhere(has('base'))).map((group) => ({
			...option,
			...base,
			displayOptions: showFor(group, 'base'),
		})),
		...groupsWhere(hasNot('turbo')).map((group) => ({
			...hidden,
			displayOptions: showFor(group, 'turbo'),
		})),
		...onlyBase(groupsWhere(hasNot('base'))).map((group) => ({
			...hidden,
			displayOptions: showFor(group, 'base'),
		})),
	];
}
