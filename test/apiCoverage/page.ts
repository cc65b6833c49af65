import { readFileSync } from 'fs';
import { join } from 'path';

/** A row of a table with request fields. */
export interface RequestRow {
	readonly fields: readonly string[];
	/** The endpoints that the table is for: paths, `*` being anything. */
	readonly endpoints: readonly string[];
	readonly sent: string;
	/** The parameters that the column "in the node" names. */
	readonly parameters: readonly string[];
	readonly documented: string;
	readonly note: string;
}

/** A row of a table with the fields of an answer. */
export interface AnswerRow {
	readonly fields: readonly string[];
	readonly isRead: boolean;
	/** The fields of the output item that it says the field comes out as. */
	readonly json: readonly string[];
	readonly text: string;
}

/** What stands under a heading: lines of text, and the cells of the tables. */
interface Section {
	readonly text: string;
	/** Each with the last line of text above it. */
	readonly rows: ReadonlyArray<{ readonly above: string; readonly cells: readonly string[] }>;
}

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'api-coverage.md'), 'utf8');

/** What a text has as code. */
export function codesIn(text: string): string[] {
	return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The parameters of the node that a text names: all that is bold. */
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

/** The part of the page about one provider. */
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

	/** The calls that no user's parameter leads to: `GET /path?name=value`. */
	get calls(): string[] {
		return this.rowsUnder('Calls').map(({ cells: [, call = '', query = ''] }) =>
			[...codesIn(call), ...codesIn(query)].join('?'),
		);
	}

	/** Query parameters, headers and fields beside those of the tables above, and whether they are sent. */
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

/** Whether a pattern of the page, `*` being anything, is about a path. */
export function fits(pattern: string, path: string): boolean {
	const escaped = pattern.replace(/[.[\]+?^${}()|\\]/g, '\\$&').replaceAll('*', '.*');
	return new RegExp(`^${escaped}$`).test(path);
}
