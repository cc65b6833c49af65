import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { nodeOf } from './node';

export const { description } = new ZImageGenerate();

const nodeOfVersion = (typeVersion: number) =>
	nodeOf({ name: description.displayName, type: description.name, typeVersion });

/**
 * A Generate node's parameters as n8n's engine has them in a run, and as the editor has them after any change:
 * hidden ones are removed.
 * @param given the parameters in the workflow
 */
export function parametersOf(given: INodeParameters, version = 1.1): INodeParameters {
	const node = nodeOfVersion(version);
	const { properties } = description;
	return NodeHelpers.getNodeParameters(properties, given, true, false, node, description) ?? {};
}

/**
 * Whether the editor shows a parameter of the node, an entry of a parameter, or an option of its collection.
 */
export function isDisplayed(
	property: Pick<INodeProperties, 'displayOptions'>,
	values: INodeParameters,
	version = 1.1,
): boolean {
	const node = nodeOfVersion(version);
	return NodeHelpers.displayParameter(values, property as INodeProperties, node, description);
}

/** Whether the editor shows an option in the node's Options collection. */
export function isOptionDisplayed(
	option: INodeProperties,
	values: INodeParameters,
	version = 1.1,
): boolean {
	const node = nodeOfVersion(version);
	const parameters = { parameters: values };
	const path = 'parameters.options';
	return NodeHelpers.displayParameterPath(parameters, option, path, node, description);
}

/** Every copy of a parameter of the node. */
export function copiesOf(name: string): INodeProperties[] {
	return description.properties.filter((property) => property.name === name);
}

/** Every copy of an option in the Options collection, including hidden ones. */
export function optionCopiesOf(name: string): INodeProperties[] {
	const [collection] = copiesOf('options');
	return (collection?.options ?? []).filter(
		(option): option is INodeProperties => 'type' in option && option.name === name,
	);
}

/** How often a parameter is shown. More than once would be a bug. */
export function timesShown(name: string, values: INodeParameters): number {
	return copiesOf(name).filter((property) => isDisplayed(property, values)).length;
}
