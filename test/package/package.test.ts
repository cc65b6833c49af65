import { readFileSync } from 'fs';
import type { INodeTypeDescription } from 'n8n-workflow';
import { join } from 'path';

import { providers } from '../../nodes/ZImage/providers/registry';
import type { PackedPackage } from './packed';
import { packPackage, projectFolder, runJson } from './packed';

interface ScanResult {
	files: string[];
	messages: Array<{ filePath: string; ruleId: string; message: string }>;
}

interface Known {
	nodes: INodeTypeDescription[];
	credentials: Array<{ name: string; iconUrl?: unknown }>;
	known: unknown;
}

interface LoadResult extends Known {
	packageName: string;
	/** What n8n knows after its start, and which of the package's files it ran for that. */
	start: Known & { files: string[] };
}

interface Manifest {
	dependencies?: object;
	peerDependencies: object;
	overrides?: object;
	files: string[];
	n8n: { nodes: string[]; credentials: string[] };
}

jest.setTimeout(120_000);

let packed: PackedPackage;

beforeAll(async () => {
	packed = await packPackage();
});

afterAll(() => packed.remove());

describe("n8n's package scan", () => {
	it('finds no problems in the source', async () => {
		const { files, messages } = await runJson<ScanResult>('scan.mjs', [
			projectFolder,
			'package.json',
			'{nodes,credentials}/**/*.{ts,json}',
		]);
		expect(messages).toEqual([]);
		expect(files.length).toBeGreaterThan(30);
	});

	it('finds no problems in the tarball', async () => {
		const { files, messages } = await runJson<ScanResult>('scan.mjs', [
			packed.folder,
			'package.json',
			'**/*.js',
		]);
		expect(messages).toEqual([]);
		expect(files.length).toBeGreaterThan(30);
	});

	it('does find problems', async () => {
		const { messages } = await runJson<ScanResult>('scan.mjs', [
			join(projectFolder, 'test/fixtures/badPackage'),
			'package.json',
			'nodes/**/*.ts',
		]);
		const rules = messages.map(({ ruleId }) => ruleId);
		expect(rules).toEqual(
			expect.arrayContaining([
				'@n8n/community-nodes/no-runtime-dependencies',
				'@n8n/community-nodes/no-restricted-globals',
				'n8n-nodes-base/node-param-display-name-miscased',
			]),
		);
	});
});

describe('the tarball', () => {
	it('contains what runs and what a person reads, and nothing else', () => {
		const others = packed.files.filter(
			(path) =>
				!/^dist\/(nodes|credentials|icons|known|methods|types)\/.+\.(js|json|svg)$/.test(path),
		);
		expect(others.sort()).toEqual(['LICENSE', 'README.md', 'index.js', 'package.json']);
		expect(packed.files.filter((path) => path.endsWith('.svg'))).toHaveLength(
			2 * (providers.length + 5),
		);
	});

	it('depends on nothing but its host', () => {
		const manifest = JSON.parse(
			readFileSync(join(packed.folder, 'package.json'), 'utf8'),
		) as Manifest;
		expect(manifest.dependencies).toBeUndefined();
		expect(manifest.overrides).toBeUndefined();
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(manifest.files).toEqual(['dist']);
	});
});

describe('loaded like n8n loads it', () => {
	let loaded: LoadResult;

	beforeAll(async () => {
		loaded = await runJson<LoadResult>('load.cjs', [packed.folder], {
			NODE_PATH: join(projectFolder, 'node_modules'),
		});
	});

	// n8n reads a file with any other character half as fast.
	it.each(['known', 'types'])('is known in ASCII: %s', (folder) => {
		for (const kind of ['nodes', 'credentials']) {
			const text = readFileSync(join(packed.folder, 'dist', folder, `${kind}.json`), 'utf8');
			expect(text.match(/[^\x00-\x7F]/g)).toBeNull();
		}
	});

	it("is known at n8n's start without running any of its code", () => {
		const { files, ...known } = loaded.start;
		expect(files).toEqual([]);
		expect(known).toEqual({
			nodes: loaded.nodes,
			credentials: loaded.credentials,
			known: loaded.known,
		});
	});

	it('offers its nodes and a credential for each provider, with their icons', () => {
		expect(loaded.packageName).toBe('n8n-nodes-z-image');
		expect(loaded.nodes.map(({ name, codex }) => [name, codex?.categories])).toEqual([
			['zImageGenerate', ['Marketing', 'Miscellaneous']],
			['zImageGetTaskResult', ['Marketing', 'Miscellaneous']],
			['zImageApplyLoraPreset', ['Marketing', 'Miscellaneous']],
			['zImageTrigger', ['Marketing', 'Miscellaneous']],
			['zImageTrainLora', ['Marketing', 'Miscellaneous']],
		]);
		expect(loaded.credentials.map(({ name }) => name)).toEqual(
			providers.map(({ credentialType }) => credentialType),
		);
		for (const { name, iconUrl, usableAsTool } of loaded.nodes) {
			// A trigger can't be a tool.
			expect(usableAsTool).toBe(name === 'zImageTrigger' ? undefined : true);
			expect(iconUrl).toEqual({
				light: expect.stringMatching(/dist\/icons\/\w+\.svg$/) as string,
				dark: expect.stringMatching(/dist\/icons\/\w+\.dark\.svg$/) as string,
			});
		}
		for (const { iconUrl } of loaded.credentials) {
			expect(iconUrl).toEqual({
				light: expect.stringMatching(/dist\/icons\/\w+\.svg$/) as string,
				dark: expect.stringMatching(/dist\/icons\/\w+\.dark\.svg$/) as string,
			});
		}
	});
});
