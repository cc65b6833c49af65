import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import { EXAMPLES_FOLDER } from '../sandbox/realN8n/paths';

interface Node {
	readonly name: string;
	readonly type: string;
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credentials?: Readonly<Record<string, object>>;
	readonly webhookId?: string;
}

interface Link {
	readonly node: string;
}

interface Template {
	readonly name: string;
	readonly active: boolean;
	readonly nodes: readonly Node[];
	readonly connections: Readonly<Record<string, Readonly<Record<string, readonly Link[][]>>>>;
	readonly pinData: object;
}

const NOTE = 'n8n-nodes-base.stickyNote';
const WRITE = 'n8n-nodes-base.readWriteFile';
const CALLED_FROM_OUTSIDE = /\.(webhook|formTrigger|form|telegramTrigger|zImageTrigger)$/;
/** What has images, or a LoRA, that are charged: a failure after it would lose them. */
const MAKES_IMAGES = /\.zImage(Generate|GetTaskResult|TrainLora)(Tool)?$/;
const STARTS_WITH_IMAGES = /\.zImageTrigger$/;

const files = readdirSync(EXAMPLES_FOLDER).filter((file) => file.endsWith('.json'));
const textOf = (file: string) => readFileSync(join(EXAMPLES_FOLDER, file), 'utf8');
const templates = files.map((file) => [file, JSON.parse(textOf(file)) as Template] as const);

/**
 * Connections in both directions. A tool or a model belongs to its agent, so it counts as connected both ways.
 */
function edgesOf({ connections }: Template): Array<readonly [string, string]> {
	return Object.entries(connections).flatMap(([from, kinds]) =>
		Object.entries(kinds).flatMap(([kind, outputs]) =>
			outputs.flat().flatMap(({ node }): Array<readonly [string, string]> => {
				const there = [from, node] as const;
				return kind === 'main' ? [there] : [there, [node, from]];
			}),
		),
	);
}

/** Everything that runs before a node. */
function before(template: Template, name: string): Node[] {
	const edges = edgesOf(template);
	const found = new Set<string>();
	const visit = (target: string): void => {
		for (const [from, to] of edges) {
			if (to !== target || found.has(from)) continue;
			found.add(from);
			visit(from);
		}
	};
	visit(name);
	return template.nodes.filter((node) => found.has(node.name));
}

const folderOf = ({ parameters }: Node): string => {
	const path = String(parameters['fileName']).replace(/^=/, '');
	return path.slice(0, path.lastIndexOf('/') + 1);
};

/** The image nodes whose files may go to a folder that no earlier node has checked. */
function unchecked(template: Template): string[] {
	const isImages = ({ type }: Node) => MAKES_IMAGES.test(type) || STARTS_WITH_IMAGES.test(type);
	const writes = template.nodes.filter(
		({ type, parameters }) => type === WRITE && parameters['operation'] === 'write',
	);
	const [saves, checks] = [true, false].map((hasImages) =>
		writes.filter(({ name }) => before(template, name).some(isImages) === hasImages),
	);
	const folders = (nodes: readonly Node[] = []) => nodes.map(folderOf);
	const needed = [...new Set(folders(saves))].filter((folder) => !folder.startsWith('/'));
	return template.nodes
		.filter(({ type }) => MAKES_IMAGES.test(type))
		.filter(({ name }) => {
			const looked = before(template, name).filter((node) => checks?.includes(node));
			return !needed.every((folder) => folders(looked).includes(folder));
		})
		.map(({ name }) => name);
}

it('there are examples, each with its own name', () => {
	expect(files.length).toBeGreaterThan(20);
	const names = templates.map(([, { name }]) => name);
	expect(new Set(names).size).toBe(names.length);
});

describe.each(templates)('%s', (file, template) => {
	const { name, nodes } = template;
	const notes = nodes.filter(({ type }) => type === NOTE);
	const steps = nodes.filter(({ type }) => type !== NOTE);
	const contentOf = (node?: Node) => String(node?.parameters['content']);

	it('is named after its outcome', () => {
		expect(name).toMatch(/^[A-Z][a-z]+ /);
		expect(name.length).toBeLessThan(90);
		expect(template.active).toBe(false);
		expect(template.pinData).toEqual({});
	});

	it('has a first note that says who it is for, what it does, how to set it up and what it needs', () => {
		const parts = contentOf(nodes[0]).split(/\n+### /);
		expect(nodes[0]?.type).toBe(NOTE);
		expect(parts.map((part) => part.split('\n', 1)[0])).toEqual([
			`## ${name}`,
			"Who it's for",
			'What it does',
			'How to set up',
			'Requirements',
		]);
		for (const part of parts.slice(1)) expect(part.split('\n').slice(1).join('')).toMatch(/\w{3}/);
		expect(parts[3]).toMatch(/^1\. /m);
		expect(parts[4]).toContain('`n8n-nodes-z-image`');
	});

	it('has short notes next to its steps', () => {
		expect(notes.length).toBeGreaterThanOrEqual(3);
		for (const note of notes.slice(1)) {
			expect(contentOf(note)).toMatch(/^## .+\n/);
			expect(contentOf(note).length).toBeLessThan(420);
		}
	});

	it('contains nothing that only the sandbox understands', () => {
		expect(textOf(file)).not.toMatch(/\[sandbox:/i);
	});

	it('mentions only nodes that exist in its notes', () => {
		// Other bold words are names of fields or outputs.
		const names = nodes.map((node) => node.name.toLowerCase());
		const setUp = contentOf(nodes[0]).split('### How to set up')[1] ?? '';
		const mentioned = [...setUp.matchAll(/credentials? in ((?:\*\*[^*]+\*\*(?:, | and )?)+)/g)]
			.flatMap(([, list = '']) => [...list.matchAll(/\*\*([^*]+)\*\*/g)])
			.map(([, node = '']) => node.toLowerCase());
		expect(mentioned.filter((node) => !names.includes(node))).toEqual([]);
	});

	it('has uniquely named nodes, all of them connected', () => {
		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		const linked = new Set(edgesOf(template).flat());
		expect(steps.map((node) => node.name).filter((node) => !linked.has(node))).toEqual([]);
		expect([...linked].filter((node) => !names.includes(node))).toEqual([]);
	});

	it('keeps its webhook addresses when it is imported', () => {
		const called = steps.filter(({ type }) => CALLED_FROM_OUTSIDE.test(type));
		expect(called.filter(({ webhookId }) => webhookId === undefined)).toEqual([]);
	});

	it('refers to credentials, and contains none', () => {
		for (const { credentials = {} } of steps) {
			for (const reference of Object.values(credentials)) {
				expect(Object.keys(reference).sort()).toEqual(['id', 'name']);
			}
		}
		expect(textOf(file)).not.toMatch(/authorization|bearer |api[-_]?key"|\bsk-|xoxb-/i);
	});

	it('checks the folder for its files before an image costs anything', () => {
		expect(unchecked(template)).toEqual([]);
	});
});

describe('the folder check', () => {
	const link = (node: string) => ({ main: [[{ node }]] });
	const write = (name: string, fileName: string): Node => ({
		name,
		type: WRITE,
		parameters: { operation: 'write', fileName },
	});
	const generate = { name: 'Generate', type: 'x.zImageGenerate', parameters: {} };
	const template = (nodes: Node[], connections: Template['connections']): Template => ({
		name: 'x',
		active: false,
		nodes,
		connections,
		pinData: {},
	});
	const save = write('Save', '=.n8n-files/{{ $binary.data.fileName }}');

	it.each([
		['no check', [], ['Generate']],
		['a check of another folder', [write('Check', 'elsewhere/a.txt')], ['Generate']],
		['a check of the same folder', [write('Check', '.n8n-files/a.txt')], []],
	])('%s', (_, checks, expected) => {
		const nodes = [...checks, generate, save];
		const links = { Check: link('Generate'), Generate: link('Save') };
		const connections = checks.length > 0 ? links : { Generate: link('Save') };
		expect(unchecked(template(nodes, connections))).toEqual(expected);
	});

	it("isn't needed for a whole path", () => {
		const nodes = [generate, write('Save', '/data/a.png')];
		expect(unchecked(template(nodes, { Generate: link('Save') }))).toEqual([]);
	});
});
