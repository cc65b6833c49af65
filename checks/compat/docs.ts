import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import type { Verdict } from './trial';

const file = join(PROJECT_FOLDER, 'docs', 'compatibility.md');
const maxNoteLength = 120;
const marks = /(<!-- table -->)[\s\S]*(<!-- \/table -->)/;

/** The line that names the problem. The run's output has the rest. */
function brief(problem: string): string {
	const lines = problem.split('\n');
	const line = lines.find((text) => text.startsWith('Error')) ?? lines[0] ?? '';
	return line.slice(0, maxNoteLength).replaceAll('|', '\\|');
}

function note({ loading, running }: Verdict): string {
	return [...loading, ...running].map(brief).join('; ') || '–';
}

/** The verdicts as a Markdown table. */
export function renderTable(verdicts: readonly Verdict[]): string {
	const rows = verdicts.map((verdict) => {
		const { n8n, node, loading, running, errorOutput } = verdict;
		const mark = (problems: readonly string[]) => (problems.length === 0 ? 'yes' : '**no**');
		const error = errorOutput ? 'yes' : 'no¹';
		return `| ${n8n} | ${node} | ${mark(loading)} | ${mark(running)} | ${error} | ${note(verdict)} |`;
	});
	return [
		'| n8n | Node.js | loads | examples | error output | notes |',
		'| --- | --- | --- | --- | --- | --- |',
		...rows,
	].join('\n');
}

/** Writes the table to docs/compatibility.md. */
export async function writeDocs(verdicts: readonly Verdict[]): Promise<void> {
	const page = await readFile(file, 'utf8');
	const table = renderTable(verdicts);
	const style = await resolveConfig(file);
	const filled = page.replace(marks, (_all, open: string, close: string) =>
		[open, table, close].join('\n\n'),
	);
	await writeFile(file, await format(filled, { ...style, parser: 'markdown' }));
}
