import { allowanceSeconds } from './allowance';
import type { Failed } from './comesOut';
import { consoleLeaks } from './consoleWatch';
import { hitsAllItems } from './fault';
import { outgoingLeaks } from './outgoing';
import { doubtWords, notSentWords, isSentAgain, wordsOf } from './policy';
import { handlesOf, taskIdOf } from './submits';
import type { Evidence } from './trial';

/** The five promises, as the last line of the run counts them. */
export const promises = [
	'lost',
	'paid twice',
	'keys leaked',
	'past the deadline',
	'unexplained',
] as const;
export type Promised = (typeof promises)[number];

/** A promise that a case broke, and how. */
export interface Finding {
	readonly promise: Promised;
	readonly text: string;
}

/** On a busy machine, real time passes in addition to the nodes' clock. */
export const slackMs = 3000;

/** If an item got a 429, its siblings, which have more time, wait as long as the provider asks for. */
const longestPauseMs = 20_000;

/**
 * n8n's generic error messages, which don't say what to do. Source: node-api.error.ts and node.error.ts of
 * n8n-workflow.
 */
export const genericTexts =
	/please check your (parameters|credentials)|perhaps (check|it is offline|the server|try again)|could not be processed by the service|resource you are requesting|too many requests from you|service (failed|was not able) to|try again later or consider|closed (the connection )?unexpectedly|consider setting the|UNKNOWN ERROR|incorrect host \(domain\)/i;

function hitsAll({ scenario }: Evidence): boolean {
	return hitsAllItems(scenario.fault);
}

function failureOf({ comesOut }: Evidence, item: number): Failed | undefined {
	return comesOut.failures.find(({ itemIndex }) => itemIndex === item);
}

/** The output contains every accepted task that the client learned of. */
function* lostTasks(evidence: Evidence): Generator<string> {
	const { accepted, comesOut, scenario } = evidence;
	for (const [item, submits] of accepted.entries()) {
		// A task that failed in an earlier attempt is of no use any more.
		const known = submits.filter(({ isTold }) => isTold).slice(scenario.tries > 1 ? -1 : 0);
		for (const handle of known.flatMap(handlesOf)) {
			if (!comesOut.text.includes(handle)) {
				const who =
					item === scenario.subject.faultyItem
						? 'the task of the fault'
						: `the task of sibling ${item}`;
				yield `${who} was accepted, and nothing that comes out has it`;
			}
		}
	}
}

function* wrongOutcome(evidence: Evidence): Generator<string> {
	const { scenario, comesOut } = evidence;
	const { outcome } = scenario.policy;
	const hasImage = comesOut.images.has(scenario.subject.faultyItem);
	const isResumed = scenario.tries > 1 && scenario.persistence === 'once';
	const failure = failureOf(evidence, scenario.subject.faultyItem);
	if (outcome === 'images' || (isResumed && (outcome === 'task' || outcome === 'refused'))) {
		if (!hasImage) yield `there is no image: ${comesOut.failures[0]?.message}`;
	} else if (!hasImage && !failure && !hitsAll(evidence)) {
		yield 'the item with the fault has neither an image nor an error';
	}
	if (scenario.onError === 'stopWorkflow') return;
	for (let item = 0; item < scenario.subject.itemCount; item++) {
		if (item === scenario.subject.faultyItem) continue;
		const isThere = hitsAll(evidence) || comesOut.images.has(item);
		if (!isThere) yield `sibling ${item} has no image: ${failureOf(evidence, item)?.message}`;
	}
}

/** An accepted task's failure contains it in a usable form. */
function* handedOutBadly(evidence: Evidence): Generator<string> {
	const { scenario, accepted, recovery } = evidence;
	const failure = failureOf(evidence, scenario.subject.faultyItem);
	const submit = accepted[scenario.subject.faultyItem]?.findLast(({ isTold }) => isTold);
	if (failure && submit) {
		const { item } = failure;
		const data = (item.details ?? item) as typeof item;
		const taskId = taskIdOf(submit);
		if (scenario.policy.outcome === 'failed' && data.status !== 'failed') {
			yield 'the failure does not say that the task has failed';
		}
		if (data.provider !== scenario.subject.id) yield 'the failure does not say whose task it is';
		if (taskId !== undefined && data.taskId !== taskId) yield "the failure hasn't its taskId";
		if (scenario.stage === 'download') {
			// An attempt that resumes a task may fail before it knows the URL again. The task's ID is enough.
			const leadsThere = scenario.tries > 1 || scenario.subject.hasOwnFiles;
			const isKnown = typeof data.url === 'string' || (leadsThere && taskId !== undefined);
			if (!isKnown) yield "the failure hasn't the URL of the image";
			if (!isKnown) return;
			if (
				scenario.subject.hasExpiringLinks &&
				typeof data.url === 'string' &&
				typeof data.expiresAt !== 'string'
			) {
				yield 'the failure does not say until when the URL is good';
			}
		}
	}
	if (scenario.policy.outcome === 'failed' && scenario.tries > 1 && scenario.stage === 'task') {
		const count = accepted[scenario.subject.faultyItem]?.length ?? 0;
		if (count < scenario.tries) yield 'a task that is known to have failed was not submitted again';
	}
	if (recovery?.problem !== undefined) {
		yield `after the fault the image is not available: ${recovery.problem}`;
	}
}

function* paidTwice(evidence: Evidence): Generator<string> {
	const { accepted, submits, scenario } = evidence;
	const { policy, tries } = scenario;
	for (const [item, found] of accepted.entries()) {
		const most = item === scenario.subject.faultyItem && policy.outcome === 'failed' ? tries : 1;
		if (found.length > most) yield `item ${item} was accepted ${found.length} times`;
	}
	for (const [item, count] of submits.entries()) {
		const isHit = item === scenario.subject.faultyItem || hitsAll(evidence);
		const expected = isHit ? policy.submits : 1;
		// If nothing can have been accepted, n8n's next try may submit again.
		const mayTryAgain = tries > 1 && policy.outcome !== 'ambiguous';
		if (expected === undefined || mayTryAgain) continue;
		if (count > expected) yield `item ${item} was submitted ${count} times instead of ${expected}`;
	}
}

/** An error's statement about the charge is true, because a workflow uses another provider based on it. */
function* untrueCharge({ comesOut, accepted, scenario }: Evidence): Generator<string> {
	const { policy, subject } = scenario;
	for (const { item, itemIndex } of comesOut.failures) {
		const { charged, errorKind } = (item.details ?? item) as typeof item;
		if (typeof errorKind !== 'string') yield 'the error has no kind';
		if (!['maybe', 'no', 'yes'].includes(String(charged))) yield `charged is ${String(charged)}`;
		const isAccepted = (accepted[itemIndex]?.length ?? 0) > 0;
		// A failure or refusal in the provider's own words may be free, and the user's own servers are free.
		const mayBeFree = ['failed', 'refused', 'unclear'].includes(policy.outcome) || subject.isFree;
		if (isAccepted && !mayBeFree && charged === 'no') {
			yield `item ${itemIndex} was accepted, and the error says that it is not charged`;
		}
		if (!isAccepted && charged === 'yes' && scenario.onError !== 'stopWorkflow') {
			yield `item ${itemIndex} was not accepted, and the error says that it is charged`;
		}
	}
}

function* submittedTooRarely({ submits, scenario }: Evidence): Generator<string> {
	const { policy, tries } = scenario;
	if (policy.outcome === 'unclear') return;
	const least = policy.submits ?? 2;
	const count = submits[scenario.subject.faultyItem] ?? 0;
	if (tries === 1 && count < least) yield `it was submitted ${count} times instead of ${least}`;
}

function* late({ execution, elapsedMs, scenario, recovery }: Evidence): Generator<string> {
	if (!execution) {
		yield 'the run did not end';
		return;
	}
	const { subject, stage, policy, tries } = scenario;
	const timeoutMs = (policy.timeoutSeconds + allowanceSeconds(subject, stage)) * 1000 * tries;
	const mayPause = /429/.test(scenario.fault.id) && scenario.onError !== 'stopWorkflow';
	if (elapsedMs > timeoutMs + slackMs * tries + (mayPause ? longestPauseMs : 0)) {
		yield `the run took ${Math.round(elapsedMs / 1000)} s of ${timeoutMs / 1000} s`;
	}
	if (recovery?.problem === 'Get Task Result did not end') yield recovery.problem;
}

/** A fault that was overcome did occur, so the request was repeated. */
function* neverMet({ scenario, stageRequests }: Evidence): Generator<string> {
	const { policy, persistence, fault, stage } = scenario;
	if (stage === 'stream' && stageRequests < 1) yield 'the fault did not show: there was no stream';
	if (policy.outcome !== 'images' || persistence !== 'once' || !isSentAgain(fault, stage)) return;
	if (stageRequests < 2) yield 'the fault did not show: the request was sent once only';
}

function* unexplained(evidence: Evidence): Generator<string> {
	const { scenario, comesOut, accepted } = evidence;
	const { policy, subject, stage } = scenario;
	yield* neverMet(evidence);
	if (!['images', 'either', 'unclear'].includes(policy.outcome)) {
		const isGone = scenario.tries > 1 && scenario.persistence === 'once';
		if (comesOut.failures.length === 0 && !isGone) yield 'the fault did not show';
	}
	for (const { message, description, item, itemIndex } of comesOut.failures) {
		const isOwn = itemIndex === scenario.subject.faultyItem || hitsAll(evidence);
		if (!isOwn) continue;
		const data = (item.details ?? item) as typeof item;
		const says = (problem: string) => `${problem}: "${message}" / "${description}"`;
		// A failed download's message is about the file. The provider is in the data.
		const isNamed = message.includes(subject.name);
		const isFile =
			stage === 'download' && /image|weights/.test(message) && data.provider === subject.id;
		if (!isNamed && !isFile) yield says('it does not name the provider');
		if (genericTexts.test(`${message} ${description}`)) yield says('it has a generic text of n8n');
		if (!policy.says.test(description)) yield says(`it does not say ${policy.says}`);
		const words = wordsOf(scenario.fault);
		if (words && !words.test(message)) yield says(`it does not say ${words}`);
		if (policy.outcome === 'ambiguous' && !doubtWords.test(description)) {
			yield says('it does not say that the task may have been accepted');
		}
		if (scenario.fault.handshake && stage === 'submit') {
			if (!notSentWords.test(`${message} ${description}`)) yield says('it does not say not sent');
		}
		if (policy.outcome === 'refused' && doubtWords.test(description)) {
			yield says('it says that the task may have been accepted, which it was not');
		}
	}
	if (scenario.fault.id === 'flagged' && !['aimlapi', 'replicate'].includes(subject.id)) {
		if (comesOut.images.get(scenario.subject.faultyItem)?.nsfw !== true) yield 'nsfw is not true';
		if (!evidence.execution?.hints.some((hint) => /flagged/.test(hint))) yield 'no hint says it';
	}
	if (policy.outcome === 'failed' && accepted[scenario.subject.faultyItem]?.length === 0) {
		yield 'the fault did not show: nothing was accepted';
	}
}

/** Keys that appear where only the whole process shows it: in the console, or in any request. */
export function processFindings(caseNumber: number): Finding[] {
	const leaks = [...outgoingLeaks(caseNumber), ...consoleLeaks(caseNumber)];
	return leaks.map((text) => ({ promise: 'keys leaked', text }));
}

/** Checks what was observed in a case against the promises in issue 4. */
export function judge(evidence: Evidence): Finding[] {
	const found: Record<Promised, Iterable<string>> = {
		lost: [
			...(evidence.execution
				? [...lostTasks(evidence), ...wrongOutcome(evidence), ...handedOutBadly(evidence)]
				: []),
			...submittedTooRarely(evidence),
		],
		'paid twice': [...paidTwice(evidence), ...untrueCharge(evidence)],
		'keys leaked': evidence.leaks,
		'past the deadline': late(evidence),
		unexplained: evidence.execution ? unexplained(evidence) : [],
	};
	return promises.flatMap((promise) => [...found[promise]].map((text) => ({ promise, text })));
}
