import type { Harm } from '../../../checks/faults/harm';
import type { Sequence } from '../../../checks/faults/sequence';
import { subjectOf } from '../../../checks/faults/subject';
import type { SequenceEvidence } from '../../../checks/faults/sequenceTrial';
import { judgeSequence } from '../../../checks/faults/sequenceVerdict';
import type { Submit } from '../../../checks/faults/traffic';

const sequence: Sequence = {
	name: 'a run',
	subject: subjectOf('novita'),
	itemCount: 2,
	tries: 2,
	onError: 'stopWorkflow',
	changes: 'nothing',
	strikes: [],
};

const execution = { outputs: [], error: undefined, hints: [], stored: '{"kept":["task-9"]}' };
const stopped = { message: 'Novita is down', context: {} };

const told: Submit = { at: 1000, harm: undefined, providerStatus: 200, isTold: true };
const untold = (harm: Harm): Submit => ({ at: 1000, harm, providerStatus: 200, isTold: false });
const refused = (providerStatus: number): Submit => ({ ...told, providerStatus });
const gateway = (status: number, isPassedOn: boolean): Harm => ({
	kind: 'gateway',
	status,
	body: 'html',
	isPassedOn,
});

const accepted = (taskId: string, isTold = true) => ({
	prompt: '',
	answer: { task_id: taskId },
	isTold,
});

const image = {};
const failure = (itemIndex: number, description: string) => ({
	itemIndex,
	message: 'Novita did not answer',
	description,
	item: {},
});

/** Everything is fine: both items have their images, each charged once. */
const good: SequenceEvidence = {
	number: 0,
	sequence,
	execution,
	comesOut: {
		images: new Map([
			[0, image],
			[1, image],
		]),
		failures: [],
		text: '',
	},
	elapsedMs: 1000,
	submits: [[told], [told]],
	accepted: [[accepted('task-1')], [accepted('task-2')]],
	cancelled: new Set(),
	leaks: [],
};

const onlyFirst = new Map([[0, image]]);

function promisesBroken(evidence: Partial<SequenceEvidence>): string[] {
	return [...new Set(judgeSequence({ ...good, ...evidence }).map(({ promise }) => promise))];
}

it('finds nothing if everything is fine', () => {
	expect(judgeSequence(good)).toEqual([]);
});

const doubt = 'Novita may have accepted the task. Look at your account.';

it.each<[string, Partial<SequenceEvidence>, string[]]>([
	['two acceptances', { accepted: [[accepted('a'), accepted('b')], []] }, ['paid twice']],
	['a submit after one that was told', { submits: [[told, told], [told]] }, ['paid twice']],
	[
		'a submit after a gateway, although the provider had nothing',
		{ submits: [[untold(gateway(502, false)), told], [told]] },
		['paid twice'],
	],
	[
		'a submit after a gateway limits the rate',
		{ submits: [[untold(gateway(429, false)), told]] },
		[],
	],
	[
		'a submit after a rate limit, whoever gives it',
		{ submits: [[untold(gateway(429, false)), told]] },
		[],
	],
	['a submit after a documented refusal', { submits: [[refused(400), told]] }, []],
	['a submit after an undocumented one', { submits: [[refused(504), told]] }, ['paid twice']],
	[
		'a second task of an item that is known to have failed',
		{
			sequence: { ...sequence, fates: { 0: 'fail' } },
			submits: [[told, told]],
			accepted: [[accepted('a'), accepted('b')], []],
		},
		[],
	],
	[
		'an item without image or error, in a run that succeeds',
		{ comesOut: { images: onlyFirst, failures: [], text: 'task-2' } },
		['lost'],
	],
	[
		'a task that nothing names',
		{
			execution: { ...execution, error: stopped },
			comesOut: { images: onlyFirst, failures: [failure(1, 'Try again.')], text: '' },
			sequence: { ...sequence, fates: { 0: 'fail' } },
		},
		['lost'],
	],
	...(['no', 'yes'] as const).map((charged): [string, Partial<SequenceEvidence>, string[]] => [
		`an accepted task of which the error says that it is charged: ${charged}`,
		{
			execution: { ...execution, error: stopped },
			comesOut: {
				images: onlyFirst,
				failures: [{ ...failure(1, 'Task task-2'), item: { charged } }],
				text: 'task-2',
			},
			sequence: { ...sequence, fates: { 0: 'fail' } },
		},
		charged === 'no' ? ['paid twice'] : [],
	]),
	[
		'a task that the error names',
		{
			execution: { ...execution, error: stopped },
			comesOut: { images: onlyFirst, failures: [failure(1, 'Task task-2')], text: 'task-2' },
			sequence: { ...sequence, fates: { 0: 'fail' } },
		},
		[],
	],
	...(['Run again.', doubt] as const).map(
		(description): [string, Partial<SequenceEvidence>, string[]] => [
			`a task in doubt, of which the error says: ${description}`,
			{
				sequence: {
					...sequence,
					strikes: [{ item: 1, stage: 'submit', from: 0, times: 1, harm: gateway(502, true) }],
				},
				submits: [[told], [untold(gateway(502, true))]],
				accepted: [[accepted('task-1')], [accepted('task-2', false)]],
				execution: { ...execution, error: stopped },
				comesOut: { images: onlyFirst, failures: [failure(1, description)], text: description },
			},
			description === doubt ? [] : ['lost'],
		],
	),
	[
		'an image that a second request would have brought',
		{
			sequence: {
				...sequence,
				strikes: [{ item: 1, stage: 'status', from: 0, times: 1, harm: gateway(520, false) }],
			},
			execution: { ...execution, error: stopped },
			comesOut: { images: onlyFirst, failures: [failure(1, 'Task task-2')], text: 'task-2' },
		},
		['lost'],
	],
	["a run that doesn't end", { execution: undefined as never }, ['past the deadline']],
	['a run that takes too long', { elapsedMs: 600_000 }, ['past the deadline']],
	['a key', { leaks: ['a hint'] }, ['keys leaked']],
	[
		"words of n8n's",
		{
			comesOut: {
				...good.comesOut,
				failures: [{ ...failure(0, 'Please check your parameters'), message: 'Bad request' }],
			},
		},
		['unexplained'],
	],
	[
		'a stop, with a task that is kept',
		{
			stoppedAt: 2000,
			accepted: [[accepted('task-9')], []],
			comesOut: { images: new Map(), failures: [], text: '' },
		},
		[],
	],
	...([1, 2] as const).map((maxConcurrency): [string, Partial<SequenceEvidence>, string[]] => [
		`a submit after a stop, ${maxConcurrency} at a time`,
		{
			stoppedAt: 500,
			sequence: {
				...sequence,
				maxConcurrency,
				stopsAt: { item: 0, stage: 'status', position: 0 },
			},
		},
		maxConcurrency === 1 ? ['lost'] : [],
	]),
])('%s', (_what, evidence, promises) => {
	expect(promisesBroken(evidence)).toEqual(promises);
});
