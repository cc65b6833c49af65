import type { Judged } from './judged';
import { nameOf } from './scenario';
import { promises, type Finding } from './verdict';
import type { Evidence } from './trial';

/** A case that did not keep a promise, and how. */
export function failureText({ scenario }: Evidence, findings: readonly Finding[]): string {
	const lines = findings.map(({ promise, text }) => `    ${promise}: ${text}`);
	return [nameOf(scenario), ...lines].join('\n');
}

/**
 * The line that a script reads: how many cases have broken each promise.
 * @param stray findings of no certain case
 */
export function lastLine(judged: readonly Judged[], stray: readonly Finding[]): string {
	const counts = promises.map((promise) => {
		const isBroken = (finding: Finding) => finding.promise === promise;
		const broken = judged.filter(({ findings }) => findings.some(isBroken)).length;
		return `${broken + stray.filter(isBroken).length} ${promise}`;
	});
	return `faults: ${judged.length} cases, ${counts.join(', ')}`;
}
