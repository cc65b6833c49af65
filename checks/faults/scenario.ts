import type { INode } from 'n8n-workflow';

import type { Fault, Persistence } from './fault';
import { faults, hitsAllItems, isOfUpload } from './fault';
import type { Policy } from './policy';
import { policyFor } from './policy';
import type { Stage, Subject } from './subject';
import { subjects, trainingSubjects } from './subject';

/** What the node does with a failed item, in the names of its settings. */
export type OnError = NonNullable<INode['onError']>;

/** One case of the matrix. */
export interface Scenario {
	readonly number: number;
	readonly subject: Subject;
	readonly stage: Stage;
	readonly fault: Fault;
	readonly persistence: Persistence;
	readonly onError: OnError;
	/** Above 1: n8n runs the node again if it fails (Retry On Fail). */
	readonly tries: number;
	readonly policy: Policy;
}

/** Faults that are also run with the error output. */
const errorOutputSample: ReadonlySet<string> = new Set([
	...['401', '404', '429', '500', 'reset', 'html', 'other-json', 'unknown-state', 'truncated'],
	...['redirect-loop', 'failed', 'failed-error', 'failed-422', 'moderated', 'no-money', 'never'],
]);

/** Faults that are also run with Retry On Fail. */
const retrySample: ReadonlySet<string> = new Set([
	...[
		'400',
		'401',
		'404',
		'422',
		'429',
		'500',
		'503',
		'refused',
		'reset',
		'reset-mid',
		'hang',
		'switch',
	],
	...['empty', 'html', 'broken-json', 'other-json', 'unknown-state', 'truncated', 'redirect-loop'],
	...['failed', 'failed-error', 'failed-422', 'moderated', 'no-money', 'never', 'no-images'],
	...['failed-text-400', 'failed-text-422', 'failed-text-499', 'failed-text-500'],
	...['402', '403', '408', '502', '504'],
]);

function isRetried({ id, harm }: Fault, stage: Stage): boolean {
	return harm ? stage === 'submit' : retrySample.has(id);
}

type Draft = Omit<Scenario, 'number' | 'policy'>;

function persistencesOf({ id, persistences, harm }: Fault, stage: Stage): readonly Persistence[] {
	if (persistences) return persistences;
	// A file may take minutes, in real time.
	if (stage === 'upload' && id === 'hang') return ['always'];
	// A second submit that goes through is what shows that there was one.
	if (stage === 'submit' && harm?.kind === 'gateway' && harm.status !== 429) return ['once'];
	// A task has one stream.
	return stage === 'task' || stage === 'stream' ? ['always'] : ['once', 'always'];
}

function variants(draft: Pick<Draft, 'fault' | 'persistence' | 'stage' | 'subject'>): Draft[] {
	const { fault, persistence, stage, subject } = draft;
	const { outcome, timeoutSeconds } = policyFor(fault, stage, persistence, subject);
	const stops = (tries: number): Draft => ({ ...draft, onError: 'stopWorkflow', tries });
	const continues = (onError: OnError): Draft => ({ ...draft, onError, tries: 1 });
	const isSlow = timeoutSeconds === 300;
	const isOvercome = outcome === 'images';
	return [
		stops(1),
		...(isOvercome && (persistence === 'once' || fault.harm || stage === 'stream')
			? []
			: [continues('continueRegularOutput')]),
		...(!isOvercome && errorOutputSample.has(fault.id) ? [continues('continueErrorOutput')] : []),
		...(!isOvercome && !isSlow && isRetried(fault, stage) ? [stops(2)] : []),
	];
}

/** Whether the connection fails to a host of files that the provider does not have, or has failed before. */
function isOfOtherRequest(fault: Fault, stage: Stage, { hasOwnFiles, product }: Subject): boolean {
	if (product === 'lora' && fault.handshake) return !isOfUpload(stage);
	return stage === 'download' && hasOwnFiles === true && hitsAllItems(fault);
}

/** All cases. */
export function createScenarios(): Scenario[] {
	return [...subjects, ...trainingSubjects]
		.flatMap((subject) =>
			subject.stages.flatMap((stage) =>
				faults
					.filter((fault) => fault.stages.includes(stage))
					.filter((fault) => fault.subjects?.includes(subject.id) ?? true)
					.filter(({ product = subject.product }) => product === subject.product)
					.filter((fault) => !isOfOtherRequest(fault, stage, subject))
					.flatMap((fault) =>
						persistencesOf(fault, stage).flatMap((persistence) =>
							variants({ subject, stage, fault, persistence }),
						),
					),
			),
		)
		.map((draft, number) => ({
			...draft,
			number,
			policy: policyFor(draft.fault, draft.stage, draft.persistence, draft.subject),
		}));
}

/** A case as text, which `--only` matches. */
export function nameOf(scenario: Scenario): string {
	const { number, subject, stage, fault, persistence, onError, tries } = scenario;
	const retry = tries > 1 ? ' retryOnFail' : '';
	const kind = subject.product === 'lora' ? ' training' : '';
	return `#${number} ${subject.id}${kind} ${stage} ${fault.id} ${persistence} ${onError}${retry}`;
}
