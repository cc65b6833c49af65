import type { IDataObject } from 'n8n-workflow';
import { ZodError } from 'zod';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { knownJson, listedJson, taskJson } from '../../nodes/ZImage/tasks/taskItem';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { checkTask } from '../../nodes/ZImage/tasks/check';
import { submitTask } from '../../nodes/ZImage/tasks/submit';
import type { OpenTask, Task } from '../../nodes/ZImage/tasks/task';
import { startMs } from '../support/recordingClock';
import { fixtureNames, readFixture } from '../support/fixture';
import { answer, documented, fakeClient, limits } from '../support/fakeClient';
import { furtherAnswers } from './documents';
import { leastRequest } from './requests';
import { readUpload } from '../support/uploadCalls';

/** A documented response, and the page's heading for its kind. */
export interface DocumentedAnswer {
	readonly name: string;
	readonly title: string;
	readonly statusCode: number;
	readonly body: unknown;
}

/** Names of responses to the status call. */
const statusAnswers = /^(status|task|trainingFailed|job(?!List))/;

/** Names of responses to the call for a list of tasks. */
const listAnswers = /^(list|jobList)/;

/**
 * Names of answers to further calls, of which the page has the call only, or nothing: ComfyUI's lists, what tells a task on a
 * server without jobs, and trainings, except one that fails: only its answer says that it was a training.
 */
const furtherCalls =
	/^(cancelled|features|history|interrupted|models|objectInfo|queue|systemStats|training(?!Failed))/;

function titleOf(name: string, statusCode: number, body: unknown): string {
	const isError = typeof body === 'object' && body !== null && 'detail' in body;
	if (statusCode >= 400 || isError || name.startsWith('error')) return 'Answers that are errors';
	if (name.startsWith('upload')) return 'Answer of the storage';
	if (name.startsWith('result')) return 'Answer to the result';
	if (listAnswers.test(name)) return 'Answer to the list';
	return statusAnswers.test(name) ? 'Answer to the status' : 'Answer to the submit';
}

/** All documented responses of a provider: its fixtures, and what the fixtures lack. */
export function answersOf({ id }: Provider): DocumentedAnswer[] {
	const names = fixtureNames(id).filter((name) => !furtherCalls.test(name));
	const fixtures = names.map((name) => ({ name, ...readFixture(id, name) }));
	return [...fixtures, ...(furtherAnswers[id] ?? [])].map(({ name, statusCode, body }) => ({
		name,
		title: titleOf(name, statusCode, body),
		statusCode,
		body,
	}));
}

/** The result of a response: the fields of the output items, or whatever else shows. */
export interface Outcome {
	readonly json: readonly IDataObject[];
	readonly other: unknown;
}

const earlierTask: Omit<Task, 'provider'> = {
	model: 'a-model',
	taskId: 'a-task',
	submittedAt: null,
	prompt: 'what was sent',
	seed: null,
	loras: [],
	estimatedCostUsd: null,
};

function outcomeOf(task: Task, state: OpenTask): Outcome {
	if (state.status === 'pending') return { json: [taskJson(task)], other: state };
	const json = state.images.map((image, imageIndex) =>
		knownJson(task, state, image, { imageIndex, imageCount: state.images.length }, startMs),
	);
	return { json, other: state };
}

/** The ID of the task in a fixture. */
function sampleIdOf({ id, tasks }: Provider, name: string): string | undefined {
	if (!fixtureNames(id).includes(name)) return undefined;
	const { statusCode, body } = readFixture(id, name);
	return tasks?.namedTask?.(answer(statusCode, body));
}

/** Processes a response the way a run does. */
export async function takeIn(
	provider: Provider,
	{ name, title, statusCode }: Omit<DocumentedAnswer, 'body'>,
	body: unknown,
): Promise<Outcome> {
	if (title === 'Answer of the storage') {
		try {
			return { json: [], other: readUpload(provider, answer(statusCode, body)) };
		} catch (error) {
			if (!(error instanceof ZodError)) throw error;
			return { json: [], other: 'no place' };
		}
	}
	const { list } = provider.tasks ?? {};
	if (list && listAnswers.test(name)) {
		const { tasks, next } = list.parse(answer(statusCode, body), { sinceMs: 0 });
		return { json: tasks.map((task) => listedJson(provider.id, task)), other: next };
	}
	const sampleId = sampleIdOf(provider, name);
	const task: Task = {
		provider: provider.id,
		...earlierTask,
		...(sampleId !== undefined && { taskId: sampleId }),
	};
	const given = answer(statusCode, body);
	try {
		if (statusAnswers.test(name)) {
			const client = fakeClient(provider, [given, resultOf(provider, name)]);
			return outcomeOf(task, await checkTask(client, task, limits()));
		}
		if (name.startsWith('result')) {
			const client = fakeClient(provider, [documented(provider, 'statusCompleted'), given]);
			return outcomeOf(task, await checkTask(client, task, limits()));
		}
		const [endpoint] = provider.endpoints;
		if (!endpoint) throw new Error(`${provider.id} has no endpoint`);
		const request = leastRequest(provider, endpoint, false);
		const submitted = await submitTask(fakeClient(provider, [given]), request, limits());
		return outcomeOf(submitted.task, submitted.state);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return { json: [], other: [error.message, error.details.description] };
	}
}

/** The next step after a task's status if its images need another call: an error if the status reports one. */
function resultOf(provider: Provider, name: string) {
	if (!provider.tasks?.result) return answer(500);
	return documented(provider, name.includes('Error') ? 'resultRequestTimeout' : 'result');
}

/** The difference between two results: the changed `json` fields, or a note that something else differs. */
export function changed(one: Outcome, other: Outcome): { json: string[]; anything: boolean } {
	const isSameKind =
		one.json.length > 0 &&
		one.json.length === other.json.length &&
		one.json[0]?.status === other.json[0]?.status;
	const json = isSameKind
		? one.json.flatMap((fields, index) =>
				Object.keys(fields).filter(
					(key) => JSON.stringify(fields[key]) !== JSON.stringify(other.json[index]?.[key]),
				),
			)
		: [];
	return {
		json: [...new Set(json)],
		anything: JSON.stringify(one) !== JSON.stringify(other),
	};
}
