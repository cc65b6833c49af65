import type { SequenceEvidence } from './sequenceTrial';
import type { Evidence } from './trial';
import type { Finding } from './verdict';

/** A case that has been run and held against the promises. */
export interface Judged {
	readonly evidence: Evidence;
	readonly findings: readonly Finding[];
}

/** A sequence that has been run and held against the promises. */
export interface JudgedSequence {
	readonly evidence: SequenceEvidence;
	readonly findings: readonly Finding[];
}
