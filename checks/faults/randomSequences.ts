import fc from 'fast-check';

import type { Damage, Encoding, Harm } from './harm';
import type { Fate, Sequence, Strike } from './sequence';
import { subjects, type UploadStage } from './subject';
import type { RequestStage } from './traffic';

/** A choice among the entries of a list, the simple ones first: a counterexample shrinks to them. */
const oneOf = <const T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const gatewayStatus = oneOf(502, 408, 429, 500, 503, 504, 520, 522, 524);

/** Generate uploads nothing here. */
type DrawnStage = Exclude<RequestStage, UploadStage>;

const ownFaults: Readonly<Record<DrawnStage, readonly string[]>> = {
	submit: [
		'429',
		'400',
		'401',
		'403',
		'500',
		'503',
		'408;accepted',
		'reset',
		'empty',
		'html',
		'broken-json',
	],
	status: [
		'404',
		'500',
		'429',
		'401',
		'reset',
		'empty',
		'html',
		'broken-json',
		'other-json',
		'unknown-state',
	],
	stream: ['404', '500', '401', '429', 'reset', 'empty', 'html', 'broken-json', 'unknown-state'],
	result: ['404', '500', '401', '403', 'no-images', 'reset', 'html', 'broken-json'],
	download: ['404', '403', '500', 'reset', 'reset-mid', 'truncated', 'text', 'html'],
};

const damaged: ReadonlyArray<readonly [Encoding, Damage]> = [
	['gzip', 'none'],
	['br', 'none'],
	['gzip', 'cut'],
	['br', 'cut'],
	['deflate', 'garbage'],
	['gzip', 'label'],
];

function harmOf(stage: DrawnStage): fc.Arbitrary<Harm> {
	return fc.oneof(
		oneOf(...ownFaults[stage]).map((fault): Harm => ({ kind: 'provider', fault })),
		fc
			.record({
				kind: fc.constant('gateway' as const),
				status: gatewayStatus,
				body: oneOf('html', 'text', 'json', 'empty'),
				isPassedOn: stage === 'submit' ? fc.boolean() : fc.constant(false),
			})
			// A gateway that answers 429 has passed nothing on.
			.map((harm) => (harm.status === 429 ? { ...harm, isPassedOn: false } : harm)),
		fc.record({ kind: fc.constant('reset' as const), isPassedOn: fc.boolean() }),
		oneOf(...damaged).map(([encoding, damage]): Harm => ({ kind: 'encoding', encoding, damage })),
		fc.constant<Harm>({ kind: 'late', ms: 30 }),
	);
}

/** What happens to an item that there is, at a stage that the provider has. */
function strikeOf(itemCount: number, stages: readonly DrawnStage[]): fc.Arbitrary<Strike> {
	return oneOf(...stages).chain((stage) =>
		fc.record({
			item: fc.nat(itemCount - 1),
			stage: fc.constant(stage),
			from: fc.nat(2),
			times: fc.oneof(
				{ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
				fc.constant(10_000),
			),
			harm: harmOf(stage),
		}),
	);
}

const fates: readonly Fate[] = ['fail', 'moderate', 'no-money', 'fail-as=text-422'];

const hostAway = fc.record({
	what: oneOf('credentials', 'files'),
	from: fc.nat(8),
	seconds: oneOf(0.5, 3, 10),
});

/** Usually unset, because most runs have none of it. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
	fc.option(arbitrary, { freq: 5, nil: undefined });

/** Any run of Generate, with events in it. */
export const anySequence: fc.Arbitrary<Sequence> = fc
	.tuple(oneOf(...subjects), fc.integer({ min: 1, max: 4 }))
	.chain(([subject, itemCount]) => {
		const stages = subject.stages.filter((stage): stage is DrawnStage => stage in ownFaults);
		return fc
			.record({
				tries: fc.integer({ min: 1, max: 3 }),
				onError: oneOf('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
				changes: oneOf('nothing', 'prompt', 'seed' as const),
				strikes: fc.array(strikeOf(itemCount, stages), { maxLength: 4 }),
				fate: seldom(fc.tuple(fc.nat(itemCount - 1), oneOf(...fates))),
				polls: seldom(fc.nat(3)),
				isInline: subject.id === 'aimlapi' ? fc.boolean() : fc.constant(false),
				hasNewBaseUrl: fc.boolean(),
				maxConcurrency: seldom(fc.integer({ min: 1, max: 2 })),
				stopsAt: seldom(
					fc.record({
						item: fc.nat(itemCount - 1),
						stage: oneOf(...stages),
						position: fc.nat(1),
					}),
				),
				hostAway: seldom(hostAway),
			})
			.map(({ fate, ...rest }): Sequence => {
				const given = Object.fromEntries(
					Object.entries(rest).filter(([, value]) => value !== undefined && value !== false),
				) as typeof rest;
				return {
					name: '',
					subject,
					itemCount,
					...(given as Omit<Sequence, 'itemCount' | 'name' | 'subject'>),
					...(fate && { fates: { [fate[0]]: fate[1] } }),
				};
			});
	});

/** A sequence as one line, to run it again. */
export function describeSequence(sequence: Sequence): string {
	return JSON.stringify({ ...sequence, name: undefined, subject: sequence.subject.id });
}

/** Random sequences, which are the same for the same seed. */
export function drawSequences(seed: number, count: number): Sequence[] {
	return fc.sample(anySequence, { seed, numRuns: count }).map((sequence, index) => ({
		...sequence,
		name: `${sequence.subject.id} drawn sequence ${index} ${describeSequence(sequence)}`,
	}));
}
