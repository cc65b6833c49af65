import { readFileSync } from 'fs';
import { join } from 'path';

/** A row of a table with request fields. */
export interface RequestRow {
	readonly fields: readonly string[];
	/** The endpoints that the table covers: paths, with `*` for anything. */
	readonly endpoints: readonly string[];
	readonly sent: string;
	/** The parameters in the column "in the node". */
	readonly parameters: readonly string[];
	readonly documented: string;
	readonly note: string;
}

/** A row of a table of response fields. */
export interface AnswerRow {
	readonly fields: readonly string[];
	readonly isRead: boolean;
	/** The output item's fields in which the response field appears, according to the page. */
	readonly json: readonly string[];
	readonly text: string;
}

/** The contents of a section: lines of text, and the cells of the tables. */
interface Section {
	readonly text: string;
	/** Each with the last line of text above it. */
	readonly rows: ReadonlyArray<{ readonly above: string; readonly cells: readonly string[] }>;
}

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'api-coverage.md'), 'utf8');

/** The code spans of a text. */
export function codesIn(text: string): string[] {
	return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The node's parameters in a text: everything bold. */
function parametersIn(text: string): string[] {
	return [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name);
}

function cellsOf(line: string): string[] {
	return line
		.slice(1, -1)
		.split('|')
		.map((cell) => cell.trim());
}

function parseSection(text: string): Section {
	const rows: Array<{ above: string; cells: string[] }> = [];
	const lines = text.split('\n');
	let above = '';
	lines.forEach((line, index) => {
		if (!line.startsWith('|')) {
			if (line.trim() !== '') above = line;
		} else if (lines[index - 1]?.startsWith('|') && !/^\|[\s|-]+$/.test(line)) {
			rows.push({ above, cells: cellsOf(line) });
		}
	});
	return { text, rows };
}

function splitAt(heading: string, text: string): Map<string, string> {
	const parts = text.split(new RegExp(`^${heading} (.+)$`, 'm'));
	return new Map(
		parts.flatMap((title, index) => (index % 2 === 1 ? [[title, parts[index + 1] ?? '']] : [])),
	);
}

const chapters = splitAt('##', page);

/** Every parameter that the page names. */
export const namedParameters: readonly string[] = parametersIn(
	page.slice(page.indexOf('## All providers')),
);

/** The page's section about one provider. */
export class Chapter {
	private readonly sections: ReadonlyMap<string, string>;

	constructor(title: string) {
		this.sections = splitAt('###', chapters.get(title) ?? '');
	}

	private rowsUnder(title: string): Section['rows'] {
		return parseSection(this.sections.get(title) ?? '').rows;
	}

	/** `Operation`, `Model` and the two paths of each endpoint. */
	get endpoints(): string[][] {
		return this.rowsUnder('Endpoints').map(({ cells }) =>
			cells.map((cell) => codesIn(cell)[0] ?? cell),
		);
	}

	get requestRows(): RequestRow[] {
		return ['Request fields', 'Request fields of the upload'].flatMap((title) =>
			this.rowsUnder(title).map(({ above, cells }) => {
				const [field = '', sent = '', inNode = '', documented = '', note = ''] = cells;
				return {
					fields: codesIn(field),
					endpoints: codesIn(above),
					sent,
					parameters: parametersIn(inNode),
					documented,
					note,
				};
			}),
		);
	}

	/** The calls that don't depend on the parameters: `GET /path?name=value`. */
	get calls(): string[] {
		return this.rowsUnder('Calls').map(({ cells: [, call = '', query = ''] }) =>
			[...codesIn(call), ...codesIn(query)].join('?'),
		);
	}

	/** Query parameters, headers and fields that aren't in the tables above, and whether they are sent. */
	get extras(): Array<{ name: string; isSent: boolean }> {
		return ['Query parameters and headers', 'Query parameters and other fields', 'Headers'].flatMap(
			(title) =>
				this.rowsUnder(title).map(({ cells }) => ({
					name: codesIn(cells[0] ?? '')[0] ?? '',
					isSent: cells.slice(1, -1).includes('yes'),
				})),
		);
	}

	answerRows(title: string): AnswerRow[] {
		return this.rowsUnder(title).map(({ cells: [field = '', read = '', text = ''] }) => ({
			fields: codesIn(field),
			isRead: read === 'yes',
			json: read === 'yes' ? [...text.matchAll(/json `(\w+)`/g)].map(([, name = '']) => name) : [],
			text,
		}));
	}

	get answerTitles(): string[] {
		return [...this.sections.keys()].filter((title) => title.startsWith('Answer'));
	}
}

/** Whether a pattern on the page, with `*` for anything, matches a path. */
export function fits(pattern: string, path: string): boolean {
	const escaped = pattern.replace(/[.[\]+?^${}()|\\]/g, '\\$&').replaceAll('*', '.*');
	return new RegExp(`^${escaped}$`).test(path);
}
