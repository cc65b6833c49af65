import Table from 'cli-table3';
import { type Row, type Sample, spread } from './row';

const number = (value: number | null): string => (value === null ? '–' : String(value));

const verdict = ({ goal, met }: Row): string =>
	goal === null ? '–' : `${met === true ? 'met' : 'missed'} (≤ ${goal})`;

/** The rows as a table for the terminal. */
export function renderTable(rows: readonly Row[], samples: readonly Sample[]): string {
	const table = new Table({
		head: ['measured', 'unit', 'figure', 'from – to', 'limit', 'ratio', 'goal'],
		colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
		style: { head: [], border: [], compact: true },
	});
	for (const row of rows) {
		const [from, to] = spread(samples, row.name);
		const range = from === to ? '' : `${from} – ${to}`;
		table.push([
			row.name,
			row.unit,
			number(row.value),
			range,
			number(row.limit),
			number(row.ratio),
			verdict(row),
		]);
	}
	return table.toString();
}
