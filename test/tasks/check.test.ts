import { Failure } from '../../nodes/ZImage/errors/failure';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer, Provider, ProviderTasks } from '../../nodes/ZImage/providers/provider';
import { checkTask } from '../../nodes/ZImage/tasks/check';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { answer, documented, errorOf, fakeClient, limits } from '../support/fakeClient';

function taskOf(provider: Provider): Task {
	return {
		provider: provider.id,
		model: null,
		taskId: 'task-1',
		submittedAt: null,
		prompt: 'a lighthouse',
		seed: null,
		loras: null,
		estimatedCostUsd: null,
	};
}

const handedOut = (provider: Provider, status = 'pending') => ({
	provider: provider.id,
	model: null,
	taskId: 'task-1',
	status,
	submittedAt: null,
	prompt: 'a lighthouse',
	seed: null,
	loras: null,
	estimatedCostUsd: null,
});

async function check(provider: Provider, answers: HttpAnswer[]) {
	const client = fakeClient(provider, answers);
	const promise = checkTask(client, taskOf(provider), limits());
	return { client, promise };
}

async function failureOf(provider: Provider, answers: HttpAnswer[]): Promise<Failure> {
	const { client, promise } = await check(provider, answers);
	const error = await errorOf(promise);
	expect(error).toBeInstanceOf(Failure);
	expect(client.sent).toHaveLength(answers.length);
	return error as Failure;
}

const aboutTask = (task_id: unknown) => ({ task: { task_id, status: 'TASK_STATUS_QUEUED' } });

const statusPath = 'GET /fal-ai/z-image/requests/task-1/status';
const resultPath = 'GET /fal-ai/z-image/requests/task-1';
const ended = documented(fal, 'statusCompleted');
const endedWithError = documented(fal, 'statusCompletedError');

describe('a task that is not done', () => {
	it.each<[Provider, string, boolean]>([
		[fal, 'statusInQueue', true],
		[fal, 'statusInProgress', false],
		[novita, 'taskQueued', true],
		[novita, 'taskProcessing', false],
	])('%#: is pending', async (provider, fixture, queued) => {
		const { client, promise } = await check(provider, [documented(provider, fixture)]);
		expect(await promise).toStrictEqual({ status: 'pending', queued });
		expect(client.sent).toHaveLength(1);
	});
});

describe('a task that is done', () => {
	it('is requested like a free call, and errors would return it', async () => {
		const { client, promise } = await check(novita, [documented(novita, 'taskSucceed')]);
		expect(await promise).toMatchObject({ status: 'succeeded', seed: 158881667 });
		expect(client.sent).toStrictEqual([
			{
				call: {
					method: 'GET',
					path: '/v3/async/task-result',
					query: { task_id: 'task-1' },
					holdsImages: true,
				},
				options: {
					...limits(),
					signal: expect.any(AbortSignal) as unknown,
					purpose: 'read',
					task: handedOut(novita),
				},
			},
		]);
	});

	it('of fal needs another call for its images', async () => {
		const { client, promise } = await check(fal, [ended, documented(fal, 'resultTwoImages')]);
		expect(await promise).toMatchObject({ status: 'succeeded', seed: 1094216535 });
		expect(client.paths()).toStrictEqual([statusPath, resultPath]);
		expect(client.sent[1]?.options).toMatchObject({
			purpose: 'read',
			task: handedOut(fal),
			maxAttempts: undefined,
		});
	});
});

describe('a task that has failed', () => {
	it.each<[Provider, string[], string]>([
		[
			novita,
			['taskFailed'],
			'Novita could not make the image: failed to load lora: owner/name not found',
		],
		[
			fal,
			['statusCompleted', 'resultContentPolicy'],
			'fal could not make the image: prompt: The content could not be processed because it contained material flagged by a content checker. (content_policy_violation)',
		],
		[
			fal,
			['statusCompleted', 'resultErrorWithStatus200'],
			'fal could not make the image: loras: Failed to download the LoRA (file_download_error)',
		],
		[
			fal,
			['statusCompleted', 'resultGeneralError'],
			'fal could not make the image: Internal server error (internal_server_error)',
		],
		[
			fal,
			['statusCompletedError', 'resultRequestTimeout'],
			'fal could not make the image: Request timed out (request_timeout)',
		],
		[
			fal,
			['statusCompletedError', 'resultWithoutBody'],
			'fal could not make the image: Request timed out (request_timeout)',
		],
	])("%#: is an error in the provider's words", async (provider, fixtures, message) => {
		const answers = fixtures.map((fixture) => documented(provider, fixture));
		const failure = await failureOf(provider, answers);
		expect(failure).toStrictEqual(new Failure(message));
		expect(failure.details.task).toStrictEqual(handedOut(provider, 'failed'));
	});

	it.each([401, 403, 404, 408, 425, 429, 500, 502, 503, 504])(
		'with the words of its status if the result is HTTP %i without any',
		async (statusCode) => {
			const failure = await failureOf(fal, [endedWithError, answer(statusCode)]);
			expect(failure.message).toBe(
				'fal could not make the image: Request timed out (request_timeout)',
			);
		},
	);

	it.each([401, 403, 404, 408, 425, 429, 502, 503])(
		'with the words of its status if the result is HTTP %i, whose words are about the request',
		async (statusCode) => {
			const failure = await failureOf(fal, [
				endedWithError,
				answer(statusCode, { detail: 'About the request' }),
			]);
			expect(failure.message).toBe(
				'fal could not make the image: Request timed out (request_timeout)',
			);
		},
	);

	it.each([400, 422, 500, 504])(
		'with the words of its result if that is HTTP %i, which is the model’s own',
		async (statusCode) => {
			const failure = await failureOf(fal, [
				endedWithError,
				answer(statusCode, { detail: [{ msg: 'About the image', type: 'bad_prompt' }] }),
			]);
			expect(failure.message).toBe('fal could not make the image: About the image (bad_prompt)');
		},
	);

	it.each([400, 422, 499, 500])(
		'with the text of its result if that is HTTP %i, as fal itself words it',
		async (statusCode) => {
			const text = { detail: 'Internal Server Error' };
			const failure = await failureOf(fal, [ended, answer(statusCode, text)]);
			expect(failure).toStrictEqual(
				new Failure('fal could not make the image: Internal Server Error'),
			);
			expect(failure.details.task).toStrictEqual(handedOut(fal, 'failed'));
		},
	);

	it('is requested only once for its words', async () => {
		const { client, promise } = await check(fal, [
			endedWithError,
			documented(fal, 'resultContentPolicy'),
		]);
		await errorOf(promise);
		expect(client.sent[1]?.options.maxAttempts).toBe(1);
	});

	it('with many words has the first 500 characters', async () => {
		const reason = 'x'.repeat(2000);
		const failure = await failureOf(fal, [ended, answer(422, { detail: [{ msg: reason }] })]);
		expect(failure.message).toBe(`fal could not make the image: ${'x'.repeat(500)}…`);
	});

	it('in spite of its status is done if its result contains images', async () => {
		const { promise } = await check(fal, [endedWithError, documented(fal, 'result')]);
		expect(await promise).toMatchObject({ status: 'succeeded' });
	});
});

describe('a result that is not returned', () => {
	it.each([
		[401, { detail: 'invalid key credentials' }, 'invalid key credentials'],
		[403, undefined, 'no reason given'],
		[403, { detail: [{ msg: 'Forbidden' }] }, 'Forbidden'],
		[500, { detail: 'Lost', error_type: 'runner_server_error' }, 'Lost (runner_server_error)'],
		[500, { message: 'Internal server error' }, 'Internal server error'],
		[500, undefined, 'no reason given'],
		[504, { detail: 'Gateway Timeout' }, 'Gateway Timeout'],
		[200, { message: 'About a gateway' }, 'About a gateway'],
		[404, { detail: 'Request not found' }, 'Request not found'],
		[408, undefined, 'no reason given'],
		[425, undefined, 'no reason given'],
		[429, { detail: 'Too many requests' }, 'Too many requests'],
		[502, undefined, 'no reason given'],
		[503, undefined, 'no reason given'],
	])("HTTP %i isn't a fault of the image", async (statusCode, body, words) => {
		const failure = await failureOf(fal, [ended, answer(statusCode, body)]);
		expect(failure).toStrictEqual(
			new Failure(`fal did not return the result (HTTP ${statusCode}): ${words}`),
		);
		expect(failure.details).toMatchObject({ httpCode: statusCode, task: handedOut(fal) });
	});

	it("by a provider that doesn't distinguish errors of a task from those of a call", async () => {
		const { status, parseStatus, result, parseResult } = fal.tasks;
		const provider = { ...fal, tasks: { status, parseStatus, result, parseResult } };
		const failure = await failureOf(provider, [ended, documented(fal, 'resultContentPolicy')]);
		expect(failure.message).toMatch(/^fal did not return the result \(HTTP 422\): /);
	});

	it('has an unexpected form', async () => {
		const failure = await failureOf(fal, [ended, answer(200, { pictures: [] })]);
		expect(failure).toStrictEqual(
			new Failure('fal returned an unexpected response (HTTP 200) when asked for the result'),
		);
		expect(failure.details.task).toStrictEqual(handedOut(fal));
	});
});

describe('an unavailable state', () => {
	it.each<[Provider, string, string]>([
		[fal, 'statusFailed', 'fal reports an unknown task status: "FAILED"'],
		[novita, 'taskUnknown', 'Novita reports an unknown task status: "TASK_STATUS_UNKNOWN"'],
	])('%#: it is named, and the task returned', async (provider, fixture, message) => {
		const failure = await failureOf(provider, [documented(provider, fixture)]);
		expect(failure).toStrictEqual(new Failure(message));
		expect(failure.details).toStrictEqual({
			kind: 'other',
			description: expect.stringContaining('Get Task Result can check it again') as unknown,
			task: handedOut(provider),
		});
	});

	const { status, parseStatus, result, parseResult } = fal.tasks;
	it.each<[string, ProviderTasks]>([
		['neither requested nor readable', { status, parseStatus }],
		['not requested', { status, parseStatus, parseResult }],
		['not read', { status, parseStatus, result }],
	])('because it has ended, and its result is %s', async (_, tasks) => {
		const failure = await failureOf({ ...fal, tasks }, [ended]);
		expect(failure).toStrictEqual(new Failure('fal reports an unknown task status: "ended"'));
	});

	it("because the provider doesn't know the task", async () => {
		const failure = await failureOf(novita, [documented(novita, 'errorTaskNotFound')]);
		expect(failure).toStrictEqual(
			new Failure(
				'Novita could not report the task status (HTTP 404): Task not found (TASK_NOT_FOUND)',
			),
		);
		expect(failure.details).toMatchObject({ httpCode: 404, task: handedOut(novita) });
	});

	it('because the response has an unexpected form', async () => {
		const failure = await failureOf(novita, [answer(200, { state: 'done' })]);
		expect(failure).toStrictEqual(
			new Failure(
				'Novita returned an unexpected response (HTTP 200) when asked for the task status',
			),
		);
		expect(failure.details.task).toStrictEqual(handedOut(novita));
	});

	it('because the response is a disguised error', async () => {
		const body = { code: 500, reason: 'GET_RESULT_FAILED', message: 'Try again' };
		const failure = await failureOf(novita, [answer(200, body)]);
		expect(failure).toStrictEqual(
			new Failure(
				'Novita could not report the task status (HTTP 200): Try again (GET_RESULT_FAILED)',
			),
		);
		expect(failure.details.task).toStrictEqual(handedOut(novita));
	});

	it('because the response is about another task', async () => {
		const failure = await failureOf(novita, [answer(200, aboutTask('task-2'))]);
		expect(failure).toStrictEqual(
			new Failure('Novita returned the status of another task ("task-2")'),
		);
		expect(failure.details).toStrictEqual({
			kind: 'other',
			description: expect.stringContaining('Get Task Result can check it again') as unknown,
			task: handedOut(novita),
		});
	});

	it.each<[string, unknown]>([
		["a gateway's page", undefined],
		['what looks like a state', aboutTask('task-1')],
	])('because the answer is HTTP 500 with %s', async (_, body) => {
		const failure = await failureOf(novita, [{ ...answer(500, body), text: 'Out of order' }]);
		expect(failure).toStrictEqual(
			new Failure('Novita could not report the task status (HTTP 500): Out of order'),
		);
		expect(failure.details).toMatchObject({ httpCode: 500, task: handedOut(novita) });
	});

	it('because the task has no ID', async () => {
		const client = fakeClient(novita, []);
		const unnamed = { ...taskOf(novita), taskId: null };
		expect(await errorOf(checkTask(client, unnamed, limits()))).toStrictEqual(
			new Failure("Novita doesn't have tasks"),
		);
		expect(client.sent).toStrictEqual([]);
	});

	it.each(['task-1', ' TASK-1 ', '', null, undefined, {}])(
		'is read for the task that the response calls %j',
		async (task_id) => {
			const { promise } = await check(novita, [answer(200, aboutTask(task_id))]);
			expect(await promise).toStrictEqual({ status: 'pending', queued: true });
		},
	);

	it('because the provider has no tasks', async () => {
		expect(await failureOf(aimlapi, [])).toStrictEqual(new Failure("AI/ML API doesn't have tasks"));
	});
});

describe("a task that the provider doesn't know", () => {
	const unknown = documented(novita, 'errorTaskNotFound');
	const checkAt = async (submittedAt: string | null, elapsedMs: number) => {
		const client = fakeClient(novita, [unknown], elapsedMs);
		const [outcome] = await Promise.allSettled([
			checkTask(client, { ...taskOf(novita), submittedAt }, limits()),
		]);
		if (outcome.status === 'rejected') return 'error';
		// It is treated as one that hasn't started.
		expect(outcome.value).toStrictEqual({ status: 'pending', queued: true });
		return 'pending';
	};

	// The fake client's clock starts with the year.
	it.each<[string, string | null, number, string]>([
		['was accepted just now', '2026-01-01T00:00:00.000Z', 0, 'pending'],
		['was accepted a moment ago', '2026-01-01T00:00:00.000Z', 59_999, 'pending'],
		['was accepted on another clock', '2026-01-01T00:05:00.000Z', 0, 'pending'],
		['was accepted a minute ago', '2026-01-01T00:00:00.000Z', 60_000, 'error'],
		['was accepted at an unknown time', null, 0, 'error'],
		['was accepted at an invalid time', 'soon', 0, 'error'],
	])('and that %s', async (_, submittedAt, elapsedMs, expected) => {
		expect(await checkAt(submittedAt, elapsedMs)).toBe(expected);
	});
});
