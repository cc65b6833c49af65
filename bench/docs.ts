import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { PROJECT_FOLDER } from '../sandbox/realN8n/paths';
import { renderFigures } from './figures';
import type { Row } from './row';

const FILE = join(PROJECT_FOLDER, 'docs', 'performance.md');

/**
 * Writes a run's figures to docs/performance.md.
 * @param part the comment in the page between which and its end they stand
 */
export async function writeFigures(
	part: 'figures' | 'queue figures',
	rows: readonly Row[],
	circumstances: string,
): Promise<void> {
	const place = new RegExp(`(<!-- ${part} -->)[^]*(<!-- /${part} -->)`);
	const figures = renderFigures(rows, circumstances);
	const text = (await readFile(FILE, 'utf8')).replace(
		place,
		(_, start: string, end: string) => `${start}\n\n${figures}\n\n${end}`,
	);
	const settings = await resolveConfig(FILE);
	await writeFile(FILE, await format(text, { ...settings, filepath: FILE }));
}
