import type { AcceptedSubmit } from '../../sandbox/emulator/server';
import { allowanceSeconds } from './allowance';
import { wasLogged } from './consoleWatch';
import type { Harm } from './harm';
import { doubtWords, isLost, provesNothingAccepted } from './policy';
import type { Sequence, Strike } from './sequence';
import { sequenceTimeoutSeconds } from './sequence';
import type { SequenceEvidence } from './sequenceTrial';
import { handlesOf } from './submits';
import type { Submit } from './traffic';
import type { Finding, Promised } from './verdict';
import { genericTexts, promises, slackMs } from './verdict';

/** Whether the response that reached the nodes is the provider's own statement that nothing was accepted. */
function isProvenRefusal({ harm, providerStatus }: Submit, { subject }: Sequence): boolean {
	if (harm?.kind === 'gateway') return harm.status === 429;
	if (providerStatus === undefined || providerStatus < 300) return false;
	const isWhole = harm === undefined || harm.kind === 'late' || harm.kind === 'provider';
	return isWhole && provesNothingAccepted(String(providerStatus), subject);
}

/** Tasks with these outcomes are known to have failed, so the next attempt may be charged for another one. */
function isDoomed({ fates, strikes, subject }: Sequence, item: number): boolean {
	const isLostTask = strikes.some(
		({ item: struck, stage, harm }) =>
			struck === item && harm.kind === 'provider' && isLost(harm.fault, stage, subject),
	);
	return isLostTask || fates?.[item] !== undefined;
}

function* paidTwice({
	sequence,
	submits,
	accepted,
	cancelled,
}: SequenceEvidence): Generator<string> {
	for (let item = 0; item < sequence.itemCount; item++) {
		const most = isDoomed(sequence, item) ? sequence.tries : 1;
		const count = accepted[item]?.length ?? 0;
		if (count > most + (cancelled.has(item) ? 1 : 0))
			yield `item ${item} was accepted ${count} times`;
		if (isDoomed(sequence, item) || cancelled.has(item)) continue;
		const first = (submits[item] ?? []).findIndex((submit) => !isProvenRefusal(submit, sequence));
		const more = first < 0 ? 0 : (submits[item]?.length ?? 0) - first - 1;
		if (more > 0) {
			yield `item ${item} was submitted ${more} times more after an answer that does not prove that nothing was accepted`;
		}
	}
}

/**
 * No error says that nothing is charged if something was accepted, because a workflow then uses another
 * provider.
 */
function* untrueCharge(evidence: SequenceEvidence): Generator<string> {
	const { sequence, accepted, comesOut, cancelled } = evidence;
	for (const { item, itemIndex } of comesOut.failures) {
		const { charged } = (item.details ?? item) as typeof item;
		const isFree = sequence.subject.isFree || cancelled.has(itemIndex);
		// If a task failed, the provider says whether it is charged.
		if (charged !== 'no' || isFree || isDoomed(sequence, itemIndex)) continue;
		if ((accepted[itemIndex]?.length ?? 0) > 0) {
			yield `item ${itemIndex} was accepted, and the error says that it is not charged`;
		}
	}
}

/** Every task that the nodes learned of can be found. For any other, an error says that it may exist. */
function* lost(evidence: SequenceEvidence): Generator<string> {
	const { sequence, accepted, comesOut, cancelled, execution, stoppedAt } = evidence;
	if (!execution) return;
	const isStopped = stoppedAt !== undefined;
	const isFound = (handle: string) =>
		comesOut.text.includes(handle) ||
		(isStopped && (execution.stored.includes(handle) || wasLogged(handle) !== false));
	for (let item = 0; item < sequence.itemCount; item++) {
		// A failed task isn't lost. The cases check that it is named.
		if (comesOut.images.has(item) || cancelled.has(item) || isDoomed(sequence, item)) continue;
		const failure = comesOut.failures.find(({ itemIndex }) => itemIndex === item);
		for (const submit of accepted[item] ?? []) {
			if (!submit.isTold) {
				// The text is JSON: an escaped line break would become part of the next word.
				const text = failure?.description ?? comesOut.text.replaceAll('\\n', ' ');
				const isSaid = doubtWords.test(text);
				if (!isStopped && !isSaid) yield `nothing says that item ${item} may have been accepted`;
			} else if (!isKept(submit, sequence) && !handlesOf(submit).some(isFound)) {
				yield `item ${item} was accepted, and nothing that comes out has it`;
			}
		}
	}
	yield* leftOut(evidence);
	yield* notOvercome(evidence);
}

/** An image in the response itself has no ID with which it could be requested again. */
function isKept(submit: AcceptedSubmit, { isInline, subject }: Sequence): boolean {
	return (isInline === true || subject.hasInlineImages === true) && handlesOf(submit).length === 0;
}

/** No failure leaves as a success. */
function* leftOut({
	sequence,
	comesOut,
	execution,
	stoppedAt,
}: SequenceEvidence): Generator<string> {
	if (execution?.error || stoppedAt !== undefined) return;
	for (let item = 0; item < sequence.itemCount; item++) {
		const isThere =
			comesOut.images.has(item) || comesOut.failures.some(({ itemIndex }) => itemIndex === item);
		if (!isThere) yield `the run succeeds, and item ${item} has neither an image nor an error`;
	}
}

const passingStatus = /^(408|425|429|500|502|503|504)(;|$)/;

/** Whether repeating a GET, which costs nothing, must overcome the event. */
function isPassing({ harm, stage, times }: Strike): boolean {
	if (times > 2) return false;
	switch (harm.kind) {
		case 'gateway':
		case 'late':
		case 'reset':
			return true;
		case 'encoding':
			return harm.damage === 'none' && harm.encoding !== 'zstd';
		case 'provider':
			if (harm.fault === '404' && stage === 'status') return true;
			if (harm.fault === 'no-images') return times === 1;
			return passingStatus.test(harm.fault) || harm.fault.startsWith('reset');
	}
}

/** Whether a request with this event must be repeated. */
function isMet({ harm }: Strike): boolean {
	return harm.kind !== 'late' && !(harm.kind === 'encoding' && harm.damage === 'none');
}

/** Whether a submit with this event is repeated in the same attempt, or succeeds. */
function isOvercome(harm: Harm): boolean {
	if (harm.kind === 'late') return true;
	if (harm.kind === 'encoding') return harm.damage === 'none' && harm.encoding !== 'zstd';
	return harm.kind === 'provider' && harm.fault.startsWith('429');
}

/** How many attempts an item needs. Infinity if it can end without an image. */
function attemptsOf(sequence: Sequence, item: number): number {
	if (isDoomed(sequence, item)) return Infinity;
	const own = sequence.strikes.filter(
		// Nothing is read from a stream: it only tells when to ask.
		(strike) => strike.item === item && strike.stage !== 'stream',
	);
	// The nodes may decide how long they repeat a request.
	const passing = own.filter((strike) => strike.stage !== 'submit' && isPassing(strike));
	if (passing.filter(isMet).reduce((sum, { times }) => sum + times, 0) > 2) return Infinity;
	const costs = own.map((strike) => {
		const { harm, stage, times } = strike;
		if (stage !== 'submit') return isPassing(strike) ? 0 : times;
		if (isOvercome(harm)) return times > 2 ? Infinity : 0;
		const isProven =
			harm.kind === 'provider' && provesNothingAccepted(harm.fault, sequence.subject);
		return isProven ? times : Infinity;
	});
	return costs.reduce((sum, cost) => sum + cost, 0);
}

/** With enough attempts and time, every image arrives. */
function* notOvercome({ sequence, comesOut, stoppedAt }: SequenceEvidence): Generator<string> {
	const { itemCount, tries, onError } = sequence;
	// While one item is repeated forever, the nodes' clock runs faster than the others' requests.
	const isHurried = sequence.strikes.some(({ times }) => times > 3);
	if (stoppedAt !== undefined || isHurried) return;
	const costs = Array.from({ length: itemCount }, (_, item) => attemptsOf(sequence, item));
	const all = costs.reduce((sum, cost) => sum + cost, 0);
	for (const [item, cost] of costs.entries()) {
		// A failed item ends the others, unless the node continues on fail. Then only the first item's error
		// leads to another attempt.
		const isDue = onError === 'stopWorkflow' ? all < tries : cost === 0;
		if (!isDue || comesOut.images.has(item)) continue;
		const failure = comesOut.failures.find(({ itemIndex }) => itemIndex === item);
		yield `item ${item} has no image: ${(failure ?? comesOut.failures[0])?.message}`;
	}
}

/**
 * After the execution is stopped, the nodes don't wait for any image. This is checked only if no other submit
 * can be in flight at that moment: with one task at a time, which hasn't been downloaded yet.
 */
function* sentAfterStop({ sequence, submits, stoppedAt }: SequenceEvidence): Generator<string> {
	const { stopsAt, maxConcurrency } = sequence;
	if (stoppedAt === undefined || maxConcurrency !== 1 || stopsAt?.stage === 'download') return;
	const others = submits.filter((_, item) => item !== stopsAt?.item).flat();
	const count = others.filter(({ at }) => at > stoppedAt).length;
	if (count > 0) yield `${count} submits were sent after the execution was stopped`;
}

function* late({ sequence, execution, elapsedMs }: SequenceEvidence): Generator<string> {
	if (!execution) {
		yield 'the run did not end';
		return;
	}
	const seconds = sequenceTimeoutSeconds + allowanceSeconds(sequence.subject);
	const mostMs = seconds * 1000 * sequence.tries;
	if (elapsedMs > mostMs + slackMs) {
		yield `the run took ${Math.round(elapsedMs / 1000)} s of ${mostMs / 1000} s`;
	}
}

function* unexplained({ sequence, comesOut, stoppedAt }: SequenceEvidence): Generator<string> {
	if (stoppedAt !== undefined) return;
	for (const { message, description, item } of comesOut.failures) {
		const data = (item.details ?? item) as typeof item;
		const isAboutImage = /image/.test(message) && data.provider === sequence.subject.id;
		const isNamed = message.includes(sequence.subject.name) || isAboutImage;
		const isOfHost = sequence.hostAway !== undefined && /n8n/.test(`${message} ${description}`);
		if (!isNamed && !isOfHost) yield `it does not name the provider: "${message}"`;
		if (genericTexts.test(`${message} ${description}`)) {
			yield `it has a generic text of n8n: "${message}" / "${description}"`;
		}
		if (description === '') yield `it does not say what to do: "${message}"`;
	}
}

/** Checks what was observed in a sequence against the promise. */
export function judgeSequence(evidence: SequenceEvidence): Finding[] {
	const found: Record<Promised, Iterable<string>> = {
		lost: [...lost(evidence), ...sentAfterStop(evidence)],
		'paid twice': [...paidTwice(evidence), ...untrueCharge(evidence)],
		'keys leaked': evidence.leaks,
		'past the deadline': late(evidence),
		unexplained: unexplained(evidence),
	};
	return promises.flatMap((promise) => [...found[promise]].map((text) => ({ promise, text })));
}
