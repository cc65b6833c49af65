import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import type { Provider } from '../nodes/ZImage/providers/provider';
import { providers, taskProviders } from '../nodes/ZImage/providers/registry';
import { ZImageGenerate } from '../nodes/ZImage/ZImageGenerate.node';
import { ZImageGetTaskResult } from '../nodes/ZImage/ZImageGetTaskResult.node';
import { FIXED_PORTS } from '../sandbox/server';
import { credentialTypes } from './engine/credentials';

const project = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
	n8n: { credentials: string[]; nodes: string[] };
};

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
			expect(Object.keys(fields)).toEqual(['apiKey', 'baseUrl']);
			expect(fields.apiKey?.typeOptions?.password).toBe(true);
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

		it('an icon for light and for dark', () => {
			expect(existsSync(join(project, `icons/${id}.svg`))).toBe(true);
			expect(existsSync(join(project, `icons/${id}.dark.svg`))).toBe(true);
		});

		it('a place in Generate, and in Get Task Result where it has tasks', () => {
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

		it('an emulator in the sandbox', () => {
			expect(Object.keys(FIXED_PORTS)).toContain(id);
		});

		it('documented bodies among the fixtures', () => {
			expect(readdirSync(join(__dirname, 'fixtures', id)).length).toBeGreaterThan(2);
		});

		it('limits that hold together', () => {
			const { side, seed, imagesPerTask, steps } = provider.limits;
			for (const range of [side, seed, ...(steps ? [steps] : [])]) {
				expect(range.min).toBeLessThan(range.max);
			}
			expect(imagesPerTask).toBeGreaterThanOrEqual(1);
			expect(Boolean(steps)).toBe(provider.supports.includes('steps'));
			expect(Boolean(provider.tasks?.result)).toBe(Boolean(provider.tasks?.parseResult));
		});

		it('a place in the README', () => {
			const readme = readFileSync(join(project, 'README.md'), 'utf8');
			expect(readme).toContain(provider.displayName);
			expect(readme).toContain(provider.defaultBaseUrl);
		});
	},
);

it('package.json lists no credential that no provider has', () => {
	expect(manifest.n8n.credentials).toHaveLength(providers.length);
	expect(new Set(providers.map(({ credentialType }) => credentialType)).size).toBe(
		providers.length,
	);
});
