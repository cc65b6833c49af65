import { FAULTS, readFault, type Fault } from './steeringGrammar';

/**
 * Faults for requests without a prompt: a word in a file name (`initiate`, `upload`) or in a URL (`hub`), such
 * as `sandbox-upload-503`, `sandbox-hub-hang` or, for only the first two requests, `sandbox-initiate-429-x2`.
 */
export const WORD_STAGES = ['initiate', 'upload', 'hub'] as const;
export type WordStage = (typeof WORD_STAGES)[number];

/** The faults of a submit, too. What is specific to a status or a download makes no sense here. */
const NAMES = FAULTS.filter(({ stages }) => (stages as readonly string[]).includes('submit'))
	.map(({ name }) => name)
	.sort((one, other) => other.length - one.length);
const WORD = new RegExp(
	`sandbox-(${WORD_STAGES.join('|')})-(${NAMES.join('|')}|[2-5]\\d\\d)(?:-x(\\d+))?(?![a-z\\d])`,
	'g',
);

/** The faults that a text asks for at one stage. */
export const parseWords = (text: string, stage: WordStage): Fault[] =>
	[...text.matchAll(WORD)]
		.filter(([, wordStage]) => wordStage === stage)
		.map(([, , name = '', times]) =>
			readFault('submit', times === undefined ? name : `${name}*${times}`),
		);

/** The message for a mistyped word. */
export function wordProblem(text: string): string | undefined {
	const [unknown] = /sandbox-(initiate|upload|hub)-[\w-]*/.exec(text.replaceAll(WORD, '')) ?? [];
	return unknown && `The sandbox does not know ${unknown}; see sandbox/README.md`;
}
