import { fal } from '../../nodes/ZImage/providers/fal';
import type { ListedTask, TaskState } from '../../nodes/ZImage/providers/provider';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

const submitted = '80e732af-660e-45cd-bd63-580e4f2a94cc';
const validationText =
	'num_inference_steps: Input should be less than or equal to 8 (less_than_equal); loras.0.path: Field required (missing)';
const contentPolicyText =
	'prompt: The content could not be processed because it contained material flagged by a content checker. (content_policy_violation)';

function listed(
	start: string,
	path: string,
	status: ListedTask['status'],
	prompt: string | null,
): ListedTask {
	return {
		taskId: `${start}1b2c3d4-e5f6-7890-abcd-ef1234567890`,
		model: `fal-ai/z-image/${path}`,
		status,
		submittedAtMs: Date.parse('2025-01-01T00:00:01Z'),
		prompt,
		seed: null,
		loras: [],
		expiresAtMs: null,
	};
}

/** A LoRA of fal's, by the beginning of its URLs. */
function trained(weights: string, config: string): TaskState {
	const lora = {
		url: `${weights}_pytorch_lora_weights.safetensors`,
		configUrl: `${config}_config.json`,
		expiresInSeconds: null,
	};
	return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
}

describeAnswers(fal, [
	['submit', 'parseSubmit', { taskId: submitted, state: { status: 'pending', queued: true } }],
	[
		'submitInQueue',
		'parseSubmit',
		{ taskId: submitted, state: { status: 'pending', queued: true } },
	],

	['statusInQueue', 'parseStatus', { status: 'pending', queued: true }],
	['statusInProgress', 'parseStatus', { status: 'pending', queued: false }],
	['statusInProgressNoLogs', 'parseStatus', { status: 'pending', queued: false }],
	['statusCompleted', 'parseStatus', { status: 'ended' }],
	[
		'statusCompletedError',
		'parseStatus',
		{ status: 'ended', error: 'Request timed out (request_timeout)' },
	],
	['statusCompletedErrorType', 'parseStatus', { status: 'ended', error: '(runner_disconnected)' }],
	['statusFailed', 'parseStatus', { status: 'unknown', value: 'FAILED' }],
	['statusNotFound', 'parseStatus', { status: 'unknown', value: 'NOT_FOUND' }],
	['statusNotFound', 'errorText', 'NOT_FOUND'],

	[
		'result',
		'parseResult',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://storage.googleapis.com/falserverless/example_outputs/z-image-turbo-output.png',
					width: 1024,
					height: 768,
					nsfw: null,
					expiresInSeconds: null,
				},
			],
			seed: null,
			prompt: null,
		},
	],
	[
		'resultTwoImages',
		'parseResult',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://v3b.fal.media/files/b/panda/one.png',
					width: 1024,
					height: 576,
					nsfw: false,
					expiresInSeconds: null,
				},
				{
					url: 'https://v3b.fal.media/files/b/panda/two.png',
					width: 1024,
					height: 576,
					nsfw: true,
					expiresInSeconds: null,
				},
			],
			seed: 1094216535,
			prompt: 'A lighthouse at dusk, volumetric light',
		},
	],
	[
		'resultNoSize',
		'parseResult',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://v3b.fal.media/files/b/panda/one.png',
					width: null,
					height: null,
					nsfw: null,
					expiresInSeconds: null,
				},
			],
			seed: 0,
			prompt: null,
		},
	],
	['resultValidationError', 'parseResult', { status: 'failed', reason: validationText }],
	['resultValidationError', 'errorText', validationText],
	['resultContentPolicy', 'parseResult', { status: 'failed', reason: contentPolicyText }],
	[
		'resultGeneralError',
		'parseResult',
		{
			status: 'failed',
			reason: 'Internal server error (internal_server_error)',
			charged: 'no',
		},
	],
	[
		'resultErrorWithStatus200',
		'parseResult',
		{ status: 'failed', reason: 'loras: Failed to download the LoRA (file_download_error)' },
	],
	[
		'resultRequestTimeout',
		'parseResult',
		{ status: 'failed', reason: 'Request timed out (request_timeout)', charged: 'no' },
	],
	['resultInProgress', 'parseResult', { status: 'pending', queued: false }],
	['resultWithoutBody', 'parseResult', { status: 'failed', reason: 'HTTP 502', charged: 'no' }],
	['resultWithoutBody', 'errorText', undefined],

	[
		'listRequests',
		'list',
		{
			tasks: [
				{
					...listed('a', 'turbo/lora', 'succeeded', 'cat astronaut'),
					seed: 7,
					loras: [{ path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 }],
				},
			],
			next: 'Mg==',
		},
	],
	[
		'listRequestsOther',
		'list',
		{
			tasks: [
				listed('b', 'turbo', 'pending', 'a boat'),
				{ ...listed('c', 'base', 'failed', null), loras: null },
				// From the output, because the request named none.
				{ ...listed('d', 'turbo', 'succeeded', 'a harbour'), seed: 1234 },
				{ ...listed('e', 'turbo', 'unknown', null), loras: null },
			],
		},
	],

	...['trainingSubmitV2', 'trainingSubmitV1', 'trainingSubmitBase'].map(
		(fixture) =>
			[
				fixture,
				'parseSubmit',
				{ taskId: submitted, state: { status: 'pending', queued: true } },
			] as const,
	),
	['trainingStatusInQueue', 'trainingStatus', { status: 'pending', queued: true }],
	[
		'trainingStatusInProgress',
		'trainingStatus',
		{ status: 'pending', queued: false, stepsDone: 900 },
	],
	['trainingStatusInProgressNoLogs', 'trainingStatus', { status: 'pending', queued: false }],
	['trainingStatusCompleted', 'trainingStatus', { status: 'ended' }],
	[
		'trainingStatusCompletedError',
		'trainingStatus',
		{ status: 'ended', error: 'Runner disconnected (runner_disconnected)' },
	],
	...(
		[
			[
				'trainingResult',
				'https://v3b.fal.media/files/b/lion/CXDH9Xl68QagWlxNHo0Ua',
				'https://v3b.fal.media/files/b/elephant/xGcJwKxxJOxgUk9tGmL_P',
			],
			['trainingResultV1', 'https://v3.fal.media/files/panda/zImageTrainerV1'],
			['trainingResultBase', 'https://v3b.fal.media/files/b/koala/zImageBaseTrainer'],
		] as const
	).map(
		([fixture, weights, config = weights]) =>
			[fixture, 'trainingResult', trained(weights, config)] as const,
	),
	[
		'trainingResultValidationError',
		'trainingResult',
		{
			status: 'failed',
			reason: 'steps: Input should be a multiple of 100 (multiple_of)',
			kind: 'input',
		},
	],
	[
		'trainingResultUnreadableZip',
		'trainingResult',
		{
			status: 'failed',
			reason:
				'image_data_url: Failed to download the file. Please check if the URL is accessible and try again. (file_download_error)',
			kind: 'input',
		},
	],
	[
		'trainingResultContentPolicy',
		'trainingResult',
		{ status: 'failed', reason: contentPolicyText.replace('prompt', 'image_data_url') },
	],
	[
		'trainingResultServerError',
		'trainingResult',
		{
			status: 'failed',
			reason: 'Internal server error (internal_server_error)',
			charged: 'no',
		},
	],
	['trainingResultInProgress', 'trainingResult', { status: 'pending', queued: false }],

	['errorInvalidKey', 'errorText', 'invalid key credentials'],
	[
		'errorLocked',
		'errorText',
		'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
	],
]);

describe('fal: bodies of another form', () => {
	const image = { url: 'https://v3.fal.media/a.png' };

	describeForeignBodies('parseSubmit', (given) => fal.parseSubmit(given), [
		undefined,
		null,
		{},
		{ request_id: '' },
		{ request_id: ' ' },
		{ request_id: 1.5 },
		{ request_id: null },
		'queued',
	]);
	describeForeignBodies('parseStatus', fal.tasks.parseStatus, [
		undefined,
		[],
		{ status: 1 },
		{ state: 'COMPLETED' },
	]);
	describeForeignBodies('parseResult', fal.tasks.parseResult, [
		undefined,
		{},
		{ images: [{ url: '' }] },
		{ images: [{}, null, 'none', { url: 'a.png' }] },
		{ images: 7 },
		{ message: 'About a gateway' },
		{ detail: 'Request timed out', error_type: 'request_timeout' },
	]);

	it.each([
		[{ detail: 'Too slow', error_type: 'request_timeout' }, 'Too slow (request_timeout)'],
		[{ detail: 'Too slow', error_type: '' }, 'Too slow'],
		[{ detail: 'Too slow', error_type: null }, 'Too slow'],
		[{ detail: 'Too slow' }, 'Too slow'],
		// A list has a type for each of its entries.
		[{ detail: [{ msg: 'Too slow', type: 'slow' }], error_type: 'other' }, 'Too slow (slow)'],
		[{ detail: [{ msg: 'Too slow' }], error_type: 'other' }, 'Too slow'],
		[{ detail: [{ msg: '' }, { msg: 'Too slow' }, { msg: '' }] }, 'Too slow'],
	])('returns for %j the message %j', (body, words) => {
		expect(fal.errorText(body)).toBe(words);
	});

	it('is done if there are images, whatever else its body contains', () => {
		for (const fields of [
			{ status: 'OK' },
			{ detail: [] },
			{ detail: null },
			{ error_type: 'a' },
		]) {
			const given = answer(200, { images: [image], ...fields });
			expect({ fields, state: fal.tasks.parseResult(given) }).toMatchObject({
				fields,
				state: { status: 'succeeded' },
			});
		}
	});

	it.each([1.5, 1e300, 2 ** 53, -(2 ** 53), Infinity])('ignores the seed %d', (seed) => {
		const body = { images: [image], seed };
		expect(fal.tasks.parseResult(answer(200, body))).toMatchObject({
			seed: null,
		});
	});

	it.each([400, 401, 500])(
		'has failed with HTTP %i, with images or without words',
		(statusCode) => {
			for (const body of [{ images: [image] }, undefined, {}]) {
				expect(fal.tasks.parseResult(answer(statusCode, body))).toStrictEqual({
					status: 'failed',
					reason: `HTTP ${statusCode}`,
					...(statusCode === 500 && { charged: 'no' }),
				});
			}
		},
	);

	it('returns no empty message', () => {
		const bodies = [{ detail: '' }, { detail: [] }, { detail: [{ msg: '' }] }];
		expect(bodies.map((body) => fal.errorText(body))).toStrictEqual(bodies.map(() => undefined));
	});

	it('returns no message for bodies without one', () => {
		const bodies = [undefined, null, {}, [], '', { detail: null }, { detail: [{}] }, { detail: 7 }];
		expect(bodies.map((body) => fal.errorText(body))).toStrictEqual(bodies.map(() => undefined));
	});
});

describe('fal: an image beside unexpected fields', () => {
	const url = 'https://v3.fal.media/a.png';
	const plain = { url, width: null, height: null, nsfw: null, expiresInSeconds: null };
	const read = (body: unknown) => fal.tasks.parseResult(answer(200, body));

	it.each<[unknown, object]>([
		[[{ url, width: '8', height: ' 6 ' }], { ...plain, width: 8, height: 6 }],
		[[{ url, width: {}, height: 'tall' }], plain],
		[[{ url, width: 0, height: -1 }], plain],
		[[url], plain],
		[[null, { url }, 7, { url: 'none' }], plain],
		[[{ url: ` ${url}\n` }], plain],
	])('in %j', (images, expected) => {
		expect(read({ images })).toMatchObject({ status: 'succeeded', images: [expected] });
	});

	it.each<[object, object]>([
		[{ seed: '42' }, { seed: 42 }],
		[{ seed: 'lucky' }, { seed: null }],
		[{ seed: ['42'] }, { seed: null }],
		[{ prompt: 7 }, { prompt: null }],
		[{ prompt: ' a boat ' }, { prompt: ' a boat ' }],
		[{ has_nsfw_concepts: false }, { images: [{ nsfw: null }] }],
		[{ has_nsfw_concepts: [true] }, { images: [{ nsfw: true }] }],
		[{ has_nsfw_concepts: ['no'] }, { images: [{ nsfw: null }] }],
		[{ timings: 'fast', extra: [] }, {}],
	])('of %j', (fields, expected) => {
		expect(read({ images: [{ url }], ...fields })).toMatchObject({
			status: 'succeeded',
			...expected,
		});
	});

	it("reads an image's flag by its position", () => {
		const body = { images: [null, { url }], has_nsfw_concepts: [true, false] };
		expect(read(body)).toMatchObject({ images: [{ url, nsfw: false }] });
	});

	it.each([
		[123, '123'],
		[' a ', 'a'],
	])('the request ID %j is %j', (request_id, taskId) => {
		expect(fal.parseSubmit(answer(200, { request_id }))).toMatchObject({ taskId });
	});
});

describe('fal: what an error of the result call is about', () => {
	const text = { detail: 'Internal Server Error' };
	const list = { detail: [{ msg: 'Out of paint', type: 'paint' }] };
	const row = (statusCode: number, body: unknown, headers = {}) => ({ statusCode, headers, body });

	it.each([
		...[400, 409, 418, 422, 499, 500, 501].map((statusCode) => row(statusCode, text)),
		...[400, 422, 500, 502, 503, 504].map((statusCode) => row(statusCode, list)),
		row(500, { detail: { msg: 'Out of paint' } }),
		row(500, { detail: ['Out of paint'] }),
		row(500, { detail: [{ loc: ['body', 'prompt'], type: 'paint' }] }),
		// It is pending.
		row(404, { detail: 'Request is still in progress' }),
	])('$statusCode $body: the task', (given) => {
		expect(fal.tasks.isTaskError(given)).toBe(true);
	});

	it.each([
		...[401, 403, 404, 408, 425, 429].flatMap((statusCode) => [
			row(statusCode, text),
			row(statusCode, list),
		]),
		...[502, 503, 504].map((statusCode) => row(statusCode, text)),
		...[400, 500, 502, 503, 504, 520, 524].map((statusCode) => row(statusCode, undefined)),
		row(500, {}),
		row(500, { detail: '' }),
		row(500, { message: 'Internal server error' }),
		row(500, { ...text, error_type: 'internal_error' }),
		row(504, { ...list, error_type: 'request_timeout' }),
		row(500, text, { 'x-fal-error-type': 'internal_error' }),
		row(422, list, { 'X-Fal-Error-Type': 'bad_request' }),
	])('$statusCode $body $headers: the call', (given) => {
		expect(fal.tasks.isTaskError(given)).toBe(false);
	});
});

describe('fal: whether the result call would only repeat an error', () => {
	const list = [{ msg: 'Out of paint', type: 'internal_server_error' }];
	const row = (statusCode: number, body: unknown, headers = {}) => ({ statusCode, headers, body });

	it.each([400, 422, 500, 502, 503, 504])("HTTP %i with the model's list: yes", (statusCode) => {
		expect(fal.tasks.isLastingError(row(statusCode, { detail: list }))).toBe(true);
	});

	// A text may be the queue's own, and the words of a call's error say nothing about the task.
	it.each([
		row(500, { detail: 'Internal Server Error' }),
		row(500, undefined),
		row(500, { message: 'Internal server error' }),
		row(503, { detail: list, error_type: 'runner_disconnected' }),
		row(500, { detail: list }, { 'x-fal-error-type': 'internal_error' }),
		row(429, { detail: list }),
		row(408, { detail: list }),
		row(500, { detail: [] }),
	])('$statusCode $body $headers: no', (given) => {
		expect(fal.tasks.isLastingError(given)).toBe(false);
	});
});

it("a result without images isn't final: the task is finished, and its images may come a moment later", () => {
	const { parseResult } = fal.tasks;
	expect(parseResult({ statusCode: 200, headers: {}, body: { images: [] } })).toStrictEqual({
		status: 'pending',
		queued: false,
	});
});

it.each([
	[{}, {}],
	[{ cursor: 'Mg==' }, { cursor: 'Mg==' }],
])("requests the list of all endpoints' requests from the platform API", (given, query) => {
	const sinceMs = Date.parse('2026-11-20T09:00:00Z');
	const paths = ['turbo', 'base', 'turbo/image-to-image', 'turbo/inpaint', 'turbo/controlnet'];
	const models = [...paths, 'turbo/tiling'].map((path) => `fal-ai/z-image/${path}`);
	const trainers = ['fal-ai/z-image-turbo-trainer-v2', 'fal-ai/z-image-trainer'];
	expect(fal.tasks.list.call({ sinceMs, ...given })).toStrictEqual({
		service: 'platform',
		method: 'GET',
		path: '/v1/models/requests/by-endpoint',
		query: {
			endpoint_id: [...models.flatMap((model) => [model, `${model}/lora`]), ...trainers].join(','),
			start: '2026-11-20T09:00:00.000Z',
			expand: 'payloads',
			limit: '40',
			...query,
		},
		holdsImages: true,
	});
});

describeForeignBodies('the list', (given) => fal.tasks.list.parse(given), [
	undefined,
	'text',
	{},
	{ items: {} },
	{ items: [{}] },
	{ results: [] },
]);
