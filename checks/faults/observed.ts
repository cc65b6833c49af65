import { hitsAllItems } from './fault';
import { runToken } from './canary';
import type { Judged } from './judged';
import { doubtWords } from './policy';
import type { SequenceEvidence } from './sequenceTrial';
import type { Evidence } from './trial';

function failureOf({ comesOut, scenario }: Evidence) {
	const { failures } = comesOut;
	return hitsAllItems(scenario.fault)
		? failures[0]
		: failures.find(({ itemIndex }) => itemIndex === scenario.subject.faultyItem);
}

/** The outcome of the item with the fault, in a few words. */
export function outcomeOf(evidence: Evidence): string {
	const { comesOut, accepted, scenario } = evidence;
	const { hasTasks, product, faultyItem } = scenario.subject;
	const made = product === 'lora' ? 'the LoRA' : 'the image';
	const failure = failureOf(evidence);
	if (!failure) {
		const image = comesOut.images.get(faultyItem);
		if (!image) return 'nothing';
		return image.nsfw === true ? `${made}, marked \`nsfw\`` : made;
	}
	const submits = accepted[faultyItem] ?? [];
	if (doubtWords.test(failure.description)) return 'error; may have been accepted';
	if (submits.length === 0) return 'error; nothing was accepted';
	const { item } = failure;
	const data = (item.details ?? item) as typeof item;
	if (data.taskId)
		return data.status === 'failed' ? 'error with the failed task' : 'error with the task';
	if (data.url) return `error with the URL of ${made}`;
	if (submits.every(({ isTold }) => !isTold)) return 'error; may have been accepted';
	return hasTasks ? 'error; the task is lost' : `error; ${made} is lost`;
}

/** An error's texts, without what differs each time. */
function constantText(text: string): string {
	return text
		.split('\n')
		.filter((line) => !/^(Task ID|Other tasks)/.test(line))
		.join(' ')
		.replaceAll(/\bhttps?:\/\/(127\.0\.0\.1|localhost)[^\s"]*/g, '`URL`')
		.replaceAll(new RegExp(`${runToken}\\w*`, 'g'), '`KEY`')
		.replaceAll(/\(until [^)]*\)/g, '(until `TIME`)')
		.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '`ID`')
		.replaceAll('|', '\\|');
}

/** What the error says and advises. */
export function wordsOfError(evidence: Evidence): string {
	const failure = failureOf(evidence);
	return failure ? `**${constantText(failure.message)}** ${constantText(failure.description)}` : '';
}

/** Whether a request with the fault was repeated. */
export function repetitionOf(judged: readonly Judged[]): string {
	const isRepeated = judged.some(({ evidence: { scenario, stageRequests } }) => {
		// Redirects are followed, not repeated.
		if (scenario.fault.id.startsWith('redirect')) return false;
		return scenario.tries === 1 && stageRequests > 1;
	});
	const scenario = judged[0]?.evidence.scenario;
	if (scenario?.fault.id === 'drip' && scenario.stage !== 'submit') return 'when it takes too long';
	return isRepeated ? 'yes' : 'no';
}

function counted(count: number, word: string): string {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The outcome of a sequence, in a few words. */
export function sequenceOutcomeOf(evidence: SequenceEvidence): string {
	const { comesOut, execution, stoppedAt, accepted, sequence } = evidence;
	// The number of pending requests at the stop differs each time.
	if (stoppedAt !== undefined) return 'stopped';
	const paid = counted(accepted.flat().length, 'task');
	if (execution?.error) {
		const isDoubtful = comesOut.failures.some(({ description }) => doubtWords.test(description));
		return `an error${isDoubtful ? ' that names a doubt' : ''}; ${paid} accepted`;
	}
	const errors = sequence.itemCount - comesOut.images.size;
	const images = counted(comesOut.images.size, 'image');
	return `${images}${errors > 0 ? `, ${counted(errors, 'error')}` : ''}; ${paid} accepted`;
}
