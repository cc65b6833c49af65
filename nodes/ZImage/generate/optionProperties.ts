import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { hubUrlOption } from '../properties/loras';
import { callbackUrlOptions } from '../properties/callback';
import { outputOptions } from '../properties/output';
import type { Endpoint, Operation, Provider, Range, ServerKind } from '../providers/provider';
import {
	callbackProviders,
	findEndpoint,
	operationNames,
	providers,
	serverNames,
} from '../providers/registry';
import { listOf } from '../run/listOf';
import { maxCostProperties } from './maxCostProperties';
import type { OptionRow } from './optionTable';
import { choicesOf, optionTable } from './optionTable';

const operations = Object.keys(operationNames) as Operation[];

/** An endpoint, and whose it is. */
interface Offer {
	readonly provider: Provider;
	readonly endpoint: Endpoint;
}

/** For which models an option is displayed in the same way. It's `all` where there is only one, too. */
type Models = Endpoint['model'] | 'all';

/** Endpoints for which an option is displayed in the same way: with the same models and values, of the same providers. */
interface Group {
	readonly models: Models;
	/** For a provider with several kinds of server: those with the option. */
	readonly servers: ServerKind[];
	readonly operations: Operation[];
	readonly offers: Offer[];
}

/** What may be chosen for an option. Another parameter chooses the kind of server, so the kinds are displayed separately. */
function valuesOf({ name }: OptionRow, { options, choices, server }: Endpoint): string {
	return JSON.stringify([options[name], choices?.[name], server !== undefined]);
}

/** The models of a provider for which an option is displayed as for this endpoint. */
function modelsLike(row: OptionRow, { provider, endpoint }: Offer): Models {
	const { operation, model, defaults } = endpoint;
	const other = findEndpoint(provider, operation, model === 'base' ? 'turbo' : 'base');
	if (!other) return 'all';
	const isSame =
		valuesOf(row, other) === valuesOf(row, endpoint) &&
		other.defaults?.[row.name] === defaults?.[row.name];
	return isSame ? 'all' : model;
}

/** The endpoints that have an option and do an operation, by what may be chosen there. */
function offersFor(row: OptionRow, models: Models, operation: Operation): Map<string, Offer[]> {
	const offers = new Map<string, Offer[]>();
	for (const provider of providers as readonly Provider[]) {
		for (const endpoint of provider.endpoints) {
			const isOf = endpoint.operation === operation && endpoint.options[row.name] !== undefined;
			if (!isOf || modelsLike(row, { provider, endpoint }) !== models) continue;
			const values = valuesOf(row, endpoint);
			offers.set(values, [...(offers.get(values) ?? []), { provider, endpoint }]);
		}
	}
	return offers;
}

/** The endpoints that have an option, in as few groups as can be displayed. */
function groupsOf(row: OptionRow): Group[] {
	const groups = new Map<string, Group>();
	for (const models of ['all', 'turbo', 'base'] as const) {
		for (const operation of operations) {
			for (const [values, offers] of offersFor(row, models, operation)) {
				const servers = offers.flatMap(({ endpoint: { server } }) => server ?? []);
				const ids = new Set(offers.map(({ provider }) => provider.id));
				const key = [models, values, ...ids, ...servers].join();
				const found = groups.get(key);
				found?.operations.push(operation);
				found?.offers.push(...offers);
				if (!found) groups.set(key, { models, servers, operations: [operation], offers });
			}
		}
	}
	return [...groups.values()];
}

/** Where Model is: outside Options in the first version of the node, and next to the option since the second. */
const modelNames = ['/model', 'model'];

/** When an option is displayed for a group. Base has two rules, because Model is in one of two places. */
function displaysFor({ models, servers, operations: shown, offers }: Group): IDisplayOptions[] {
	const show = {
		'/provider': [...new Set(offers.map(({ provider }) => provider.id))],
		'/operation': [...shown],
		...(servers.length > 0 && { '/server': [...servers] }),
	};
	if (models === 'all') return [{ show }];
	if (models === 'base') return modelNames.map((name) => ({ show: { ...show, [name]: [models] } }));
	return [{ show, hide: Object.fromEntries(modelNames.map((name) => [name, ['base']])) }];
}

/** The bounds of a number in the group. `undefined` for other types. */
function rangeOf({ name }: OptionRow, { offers }: Group): Range | undefined {
	const range = offers[0]?.endpoint.options[name];
	return range === true ? undefined : range;
}

function describeRange({ min, max, multipleOf }: Range): string {
	return `${multipleOf === 2 ? ': an even number' : ','} from ${min} to ${max}`;
}

function describeValue(row: OptionRow, value: unknown): string {
	if (row.kind === 'choice')
		return row.choices.find((choice) => choice.value === value)?.name ?? '';
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return value === '' ? 'empty' : String(value);
}

/** The documented defaults of the endpoints. */
function describeDefault(row: OptionRow, { offers }: Group): string {
	const owners = new Map<string, Set<string>>();
	const silent = new Set<string>();
	for (const { provider, endpoint } of offers) {
		const value = endpoint.defaults?.[row.name];
		const first = offers.find((other) => other.provider === provider)?.endpoint;
		const isOwn = first?.defaults?.[row.name] === value;
		const owner = endpoint.server
			? serverNames[endpoint.server]
			: isOwn
				? provider.displayName
				: `${provider.displayName} for ${operationNames[endpoint.operation]}`;
		if (value === undefined) silent.add(owner);
		else {
			const text = describeValue(row, value);
			owners.set(text, (owners.get(text) ?? new Set()).add(owner));
		}
	}
	const isOneForAll = owners.size === 1 && silent.size === 0;
	const values = [...owners].map(([text, names]) =>
		isOneForAll ? text : `${text} on ${listOf([...names])}`,
	);
	return [
		values.length > 0 && `Default: ${values.join(', ')}.`,
		silent.size > 0 &&
			`${listOf([...silent])} ${silent.size > 1 ? "don't" : "doesn't"} document a default.`,
	]
		.filter(Boolean)
		.join(' ');
}

/** The option's value when it is added: the first documented default of the group, or of the model. */
function valueWhenAdded({ name, kind }: OptionRow, { models, offers }: Group) {
	const model = models === 'base' ? models : 'turbo';
	const found = [...offers.map(({ endpoint }) => endpoint), ...providers.flatMap(endpointsOf)]
		.filter((endpoint) => endpoint.model === model)
		.map(({ defaults }) => defaults?.[name])
		.find((value) => value !== undefined);
	if (kind === 'name') return { mode: 'list', value: String(found ?? '') };
	return found ?? (kind === 'json' || kind === 'text' ? '' : undefined);
}

function endpointsOf({ endpoints }: Provider): readonly Endpoint[] {
	return endpoints;
}

/** The values of a choice in the group. */
function choicesFor(row: OptionRow & { kind: 'choice' }, { offers }: Group) {
	const values = offers.flatMap(({ endpoint }) => choicesOf(endpoint, row));
	return row.choices.filter(({ value }) => values.includes(value)).map((choice) => ({ ...choice }));
}

const types = {
	choice: 'options',
	flag: 'boolean',
	json: 'json',
	name: 'resourceLocator',
	number: 'number',
	text: 'string',
} as const;

/** An option as it is offered for a group of endpoints. */
function propertiesFor(row: OptionRow, group: Group): INodeProperties[] {
	const range = rangeOf(row, group);
	const sentences = [
		`${row.what}${range ? describeRange(range) : ''}.`,
		row.note,
		describeDefault(row, group),
	];
	return displaysFor(group).map((displayOptions) => ({
		displayName: row.displayName,
		name: row.name,
		type: types[row.kind],
		...(row.kind === 'choice' && { options: choicesFor(row, group) }),
		...(row.kind === 'text' && { typeOptions: { rows: 2 }, placeholder: row.placeholder }),
		...(row.kind === 'json' && { typeOptions: { rows: 4 }, placeholder: row.placeholder }),
		...(range && {
			typeOptions: {
				minValue: range.min,
				maxValue: range.max,
				numberPrecision: range.multipleOf === undefined ? 2 : 0,
			},
		}),
		...(row.kind === 'name' && {
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					typeOptions: {
						searchListMethod: row.searchListMethod,
						searchable: true,
						searchFilterRequired: false,
					},
				},
				{ displayName: 'By Name', name: 'name', type: 'string', placeholder: row.placeholder },
			],
		}),
		default: valueWhenAdded(row, group),
		displayOptions,
		description: sentences.filter(Boolean).join(' '),
	}));
}

/**
 * An option as endpoints with it offer it, and a hidden twin that always exists. n8n drops the value of a
 * parameter that is not displayed. The twin keeps it, so that the run can report that the value was ignored.
 */
function propertiesOf(row: OptionRow): INodeProperties[] {
	const { displayName, name } = row;
	return [
		...groupsOf(row).flatMap((group) => propertiesFor(row, group)),
		{ displayName, name, type: 'hidden', default: '' },
	];
}

/** The options with a parameter of their own, which is displayed if endpoints have them. */
export const optionParameters: INodeProperties[] = optionTable
	.filter(({ isOwnParameter }) => isOwnParameter)
	.flatMap((row) => groupsOf(row).flatMap((group) => propertiesFor(row, group)))
	.map((property) => ({
		...property,
		// Next to the operation, not inside the collection.
		displayOptions: {
			show: {
				provider: property.displayOptions?.show?.['/provider'] ?? [],
				operation: property.displayOptions?.show?.['/operation'] ?? [],
			},
		},
	}));

const seed: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: -1, numberPrecision: 0 },
	default: -1,
	description:
		'The same seed and prompt create the same image again. -1 is random. Default: random.',
};

const addTriggerWords: INodeProperties = {
	displayName: 'Add Trigger Words',
	name: 'addTriggerWords',
	type: 'boolean',
	default: true,
	description:
		'Whether to add the trigger words of a LoRA from the list to the prompt if they are missing. Default: on.',
};

/** Mode is outside Options in the first version of the node, and inside since the second. */
const modePlaces = ['/mode', 'mode'];

/**
 * The collection Options of Generate, in the order of the editor's list, the most used first.
 * @param moved the options that were outside the collection in the first version
 */
export function generateOptions(moved: readonly INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			...moved,
			seed,
			...optionTable.filter(({ isOwnParameter }) => !isOwnParameter).flatMap(propertiesOf),
			outputOptions.fileName,
			outputOptions.binaryPropertyName,
			outputOptions.includeInputFields,
			...maxCostProperties,
			...callbackUrlOptions(callbackProviders, modePlaces),
			addTriggerWords,
			outputOptions.timeoutSeconds,
			outputOptions.maxConcurrency,
			hubUrlOption,
		],
	};
}
