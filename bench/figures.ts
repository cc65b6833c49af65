import type { Row } from './row';

const PEER = /^peer-(.+?)-(fifty|ten|single|completion|status|peak|event)-(.+)$/;

const amount = (value: number, unit: string): string => `${value} ${unit}`;

function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
	const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}

function goalText({ goal, met }: Row): string {
	if (goal === null) return '–';
	if (met === null) return `${goal}: nothing to compare to`;
	return met ? `${goal}: met` : `${goal}: **missed**`;
}

function ourTable(rows: readonly Row[]): string {
	return markdownTable(
		['row', 'ratio', 'figure', 'limit', 'goal'],
		rows.map((row) => [
			`\`${row.name}\``,
			row.ratio === null ? '–' : String(row.ratio),
			amount(row.value, row.unit),
			row.limit === null ? '–' : amount(row.limit, row.unit),
			goalText(row),
		]),
	);
}

function missedGoals(rows: readonly Row[]): string {
	const missed = rows.filter(({ met }) => met === false);
	if (missed.length === 0) return 'No goal is missed.';
	return missed
		.map(({ name, ratio, goal }) => {
			const percent = Math.round(((ratio ?? 0) / (goal ?? 1) - 1) * 100);
			return `- \`${name}\` is missed by ${percent} %: ${ratio} instead of ${goal}.`;
		})
		.join('\n');
}

function peerTable(rows: readonly Row[], ours: readonly Row[]): string {
	return markdownTable(
		['row', 'ratio to the limit', 'ratio to ours', 'figure'],
		rows.map(({ name, unit, value, ratio }) => {
			const [, , first, rest] = PEER.exec(name) ?? [];
			const own = ours.find((row) => row.name === `${first}-${rest}`);
			const toOurs =
				own && own.value > 0 ? String(Number((value / own.value).toPrecision(3))) : '–';
			return [`\`${name}\``, ratio === null ? '–' : String(ratio), toOurs, amount(value, unit)];
		}),
	);
}

/** The part of docs/performance.md that comes from a run. */
export function renderFigures(rows: readonly Row[], circumstances: string): string {
	const ours = rows.filter(({ name }) => !PEER.test(name));
	const peers = rows.filter(({ name }) => PEER.test(name));
	return [
		circumstances,
		ourTable(ours),
		missedGoals(ours),
		...(peers.length > 0 ? ['### Others on the same sandbox', peerTable(peers, ours)] : []),
	].join('\n\n');
}
