import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Rules = NonNullable<IDisplayOptions['show']>;

/** The rule that a node is of the first version. */
export const firstVersion: Rules = { '@version': [{ _cnd: { lt: 1.1 } }] };

/** The rule that a node is of a later version. */
export const laterVersions: Rules = { '@version': [{ _cnd: { gte: 1.1 } }] };

/** A parameter that only some versions of a node have. */
export function inVersions(versions: Rules, property: INodeProperties): INodeProperties {
	const { show, ...others } = property.displayOptions ?? {};
	return { ...property, displayOptions: { ...others, show: { ...show, ...versions } } };
}

/** The rules of a parameter in front, for one inside a collection. */
function seenFromInside({ show = {}, hide = {} }: IDisplayOptions): IDisplayOptions {
	const rooted = (rules: Rules) =>
		Object.fromEntries(Object.entries(rules).map(([name, values]) => [`/${name}`, values]));
	return { show: rooted(show), ...(Object.keys(hide).length > 0 && { hide: rooted(hide) }) };
}

/** A parameter that was in front in the first version, as the later ones have it: among Options. */
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
