import type { INodeProperties } from 'n8n-workflow';

import type { Endpoint, Operation, Provider } from '../providers/provider';
import { operationNames, providers } from '../providers/registry';

const endpoints: readonly Endpoint[] = providers.flatMap(({ endpoints: own }: Provider) => own);

function operationsWhere(test: (endpoint: Endpoint) => boolean): Operation[] {
	const found = new Set(endpoints.filter(test).map(({ operation }) => operation));
	return (Object.keys(operationNames) as Operation[]).filter((operation) => found.has(operation));
}

const binary = { name: 'Binary File', value: 'binary', description: 'A file from the input item' };
const none = { name: 'None', value: 'none', description: 'Generate without one' };
const url = {
	name: 'URL',
	value: 'url',
	description: 'A public URL that the provider downloads',
	displayOptions: {
		show: {
			provider: providers.flatMap(({ id, files }: Provider) =>
				files && !files.noUrls ? [id] : [],
			),
		},
	},
};

/** An image that operations use: its source, and the field or the URL. */
interface Picture {
	readonly need: 'image' | 'mask';
	readonly title: string;
	readonly what: string;
	readonly defaultField: string;
	/** What a person has to know about it. */
	readonly note?: string;
	/** What else must be chosen if it is optional. */
	readonly show?: Readonly<Record<string, string[]>>;
}

function pictureProperties({
	need,
	title,
	what,
	defaultField,
	note,
	show,
}: Picture): INodeProperties[] {
	const source: INodeProperties = {
		displayName: `${title} Source`,
		name: `${need}Source`,
		type: 'options',
		options: [binary, url],
		default: 'binary',
		displayOptions: {
			show: { operation: operationsWhere((endpoint) => endpoint[need] === 'required') },
		},
		description: `Where the ${what} comes from`,
	};
	const all = operationsWhere((endpoint) => endpoint[need] !== undefined);
	const showFor = (from: string) => ({ show: { operation: all, [source.name]: [from] } });
	return [
		source,
		{
			...source,
			options: [binary, none, url],
			default: 'none',
			displayOptions: {
				show: { operation: operationsWhere((endpoint) => endpoint[need] === 'optional'), ...show },
			},
		},
		{
			displayName: `${title} Field`,
			name: `${need}Field`,
			type: 'string',
			default: defaultField,
			hint: note ?? 'The name of the input binary field containing the file',
			displayOptions: showFor('binary'),
			description: `Binary field of the input item that holds the ${what} (PNG, JPEG or WebP). Default: ${defaultField}.`,
		},
		{
			displayName: `${title} URL`,
			name: `${need}Url`,
			type: 'string',
			default: '',
			placeholder: `e.g. https://example.com/${need}.png`,
			...(note && { hint: note }),
			displayOptions: showFor('url'),
			description: `Address of the ${what}. The provider must be able to download it without a login.`,
		},
	];
}

/** The operations with a source image. */
export const imageOperations = operationsWhere(({ image }) => image !== undefined);

/** The images that an operation uses. */
export const sourceImageProperties: INodeProperties[] = [
	...pictureProperties({
		need: 'image',
		title: 'Image',
		what: 'source image',
		defaultField: 'data',
	}),
	...pictureProperties({
		need: 'mask',
		title: 'Mask',
		what: 'mask',
		note: 'An image with the size of the source image. White areas are repainted, black areas are kept.',
		defaultField: 'mask',
		show: { imageSource: ['binary', 'url'] },
	}),
];
