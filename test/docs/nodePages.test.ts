import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';

import { firstVersion } from '../../nodes/ZImage/properties/versions';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../../nodes/ZImage/ZImageGetTaskResult.node';
import { ZImageTrainLora } from '../../nodes/ZImage/ZImageTrainLora.node';
import { ZImageTrigger } from '../../nodes/ZImage/ZImageTrigger.node';
import { boldIn, codesIn, numbersIn, tableUnder } from './markdown';

/** A parameter as the page should describe it. The editor may have several variants of it. */
interface Parameter {
	readonly title: string;
	readonly variants: INodeProperties[];
}

/** Whether a parameter exists only in the first version of the node. */
function isOfFirstVersion({ displayOptions }: INodeProperties): boolean {
	return displayOptions?.show?.['@version'] === firstVersion['@version'];
}

/** The parameters that a person sees, in the editor's order. */
function visible(properties: readonly INodeProperties[]): Parameter[] {
	const byTitle = new Map<string, INodeProperties[]>();
	for (const property of properties) {
		// A notice isn't a parameter, and a tool's description doesn't belong to the node.
		if (
			property.type === 'hidden' ||
			property.type === 'notice' ||
			property.displayOptions?.show?.['@tool'] ||
			isOfFirstVersion(property)
		)
			continue;
		const variants = byTitle.get(property.displayName) ?? [];
		byTitle.set(property.displayName, [...variants, property]);
	}
	return [...byTitle].map(([title, variants]) => ({ title, variants }));
}

/** The parameters of each table: those of the node, and those inside a collection or a row. */
function tablesOf({ description }: INodeType): Array<[string, Parameter[]]> {
	const inside = description.properties.flatMap(
		({ displayName, type, options = [] }): Array<[string, Parameter[]]> => {
			if (type === 'collection') return [[displayName, visible(options as INodeProperties[])]];
			if (type !== 'fixedCollection') return [];
			const rows = options as INodePropertyCollection[];
			return rows.map(({ values }) => [displayName, visible(values)]);
		},
	);
	return [['Parameters', visible(description.properties)], ...inside];
}

const kinds: Readonly<Record<string, string>> = {
	boolean: 'on, off',
	collection: 'options',
	fixedCollection: 'rows',
	json: 'JSON',
	string: 'text',
};

/** The expected and the actual content of the column "values", in the same form. */
function valuesOf({ variants }: Parameter, cell: string): [unknown, unknown] {
	const [first] = variants;
	if (first?.type === 'options' || first?.type === 'multiOptions') {
		// The presets have their own table.
		if (first.name === 'name') return ['see [the table](#the-presets)', cell];
		const names = variants.flatMap(({ options = [] }) => options.map(({ name }) => name));
		return [[...new Set(names)].sort(), boldIn(cell).sort()];
	}
	if (first?.type === 'resourceLocator') {
		return [first.modes?.map(({ displayName }) => displayName), boldIn(cell)];
	}
	if (first?.type === 'number') {
		const bounds = variants.flatMap(({ typeOptions: { minValue, maxValue } = {} }) =>
			[minValue, maxValue].filter((bound) => bound !== undefined),
		);
		const isWhole = first.typeOptions?.numberPrecision === 0;
		return [
			[[...new Set(bounds)], isWhole],
			[[...new Set(numbersIn(cell))], cell.includes('whole')],
		];
	}
	return [kinds[first?.type ?? ''], cell];
}

/** The expected default in the column "default": the editor's initial value. */
function defaultsOf({ variants }: Parameter): string[] {
	return variants.map(({ type, default: value, options = [] }) => {
		if (type === 'options') {
			const found = (options as INodePropertyOptions[]).find((option) => option.value === value);
			return `**${found?.name}**`;
		}
		if (typeof value === 'boolean') return value ? 'on' : 'off';
		if (typeof value === 'string' && value !== '') return `\`${value.replace(/^=/, '')}\``;
		return typeof value === 'number' ? String(value) : '–';
	});
}

/** The defaults in a text, and which providers they apply to: `8`, `8 on fal`, `none on Highway API`. */
function claimsIn(defaults: string, text: string): string[] {
	const silent = /([^.;]+) (?:doesn't|don't) document a default/.exec(text)?.[1]?.trim();
	const parts = [...defaults.split(/, (?=\S+ (?:on|for) )/), silent && `none on ${silent}`];
	return parts.filter(Boolean).flatMap((part = '') => {
		const [, value = part, owners = ''] = /^(\S+) on (.+)$/.exec(part) ?? [];
		const each = owners.split(/, | and /).filter(Boolean);
		return each.length > 0
			? [
					value,
					...each.flatMap((owner) => [
						`${value} on ${owner}`,
						`${value} on ${owner.replace(/ for .*/, '')}`,
					]),
				]
			: value.split(' for ', 1);
	});
}

/** The expected text in an option's column "default": what the editor says. */
function defaultsOfOption({ variants }: Parameter): string[][] {
	return variants.map(({ description = '' }) => {
		const words = /Left out(?:, or -1)?: (.+)\.$/.exec(description)?.[1];
		if (words !== undefined) return [words];
		return claimsIn(/Default: (.+?)\.(?: |$)/.exec(description)?.[1] ?? '', description);
	});
}

const pages: Array<[string, INodeType]> = [
	['docs/nodes/generate.md', new ZImageGenerate()],
	['docs/nodes/get-task-result.md', new ZImageGetTaskResult()],
	['docs/nodes/apply-lora-preset.md', new ZImageApplyLoraPreset()],
	['docs/nodes/trigger.md', new ZImageTrigger()],
	['docs/nodes/train-lora.md', new ZImageTrainLora()],
];

const tables = pages.flatMap(([file, node]) =>
	tablesOf(node).map(([heading, parameters]) => ({ file, heading, parameters })),
);

describe.each(tables)('$file: $heading', ({ file, heading, parameters }) => {
	const table = tableUnder(file, heading);

	it('lists every parameter of the editor in its order, and no others', () => {
		expect(table.rows.map(([title]) => title)).toEqual(parameters.map(({ title }) => title));
		expect(table.rows.flat()).not.toContain('');
	});

	it.each(parameters)('$title: its values, and its default', (parameter) => {
		const row = table.rows.find(([title]) => title === parameter.title) ?? [];
		const [, values = '', fallback = '', what = ''] = row;
		const isFixed = parameter.variants.some(({ noDataExpression }) => noDataExpression === true);
		expect(what.includes("Doesn't accept an expression")).toBe(isFixed);
		const [expected, found] = valuesOf(parameter, values);
		expect(found).toEqual(expected);
		expect(table.header[2]).toBe('default');
		if (heading !== 'Options') {
			for (const words of defaultsOf(parameter)) expect(fallback).toContain(words);
			return;
		}
		for (const words of defaultsOfOption(parameter)) {
			expect(words).not.toEqual([]);
			const [defaults = ''] = fallback.split('; ');
			const claims = claimsIn(defaults, fallback);
			expect([fallback, ...claims]).toEqual(expect.arrayContaining(words));
		}
	});
});

it('every code span in the tables of parameters is closed', () => {
	for (const { file, heading } of tables) {
		const cells = tableUnder(file, heading).rows.flat();
		expect(cells.filter((cell) => (cell.match(/`/g) ?? []).length % 2 !== 0)).toEqual([]);
		expect(codesIn(cells.join('\n'))).not.toContain('');
	}
});
