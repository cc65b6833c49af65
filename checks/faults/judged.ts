import type { SequenceEvidence } from './sequenceTrial';
import type { Evidence } from './trial';
import type { Finding } from './verdict';

/** A case that was run and checked against the promises. */
export interface Judged {
	readonly evidence: Evidence;
	readonly findings: readonly Finding[];
}

/** A sequence that was run and checked against the promises. */
export interface JudgedSequence {
	readonly evidence: SequenceEvidence;
	readonly findings: readonly Finding[];
}
