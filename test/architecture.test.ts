import { globSync, readFileSync } from 'fs';
import { dirname, join, normalize } from 'path';

const project = join(__dirname, '..');
const nodeRoot = 'nodes/ZImage/';

interface Import {
	readonly file: string;
	readonly target: string;
}

/** Every import in the TypeScript files of the folders. Relative imports are paths in the project. */
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

/** The layers of the nodes. A layer may import itself and the layers that it lists. */
const layers: Record<string, readonly string[]> = {
	node: ['room', 'hub', 'properties', 'registry', 'host'],
	room: [
		'properties',
		'run',
		'paid',
		'tasks',
		'images',
		'files',
		'lora',
		'http',
		'registry',
		'provider',
		'host',
		'values',
		'errors',
	],
	properties: ['registry', 'provider', 'lora'],
	run: ['tasks', 'images', 'files', 'http', 'registry', 'provider', 'host', 'values', 'errors'],
	paid: ['tasks', 'images', 'http', 'provider', 'host', 'errors'],
	tasks: ['images', 'http', 'provider', 'host', 'values', 'errors'],
	images: ['files', 'http', 'provider', 'host', 'errors'],
	files: ['http', 'provider', 'host', 'errors'],
	hub: ['lora', 'http', 'registry', 'provider', 'values', 'errors'],
	lora: ['files', 'http', 'host', 'provider', 'values', 'errors'],
	http: ['provider', 'host', 'values', 'errors'],
	registry: ['adapter', 'provider'],
	adapter: ['provider'],
	host: [],
	values: ['errors'],
	errors: ['provider'],
	provider: [],
};

function layerOf(path: string): string | undefined {
	if (!path.startsWith(nodeRoot)) return undefined;
	const inner = path.slice(nodeRoot.length);
	if (/\.node(\.ts)?$/.test(inner)) return 'node';
	if (/^providers\/provider(\.ts)?$/.test(inner)) return 'provider';
	if (/^providers\/(registry|cost)(\.ts)?$/.test(inner)) return 'registry';
	if (inner.startsWith('providers/')) return 'adapter';
	const folder = inner.split('/')[0]?.replace(/\.ts$/, '') ?? '';
	return rooms.includes(folder) ? 'room' : folder;
}

/** One room per node. Rooms don't know each other. */
const rooms = ['applyLoraPreset', 'generate', 'getTaskResult', 'trainLora', 'trigger'];

const shipped = importsOf('nodes', 'credentials');

describe('imports of the nodes', () => {
	it('follow the layers', () => {
		const wrong = shipped.filter(({ file, target }) => {
			const from = layerOf(file);
			const to = layerOf(target);
			if (from === undefined || to === undefined || from === to) return false;
			return !layers[from]?.includes(to);
		});
		expect(wrong).toEqual([]);
		// Every layer in the table has files.
		const files = shipped.flatMap(({ file, target }) => [file, target]);
		const used = new Set(files.map(layerOf).filter(Boolean));
		expect([...used].sort()).toEqual(Object.keys(layers).sort());
	});

	it('never lead from one room to another', () => {
		const roomOf = (path: string) => rooms.find((room) => path.startsWith(`${nodeRoot}${room}/`));
		const wrong = shipped.filter(({ file, target }) => {
			const [from, to] = [roomOf(file), roomOf(target)];
			return from && to && from !== to;
		});
		expect(wrong).toEqual([]);
	});

	it('never lead from one provider to another', () => {
		const providerOf = (path: string) => /^nodes\/ZImage\/providers\/(\w+)\//.exec(`${path}/`)?.[1];
		const wrong = shipped.filter(({ file, target }) => {
			const [from, to] = [providerOf(file), providerOf(target)];
			return from && to && from !== to && !['shared', 'provider'].includes(to);
		});
		expect(wrong).toEqual([]);
	});

	it('never lead out of the package, except to what n8n allows', () => {
		const allowed = new Set(['n8n-workflow', 'zod', 'crypto']);
		const wrong = shipped.filter(
			({ target }) => !/^(nodes|credentials)\//.test(target) && !allowed.has(target),
		);
		expect(wrong).toEqual([]);
	});

	it('use zod only in the adapters', () => {
		const wrong = shipped.filter(
			({ file, target }) => target === 'zod' && layerOf(file) !== 'adapter',
		);
		expect(wrong).toEqual([]);
	});
});

it.each(['nodes', 'sandbox', 'bench', 'checks'])('no imports of %s form a cycle', (root) => {
	const targets = new Map<string, string[]>();
	for (const { file, target } of importsOf(root)) {
		const name = file.replace(/\.m?[jt]s$/, '');
		targets.set(name, [...(targets.get(name) ?? []), target.replace(/\.m?js$/, '')]);
	}
	const done = new Set<string>();
	const circles: string[][] = [];
	const visit = (file: string, trail: readonly string[]): void => {
		if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file]);
		if (done.has(file)) return;
		done.add(file);
		for (const target of targets.get(file) ?? []) {
			visit(targets.has(target) ? target : `${target}/index`, [...trail, file]);
		}
	};
	[...targets.keys()].forEach((file) => visit(file, []));
	expect(circles).toEqual([]);
});

it("only a node's entry file refers to n8n's contexts by name", () => {
	const knowing = globSync('nodes/**/*.ts', { cwd: project }).filter((file) =>
		/\bI(Execute|Hook|Webhook)Functions\b/.test(readFileSync(join(project, file), 'utf8')),
	);
	const allowed = /\.node\.ts$|\/(execute|receive)\.ts$|^nodes\/ZImage\/host\.ts$/;
	expect(knowing.filter((file) => !allowed.test(file))).toEqual([]);
});

it("only one place builds n8n's errors", () => {
	const builders = globSync('nodes/**/*.ts', { cwd: project }).filter((file) =>
		/new Node(Api|Operation)Error/.test(readFileSync(join(project, file), 'utf8')),
	);
	expect(builders).toEqual([`${nodeRoot}errors/nodeError.ts`]);
});

it('only one place uses keys', () => {
	const users = globSync('nodes/**/*.ts', { cwd: project }).filter((file) =>
		/\.httpRequestWithAuthentication\b/.test(readFileSync(join(project, file), 'utf8')),
	);
	expect(users).toEqual([`${nodeRoot}http/request.ts`]);
});

it("the sandbox doesn't depend on the nodes", () => {
	const wrong = importsOf('sandbox').filter(({ target }) =>
		/^(nodes|credentials|dist)\//.test(target),
	);
	expect(wrong).toEqual([]);
});
