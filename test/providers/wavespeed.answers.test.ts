import { adviceFor } from '../../nodes/ZImage/errors/advice';
import type { ListedTask, TaskState } from '../../nodes/ZImage/providers/provider';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer, documented } from '../support/fakeClient';

const taskId = '5f5c7bd3a1e94d5c8f0a7f6c2b1d3e4f';
const queued = { status: 'pending', queued: true } as const;
const working = { status: 'pending', queued: false } as const;

function succeeded(source: { url: string } | { inline: string }, nsfw: boolean | null) {
	const image = { ...source, width: null, height: null, nsfw, expiresInSeconds: 604_800 };
	return { status: 'succeeded', images: [image], seed: null, prompt: null } as const;
}

function trained(weights: string): TaskState {
	const lora = { url: weights, configUrl: null, expiresInSeconds: 604_800 };
	return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
}

const url = 'https://cdn.wavespeed.ai/generated/image123.png';
const notCharged = { status: 'failed', charged: 'no' } as const;

function listed(
	end: string,
	model: string,
	status: ListedTask['status'],
	expiresAtMs: number | null = null,
): ListedTask {
	return {
		taskId: `e6832d4abffb4d79bfbca19783fca13${end}`,
		model: `wavespeed-ai/${model}`,
		status,
		submittedAtMs: Date.parse('2025-05-19T06:09:15.948Z'),
		prompt: null,
		seed: null,
		loras: null,
		expiresAtMs,
	};
}

describeAnswers(wavespeed, [
	['submit', 'parseSubmit', { taskId, state: queued }],
	['submitSyncCompleted', 'parseSubmit', { taskId, state: succeeded({ url }, false) }],
	['submitSyncTimeout', 'parseSubmit', { taskId, state: working }],

	['taskCreated', 'parseStatus', queued],
	['taskProcessing', 'parseStatus', working],
	['taskCompleted', 'parseStatus', succeeded({ url }, null)],
	['taskCompletedNsfw', 'parseStatus', succeeded({ url }, true)],
	[
		'taskCompletedBase64',
		'parseStatus',
		succeeded(
			{
				inline:
					'data:application/octet-stream;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
			},
			false,
		),
	],
	// Requested again: the images may come a moment later.
	['taskCompletedWithoutOutputs', 'parseStatus', working],
	['taskFailed', 'parseStatus', { ...notCharged, reason: 'Error message here' }],
	[
		'taskFailedExecution',
		'parseStatus',
		{ ...notCharged, reason: 'The task could not be completed. (1403)' },
	],
	[
		'taskFailedFile',
		'parseStatus',
		{
			...notCharged,
			reason: 'Failed to download image from the provided URL. (1402)',
			kind: 'input',
		},
	],
	[
		'taskFailedModeration',
		'parseStatus',
		{
			...notCharged,
			reason: 'The content contains sensitive information. (1200)',
			kind: 'moderation',
		},
	],
	[
		'taskFailedParameter',
		'parseStatus',
		{ ...notCharged, reason: 'The parameter value is invalid. (1401)', kind: 'input' },
	],
	[
		'taskFailedTimeout',
		'parseStatus',
		{ ...notCharged, reason: 'The request timed out. (5004)', kind: 'timeout' },
	],
	[
		'taskFailedUnavailable',
		'parseStatus',
		{
			...notCharged,
			reason: 'The service is temporarily unavailable. (5003)',
			kind: 'unavailable',
		},
	],
	['taskFailedWithoutReason', 'parseStatus', { ...notCharged, reason: 'no reason given' }],
	[
		'taskCancelled',
		'parseStatus',
		{ status: 'failed', kind: 'canceled', reason: 'the task was cancelled' },
	],
	[
		'taskDeleted',
		'parseStatus',
		{ status: 'failed', kind: 'canceled', reason: 'the task was deleted' },
	],
	['taskTimeout', 'parseStatus', { status: 'failed', reason: 'it took too long', kind: 'timeout' }],
	['taskUnknown', 'parseStatus', { status: 'unknown', value: 'paused' }],

	[
		'listPredictions',
		'list',
		{
			tasks: [
				listed('3', 'z-image/turbo', 'succeeded', Date.parse('2025-05-26T06:09:15.948Z')),
				listed('5', 'z-image/turbo-lora', 'pending'),
				listed('6', 'z-image-turbo/controlnet', 'failed'),
				listed('7', 'z-image/base', 'unknown'),
			],
			next: '2',
		},
	],
	['listPredictionsEmpty', 'list', { tasks: [] }],

	['trainingSubmit', 'parseSubmit', { taskId, state: queued }],
	['trainingProcessing', 'trainingStatus', working],
	[
		'trainingCompleted',
		'trainingStatus',
		trained(
			'https://d1q70pf5vjeyhc.cloudfront.net/predictions/5f5c7bd3a1e94d5c8f0a7f6c2b1d3e4f/1.safetensors',
		),
	],
	[
		'trainingFailed',
		'trainingStatus',
		{
			...notCharged,
			reason: 'Unable to access the provided media URL. (1402)',
			kind: 'input',
			isTraining: true,
		},
	],
	[
		'trainingFailedParameter',
		'trainingStatus',
		{
			...notCharged,
			reason: 'The parameter value is invalid. (1401)',
			kind: 'input',
			isTraining: true,
		},
	],

	['errorInvalidKey', 'errorText', 'invalid authentication'],
	['errorForbidden', 'errorText', 'This API key is not allowed to run models'],
	['errorInside200', 'errorText', 'size must be width*height'],
	['errorNoBalance', 'errorText', 'Insufficient credits. Please top up your balance.'],
	['errorNotFound', 'errorText', 'prediction not found'],
	['errorRateLimit', 'errorText', 'Too Many Requests'],
	['errorServer', 'errorText', 'An internal error occurred.'],
	['errorSyncTimeout', 'errorText', 'Gateway Timeout'],
	['upload', 'errorText', undefined],
]);

it('wavespeed: a task that names a LoRA besides the unreadable file failed because of its LoRA', () => {
	const data = { status: 'failed', error: 'Failed to load LoRA weights', code: 1402 };
	expect(wavespeed.tasks.parseStatus(answer(200, { data }))).toStrictEqual({
		...notCharged,
		reason: 'Failed to load LoRA weights (1402)',
		kind: 'lora',
	});
});

describe('wavespeed: what a response may omit, or mention in passing', () => {
	const completed = (fields: object) =>
		wavespeed.tasks.parseStatus(answer(200, { data: { status: 'completed', ...fields } }));

	it.each([[{}], [{ outputs: null }], [{ outputs: {} }], [{ outputs: [null, ''] }]])(
		'no image yet in %j',
		(fields) => {
			expect(completed(fields)).toStrictEqual(working);
		},
	);

	it.each<[object, object[]]>([
		[{ outputs: [null, 7, url], has_nsfw_contents: [true, null, false] }, [{ url, nsfw: false }]],
		[{ outputs: [` ${url}\n`], has_nsfw_contents: 'none' }, [{ url, nsfw: null }]],
		[{ outputs: [url], has_nsfw_contents: ['no'], error: [], code: 'fine' }, [{ url, nsfw: null }]],
		[
			{ outputs: ['data:image/png,%89PNG'] },
			[{ inline: 'data:image/png;base64,iVBORw==', nsfw: null }],
		],
	])('the images of %j', (fields, images) => {
		expect(completed(fields)).toMatchObject({ status: 'succeeded', images });
	});

	it.each([
		[{ data: { id: 7 } }, '7'],
		[{ data: { id: ' a ' } }, 'a'],
		[{ data: {} }, undefined],
		[{ data: 'a' }, undefined],
		[undefined, undefined],
	])('%j is about the task %j', (body, expected) => {
		expect(wavespeed.tasks.namedTask(answer(200, body))).toBe(expected);
	});

	it('a submit without a state has a queued task', () => {
		expect(wavespeed.parseSubmit(answer(200, { data: { id: 'a' } }))).toStrictEqual({
			taskId: 'a',
			state: queued,
		});
	});
});

describe('wavespeed: bodies of another form', () => {
	describeForeignBodies('parseSubmit', wavespeed.parseSubmit, [
		undefined,
		null,
		{},
		{ data: null },
		{ data: { id: '' } },
		{ id: 'a' },
		{ code: 400, message: 'size must be width*height' },
	]);
	describeForeignBodies('parseStatus', wavespeed.tasks.parseStatus, [
		undefined,
		{},
		{ data: {} },
		{ data: { status: null } },
		{ status: 'completed' },
		{ code: 404, message: 'prediction not found' },
		{ data: { status: 'completed', outputs: [{ url: 'https://a.example' }] } },
	]);
});

describe('wavespeed: what proves that nothing was accepted', () => {
	it.each<[number, unknown, boolean]>([
		...[400, 401, 402, 403, 404, 405, 413, 429].map(
			(status) => [status, {}, true] as [number, unknown, boolean],
		),
		...[408, 422, 500, 502, 503, 504].map(
			(status) => [status, {}, false] as [number, unknown, boolean],
		),
		[200, { code: 400, message: 'size must be width*height' }, true],
		[200, { code: 401, message: 'invalid authentication' }, true],
		[200, { code: 402, message: 'Insufficient credits' }, true],
		[200, { code: '429', message: 'Too Many Requests' }, true],
		[200, { code: 1200, message: 'The content contains sensitive information.' }, true],
		[200, { code: 1401, message: 'The parameter value is invalid.' }, true],
		// The work may have started, or the meaning is unknown.
		[200, { code: 1403, message: 'The task could not be completed.' }, false],
		[200, { code: 5004, message: 'The request timed out.' }, false],
		[200, { code: 500, message: 'An internal error occurred.' }, false],
		[200, { code: 418, message: 'tea' }, false],
		[200, { code: 200 }, false],
		[200, { message: 'success' }, false],
		[200, undefined, false],
		[200, { code: 400, data: { id: 'a' } }, false],
		[400, { code: 400, data: { id: 'a' } }, false],
		[500, { code: 400, message: 'size must be width*height' }, false],
	])('HTTP %i with %j: %j', (statusCode, body, expected) => {
		expect(wavespeed.isRefusal(answer(statusCode, body))).toBe(expected);
	});
});

it.each([
	['errorInvalidKey', 'key'],
	['errorForbidden', 'permission'],
	['errorNoBalance', 'balance'],
	['errorNotFound', 'notFound'],
	['errorRateLimit', 'rateLimit'],
	['errorServer', 'unavailable'],
	['errorSyncTimeout', 'timeout'],
])('wavespeed: %s is about %s', (name, kind) => {
	const { statusCode, body } = documented(wavespeed, name);
	const words = wavespeed.errorText(body) ?? '';
	expect(adviceFor(wavespeed.errorPatterns, words, statusCode).kind).toBe(kind);
});

describe('the list of predictions', () => {
	const { list } = wavespeed.tasks;

	it.each([
		[{}, 1],
		[{ cursor: '7' }, 7],
	])('is requested by page', (given, page) => {
		expect(list.call({ sinceMs: Date.parse('2026-11-20T09:00:00Z'), ...given })).toStrictEqual({
			method: 'POST',
			path: '/api/v3/predictions',
			body: { page, page_size: 100, created_after: '2026-11-20T09:00:00.000Z' },
			holdsImages: true,
		});
	});

	it.each([
		[{}, '2'],
		[{ cursor: '7' }, '8'],
	])('continues with the next page', (given, next) => {
		const page = documented(wavespeed, 'listPredictions');
		expect(list.parse(page, { sinceMs: 0, ...given }).next).toBe(next);
	});

	it('contains the models of every operation, with and without LoRAs, and no others', () => {
		const own = ['z-image/turbo', 'z-image/turbo-lora', 'z-image/base', 'z-image/base-lora'];
		own.push('z-image-turbo/image-to-image', 'z-image-turbo/image-to-image-lora');
		own.push('z-image/turbo-inpaint', 'z-image-turbo/controlnet');
		const models = [...own.map((name) => `wavespeed-ai/${name}`), 'wavespeed-ai/flux-dev', null];
		const items = models.map((model, index) => ({ id: `a${index}`, model }));
		const { tasks } = list.parse(answer(200, { data: { items } }), { sinceMs: 0 });
		expect(tasks.map(({ model }) => model)).toStrictEqual(models.slice(0, own.length));
	});
});

describeForeignBodies('the list', (given) => wavespeed.tasks.list.parse(given, { sinceMs: 0 }), [
	undefined,
	{},
	{ data: null },
	{ data: [] },
	{ data: { items: [{}] } },
]);
