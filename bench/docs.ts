import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { PROJECT_FOLDER } from '../sandbox/realN8n/paths';
import { renderFigures } from './figures';
import type { Row } from './row';

const FILE = join(PROJECT_FOLDER, 'docs', 'performance.md');
const FIGURES = /(<!-- figures -->)[^]*(<!-- \/figures -->)/;

/** Writes a run's figures to docs/performance.md. */
export async function writeFigures(rows: readonly Row[], circumstances: string): Promise<void> {
	const figures = renderFigures(rows, circumstances);
	const text = (await readFile(FILE, 'utf8')).replace(
		FIGURES,
		(_, start: string, end: string) => `${start}\n\n${figures}\n\n${end}`,
	);
	const settings = await resolveConfig(FILE);
	await writeFile(FILE, await format(text, { ...settings, filepath: FILE }));
}
