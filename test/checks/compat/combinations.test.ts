import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { combinations, current } from '../../../checks/compat/combinations';

const project = join(__dirname, '..', '..', '..');
const read = (...names: string[]): string => readFileSync(join(project, ...names), 'utf8');
const readJson = <T>(...names: string[]): T => JSON.parse(read(...names)) as T;

it("include the sandbox's n8n and the project's Node.js", () => {
	const n8n = readJson<{ dependencies: { n8n: string } }>('sandbox', 'n8n', 'package.json');
	const { devDependencies } = readJson<{ devDependencies: { node: string } }>('package.json');

	expect(current.n8n).toBe(n8n.dependencies.n8n);
	expect(devDependencies.node).toMatch(new RegExp(`^${current.node}\\.`));
});

it('include the oldest Node.js that the package supports', () => {
	const { engines } = readJson<{ engines: { node: string } }>('package.json');
	const oldest = Math.min(...combinations.map(({ node }) => node));

	expect(engines.node).toMatch(new RegExp(`^>=${oldest}\\.`));
});

it('match the docs page', () => {
	const rows = [...read('docs', 'compatibility.md').matchAll(/^\| (\S+) +\| (\d+) +\| yes/gm)];

	expect(rows.map(([, n8n, node]) => `${n8n}@${node}`)).toEqual(
		combinations.map(({ n8n, node }) => `${n8n}@${node}`),
	);
});
