import { Failure } from '../../nodes/ZImage/errors/failure';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer, Provider } from '../../nodes/ZImage/providers/provider';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { findTask, isOwnTask } from '../../nodes/ZImage/tasks/kinds';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { answer, documented, errorOf, fakeClient, limits } from '../support/fakeClient';

const v2 = 'fal-ai/z-image-turbo-trainer-v2';
const v1 = 'fal-ai/z-image-trainer';
const base = 'fal-ai/z-image-base-trainer';

/** A task of which nothing but its ID is known, with what a test wants known. */
function taskOf({ id }: Provider, changes: Partial<Task> = {}): Task {
	return {
		provider: id,
		model: null,
		taskId: 'task-1',
		submittedAt: null,
		prompt: null,
		seed: null,
		loras: null,
		estimatedCostUsd: null,
		...changes,
	};
}

const statusOf = (app: string) => `GET /${app}/requests/task-1/status`;
const resultOf = (app: string) => `GET /${app}/requests/task-1`;
const image = 'fal-ai/z-image';

const unknown = answer(404, { status: 'NOT_FOUND' });
const queued = documented(fal, 'trainingStatusInQueue');
const completed = documented(fal, 'trainingStatusCompleted');
const facts = { trigger: null, steps: null, imageCount: null };

describe('a task of which only its ID is known', () => {
	const find = (provider: Provider, answers: readonly HttpAnswer[], changes?: Partial<Task>) => {
		const client = fakeClient(provider, answers);
		return { client, found: findTask(client, taskOf(provider, changes), limits()) };
	};

	it('is asked for as an image first, and is one where that is known', async () => {
		const { client, found } = find(fal, [
			documented(fal, 'statusCompleted'),
			documented(fal, 'result'),
		]);
		expect(await found).toMatchObject({ task: taskOf(fal), state: { status: 'succeeded' } });
		expect((await found).task).not.toHaveProperty('training');
		expect(client.paths()).toEqual([statusOf(image), resultOf(image)]);
	});

	it.each([
		['v2', v2, 0],
		['v1', v1, 1],
		['base', base, 2],
	])('is then asked for as one of each trainer, in their order: %s', async (id, app, before) => {
		const answers = [...Array<HttpAnswer>(1 + before).fill(unknown), queued, queued];
		const { client, found } = find(fal, answers);
		expect(await found).toStrictEqual({
			task: taskOf(fal, { model: app, training: { trainer: id, ...facts } }),
			state: { status: 'pending', queued: true },
		});
		expect(client.paths()).toEqual([
			...[image, v2, v1, base].slice(0, 2 + before).map(statusOf),
			// Known to be there, it's asked how it is doing.
			statusOf(app),
		]);
	});

	it('returns the LoRA of a training that is done', async () => {
		const { found } = find(fal, [unknown, completed, completed, documented(fal, 'trainingResult')]);
		expect(await found).toMatchObject({
			task: { model: v2 },
			state: {
				status: 'succeeded',
				lora: { url: expect.stringMatching(/\.safetensors$/) as string },
			},
		});
	});

	it('is said to be a training where it has failed as one', async () => {
		const { found } = find(fal, [
			unknown,
			completed,
			completed,
			documented(fal, 'trainingResultUnreadableZip'),
		]);
		const failure = (await errorOf(found)) as Failure;
		expect(failure.message).toContain('fal could not train the LoRA: image_data_url: ');
		expect(failure.details).toMatchObject({
			kind: 'input',
			task: { taskId: 'task-1', model: v2, trainer: 'v2', status: 'failed' },
		});
	});

	it('that nobody knows is unknown as an image', async () => {
		const { client, found } = find(fal, Array<HttpAnswer>(4).fill(unknown));
		const failure = (await errorOf(found)) as Failure;
		expect(failure).toStrictEqual(
			new Failure('fal could not report the task status (HTTP 404): NOT_FOUND'),
		);
		expect(failure.details).toMatchObject({ kind: 'notFound', task: { model: null } });
		expect(client.paths()).toEqual([image, v2, v1, base].map(statusOf));
	});

	it.each([401, 403, 500, 503])(
		'is asked for once where the provider cannot say (HTTP %i)',
		async (statusCode) => {
			const { client, found } = find(fal, [answer(statusCode, { detail: 'Sorry' })]);
			expect(((await errorOf(found)) as Failure).details).toMatchObject({ httpCode: statusCode });
			expect(client.paths()).toEqual([statusOf(image)]);
		},
	);

	it('may be of a trainer that cannot be asked: it is an error, not unknown', async () => {
		const { client, found } = find(fal, [unknown, answer(503)]);
		expect(((await errorOf(found)) as Failure).details).toMatchObject({
			httpCode: 503,
			kind: 'unavailable',
			task: { taskId: 'task-1', model: v2 },
		});
		expect(client.sent).toHaveLength(2);
	});

	it('of WaveSpeed is asked for once, whatever it is', async () => {
		const about = (fixture: string) => {
			const { statusCode, body } = documented(wavespeed, fixture);
			const { data } = body as { data: object };
			return answer(statusCode, { data: { ...data, id: 'task-1' } });
		};
		const training = find(wavespeed, [about('trainingCompleted')]);
		expect((await training.found).state).toMatchObject({ lora: { configUrl: null } });
		const picture = find(wavespeed, [about('taskCompleted')]);
		expect((await picture.found).state).not.toHaveProperty('lora');
		const nothing = find(wavespeed, [documented(wavespeed, 'errorNotFound')]);
		expect(await errorOf(nothing.found)).toMatchObject({ details: { kind: 'notFound' } });
		for (const { client } of [training, picture, nothing]) {
			expect(client.paths()).toEqual(['GET /api/v3/predictions/task-1/result']);
		}
	});

	it('of a provider that trains nothing is an image', async () => {
		const { client, found } = find(novita, [documented(novita, 'errorTaskNotFound')]);
		await errorOf(found);
		expect(client.sent).toHaveLength(1);
	});
});

describe('a task whose model is known', () => {
	it.each([
		['fal-ai/z-image/turbo', image],
		['an-older-name', image],
		[v1, v1],
		[base, base],
	])('%s is asked for as that, and as nothing else', async (model, app) => {
		const client = fakeClient(fal, [unknown]);
		const failure = (await errorOf(findTask(client, taskOf(fal, { model }), limits()))) as Failure;
		expect(failure.details).toMatchObject({ kind: 'notFound', task: { model } });
		expect(client.paths()).toEqual([statusOf(app)]);
	});

	it('keeps what its item says of the training', async () => {
		const training = { trainer: 'v1', trigger: 'ohwx', steps: 300, imageCount: 12 };
		const client = fakeClient(fal, [queued]);
		const given = taskOf(fal, { model: v1, training });
		expect((await findTask(client, given, limits())).task).toStrictEqual(given);
	});

	it('is a training by its model, as in a list of tasks', async () => {
		const client = fakeClient(fal, [completed, documented(fal, 'trainingResultUnreadableZip')]);
		const failure = (await errorOf(
			findTask(client, taskOf(fal, { model: v1 }), limits()),
		)) as Failure;
		expect(failure.message).toContain('could not train the LoRA');
		expect(failure.details.task).toMatchObject({ model: v1, trainer: 'v1', trigger: null });
	});
});

describe('whether the account has a task', () => {
	const isOwn = async (answers: readonly HttpAnswer[], changes?: Partial<Task>) => {
		const client = fakeClient(fal, answers);
		const own = await isOwnTask(client, taskOf(fal, changes), limits());
		return { own, paths: client.paths() };
	};
	const refusals = [400, 403, 404, 422].map((statusCode) => answer(statusCode));

	it('is found out with one question for an image', async () => {
		expect(await isOwn([documented(fal, 'statusInQueue')])).toEqual({
			own: true,
			paths: [statusOf(image)],
		});
	});

	it.each([
		[v2, 0],
		[v1, 1],
		[base, 2],
	])('is found out for a training of %s', async (app, before) => {
		const { own, paths } = await isOwn([...refusals.slice(0, 1 + before), queued]);
		expect({ own, last: paths.at(-1) }).toEqual({ own: true, last: statusOf(app) });
		expect(paths).toHaveLength(2 + before);
	});

	it('is denied once everything is asked', async () => {
		expect(await isOwn(refusals)).toEqual({
			own: false,
			paths: [image, v2, v1, base].map(statusOf),
		});
	});

	it('is denied at once where its model is known', async () => {
		expect(await isOwn([unknown], { model: v1 })).toEqual({ own: false, paths: [statusOf(v1)] });
	});

	it.each([401, 429, 500, 503])(
		'stays open with HTTP %i, even of a trainer',
		async (statusCode) => {
			await expect(isOwn([answer(statusCode)])).rejects.toMatchObject({
				details: { httpCode: statusCode },
			});
			await expect(isOwn([unknown, answer(statusCode)])).rejects.toMatchObject({
				details: { httpCode: statusCode },
			});
		},
	);
});
