import type { Fault, Persistence } from './fault';
import { failureReason } from './fault';
import type { Stage, Subject } from './subject';

/**
 * What has to come of a fault:
 * - `images`: it is overcome
 * - `task`: an error that hands the accepted task out, for Get Task Result
 * - `failed`: the same, but the provider has ended the task
 * - `either`: images or the task
 * - `refused`: an error; nothing was accepted
 * - `ambiguous`: an error that says that the provider may have accepted the task
 */
export type Outcome = 'ambiguous' | 'either' | 'failed' | 'images' | 'refused' | 'task';

/** What issue 4 promises for one fault. */
export interface Policy {
	readonly outcome: Outcome;
	/** How often the submit is sent; undefined for as often as the deadline allows. */
	readonly submits: number | undefined;
	/** What the description of the error has to speak of. */
	readonly says: RegExp;
	/** The item's time, in seconds: short where the fault takes all of it, in real time. */
	readonly timeoutSeconds: number;
}

/** A way on that a person can go. */
const anyAction =
	/\b(Check|Look|Run|run|Change|Top up|Lower|Raise|raise|Set|Get Task Result|Image URL|Open|Try|Choose)\b/;
const later = /\b(again|later)\b/;

const advice: Readonly<Record<string, RegExp>> = {
	401: /API key/,
	402: /balance|credit|[Tt]op up/,
	403: /API key|balance|account/,
	408: later,
	425: later,
	429: /Max Concurrency|later/,
	'429-retry-after': /Max Concurrency|later/,
	500: later,
	502: later,
	503: later,
	'503-retry-after-date': later,
	504: later,
	moderated: /prompt/,
	'no-money': /balance|credit|[Tt]op up/,
	redirect: /Base URL/,
	'redirect-loop': /Base URL/,
	never: /Get Task Result|may have accepted/,
};

/** GETs are sent again on these: they cost nothing. */
const overcomeByReading: ReadonlySet<string> = new Set([
	...['408', '425', '429', '429-retry-after', '500', '502', '503', '503-retry-after-date', '504'],
	...['refused', 'reset', 'reset-mid', 'hang', 'drip', 'truncated'],
]);

/** The answer to a submit was lost on its way, or does not say what became of it. */
const ambiguousSubmits: ReadonlySet<string> = new Set([
	...['reset', 'reset-mid', 'hang', 'drip', 'empty', 'html', 'broken-json', 'other-json'],
]);

/** The answer is not as documented, but not in question either. */
const harmless: ReadonlySet<string> = new Set(['wrong-type', 'no-length']);

/** Answers without sense: whether asking again helps is left to the node, as a GET costs nothing. */
const senseless: ReadonlySet<string> = new Set([
	...['empty', 'html', 'broken-json', 'other-json', 'text', 'oversized', 'oversized-no-length'],
	'unknown-state',
]);

/** Whether a fault that strikes once is overcome by sending the request again. */
export function isSentAgain(id: string, stage: Stage): boolean {
	// However slowly it comes, a short answer may come in time.
	if (harmless.has(id) || id === 'drip') return false;
	return stage === 'submit' ? id === 'refused' || id.startsWith('429') : overcomeByReading.has(id);
}

function submitPolicy(id: string, persistence: Persistence): [Outcome, number | undefined] {
	if (harmless.has(id)) return ['images', 1];
	if (ambiguousSubmits.has(id)) return ['ambiguous', 1];
	if (id === 'refused') return persistence === 'once' ? ['images', 1] : ['refused', 0];
	if (id.startsWith('429')) return persistence === 'once' ? ['images', 2] : ['refused', undefined];
	return ['refused', 1];
}

function readOutcome(id: string, stage: Stage, persistence: Persistence): Outcome {
	if (harmless.has(id)) return 'images';
	// A download carries no key, so it may go where it is sent.
	if (stage === 'download' && id === 'redirect') return 'images';
	if (stage === 'download' && id === 'redirect-loop' && persistence === 'once') return 'images';
	// The model's own words: its result is that the request was not valid.
	if (stage === 'result' && id === '422') return 'failed';
	if (persistence === 'always') return 'task';
	if (overcomeByReading.has(id)) return 'images';
	return senseless.has(id) ? 'either' : 'task';
}

function taskPolicy(id: string, { id: subject, hasTasks }: Subject): Outcome {
	const isQueue = subject === 'fal';
	if (id === 'flagged') return 'images';
	if (id === 'no-money') return 'refused';
	if (id === 'moderated') return isQueue ? 'failed' : 'refused';
	if (id === 'never') return hasTasks ? 'task' : 'ambiguous';
	return hasTasks ? 'failed' : 'refused';
}

function timeoutOf(id: string, stage: Stage, persistence: Persistence): number {
	if (id === 'never') return stage === 'task' ? 4 : 20;
	if (id === 'hang' || id === 'drip') {
		if (stage === 'submit') return 1.5;
		return persistence === 'always' ? 3 : 300;
	}
	return persistence === 'always' && id.startsWith('429') ? 30 : 120;
}

/**
 * What has to come of a fault, by the words of issue 4 and not by the nodes: a submit is sent again only where it
 * cannot have been accepted, a GET on 408, 425, 429, 5xx and faults of the network; from the moment a task is accepted,
 * every way out hands it out; every error says what to do.
 */
export function policyFor(
	{ id }: Fault,
	stage: Stage,
	persistence: Persistence,
	subject: Subject,
): Policy {
	const [outcome, submits] =
		stage === 'submit'
			? submitPolicy(id, persistence)
			: ([
					stage === 'task' ? taskPolicy(id, subject) : readOutcome(id, stage, persistence),
					1,
				] as const);
	const isDownload = stage === 'download';
	return {
		outcome,
		submits,
		says: (isDownload ? undefined : advice[id]) ?? anyAction,
		timeoutSeconds: timeoutOf(id, stage, persistence),
	};
}

/** What the message of the error has to name, besides the provider. */
export function wordsOf({ id }: Fault): RegExp | undefined {
	if (id.startsWith('failed')) return new RegExp(failureReason);
	return id === 'unknown-state' ? /unknown state/ : undefined;
}
