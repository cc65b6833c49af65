import { Failure } from '../../nodes/ZImage/errors/failure';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer, Provider } from '../../nodes/ZImage/providers/provider';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { submitTask } from '../../nodes/ZImage/tasks/submit';
import { imageRequest } from '../support/request';
import { answer, documented, errorOf, fakeClient, limits } from '../support/fakeClient';

const loras = [{ path: 'owner/name', scale: 0.8 }];

it('submits once, because it may be charged', async () => {
	const client = fakeClient(novita, [documented(novita, 'submit')]);
	const given = limits();
	await submitTask(client, imageRequest({ loras }), given);
	expect(client.sent).toStrictEqual([
		{
			call: {
				method: 'POST',
				path: '/v3/async/z-image-turbo-lora',
				body: { prompt: 'a lighthouse', size: '1024*1024', loras },
			},
			options: { purpose: 'submit', secrets: [], ...given },
		},
	]);
});

it.each([
	['https://n8n.example.com/a', ''],
	['https://n8n.example.com/a?signature=b&c=d', 'signature=b&c=d'],
])('a callback URL is sent, and masked in the response: %s', async (callbackUrl, query) => {
	const client = fakeClient(fal, [documented(fal, 'submit')]);
	const { task } = await submitTask(client, imageRequest({ callbackUrl }), limits());
	expect(client.sent).toMatchObject([
		{ call: { query: { fal_webhook: callbackUrl } }, options: { secrets: [callbackUrl, query] } },
	]);
	expect(JSON.stringify(task)).not.toContain(callbackUrl);
});

it('keeps everything that Get Task Result needs', async () => {
	const client = fakeClient(novita, [documented(novita, 'submit')], 250);
	expect(await submitTask(client, imageRequest({ loras, seed: 7 }), limits())).toStrictEqual({
		task: {
			provider: 'novita',
			model: 'z-image-turbo-lora',
			taskId: '830d9c90-d53f-4c5a-8009-xxx',
			submittedAt: '2026-01-01T00:00:00.250Z',
			prompt: 'a lighthouse',
			seed: 7,
			loras,
			estimatedCostUsd: null,
		},
		state: { status: 'pending', queued: true },
	});
});

it('has the images at once from a synchronous provider, and no task ID', async () => {
	const client = fakeClient(aimlapi, [documented(aimlapi, 'generation')]);
	const { task, state } = await submitTask(client, imageRequest(), limits());
	expect(task).toMatchObject({ model: 'alibaba/z-image-turbo', taskId: null, seed: null });
	expect(state).toMatchObject({ status: 'succeeded' });
});

it.each([
	['what it says', 'generation', 0.008925],
	['nothing where it says nothing', 'generationBase64', null],
])("has a synchronous provider's cost: %s", async (_, fixture, expected) => {
	const client = fakeClient(aimlapi, [documented(aimlapi, fixture)]);
	const { task } = await submitTask(client, imageRequest(), limits());
	expect(task.estimatedCostUsd).toBe(expected);
});

it.each<[Provider, string, string]>([
	[fal, 'errorInvalidKey', 'fal did not accept the request (HTTP 401): invalid key credentials'],
	[
		fal,
		'errorLocked',
		'fal did not accept the request (HTTP 403): User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
	],
	[
		novita,
		'errorNoBalance',
		'Novita did not accept the request (HTTP 400): Insufficient balance (BILLING_BALANCE_NOT_ENOUGH)',
	],
	[novita, 'errorReasonOnly', 'Novita did not accept the request (HTTP 500): (CREATE_TASK_FAILED)'],
	[
		highway,
		'errorNotAvailable',
		'Highway API did not accept the request (HTTP 503): Service unavailable (SERVICE_NOT_AVAILABLE)',
	],
	[
		wavespeed,
		'errorInside200',
		'WaveSpeed did not accept the request (HTTP 200): size must be width*height',
	],
	[
		replicate,
		'errorValidation',
		'Replicate did not accept the request (HTTP 422): - input.width: Must be less than or equal to 1440\n- input.prompt: Invalid type. Expected: string, given: integer',
	],
])('%#: the words of a refusal', async (provider, fixture, message) => {
	const client = fakeClient(provider, [documented(provider, fixture)]);
	const error = await errorOf(submitTask(client, imageRequest(), limits()));
	expect(error).toStrictEqual(new Failure(message));
	expect(error).toMatchObject({ details: { httpCode: documented(provider, fixture).statusCode } });
	expect((error as Failure).details).not.toHaveProperty('task');
});

it('an undocumented error inside a success leaves open whether it was accepted', async () => {
	const given = answer(200, { code: 5000, message: 'An internal error occurred.' });
	const error = await errorOf(submitTask(fakeClient(wavespeed, [given]), imageRequest(), limits()));
	expect(error).toStrictEqual(
		new Failure(
			'WaveSpeed answered the request (HTTP 200), but the response has an unexpected form: An internal error occurred.',
		),
	);
	expect(error).toMatchObject({ details: { isAmbiguous: true } });
});

it("a refusal is explained if its words don't", async () => {
	const client = fakeClient(replicate, [documented(replicate, 'errorNotFound')]);
	const error = await errorOf(submitTask(client, imageRequest(), limits()));
	expect(error).toMatchObject({
		message:
			'Replicate did not accept the request (HTTP 404): The requested resource could not be found.',
		details: {
			kind: 'notFound',
			httpCode: 404,
			description: expect.stringContaining('official models') as string,
		},
	});
	expect((error as Failure).details.isAmbiguous).toBeUndefined();
});

it.each<[Provider, HttpAnswer, string]>([
	[
		aimlapi,
		documented(aimlapi, 'errorWithoutMessage'),
		"AI/ML API answered the request (HTTP 502), but the response doesn't say whether the task was accepted",
	],
	[
		fal,
		answer(500, { detail: 'Internal Server Error' }),
		"fal answered the request (HTTP 500), but the response doesn't say whether the task was accepted: Internal Server Error",
	],
	[
		novita,
		answer(200, { code: 500, reason: 'TASK_FAILED', message: 'Out of paint' }),
		'Novita answered the request (HTTP 200), but the response has an unexpected form: Out of paint (TASK_FAILED)',
	],
])('%#: a response that proves nothing, in its own words', async (provider, given, message) => {
	const error = await errorOf(submitTask(fakeClient(provider, [given]), imageRequest(), limits()));
	expect(error).toStrictEqual(new Failure(message));
	expect(error).toMatchObject({ details: { httpCode: given.statusCode, isAmbiguous: true } });
});

it.each([300, 302, 399])('does not follow a redirect: HTTP %i', async (statusCode) => {
	const client = fakeClient(novita, [answer(statusCode)]);
	const error = await errorOf(submitTask(client, imageRequest(), limits()));
	expect(error).toStrictEqual(
		new Failure(`Novita did not accept the request (HTTP ${statusCode}): no reason given`),
	);
	expect(error).toMatchObject({
		details: { description: expect.stringContaining('follow redirects') as unknown },
	});
});

it.each([
	[101, false],
	[200, true],
	[202, true],
	[299, true],
	[300, false],
])("HTTP %i, with a task's ID, accepts the request: %s", async (statusCode, isAccepted) => {
	const client = fakeClient(novita, [{ ...documented(novita, 'submit'), statusCode }]);
	const [outcome] = await Promise.allSettled([submitTask(client, imageRequest(), limits())]);
	expect(outcome.status).toBe(isAccepted ? 'fulfilled' : 'rejected');
});

it.each([
	['no JSON', undefined],
	['another form', { id: 'a' }],
])('says so if the response is %s', async (_, body) => {
	const client = fakeClient(novita, [answer(200, body)]);
	const error = await errorOf(submitTask(client, imageRequest(), limits()));
	expect(error).toStrictEqual(
		new Failure('Novita answered the request (HTTP 200), but the response has an unexpected form'),
	);
	expect(error).toMatchObject({ details: { httpCode: 200, isAmbiguous: true } });
});

it('says so if a synchronous response contains no image', async () => {
	const client = fakeClient(aimlapi, [documented(aimlapi, 'generationWithoutData')]);
	expect(await errorOf(submitTask(client, imageRequest(), limits()))).toStrictEqual(
		new Failure('AI/ML API answered the request (HTTP 200), but the response has no image'),
	);
});

it('passes on that no response arrived', async () => {
	const failure = new Failure('The connection to Novita broke (ECONNRESET)');
	const client = fakeClient(novita, [failure]);
	expect(await errorOf(submitTask(client, imageRequest(), limits()))).toBe(failure);
});
