import type { IContextObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { AcceptedTasks } from '../../nodes/ZImage/paid/acceptedTasks';
import { Budget } from '../../nodes/ZImage/paid/budget';
import type { Submission } from '../../nodes/ZImage/paid/submission';
import { handlesOf, isLost, submitOnce } from '../../nodes/ZImage/paid/submitOnce';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageReference, Provider } from '../../nodes/ZImage/providers/provider';
import type { OpenTask, SubmittedTask } from '../../nodes/ZImage/tasks/task';
import { answer, documented, errorOf, fakeClient, limits } from '../support/fakeClient';
import { imageRequest } from '../support/request';
import { strictContext } from '../support/strictContext';

type Answers = Parameters<typeof fakeClient>[1];

/** An execution: what it keeps outlasts its attempts. */
function execution(provider: Provider, answers: Answers) {
	const data: IContextObject = {};
	const flow: IContextObject = {};
	const client = fakeClient(provider, answers);
	const host = strictContext({
		getNode: () => ({ type: 'zImageGenerate' }) as never,
		getWorkflowDataProxy: () => ({ $runIndex: 0 }) as never,
		getContext: (type: string) => (type === 'flow' ? flow : data),
	});
	return {
		client,
		acceptedTasks: () => AcceptedTasks.of(host),
		spentUsd: (): unknown => flow.zImageSpentUsd,
		/** One attempt. */
		submit: async (changes: Partial<Submission> = {}) =>
			await submitOnce(
				client,
				{
					request: imageRequest(),
					images: {},
					loraPreset: undefined,
					costUsd: 0.005,
					key: 'key',
					...changes,
				},
				limits(),
				AcceptedTasks.of(host),
				Budget.of(host, undefined),
			),
	};
}

describe('a submit that may have been accepted', () => {
	const broken = new Failure(
		'The connection to fal broke (ECONNRESET) after the request was sent',
		{
			isAmbiguous: true,
		},
	);
	const unreadable =
		'fal answered the request (HTTP 200), but the answer has not the documented form';

	it.each<[string, Answers[number], string]>([
		['no answer', broken, broken.message],
		['one that cannot be read', answer(200, {}), unreadable],
	])('is kept, counted, and not sent again: %s', async (_, reply, message) => {
		const { client, submit, spentUsd, acceptedTasks } = execution(fal, [reply]);
		expect(await errorOf(submit())).toStrictEqual(new Failure(message));
		expect(acceptedTasks().findAmbiguous('key')).toBe(message);
		expect(spentUsd()).toBe(0.005);

		for (let attempt = 2; attempt <= 3; attempt++) {
			const again = await errorOf(submit());
			expect(again).toStrictEqual(
				new Failure(`${message} in an earlier attempt, and it is not sent again`),
			);
			expect((again as Failure).details).toStrictEqual({
				kind: 'other',
				description:
					'fal may have accepted the task, and may charge for it. Look at the requests in your account there. To generate it all the same, run the workflow anew instead of retrying it.',
				isAmbiguous: true,
			});
		}
		expect(client.sent).toHaveLength(1);
		expect(spentUsd()).toBe(0.005);
	});

	it('does not stop another one', async () => {
		const { submit, spentUsd } = execution(fal, [broken, documented(fal, 'submit')]);
		await errorOf(submit());
		expect(await submit({ key: 'other' })).toMatchObject({ state: { status: 'pending' } });
		expect(spentUsd()).toBe(0.01);
	});

	it('of no known price counts nothing', async () => {
		const { submit, spentUsd, acceptedTasks } = execution(novita, [broken]);
		await errorOf(submit({ costUsd: null }));
		expect(acceptedTasks().findAmbiguous('key')).toBe(broken.message);
		expect(spentUsd()).toBeUndefined();
	});

	it('does not upload its picture again', async () => {
		const { submit } = execution(fal, [broken]);
		const toUrl = jest.fn().mockResolvedValue('https://a.example/1.png');
		const images = { image: strictContext({ toUrl }) as never };
		await errorOf(submit({ images }));
		await errorOf(submit({ images }));
		expect(toUrl).toHaveBeenCalledTimes(1);
	});
});

it.each<[string, Answers[number]]>([
	['refused', documented(fal, 'errorLocked')],
	['not sent', new Failure('fal cannot be reached (ECONNREFUSED)')],
	['stopped', new Error('The execution was cancelled')],
])('a submit that was %s costs nothing, and the next attempt sends it', async (_, reply) => {
	const { client, submit, spentUsd, acceptedTasks } = execution(fal, [
		reply,
		documented(fal, 'submit'),
	]);
	await errorOf(submit());
	expect(acceptedTasks().findAmbiguous('key')).toBeUndefined();
	expect(spentUsd()).toBeUndefined();
	expect((await submit()).task.taskId).not.toBeNull();
	expect(client.sent).toHaveLength(2);
	expect(spentUsd()).toBe(0.005);
});

it('a picture that cannot be uploaded costs nothing', async () => {
	const { client, submit, spentUsd } = execution(fal, []);
	const failure = new Failure('fal did not take the file');
	const images = { image: strictContext({ toUrl: async () => await Promise.reject(failure) }) };
	expect(await errorOf(submit({ images: images as never }))).toBe(failure);
	expect(client.sent).toStrictEqual([]);
	expect(spentUsd()).toBeUndefined();
});

it('sends its pictures in the place of their references', async () => {
	const { client, submit } = execution(fal, [documented(fal, 'submit')]);
	const picture = (url: string) => strictContext({ toUrl: async () => url }) as never;
	await submit({
		request: imageRequest({ operation: 'inpaint', image: 'binary:a', mask: 'binary:b' }),
		images: { image: picture('https://a.example/1.png'), mask: picture('https://a.example/2.png') },
	});
	expect(client.sent[0]?.call.body).toMatchObject({
		image_url: 'https://a.example/1.png',
		mask_image_url: 'https://a.example/2.png',
	});
});

describe('the estimated cost', () => {
	it.each<[string, Provider, string, number | null, number | null]>([
		['is that of the plan', fal, 'submit', 0.005, 0.005],
		['is not known', novita, 'submit', null, null],
		['is what the provider says', aimlapi, 'generation', 0.5, 0.008925],
		['is that of the plan where the provider says nothing', aimlapi, 'generationBase64', 0.5, 0.5],
	])('%s', async (_, provider, fixture, costUsd, expected) => {
		const { submit } = execution(provider, [documented(provider, fixture)]);
		expect((await submit({ costUsd })).task.estimatedCostUsd).toBe(expected);
	});

	it('goes against the budget as it was planned', async () => {
		const { submit, spentUsd } = execution(aimlapi, [documented(aimlapi, 'generation')]);
		await submit({ costUsd: 0.5 });
		expect(spentUsd()).toBe(0.5);
	});
});

it.each([
	['Pencil', { loraPreset: 'Pencil' }],
	[undefined, {}],
])('the preset %j goes into the task', async (loraPreset, expected) => {
	const { submit } = execution(fal, [documented(fal, 'submit')]);
	const { task } = await submit({ loraPreset });
	expect('loraPreset' in task).toBe('loraPreset' in expected);
	expect(task).toMatchObject(expected);
});

describe('what a task can be fetched by', () => {
	const facts = { width: null, height: null, nsfw: null, expiresInSeconds: null };
	const byUrl = (url: string): ImageReference => ({ url, ...facts });
	const inline: ImageReference = { inline: 'data:image/png;base64,AA==', ...facts };
	const byCall: ImageReference = { call: { method: 'GET', path: '/1.png' }, ...facts };
	const succeeded = (...images: ImageReference[]): OpenTask => ({
		status: 'succeeded',
		images,
		seed: null,
		prompt: null,
	});
	const [one, two] = ['https://a.example/1.png', 'https://a.example/2.png'] as const;

	it.each<[string, string | null, OpenTask, string[]]>([
		['its ID', 'task-1', { status: 'pending', queued: true }, ['task-1']],
		['its ID, with images too', 'task-1', succeeded(byUrl(one)), ['task-1']],
		['the URLs of its images', null, succeeded(byUrl(one), inline, byUrl(two)), [one, two]],
		['nothing: the images are in the answer', null, succeeded(inline, byCall), []],
		['nothing: it has neither', null, { status: 'pending', queued: true }, []],
	])('%s', (_, taskId, state, expected) => {
		const task = { taskId } as SubmittedTask['task'];
		expect(handlesOf({ task, state })).toStrictEqual(expected);
	});
});

it.each<[string, unknown, boolean, boolean]>([
	['a failed task', new Failure('', { task: { status: 'failed' } }), false, true],
	['a failed task', new Failure('', { task: { status: 'failed' } }), true, true],
	['a task that goes on', new Failure('', { task: { status: 'pending' } }), true, false],
	['a kept task that is not known', new Failure('', { httpCode: 404 }), true, true],
	['a new task that is not known yet', new Failure('', { httpCode: 404 }), false, false],
	['a kept task and a fault', new Failure('', { httpCode: 500 }), true, false],
	['no answer', new Failure(''), true, false],
	['any other error', Object.assign(new Error(), { details: { httpCode: 404 } }), true, false],
	['nothing', undefined, true, false],
])('%s (%#) is lost, or not', (_, error, isKept, expected) => {
	expect(isLost(error, isKept)).toBe(expected);
});
