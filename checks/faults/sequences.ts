import type { Harm } from './harm';
import { isLost } from './policy';
import type { Sequence, Strike } from './sequence';
import type { Subject } from './subject';
import { subjects } from './subject';
import type { RequestStage } from './traffic';

type Draft = Omit<Sequence, 'subject'>;

const plain = {
	itemCount: 3,
	tries: 2,
	onError: 'stopWorkflow',
	changes: 'nothing',
	strikes: [],
} as const satisfies Partial<Sequence>;

/** What the provider itself does, in the words of sandbox/README.md. */
const own = (fault: string): Harm => ({ kind: 'provider', fault });

const gateway = (status: number, isPassedOn: boolean): Harm => ({
	kind: 'gateway',
	status,
	body: 'html',
	isPassedOn,
});

function strike(item: number, stage: RequestStage, harm: Harm, times = 1): Strike {
	return { item, stage, from: 0, times, harm };
}

/** The last request before the download. */
function lastRead({ stages }: Subject): RequestStage {
	if (stages.includes('result')) return 'result';
	return stages.includes('status') ? 'status' : 'submit';
}

/** One download fails with 404, and an expression changes the request of the next attempt. */
function changing(): Draft[] {
	return (['prompt', 'seed'] as const).flatMap((changes) =>
		(['stopWorkflow', 'continueRegularOutput'] as const).flatMap((onError) =>
			[0, 1].map((item) => ({
				...plain,
				name: `changing ${changes}, download 404 of item ${item}, ${onError}`,
				onError,
				changes,
				strikes: [strike(item, 'download', own('404'))],
			})),
		),
	);
}

/** Two attempts, in which one item is refused and another one is in doubt. */
function doubtful(): Draft[] {
	const doubts: ReadonlyArray<readonly [string, Harm]> = [
		['a gateway 502', gateway(502, true)],
		['a gateway 504 before the provider', gateway(504, false)],
		['a reset', { kind: 'reset', isPassedOn: true }],
		['broken gzip', { kind: 'encoding', encoding: 'gzip', damage: 'garbage' }],
		['an error that no document names', own('408;accepted')],
	];
	return doubts.flatMap(([label, harm]) =>
		(['nothing', 'seed'] as const).flatMap((changes): Draft[] => [
			{
				...plain,
				name: `doubt by ${label}, another item refused, changing ${changes}`,
				changes,
				strikes: [strike(1, 'submit', harm), strike(0, 'submit', own('400'))],
			},
			{
				...plain,
				name: `doubt by ${label}, three attempts, changing ${changes}`,
				changes,
				tries: 3,
				strikes: [strike(1, 'submit', harm)],
			},
			{
				...plain,
				name: `doubt by ${label}, first item goes on, changing ${changes}`,
				changes,
				onError: 'continueRegularOutput',
				strikes: [strike(0, 'submit', harm)],
			},
		]),
	);
}

function baseUrls(): Draft[] {
	return (['nothing', 'seed'] as const).map((changes) => ({
		...plain,
		name: `a slash behind the Base URL, changing ${changes}`,
		changes,
		hasNewBaseUrl: true,
		strikes: [strike(1, 'download', own('404'))],
	}));
}

function budgets({ id }: Subject): Draft[] {
	if (id !== 'fal' && id !== 'aimlapi') return [];
	return [
		{
			...plain,
			name: 'a budget, a retry',
			hasBudget: true,
			changes: 'seed',
			strikes: [strike(0, 'download', own('404'))],
		},
		...[true, false].map((isPassedOn): Draft => ({
			...plain,
			name: `a budget, an item in doubt (${isPassedOn ? 'accepted' : 'not accepted'}), a retry`,
			hasBudget: true,
			tries: 3,
			onError: 'continueRegularOutput',
			strikes: [strike(0, 'submit', gateway(502, isPassedOn)), strike(1, 'download', own('404'))],
		})),
		{
			...plain,
			name: 'a budget, an item refused first',
			hasBudget: true,
			strikes: [strike(1, 'submit', own('400'))],
		},
	];
}

function inline({ id }: Subject): Draft[] {
	if (id !== 'aimlapi') return [];
	const drafts = (['nothing', 'seed'] as const).map((changes) => ({
		...plain,
		name: `images in the answer, another item fails, changing ${changes}`,
		changes,
		isInline: true,
		strikes: [strike(2, 'submit', own('400'))],
	}));
	return [
		...drafts,
		{
			...plain,
			name: 'images in the answer, another item fails while no files can be stored',
			tries: 2,
			isInline: true,
			strikes: [],
			fates: { 0: 'fail' },
			hostAway: { what: 'files', from: 0, seconds: 0.5 },
		},
	];
}

/** A new task that isn't known yet, and one that never becomes known. */
function unknownTasks(subject: Subject): Draft[] {
	if (!subject.hasTasks || isLost('404', 'status', subject)) return [];
	return [1, 2, 5]
		.flatMap((times) =>
			[1, 3].map((tries) => ({
				...plain,
				name: `status 404, ${times} times, ${tries} attempts`,
				tries,
				strikes: [strike(1, 'status', own('404'), times)],
			})),
		)
		.concat(
			[1, 2, 4].map((tries) => ({
				...plain,
				name: `status 404 for good, ${tries} attempts`,
				tries,
				strikes: [strike(1, 'status', own('404'), 10_000)],
			})),
		);
}

/** A task that finished and is treated as failed. */
function finished(subject: Subject): Draft[] {
	const { id } = subject;
	const draft = (harm: Harm, stage: RequestStage, times: number): Draft => ({
		...plain,
		name: `${stage} ${harm.kind === 'provider' ? harm.fault : harm.kind}, ${times} times`,
		tries: 3,
		strikes: [strike(1, stage, harm, times)],
	});
	// A ComfyUI workflow without images has failed permanently.
	if (id === 'aimlapi' || id === 'comfyui') return [];
	if (id !== 'fal') return [draft(own('no-images'), 'status', 1)];
	return [
		draft(own('no-images'), 'result', 1),
		...['401', '403', '404', '503'].flatMap((fault) => [
			draft(own(fault), 'result', 1),
			draft(own(fault), 'result', 2),
		]),
		...([400, 500] as const).map((status): Draft => ({
			...plain,
			name: `a task fails with ${status} and a text`,
			fates: { 1: status === 400 ? 'fail-as=text-422' : 'fail-as=text-500' },
		})),
	];
}

/** The execution is stopped at each moment. */
function stops(subject: Subject): Draft[] {
	const { hasTasks } = subject;
	const late: Harm = { kind: 'late', ms: 60 };
	const draft = (name: string, more: Partial<Draft>): Draft => ({
		...plain,
		name: `stopped ${name}`,
		tries: 1,
		...more,
	});
	return [
		draft('during the submit', {
			stopsAt: { item: 1, stage: 'submit', position: 0 },
			strikes: [strike(1, 'submit', late)],
		}),
		draft('before the submit of the others', {
			maxConcurrency: 1,
			stopsAt: { item: 0, stage: lastRead(subject), position: 0 },
			strikes: [strike(0, lastRead(subject), late)],
		}),
		draft('during the download', {
			stopsAt: { item: 1, stage: 'download', position: 0 },
			strikes: [strike(1, 'download', late)],
		}),
		...(hasTasks
			? [
					draft('while polling', {
						polls: 6,
						stopsAt: { item: 1, stage: 'status', position: 2 },
						strikes: [],
					}),
				]
			: []),
	];
}

/** n8n's database is unavailable. */
function databases(subject: Subject): Draft[] {
	const draft = (what: 'credentials' | 'files', from: number, seconds: number): Draft => ({
		...plain,
		name: `no database of ${what} for ${seconds} s, from use ${from}`,
		tries: 1,
		hostAway: { what, from, seconds },
	});
	return [
		...[0, 1, 3, 4, 6].flatMap((from) =>
			[0.5, 10].map((seconds) => draft('credentials', from, seconds)),
		),
		...[0, 1].flatMap((from) => [0.5, 10].map((seconds) => draft('files', from, seconds))),
		...(lastRead(subject) === 'submit'
			? []
			: [4, 5, 6, 7, 8].map((from) => ({
					...draft('credentials', from, 10),
					name: `no database of credentials for 10 s, from use ${from}, and then a gateway 502`,
					polls: 1,
					strikes: [strike(0, lastRead(subject), gateway(502, false))],
				}))),
	];
}

function draftsOf(subject: Subject): Draft[] {
	return [
		...changing(),
		...doubtful(),
		...baseUrls(),
		...budgets(subject),
		...inline(subject),
		...unknownTasks(subject),
		...finished(subject),
		...stops(subject),
		...databases(subject),
	].filter(({ strikes }) => strikes.every(({ stage }) => subject.stages.includes(stage)));
}

/** The hand-written sequences. */
export const writtenSequences: readonly Sequence[] = subjects.flatMap((subject) =>
	draftsOf(subject).map((draft) => ({
		...draft,
		subject,
		name: `${subject.id} sequence: ${draft.name}`,
	})),
);
