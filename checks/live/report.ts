import Table from 'cli-table3';

import type { Outcome } from './checkProvider';
import { allDifferences } from './checkProvider';
import { formatUsd } from './plan';
import type { Difference } from './shape';

/** `!` marks what the nodes rely on. */
function line({ breaks, text }: Difference): string {
	return `${breaks ? '!' : '·'} ${text}`;
}

/** One provider's result: a table and further remarks. */
export function renderOutcome(outcome: Outcome): string {
	const { plan, kinds, others, facts } = outcome;
	const table = new Table({
		head: ['answer to', 'HTTP', 'times', 'longest', 'differs from the documents in'],
		style: { head: [], border: [], compact: true },
	});
	for (const { kind, codes, count, seconds, differences } of kinds) {
		table.push([
			kind,
			codes.join(', '),
			String(count),
			`${seconds.toFixed(1)} s`,
			differences.map(line).join('\n') || '–',
		]);
	}
	return [
		`${plan.subject.provider.displayName}, ${plan.baseUrl}`,
		table.toString(),
		...facts.lines.map((text) => `  ${text}`),
		...others.map((difference) => `  ${line(difference)}`),
	].join('\n');
}

function count(number: number): string {
	return `${number} ${number === 1 ? 'difference' : 'differences'}`;
}

function verdict(outcome: Outcome): string {
	const differences = allDifferences(outcome);
	const breaking = differences.filter(({ breaks }) => breaks).length;
	const { costUsd } = outcome.facts;
	return [
		`${outcome.plan.subject.id} ${breaking === 0 ? 'ok' : 'FAILED'}`,
		count(differences.length) + (breaking === 0 ? '' : ` (${breaking} that the nodes rely on)`),
		costUsd === null ? 'cost not documented' : `about ${formatUsd(costUsd)}`,
	].join(', ');
}

/** The last line of the output. */
export function lastLine(outcomes: readonly Outcome[]): string {
	return `live check: ${outcomes.map(verdict).join('; ')}`;
}
