import { promises, type Finding } from './verdict';

/** Anything that was checked against the promises. */
export interface Verdict {
	readonly findings: readonly Finding[];
}

/** A case or a sequence that broke a promise, and how. Undefined if it kept all. */
export function failureText(name: string, findings: readonly Finding[]): string | undefined {
	if (findings.length === 0) return undefined;
	const lines = findings.map(({ promise, text }) => `    ${promise}: ${text}`);
	return [name, ...lines].join('\n');
}

/**
 * The machine-readable line: how many cases and sequences broke each promise.
 * @param stray findings without a case
 */
export function lastLine(
	cases: readonly Verdict[],
	sequences: readonly Verdict[],
	stray: readonly Finding[],
): string {
	const counts = promises.map((promise) => {
		const isBroken = (finding: Finding) => finding.promise === promise;
		const broken = [...cases, ...sequences].filter(({ findings }) => findings.some(isBroken));
		return `${broken.length + stray.filter(isBroken).length} ${promise}`;
	});
	return `faults: ${cases.length} cases, ${sequences.length} sequences, ${counts.join(', ')}`;
}
