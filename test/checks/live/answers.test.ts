import type { Provider } from '../../../nodes/ZImage/providers/provider';
import { answer } from '../../support/fakeClient';
import { readFixture } from '../../support/fixture';
import type { CallKind } from '../../../checks/live/answers/expected';
import { judgeAnswer } from '../../../checks/live/judge';
import type { Exchange } from '../../../checks/live/recorder';
import type { Field } from '../../../checks/live/shape';
import { valuesAt } from '../../../checks/live/shape';
import { subjects } from '../../../checks/live/subjects';

/** Documented responses without an error. For each kind, one contains everything that the nodes need. */
const documented: Readonly<Record<string, ReadonlyArray<readonly [CallKind, string]>>> = {
	fal: [
		['submit', 'submit'],
		['submit', 'submitInQueue'],
		['status', 'statusInQueue'],
		['status', 'statusInProgress'],
		['status', 'statusCompletedErrorType'],
		['status', 'statusCompleted'],
		['result', 'resultTwoImages'],
		['result', 'result'],
	],
	wavespeed: [
		['submit', 'submit'],
		['status', 'taskCreated'],
		['status', 'taskProcessing'],
		['status', 'taskCompletedNsfw'],
		['status', 'taskCompleted'],
	],
	replicate: [
		['submit', 'submit'],
		['status', 'taskStarting'],
		['status', 'taskProcessing'],
		['status', 'taskSucceeded'],
	],
	novita: [
		['submit', 'submit'],
		['status', 'taskQueued'],
		['status', 'taskProcessing'],
		['status', 'taskSucceed'],
		['status', 'taskSucceedTextTtl'],
	],
	highway: [
		['submit', 'submit'],
		['status', 'taskQueued'],
		['status', 'taskProcessing'],
		['status', 'taskSucceed'],
		['credential test', 'errorTaskNotFound'],
	],
	aimlapi: [
		['submit', 'generation'],
		['submit', 'generationWithLora'],
		['submit', 'generationBase64'],
	],
	comfyui: [
		['credential test', 'systemStats'],
		['submit', 'submit'],
		['status', 'jobPending'],
		['status', 'jobInProgress'],
		['status', 'jobCompleted'],
	],
	sdcpp: [
		['submit', 'submit'],
		['status', 'taskQueued'],
		['status', 'taskGenerating'],
		['status', 'taskCompleted'],
	],
	openaiCompatible: [
		['submit', 'generation'],
		['submit', 'generationVllmOmni'],
		['submit', 'generationSglang'],
		['submit', 'generationLocalAi'],
		['submit', 'generationSdServer'],
		['submit', 'generationUrl'],
	],
};

const cases = subjects.flatMap((subject) =>
	(documented[subject.id] ?? []).map(([kind, name]) => ({ subject, kind, name, id: subject.id })),
);

function exchangeOf(statusCode: number, json: unknown): Exchange {
	return {
		method: 'GET',
		host: '',
		path: '/',
		startedAtMs: 0,
		endedAtMs: 0,
		statusCode,
		headers: {},
		json,
		bytes: 0,
		isWhole: true,
	};
}

it.each(cases)('$id $kind $name: no difference that the nodes rely on', (entry) => {
	const { statusCode, body } = readFixture(entry.id, entry.name);
	const expected = entry.subject.answers[entry.kind];
	if (!expected) throw new Error('No such kind');
	expect(
		judgeAnswer(exchangeOf(statusCode, body), expected).filter(({ breaks }) => breaks),
	).toEqual([]);
});

/** What the nodes make of a response. An error counts as its message. */
function parse(provider: Provider, kind: CallKind, body: unknown): unknown {
	const given = answer(200, body);
	try {
		if (kind === 'submit') return provider.parseSubmit(given).state;
		if (kind === 'status') return provider.tasks?.parseStatus(given, 'task');
		return provider.tasks?.parseResult?.(given);
	} catch {
		return 'refused';
	}
}

/** A copy of a body in which the fields at a path are changed or missing. */
function withField(body: unknown, path: string, value: unknown): unknown {
	const copy = structuredClone(body);
	const parts = path.split('.');
	const name = parts.pop() ?? '';
	const parents = parts.length === 0 ? [copy] : valuesAt(copy, parts.join('.'));
	for (const parent of parents) {
		if (typeof parent === 'object' && parent !== null) {
			if (value === undefined) delete (parent as Record<string, unknown>)[name];
			else (parent as Record<string, unknown>)[name] = value;
		}
	}
	return copy;
}

const statusOf = (state: unknown): string =>
	state === 'refused' ? 'refused' : (state as { status: string }).status;

/** Whether the nodes mistake a response for another one: for an error, or for that of an unfinished task. */
const isFailure = (state: unknown, documentedState?: unknown): boolean => {
	const status = statusOf(state);
	if (status === 'refused' || status === 'failed') return true;
	return documentedState !== undefined && status !== statusOf(documentedState);
};

const fields = cases
	.filter(({ kind }) => kind !== 'credential test')
	.flatMap(({ subject, kind, name, id }) => {
		const { body } = readFixture(id, name);
		const { shape, final, states } = subject.answers[kind] ?? { shape: [] };
		const state = states && valuesAt(body, states.path)[0];
		return (final && state === final.state ? final.shape : shape)
			.filter(({ path }) => valuesAt(body, path).some((value) => value !== undefined))
			.map((field: Field) => ({
				id,
				subject,
				kind,
				name,
				field,
				path: field.path,
				use: field.use,
			}));
	});

/** A value that no field of a response may have. */
const wrong = ({ types }: Field): unknown => (types.includes('boolean') ? 'text' : true);

it.each(fields)('$id $name $path: the nodes use it as stated ($use)', (entry) => {
	const { subject, kind, name, field, path, use } = entry;
	const { body } = readFixture(subject.id, name);
	const take = (value: unknown) => parse(subject.provider, kind, withField(body, path, value));
	const asDocumented = parse(subject.provider, kind, body);

	// The nodes need only one of these two. The other one is removed here.
	const isEither = path.startsWith('data[].');
	if (isEither && valuesAt(body, path)[0] === null) return;

	expect(isFailure(asDocumented)).toBe(false);
	if (!isEither) expect(isFailure(take(undefined), asDocumented)).toBe(use === 'must');
	expect(isFailure(take(wrong(field)), asDocumented)).toBe(use === 'must' || use === 'may');
	if (use === 'no') expect(take(undefined)).toEqual(asDocumented);
});
