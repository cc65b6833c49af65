import { existsSync, readFileSync } from 'fs';
import type { IExecuteFunctions, IHttpRequestOptions, INodeProperties } from 'n8n-workflow';
import { join } from 'path';

import { sendRequest } from '../nodes/ZImage/http/request';
import { retryDelayMs } from '../nodes/ZImage/http/retry';
import type { Endpoint, HttpCall, Provider } from '../nodes/ZImage/providers/provider';
import { operationNames, providers, serverNames } from '../nodes/ZImage/providers/registry';
import { firstVersion } from '../nodes/ZImage/properties/versions';
import { ZImageGenerate } from '../nodes/ZImage/ZImageGenerate.node';
import { answersOf, changed, takeIn } from './apiCoverage/answers';
import { documentedExtras, documentedRequests } from './apiCoverage/documents';
import { fieldsOf, leavesOf, recordReads, withOther } from './apiCoverage/leaves';
import type { RequestRow } from './apiCoverage/page';
import { Chapter, codesIn, fits, namedParameters } from './apiCoverage/page';
import { differences, knobsOf, sentBy, variantsOf } from './apiCoverage/requests';
import { credentialTypes } from './support/credentials';
import { uploadCallOf } from './support/uploadCalls';

const docs = join(__dirname, '..', 'docs');

const modelNames = { base: 'Z-Image Base', turbo: 'Z-Image Turbo' };

/** Stands for a task ID, like `{id}` on the page. */
const taskId = 'TASKID';

/** Any page of a list except the first, like `{page}` and `{since}` on the page. */
const listQuery = { sinceMs: 0, cursor: '7777' };

function sorted(values: Iterable<string>): string[] {
	return [...new Set(values)].sort();
}

function describeCall({ method, path, query = {} }: HttpCall): string {
	const search = Object.entries(query).map(([name, value]) => `${name}=${value}`);
	return [`${method} ${path}`, ...search]
		.join('?')
		.replaceAll(taskId, '{id}')
		.replace(listQuery.cursor, '{page}')
		.replace(new Date(listQuery.sinceMs).toISOString(), '{since}')
		.replace(/(?<=endpoint_id=)\S+,[^?]+/, '{endpoints}');
}

/** A provider's calls other than submits, including its credential test. */
function callsOf(provider: Provider): HttpCall[] {
	const { tasks, credentialType } = provider;
	const { request } =
		credentialTypes.find(({ name }) => name === credentialType)?.test ?? ({} as never);
	const calls = [
		tasks?.status(taskId),
		tasks?.statusStream?.(taskId),
		tasks?.result?.(taskId),
		tasks?.cancel?.(taskId),
		tasks?.list?.call(listQuery),
		uploadCallOf(provider),
		{ method: 'GET', path: request.url, query: request.qs } as HttpCall,
	];
	return calls.filter((call) => call !== undefined);
}

/** `Size`, `Options → Seed`, `LoRAs → Scale`: Generate's parameters as the editor names them. */
function propertiesOf(
	properties: readonly INodeProperties[],
	above = '',
): Array<INodeProperties & { title: string }> {
	return properties.flatMap((property) => {
		// A tool description isn't sent to a provider, and a person can't set a hidden parameter.
		if (property.displayOptions?.show?.['@tool'] || property.type === 'hidden') return [];
		// Later versions of the node have these parameters under Options.
		if (property.displayOptions?.show?.['@version'] === firstVersion['@version']) return [];
		const { displayName, type, options = [] } = property;
		const title = `${above}${displayName}`;
		if (type !== 'collection' && type !== 'fixedCollection') return [{ ...property, title }];
		const below = options.flatMap((option) => {
			if ('values' in option) return option.values;
			return 'displayName' in option ? [option] : [];
		});
		return [{ ...property, title }, ...propertiesOf(below, `${title} → `)];
	});
}

/** The parameters with choices that a provider shows, except where an image comes from. */
function choicesOf({ id }: Provider) {
	return propertiesOf(new ZImageGenerate().description.properties)
		.filter(({ type, title }) => type === 'options' && !title.endsWith(' Source'))
		.filter(({ displayOptions: { show = {} } = {} }) => show.provider?.includes(id) ?? true)
		.map(({ title, options = [] }) => ({
			title,
			values: options.flatMap((option) => ('value' in option ? [String(option.value)] : [])),
		}));
}

describe.each<[string, Provider]>(providers.map((provider) => [provider.displayName, provider]))(
	'%s: the page has',
	(title, provider) => {
		const chapter = new Chapter(title);
		const variants = variantsOf(provider);
		const rowsFor = (name: string): RequestRow[] =>
			chapter.requestRows.filter(({ endpoints }) => endpoints.some((each) => fits(each, name)));
		const fieldsSent = (name: string, ...sent: string[]): string[] =>
			rowsFor(name)
				.filter((row) => sent.includes(row.sent))
				.flatMap(({ fields }) => fields);

		/** Different operations may share an endpoint. */
		const names = sorted(variants.map(({ name }) => name));
		const bodies = (name: string, kind: 'full' | 'least'): string[][] =>
			variants
				.filter((variant) => variant.name === name)
				.map((variant) => fieldsOf(sentBy(provider.submit(variant[kind]))));

		it('the endpoints of the registry', () => {
			const nameOf = (endpoint: Endpoint, withLoras: boolean) =>
				variants.find((each) => each.endpoint === endpoint && each.withLoras === withLoras)?.name ??
				'–';
			expect(chapter.endpoints).toEqual(
				provider.endpoints.map((endpoint) => [
					[
						operationNames[endpoint.operation],
						endpoint.server && `(${serverNames[endpoint.server]})`,
					]
						.filter(Boolean)
						.join(' '),
					modelNames[endpoint.model],
					nameOf(endpoint, false),
					nameOf(endpoint, true),
				]),
			);
		});

		it("no request field twice, and no table for an endpoint that doesn't exist", () => {
			for (const name of names) {
				const fields = rowsFor(name).flatMap((row) => row.fields);
				expect(fields).toHaveLength(new Set(fields).size);
			}
			const known = Object.keys(documentedRequests[provider.id] ?? {});
			for (const pattern of chapter.requestRows.flatMap(({ endpoints }) => endpoints)) {
				expect([pattern, known.some((name) => fits(pattern, name))]).toEqual([pattern, true]);
			}
			expect(
				chapter.requestRows.filter(({ sent }) => !['always', 'when set', 'never'].includes(sent)),
			).toEqual([]);
		});

		it.each(Object.entries(documentedRequests[provider.id] ?? {}))(
			'the documented request fields of %s',
			(name, documented) => {
				expect(sorted(rowsFor(name).flatMap(({ fields }) => fields))).toEqual(sorted(documented));
			},
		);

		it.each(names)('the fields of the fullest request to %s', (name) => {
			expect(sorted(fieldsSent(name, 'always', 'when set'))).toEqual(
				sorted(bodies(name, 'full').flat()),
			);
		});

		it.each(names)('the fields of every request to %s', (name) => {
			const [first = [], ...others] = bodies(name, 'least');
			const always = first.filter((field) => others.every((body) => body.includes(field)));
			expect(sorted(fieldsSent(name, 'always'))).toEqual(always);
		});

		it('beside each field exactly the parameters that set it', () => {
			const all = new Set<string>();
			const setting = new Set<string>();
			for (const { endpoint, full, name } of variants) {
				for (const { parameters, request } of knobsOf(provider, endpoint, full)) {
					parameters.forEach((parameter) => all.add(parameter));
					const fields = differences(provider.submit(full), provider.submit(request));
					expect([name, parameters, fields]).not.toEqual([name, parameters, []]);
					for (const field of fields) {
						const row = rowsFor(name).find((each) => each.fields.includes(field));
						expect([name, field, row?.parameters]).toEqual([
							name,
							field,
							expect.arrayContaining(parameters),
						]);
						parameters.forEach((parameter) => {
							setting.add(JSON.stringify([row?.endpoints, field, parameter]));
						});
					}
				}
			}
			for (const { endpoints, fields, parameters } of chapter.requestRows) {
				for (const parameter of parameters.filter((each) => all.has(each))) {
					const claims = fields.map((field) => JSON.stringify([endpoints, field, parameter]));
					expect([...setting]).toEqual(expect.arrayContaining(claims));
				}
			}
		});

		it('beside each number the bounds that the node checks', () => {
			for (const { endpoint, full, name } of variants) {
				for (const { parameters, request, range } of knobsOf(provider, endpoint, full)) {
					if (!range) continue;
					for (const field of differences(provider.submit(full), provider.submit(request))) {
						const row = rowsFor(name).find((each) => each.fields.includes(field));
						const text = `${row?.note} ${row?.documented}`;
						const bounds =
							/The node takes ([\d.]+) to (\d[\d.]*\d|\d)/.exec(text) ??
							/([\d.]+) to (\d[\d.]*\d|\d)/.exec(text);
						expect([name, field, parameters, bounds?.slice(1).map(Number)]).toEqual([
							name,
							field,
							parameters,
							[range.min, range.max],
						]);
					}
				}
			}
		});

		it('beside each choice the values that the node offers', () => {
			for (const { fields, parameters, documented } of chapter.requestRows) {
				for (const { title: parameter, values } of choicesOf(provider)) {
					if (!parameters.includes(parameter) || parameter.endsWith('Size')) continue;
					const [list = ''] = documented.split(';');
					expect([fields, sorted(codesIn(list))]).toEqual([fields, sorted(values)]);
				}
			}
		});

		it('the longest prompt, and the most LoRAs', () => {
			for (const { fields, documented, endpoints } of chapter.requestRows) {
				if (!fields.includes('prompt') && !fields.includes('loras')) continue;
				const meant = variants.filter(({ name }) => endpoints.some((each) => fits(each, name)));
				expect([endpoints, meant]).not.toEqual([endpoints, []]);
				for (const { endpoint } of meant) {
					const { promptLength } = endpoint.limits;
					const prompt =
						promptLength === undefined ? 'no longest length' : `at most ${promptLength} characters`;
					if (fields.includes('prompt')) expect(documented).toContain(prompt);
					if (fields.includes('loras')) {
						expect(documented).toContain(`at most ${endpoint.loras.max}`);
					}
				}
			}
		});

		it('the other calls, with their query parameters', () => {
			const calls = callsOf(provider);
			expect(sorted(chapter.calls)).toEqual(sorted(calls.map(describeCall)));
			const submits = variants.map(({ full }) => provider.submit(full));
			const sent = [...submits, ...calls.slice(0, -1)].flatMap(({ query = {} }) =>
				Object.keys(query),
			);
			expect(sorted(chapter.extras.filter((each) => each.isSent).map(({ name }) => name))).toEqual(
				sorted(sent),
			);
		});

		it('the documented query parameters and headers', () => {
			expect(sorted(chapter.extras.map(({ name }) => name))).toEqual(
				sorted(documentedExtras[provider.id] ?? []),
			);
		});

		it('the fields of the request for an upload URL', () => {
			const call = uploadCallOf(provider);
			if (call) {
				const fields = call.form?.map(({ name }) => name) ?? fieldsOf(call.body);
				expect(sorted(fieldsSent(call.path, 'always'))).toEqual(fields);
			}
		});

		describe.each(sorted(answersOf(provider).map((each) => each.title)))('%s', (kind) => {
			const rows = chapter.answerRows(kind);
			const answers = answersOf(provider).filter((each) => each.title === kind);
			const rowOf = (field: string) =>
				rows.find(({ fields }) => fields.includes(field)) ??
				rows.find(({ fields }) =>
					fields.some((each) => each.endsWith('.*') && isBelow(field, each)),
				);
			const isBelow = (field: string, pattern: string) => {
				const parent = pattern.slice(0, -'.*'.length);
				return (
					field === parent || field.startsWith(`${parent}.`) || field.startsWith(`${parent}[]`)
				);
			};
			/** An empty list or object, or `null`, in a body. */
			const isParent = (field: string) =>
				rows.some(({ fields }) =>
					fields.some((each) => each.startsWith(`${field}.`) || each.startsWith(`${field}[]`)),
				);

			it('every field of the documented responses', () => {
				const missing = answers.flatMap(({ name, body }) =>
					[...leavesOf(body).keys()]
						.filter((field) => !rowOf(field) && !isParent(field))
						.map((field) => `${name}: ${field}`),
				);
				expect(missing).toEqual([]);
			});

			it("no field that isn't in a documented response", () => {
				const known = answers.flatMap(({ body }) => [...leavesOf(body).keys()]);
				const unknown = rows
					.flatMap(({ fields }) => fields)
					.filter((each) =>
						each.endsWith('.*')
							? !known.some((field) => isBelow(field, each))
							: !known.includes(each),
					);
				expect(unknown).toEqual([]);
			});

			it('the fields that the code reads marked as read', async () => {
				const read = new Set<string>();
				for (const documentedAnswer of answers) {
					await takeIn(provider, documentedAnswer, recordReads(documentedAnswer.body, read));
				}
				const fields = [...read].filter((field) => !isParent(field) || rowOf(field)?.isRead);
				expect(fields.filter((field) => !rowOf(field)?.isRead)).toEqual([]);
				const claimed = rows.filter(({ isRead }) => isRead).flatMap((row) => row.fields);
				expect(
					claimed.filter((each) =>
						each.endsWith('.*')
							? !fields.some((field) => isBelow(field, each))
							: !fields.includes(each),
					),
				).toEqual([]);
			});

			it('the output field for each field that the code reads', async () => {
				for (const { fields, isRead, json, text } of rows) {
					for (const field of fields.filter((each) => isRead && !each.endsWith('.*'))) {
						const effects = await Promise.all(
							answers.map(async ({ body, ...rest }) =>
								changed(
									await takeIn(provider, rest, body),
									await takeIn(provider, rest, withOther(body, field)),
								),
							),
						);
						expect([field, text, sorted(effects.flatMap((effect) => effect.json))]).toEqual([
							field,
							text,
							sorted(json),
						]);
						expect([field, effects.some(({ anything }) => anything)]).toEqual([field, true]);
					}
				}
			});
		});

		it('no other responses', () => {
			expect(sorted(chapter.answerTitles)).toEqual(
				sorted(answersOf(provider).map((each) => each.title)),
			);
		});
	},
);

it('the page lists the headers that are sent to all providers, and those that are read', async () => {
	let sent: IHttpRequestOptions | undefined;
	const context = {
		helpers: {
			async httpRequestWithAuthentication(_type: string, options: IHttpRequestOptions) {
				sent = options;
				throw new Error('Enough');
			},
		},
	} as unknown as IExecuteFunctions;
	const connection = { credentialType: 'any', baseUrl: 'https://example.com', secrets: [] };
	await expect(
		sendRequest(context, connection, { method: 'GET', path: '/' }, 1000),
	).rejects.toThrow();
	const read = new Set<string>();
	const headers = recordReads({ 'retry-after': '1', date: '', 'x-any': '' }, read);
	retryDelayMs('read', { statusCode: 429, headers }, 1, 0, 0);
	const authentication = await Promise.all(
		credentialTypes.map(async ({ authenticate }) => {
			if (typeof authenticate !== 'function') throw new Error('The key is put in by a function');
			const { headers: added = {} } = await authenticate(
				{ apiKey: '', authentication: 'bearer' },
				{ url: '' },
			);
			return Object.keys(added);
		}),
	);
	const named = new Chapter('All providers').extras;
	expect(named.filter(({ isSent }) => !isSent)).toEqual([]);
	expect(sorted(named.map(({ name }) => name.toLowerCase()))).toEqual(
		sorted(
			[...Object.keys(sent?.headers ?? {}), ...authentication.flat(), ...read].map((name) =>
				name.toLowerCase(),
			),
		),
	);
});

it('the page names every parameter of Generate, and no others', () => {
	const titles = propertiesOf(new ZImageGenerate().description.properties).map(
		({ title }) => title,
	);
	expect(sorted(namedParameters)).toEqual(sorted(titles.filter((title) => title !== 'Options')));
});

it('the page links only to files and headings that exist', () => {
	const page = readFileSync(join(docs, 'api-coverage.md'), 'utf8');
	const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
	const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(
		([, heading = '']) =>
			`#${heading
				.toLowerCase()
				.replace(/[^\w -]/g, '')
				.replaceAll(' ', '-')}`,
	);
	const missing = links.filter((link) => {
		if (link.startsWith('https:')) return false;
		return link.startsWith('#')
			? !headings.includes(link)
			: !existsSync(join(docs, link.replace(/#.*/, '')));
	});
	expect(missing).toEqual([]);
});
