import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import { generateProperties } from '../nodes/ZImage/generate/properties';
import type { Provider, ProviderOption } from '../nodes/ZImage/providers/provider';
import { serverAccessProperties } from '../nodes/ZImage/properties/serverAccess';
import {
	findEndpoint,
	hasServerKinds,
	operationNames,
	providers,
	taskProviders,
} from '../nodes/ZImage/providers/registry';
import { ZImageGenerate } from '../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../nodes/ZImage/ZImageGetTaskResult.node';
import { ZImageTrigger } from '../nodes/ZImage/ZImageTrigger.node';
import { FIXED_PORTS } from '../sandbox/emulator/hosts';
import { credentialTypes } from './support/credentials';

const project = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
	n8n: { credentials: string[]; nodes: string[] };
};

/** Generate's parameters that can be options of a provider. */
const offeredOptions = generateProperties.flatMap(({ name, type, options = [] }) =>
	name === 'options'
		? options.flatMap((option) => ('type' in option ? [option] : []))
		: [{ name, type }],
);

describe.each<[string, Provider]>(providers.map((provider) => [provider.id, provider]))(
	'provider %s has',
	(id, provider) => {
		const className = `Z${provider.credentialType.slice(1)}`;
		const credential = credentialTypes.find(({ name }) => name === provider.credentialType);

		it('a credential class, listed in package.json', () => {
			expect(credential).toBeDefined();
			expect(manifest.n8n.credentials).toContain(`dist/credentials/${className}.credentials.js`);
		});

		it('a credential with key, base URL, icon, documentation and a free test', () => {
			const fields = Object.fromEntries(
				(credential?.properties ?? []).map((property) => [property.name, property]),
			);
			const { defaultStorageUrl } = provider;
			expect(Object.keys(fields)).toEqual(
				provider.isOwnServer
					? ['baseUrl', ...serverAccessProperties.map(({ name }) => name)]
					: [
							'keysNotice',
							'apiKey',
							'baseUrl',
							...(defaultStorageUrl === undefined ? [] : ['storageUrl']),
						],
			);
			// A default would be sent even if the user set only the base URL of a gateway.
			expect(fields.storageUrl?.default ?? '').toBe('');
			expect(fields.storageUrl?.placeholder ?? '').toContain(defaultStorageUrl ?? '');
			expect(fields.apiKey?.typeOptions?.password).toBe(true);
			expect(fields.apiKey?.required ?? false).toBe(!provider.isOwnServer);
			expect(fields.baseUrl?.default).toBe(provider.defaultBaseUrl);
			expect(credential?.documentationUrl).toMatch(/^https:/);
			expect(credential?.icon).toEqual({
				light: `file:../icons/${id}.svg`,
				dark: `file:../icons/${id}.dark.svg`,
			});
			// A test that could cost something would be a POST.
			expect(credential?.test?.request.method ?? 'GET').toBe('GET');
			expect(credential?.test?.request.baseURL).toContain(provider.defaultBaseUrl);
		});

		it('an icon for light and dark themes', () => {
			expect(existsSync(join(project, `icons/${id}.svg`))).toBe(true);
			expect(existsSync(join(project, `icons/${id}.dark.svg`))).toBe(true);
		});

		it('an entry in Generate, and in Get Task Result if it has tasks', () => {
			const offers = [new ZImageGenerate(), new ZImageGetTaskResult()].map(({ description }) => ({
				values: description.properties
					.find(({ name }) => name === 'provider')
					?.options?.map((option) => 'value' in option && option.value),
				credentials: description.credentials?.map(({ name }) => name),
			}));
			expect(offers[0]?.values).toContain(id);
			expect(offers[0]?.credentials).toContain(provider.credentialType);
			expect(offers[1]?.values?.includes(id)).toBe(taskProviders.includes(provider));
			expect(offers[1]?.credentials?.includes(provider.credentialType)).toBe(
				taskProviders.includes(provider),
			);
		});

		it('the mode List Recent Tasks if and only if it documents a list', () => {
			const shown = new ZImageGetTaskResult().description.properties.filter(
				({ name, displayOptions: { show, hide } = {} }) =>
					name === 'mode' && (show?.provider?.includes(id) ?? !hide?.provider?.includes(id)),
			);
			const modes = shown.map(({ options = [] }) =>
				options.flatMap((option) => ('value' in option ? [option.value] : [])),
			);
			const withList = provider.tasks?.list ? ['list'] : [];
			expect(modes).toEqual([['wait', 'check', ...withList]]);
		});

		it("its name in the nodes' subtitles and among their search terms", () => {
			const nodes = [
				['ZImageGenerate', new ZImageGenerate()],
				...(provider.tasks ? [['ZImageGetTaskResult', new ZImageGetTaskResult()] as const] : []),
			] as const;
			for (const [file, { description }] of nodes) {
				expect(description.subtitle).toContain(`${id}: "${provider.displayName}"`);
				const codex = readFileSync(join(project, `nodes/ZImage/${file}.node.json`), 'utf8');
				expect((JSON.parse(codex) as { alias: string[] }).alias).toContain(provider.displayName);
			}
		});

		it('an entry in the trigger if and only if it signs its calls', () => {
			const { properties, credentials, subtitle } = new ZImageTrigger().description;
			const values = properties
				.find(({ name }) => name === 'provider')
				?.options?.map((option) => 'value' in option && option.value);
			const signs = provider.webhook !== undefined;
			expect(signs).toBe(provider.callsBack !== undefined);
			expect(values?.includes(id)).toBe(signs);
			expect(credentials?.some(({ name }) => name === provider.credentialType)).toBe(signs);
			if (!signs) return;
			expect(subtitle).toContain(`${id}: "${provider.displayName}"`);
			const codex = readFileSync(join(project, 'nodes/ZImage/ZImageTrigger.node.json'), 'utf8');
			expect((JSON.parse(codex) as { alias: string[] }).alias).toContain(provider.displayName);
			expect(existsSync(join(project, `nodes/ZImage/providers/${id}/webhook.ts`))).toBe(true);
		});

		it('a stand-in in the sandbox, with its own folder and row', () => {
			expect(Object.keys(FIXED_PORTS)).toContain(id);
			expect(readdirSync(join(project, 'sandbox/emulator/providers'))).toContain(id);
		});

		it('its own folder and page', () => {
			expect(existsSync(join(project, `nodes/ZImage/providers/${id}/index.ts`))).toBe(true);
			expect(existsSync(join(project, `docs/providers/${id}.md`))).toBe(true);
		});

		it('documented bodies among the fixtures', () => {
			expect(readdirSync(join(__dirname, 'fixtures', id)).length).toBeGreaterThan(2);
		});

		it('consistent limits', () => {
			for (const { limits, loras } of provider.endpoints) {
				const { side, seed, imagesPerTask } = limits;
				for (const range of [side, seed, loras.scale]) {
					expect(range.min).toBeLessThan(range.max);
				}
				expect(imagesPerTask).toBeGreaterThanOrEqual(1);
				expect(loras.max).toBeGreaterThanOrEqual(0);
			}
			expect(Boolean(provider.tasks?.result)).toBe(Boolean(provider.tasks?.parseResult));
		});

		it('consistent endpoints', () => {
			const { endpoints, files, defaultStorageUrl } = provider;
			const names = endpoints.map(({ operation, model, server = 'one' }) =>
				[operation, model, server].join(' '),
			);
			expect(names).toEqual([...new Set(names)]);
			expect(findEndpoint(provider, 'textToImage', 'turbo')).toBeDefined();
			expect(endpoints.filter(({ server }) => server === undefined)).toHaveLength(
				hasServerKinds(provider) ? 0 : endpoints.length,
			);
			for (const { operation, image, mask, measuresSource, options, choices = {} } of endpoints) {
				expect(Boolean(image)).toBe(operation !== 'textToImage');
				// A mask covers an image, so an endpoint without an image takes no mask.
				if (mask) expect([mask, 'required']).toContain(image);
				if (measuresSource) expect(image).toBeDefined();
				for (const name of Object.keys(choices)) expect(options).toHaveProperty(name, true);
				for (const range of Object.values(options)) {
					if (range === true) continue;
					expect(range.min).toBeLessThan(range.max);
					if (range.multipleOf === undefined) continue;
					expect([range.min % range.multipleOf, range.max % range.multipleOf]).toEqual([0, 0]);
				}
			}
			const takesImages = endpoints.some(({ image }) => image !== undefined);
			expect(Boolean(files)).toBe(takesImages);
			// Only a provider with uploads has a storage and a size limit for inline files.
			if (defaultStorageUrl !== undefined) expect(files?.upload).toBeDefined();
			expect(files && files.maxInlineBytes < files.maxBytes).toBe(files && Boolean(files.upload));
		});

		it('defaults only for options that it supports, each within its bounds', () => {
			for (const { options, defaults = {} } of provider.endpoints) {
				for (const [name, value] of Object.entries(defaults)) {
					const range = options[name as ProviderOption];
					expect([name, range]).not.toEqual([name, undefined]);
					if (range === undefined || range === true) continue;
					expect([name, typeof value]).toEqual([name, 'number']);
					expect(value).toBeGreaterThanOrEqual(range.min);
					expect(value).toBeLessThanOrEqual(range.max);
				}
			}
		});

		it('only options that the node offers, each of the type that it reads', () => {
			const kinds = new Map(
				offeredOptions
					.map(({ name, type }) => [name, type] as const)
					.filter(([, type]) => type !== 'hidden'),
			);
			for (const { options } of provider.endpoints) {
				for (const [name, range] of Object.entries(options)) {
					const isNumber = kinds.get(name) === 'number';
					expect([name, kinds.has(name), isNumber]).toEqual([name, true, range !== true]);
				}
			}
		});

		it('an entry in the README', () => {
			const readme = readFileSync(join(project, 'README.md'), 'utf8');
			const { displayName, defaultBaseUrl, defaultStorageUrl } = provider;
			const named = [displayName, defaultBaseUrl, defaultStorageUrl ?? defaultBaseUrl];
			expect(named.filter((name) => !readme.includes(name))).toEqual([]);
		});
	},
);

it('package.json lists no credential without a provider', () => {
	expect(manifest.n8n.credentials).toHaveLength(providers.length);
	expect(new Set(providers.map(({ credentialType }) => credentialType)).size).toBe(
		providers.length,
	);
});

it('every operation has a provider and a name in the README', () => {
	const operations = new Set<string>(
		providers.flatMap(({ endpoints }: Provider) => endpoints.map(({ operation }) => operation)),
	);
	expect([...operations].sort()).toEqual(Object.keys(operationNames).sort());
	const readme = readFileSync(join(project, 'README.md'), 'utf8');
	expect(Object.values(operationNames).filter((name) => !readme.includes(name))).toEqual([]);
});

it.each([
	['Generate', new ZImageGenerate(), 'operation', operationNames],
	[
		'Get Task Result',
		new ZImageGetTaskResult(),
		'mode',
		{ wait: 'Wait', check: 'Check Once', list: 'List Recent Tasks' },
	],
] as const)('%s: its subtitle has a name for every choice', (_, { description }, name, names) => {
	const parameter = description.properties.find((property) => property.name === name);
	const choices = (parameter?.options ?? []).flatMap((option) =>
		'value' in option ? [[option.value, option.name]] : [],
	);
	expect(Object.fromEntries(choices)).toEqual(names);
	for (const [value, label] of choices) {
		expect(description.subtitle).toContain(`${String(value)}: "${String(label)}"`);
	}
});
