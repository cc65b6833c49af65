import { globSync, readFileSync } from 'fs';
import { dirname, join, normalize } from 'path';

const project = join(__dirname, '..');
const nodeRoot = 'nodes/ZImage/';

interface Import {
	readonly file: string;
	readonly target: string;
}

/** Every import of the TypeScript files below the folders; relative ones as paths in the project. */
function importsOf(...folders: string[]): Import[] {
	const files = globSync(
		folders.map((folder) => `${folder}/**/*.{ts,mjs}`),
		{ cwd: project, exclude: (name) => name.includes('node_modules') },
	);
	return files.flatMap((file) => {
		const text = readFileSync(join(project, file), 'utf8');
		const found = text.matchAll(/(?:from|import|import\(|require\()\s*'([^']+)'/g);
		return [...found].map(([, target = '']) => ({
			file,
			target: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
		}));
	});
}

/** The layers of the nodes; one may import itself and those that it names. */
const layers: Record<string, readonly string[]> = {
	node: ['room', 'hub', 'properties', 'registry'],
	room: [
		'run',
		'paid',
		'tasks',
		'images',
		'lora',
		'http',
		'properties',
		'registry',
		'provider',
		'errors',
	],
	run: ['tasks', 'images', 'http', 'registry', 'provider', 'errors'],
	properties: ['registry', 'provider', 'lora'],
	hub: ['run', 'lora', 'http', 'errors'],
	paid: ['run', 'tasks', 'provider', 'errors'],
	tasks: ['images', 'http', 'provider', 'errors'],
	images: ['http', 'provider', 'errors'],
	lora: ['provider', 'errors'],
	http: ['provider', 'errors'],
	registry: ['adapter', 'provider', 'errors'],
	adapter: ['provider'],
	provider: [],
	errors: ['provider'],
};

function layerOf(path: string): string | undefined {
	if (!path.startsWith(nodeRoot)) return undefined;
	const inner = path.slice(nodeRoot.length);
	if (/\.node(\.ts)?$/.test(inner)) return 'node';
	if (/^providers\/provider(\.ts)?$/.test(inner)) return 'provider';
	if (/^providers\/(registry|cost)(\.ts)?$/.test(inner)) return 'registry';
	if (inner.startsWith('providers/')) return 'adapter';
	const folder = inner.split('/')[0] ?? '';
	return rooms.includes(folder) ? 'room' : folder;
}

/** A room for each node; none knows another. */
const rooms = ['applyLoraPreset', 'generate', 'getTaskResult'];

const shipped = importsOf('nodes', 'credentials');

describe('imports of the nodes', () => {
	it('go only the way that the layers allow', () => {
		const wrong = shipped.filter(({ file, target }) => {
			const from = layerOf(file);
			const to = layerOf(target);
			if (from === undefined || to === undefined || from === to) return false;
			return !layers[from]?.includes(to);
		});
		expect(wrong).toEqual([]);
		// The table is not idle: every layer of it has files.
		const used = new Set(shipped.map(({ file }) => layerOf(file)).filter(Boolean));
		expect([...used].sort()).toEqual(
			Object.keys(layers)
				.filter((layer) => layer !== 'provider')
				.concat('provider')
				.sort(),
		);
	});

	it('never lead from one provider to another', () => {
		const providerOf = (path: string) => /^nodes\/ZImage\/providers\/(\w+)\//.exec(`${path}/`)?.[1];
		const wrong = shipped.filter(({ file, target }) => {
			const [from, to] = [providerOf(file), providerOf(target)];
			return from && to && from !== to && !['shared', 'provider'].includes(to);
		});
		expect(wrong).toEqual([]);
	});

	it('never lead out of what is published, but to what n8n allows', () => {
		const allowed = new Set(['n8n-workflow', 'zod', 'crypto']);
		const wrong = shipped.filter(
			({ target }) => !/^(nodes|credentials)\//.test(target) && !allowed.has(target),
		);
		expect(wrong).toEqual([]);
	});

	it('bring zod only to the adapters', () => {
		const wrong = shipped.filter(
			({ file, target }) => target === 'zod' && layerOf(file) !== 'adapter',
		);
		expect(wrong).toEqual([]);
	});
});

it("n8n's errors are built in one place", () => {
	const builders = globSync('nodes/**/*.ts', { cwd: project }).filter((file) =>
		/new Node(Api|Operation)Error/.test(readFileSync(join(project, file), 'utf8')),
	);
	expect(builders).toEqual([`${nodeRoot}errors/failure.ts`]);
});

it('keys are used in one place', () => {
	const users = globSync('nodes/**/*.ts', { cwd: project }).filter((file) =>
		readFileSync(join(project, file), 'utf8').includes('httpRequestWithAuthentication'),
	);
	expect(users).toEqual([`${nodeRoot}http/request.ts`]);
});

it('the sandbox knows nothing of the nodes', () => {
	const wrong = importsOf('sandbox').filter(({ target }) =>
		/^(nodes|credentials|dist)\//.test(target),
	);
	expect(wrong).toEqual([]);
});
