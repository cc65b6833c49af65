import { adviceFor } from '../../nodes/ZImage/errors/advice';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { taskFailure } from '../../nodes/ZImage/http/failures';
import type { FailedTask, ListedTask } from '../../nodes/ZImage/providers/provider';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer, documented } from '../support/fakeClient';

const taskId = 'gm3qorzdhgbfurvjtvhg6dckhu';
const queued = { status: 'pending', queued: true } as const;
const working = { status: 'pending', queued: false } as const;
const url = 'https://replicate.delivery/xezq/0123456789abcdef/tmpabcdefgh.jpg';
const image = { url, width: null, height: null, nsfw: null, expiresInSeconds: 3600 };
const succeeded = { status: 'succeeded', images: [image], seed: null, prompt: null } as const;
const failed = (reason: string) => ({ status: 'failed', reason }) as const;

function listed(
	id: string,
	model: string,
	status: ListedTask['status'],
	prompt: string | null,
): ListedTask {
	return {
		taskId: id,
		model,
		status,
		submittedAtMs: Date.parse('2023-09-08T16:19:30Z'),
		prompt,
		seed: null,
		loras: null,
		expiresAtMs: null,
	};
}

describeAnswers(replicate, [
	['submit', 'parseSubmit', { taskId, state: queued }],
	['submitWaited', 'parseSubmit', { taskId, state: succeeded }],
	['submitWaitOver', 'parseSubmit', { taskId, state: working }],

	['taskStarting', 'parseStatus', queued],
	['taskProcessing', 'parseStatus', working],
	['taskSucceeded', 'parseStatus', succeeded],
	['taskSucceededList', 'parseStatus', succeeded],
	// Requested again: the image may come a moment later.
	['taskSucceededWithoutOutput', 'parseStatus', working],
	[
		'taskDataRemoved',
		'parseStatus',
		{
			...failed('the image was generated, but Replicate deleted it, which it does after one hour'),
			kind: 'notFound',
			charged: 'yes',
		},
	],
	['taskFailed', 'parseStatus', failed('CUDA out of memory')],
	[
		'taskFailedLora',
		'parseStatus',
		failed(
			'Error while deserializing header: HeaderTooLarge while loading LoRA weights (safetensors)',
		),
	],
	[
		'taskFailedModeration',
		'parseStatus',
		failed(
			'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
		),
	],
	['taskFailedWithoutReason', 'parseStatus', failed('no reason given')],
	['taskAborted', 'parseStatus', { ...failed('the prediction was aborted'), kind: 'canceled' }],
	['taskCanceled', 'parseStatus', { ...failed('the prediction was canceled'), kind: 'canceled' }],
	['taskUnknown', 'parseStatus', { status: 'unknown', value: 'paused' }],

	[
		'listPredictions',
		'list',
		{
			tasks: [
				{
					taskId: 'a1',
					model: 'prunaai/z-image-turbo-lora',
					status: 'succeeded',
					submittedAtMs: Date.parse('2023-09-08T16:19:30Z'),
					prompt: 'a red fox',
					seed: 7,
					loras: [
						{ path: 'https://example.com/a.safetensors', scale: 0.8 },
						{ path: 'https://example.com/b.safetensors', scale: 1 },
					],
					expiresAtMs: Date.parse('2023-09-08T17:19:34.791Z'),
				},
				{ ...listed('a2', 'prunaai/z-image-turbo', 'pending', 'a boat'), loras: [] },
			],
			next: 'cD0yMDIyLTAxLTIxKzIzJTNBMTg=',
		},
	],
	[
		'listPredictionsLast',
		'list',
		{
			tasks: [
				{
					...listed('a3', 'prunaai/z-image-turbo', 'succeeded', null),
					expiresAtMs: Date.parse('2023-09-08T17:19:34.791Z'),
				},
				{ ...listed('a4', 'prunaai/z-image', 'failed', 'a moth'), loras: [] },
				{ ...listed('a5', 'prunaai/z-image-turbo-img2img', 'unknown', 'a harbour'), loras: [] },
			],
		},
	],

	['errorInvalidKey', 'errorText', 'You did not pass a valid authentication token'],
	['errorInvalidKeyNew', 'errorText', 'Invalid or expired API token.'],
	[
		'errorInvalidVersion',
		'errorText',
		'The specified version does not exist (or perhaps you don’t have permission to use it?)',
	],
	['errorMissingKey', 'errorText', 'You did not pass an authentication token'],
	[
		'errorNoCredit',
		'errorText',
		'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a few minutes before trying again.',
	],
	['errorNotFound', 'errorText', 'The requested resource could not be found.'],
	[
		'errorRateLimit',
		'errorText',
		'Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~5s.',
	],
	['errorServer', 'errorText', 'An internal server error occurred.'],
	[
		'errorValidation',
		'errorText',
		'- input.width: Must be less than or equal to 1440\n- input.prompt: Invalid type. Expected: string, given: integer',
	],
	['upload', 'errorText', undefined],
]);

it.each([
	[{ title: 'Payment Required' }, 'Payment Required'],
	[{ title: 'Bad', detail: '' }, 'Bad'],
	[{ title: 7 }, undefined],
	[{}, undefined],
	[undefined, undefined],
])('replicate: the message in %j is %j', (body, words) => {
	expect(replicate.errorText(body)).toBe(words);
});

describe('replicate: what a response may omit, or mention in passing', () => {
	const parse = (fields: object) =>
		replicate.tasks.parseStatus(answer(200, { status: 'succeeded', ...fields }));

	it.each([[{}], [{ output: '' }], [{ output: [] }], [{ output: [null, ''], data_removed: 'no' }]])(
		'no image yet in %j',
		(fields) => {
			expect(parse(fields)).toStrictEqual(working);
		},
	);

	it.each<[object, object[]]>([
		[{ output: ` ${url}\n` }, [{ url }]],
		[{ output: [null, 7, url, 'none'] }, [{ url }]],
		[{ output: url, data_removed: true, error: [], id: {} }, [{ url }]],
		[{ output: 'data:image/png,%89PNG' }, [{ inline: 'data:image/png;base64,iVBORw==' }]],
	])('the images of %j', (fields, images) => {
		expect(parse(fields)).toMatchObject({ status: 'succeeded', images });
	});

	it.each([
		[{ id: 'a' }, 'a'],
		[{ id: '' }, undefined],
		[{}, undefined],
		[undefined, undefined],
	])('%j is about the task %j', (body, expected) => {
		expect(replicate.tasks.namedTask(answer(200, body))).toBe(expected);
	});
});

describe('replicate: bodies of another form', () => {
	describeForeignBodies('parseSubmit', replicate.parseSubmit, [
		undefined,
		null,
		{},
		{ id: 'a' },
		{ id: '', status: 'starting' },
		{ detail: 'The requested resource could not be found.' },
	]);
	describeForeignBodies('parseStatus', replicate.tasks.parseStatus, [
		undefined,
		{},
		{ status: null },
		{ status: 'succeeded', output: { url } },
		{ status: 'succeeded', output: ['none'] },
	]);
});

describe('replicate: what proves that nothing was accepted', () => {
	it.each<[number, unknown, boolean]>([
		...[400, 401, 402, 403, 404, 413, 429].map(
			(status) => [status, undefined, true] as [number, unknown, boolean],
		),
		[422, { title: 'Input validation failed', detail: '- input.width: …', status: 422 }, true],
		[422, { detail: 'The specified version does not exist', status: 422 }, true],
		[422, { detail: [] }, false],
		[422, undefined, false],
		[409, { detail: 'Conflict' }, false],
		[500, { detail: 'An internal server error occurred.' }, false],
		[502, undefined, false],
		[200, { detail: 'Odd' }, false],
		[201, undefined, false],
	])('HTTP %i with %j: %j', (statusCode, body, expected) => {
		expect(replicate.isRefusal(answer(statusCode, body))).toBe(expected);
	});

	it("explains a model that the provider doesn't know", () => {
		const { statusCode, body } = documented(replicate, 'errorNotFound');
		expect(replicate.explainRefusal(answer(statusCode, body))).toContain('official models');
		expect(replicate.explainRefusal(answer(422, body))).toBeUndefined();
	});
});

it.each([
	['errorInvalidKey', 'key'],
	['errorInvalidKeyNew', 'key'],
	['errorMissingKey', 'key'],
	['errorInvalidVersion', 'notFound'],
	['errorNoCredit', 'balance'],
	['errorNotFound', 'notFound'],
	['errorRateLimit', 'rateLimit'],
	['errorServer', 'unavailable'],
	['errorValidation', 'input'],
])('replicate: %s is about %s', (name, kind) => {
	const { statusCode, body } = documented(replicate, name);
	const words = replicate.errorText(body) ?? '';
	expect(adviceFor(replicate.errorPatterns, words, statusCode).kind).toBe(kind);
});

it.each([
	['taskFailed', 'unavailable'],
	['taskFailedLora', 'lora'],
	['taskFailedModeration', 'moderation'],
	['taskDataRemoved', 'notFound'],
])('replicate: %s is about %s', (name, kind) => {
	const state = replicate.tasks.parseStatus(documented(replicate, name));
	expect(taskFailure(replicate, state as FailedTask).kind).toBe(kind);
});

describe('the list of predictions', () => {
	const { list } = replicate.tasks;

	it.each([
		[{}, {}],
		[{ cursor: 'cD0y' }, { cursor: 'cD0y' }],
	])('is requested by time and cursor', (given, query) => {
		const sinceMs = Date.parse('2026-11-20T09:00:00.500Z');
		expect(list.call({ sinceMs, ...given })).toStrictEqual({
			method: 'GET',
			path: '/v1/predictions',
			query: { created_after: '2026-11-20T09:00:00.500Z', ...query },
			holdsImages: true,
		});
	});

	it.each([
		'https://elsewhere.example/v1/predictions?cursor=abc',
		'http://127.0.0.1:1/?cursor=abc&x=y',
	])('uses only the cursor of %s', (next) => {
		expect(list.parse(answer(200, { next, results: [] }))).toStrictEqual({
			tasks: [],
			next: 'abc',
		});
	});

	it.each(['https://api.replicate.com/v1/predictions', 'abc', 7])(
		'is unexpected if it continues at %j',
		(next) => {
			expect(() => list.parse(answer(200, { next, results: [] }))).toThrow();
		},
	);

	it('contains the models of every operation, with and without LoRAs, and no others', () => {
		const names = ['z-image-turbo', 'z-image-turbo-lora', 'z-image-turbo-img2img'];
		names.push('z-image-turbo-inpaint', 'z-image-turbo-controlnet', 'z-image', 'z-image-lora');
		const models = [...names.map((name) => `prunaai/${name}`), 'prunaai/flux', null];
		const results = models.map((model, index) => ({ id: `a${index}`, model }));
		const { tasks } = list.parse(answer(200, { next: null, results }));
		expect(tasks.map(({ model }) => model)).toStrictEqual(models.slice(0, names.length));
	});
});

describeForeignBodies('the list', (given) => replicate.tasks.list.parse(given), [
	undefined,
	[],
	{},
	{ next: null },
	{ results: [{}] },
	{ next: 7, results: [] },
]);
