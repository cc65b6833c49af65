import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

export const project = join(__dirname, '..', '..');

/** Every page of the project, by its path from the project folder. */
export const pageFiles: readonly string[] = [
	...readdirSync(project).filter((file) => file.endsWith('.md')),
	...['docs', 'examples', 'sandbox', 'test'].flatMap((folder) =>
		readdirSync(join(project, folder), { recursive: folder === 'docs', encoding: 'utf8' })
			.filter((file) => file.endsWith('.md'))
			.map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
	),
].sort();

export function readText(file: string): string {
	return readFileSync(join(project, file), 'utf8');
}

/** A table and its heading. The cells have no padding. */
export interface Table {
	readonly heading: string;
	readonly header: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
}

/** A fenced block, with the HTML comment right above it if there is one. */
export interface CodeBlock {
	readonly language: string;
	readonly mark: string | undefined;
	readonly code: string;
}

const fence = /^(?:<!-- (?<mark>[^\n]*?) -->\n+)?```(?<language>\w*)\n(?<code>.*?)^```$/gms;

export function codeBlocksIn(text: string): CodeBlock[] {
	return [...text.matchAll(fence)].map(({ groups }) => ({
		language: groups?.language ?? '',
		mark: groups?.mark,
		code: groups?.code ?? '',
	}));
}

/** The text without fenced blocks, whose lines aren't headings, tables or links. */
function withoutCode(text: string): string {
	return text.replace(fence, '');
}

function cellsOf(line: string): string[] {
	return line
		.slice(1, -1)
		.split(/(?<!\\)\|/)
		.map((cell) => cell.trim());
}

export function tablesIn(text: string): Table[] {
	const tables: Array<{ heading: string; header: string[]; rows: string[][] }> = [];
	let heading = '';
	let before = '';
	for (const line of withoutCode(text).split('\n')) {
		const title = /^#+ (.+)$/.exec(line)?.[1];
		if (title !== undefined) heading = title;
		if (line.startsWith('|') && !/^\|[\s:|-]+$/.test(line)) {
			if (before.startsWith('|')) tables.at(-1)?.rows.push(cellsOf(line));
			else tables.push({ heading, header: cellsOf(line), rows: [] });
		}
		before = line;
	}
	return tables;
}

/** The only table under a heading of a page. */
export function tableUnder(file: string, heading: string): Table {
	const [table, ...others] = tablesIn(readText(file)).filter((found) => found.heading === heading);
	if (!table || others.length > 0) throw new Error(`${file} hasn't one table under ${heading}`);
	return table;
}

/** The code spans of a text. */
export function codesIn(text: string): string[] {
	return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The bold parts of a text. */
export function boldIn(text: string): string[] {
	return [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words = '']) => words);
}

/** Every number in a text. */
export function numbersIn(text: string): number[] {
	return [...text.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map(([digits]) =>
		Number(digits.replaceAll(',', '')),
	);
}

/** The targets of all links and images. */
export function linksIn(text: string): string[] {
	const plain = withoutCode(text).replace(/`[^`\n]*`/g, '');
	return [...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a page's headings, as GitHub generates them. */
export function anchorsIn(text: string): string[] {
	const seen = new Map<string, number>();
	return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => {
		const slug = title
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replace(/\s/g, '-');
		const times = seen.get(slug) ?? 0;
		seen.set(slug, times + 1);
		return times === 0 ? slug : `${slug}-${times}`;
	});
}

/** A message on the pages as a pattern: each `…` matches any text that isn't empty. */
export function patternOf(message: string): RegExp {
	const escaped = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${escaped.join('.+')}$`, 's');
}
