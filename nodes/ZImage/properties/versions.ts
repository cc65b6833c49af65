import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Rules = NonNullable<IDisplayOptions['show']>;

/** The display rule for nodes of the first version. */
export const firstVersion: Rules = { '@version': [{ _cnd: { lt: 1.1 } }] };

/** The display rule for nodes of later versions. */
export const laterVersions: Rules = { '@version': [{ _cnd: { gte: 1.1 } }] };

/** A parameter that exists only in some versions of a node. */
export function inVersions(versions: Rules, property: INodeProperties): INodeProperties {
	const { show, ...others } = property.displayOptions ?? {};
	return { ...property, displayOptions: { ...others, show: { ...show, ...versions } } };
}

/** The rules of a parameter outside a collection, adapted to one inside. */
function seenFromInside({ show = {}, hide = {} }: IDisplayOptions): IDisplayOptions {
	const rooted = (rules: Rules) =>
		Object.fromEntries(Object.entries(rules).map(([name, values]) => [`/${name}`, values]));
	return { show: rooted(show), ...(Object.keys(hide).length > 0 && { hide: rooted(hide) }) };
}

/** A parameter that was outside Options in the first version, as it is in later versions: inside. */
export function movedIntoOptions(property: INodeProperties): INodeProperties {
	const { displayOptions, options } = property;
	return inVersions(laterVersions, {
		...property,
		...(displayOptions && { displayOptions: seenFromInside(displayOptions) }),
		...(options && {
			options: options.map((option) =>
				'displayOptions' in option && option.displayOptions
					? { ...option, displayOptions: seenFromInside(option.displayOptions) }
					: option,
			),
		}),
	});
}
