import { novita } from '../../nodes/ZImage/providers/novita';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

describeAnswers(novita, [
	[
		'submit',
		'parseSubmit',
		{ taskId: '830d9c90-d53f-4c5a-8009-xxx', state: { status: 'pending', queued: true } },
	],

	['taskQueued', 'parseStatus', { status: 'pending', queued: true }],
	['taskProcessing', 'parseStatus', { status: 'pending', queued: false }],
	[
		'taskSucceed',
		'parseStatus',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://faas-output-image.s3.ap-southeast-1.amazonaws.com/prod/xxx',
					width: null,
					height: null,
					nsfw: null,
					expiresInSeconds: 3600,
				},
			],
			seed: 158881667,
			prompt: null,
		},
	],
	[
		'taskSucceedTextTtl',
		'parseStatus',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://faas-output-image.s3.ap-southeast-1.amazonaws.com/test_data/image_01.jpeg?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20240602T150041Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&x-id=GetObject',
					width: null,
					height: null,
					nsfw: null,
					expiresInSeconds: 3600,
				},
			],
			seed: null,
			prompt: null,
		},
	],
	[
		'taskSucceedWithoutImages',
		'parseStatus',
		// Requested again: the images may come a moment later.
		{ status: 'pending', queued: false },
	],
	[
		'taskFailed',
		'parseStatus',
		{ status: 'failed', reason: 'failed to load lora: owner/name not found' },
	],
	['taskFailedWithoutReason', 'parseStatus', { status: 'failed', reason: 'no reason given' }],
	['taskUnknown', 'parseStatus', { status: 'unknown', value: 'TASK_STATUS_UNKNOWN' }],
	['taskCanceled', 'parseStatus', { status: 'unknown', value: 'TASK_STATUS_CANCELED' }],

	['errorInvalidKey', 'errorText', 'API Key validation failed (INVALID_API_KEY)'],
	['errorMissingKey', 'errorText', 'API Key not provided (MISSING_API_KEY)'],
	['errorNoBalance', 'errorText', 'Insufficient balance (BILLING_BALANCE_NOT_ENOUGH)'],
	['errorIllegalPrompt', 'errorText', 'Prompt contains inappropriate content (ILLEGAL_PROMPT)'],
	['errorTaskNotFound', 'errorText', 'Task not found (TASK_NOT_FOUND)'],
	['errorRateLimit', 'errorText', 'Rate limit exceeded (RATE_LIMIT_EXCEEDED)'],
	['errorReasonOnly', 'errorText', '(CREATE_TASK_FAILED)'],
	['errorMessageOnly', 'errorText', 'model_access_denied'],
]);

it.each([
	['a', 'a'],
	[' a\n', 'a'],
	[123, '123'],
	[2 ** 53 - 1, '9007199254740991'],
])('novita: the task ID %j is %j', (task_id, taskId) => {
	expect(novita.parseSubmit(answer(200, { task_id }))).toMatchObject({ taskId });
});

it.each([
	[{ task: { task_id: ' a ' } }, 'a'],
	[{ task: { task_id: 7 } }, '7'],
	[{ task: { task_id: '' } }, undefined],
	[{ task: {} }, undefined],
	[{}, undefined],
	[undefined, undefined],
])('novita: %j is about the task %j', (body, expected) => {
	expect(novita.tasks.namedTask?.(answer(200, body))).toBe(expected);
});

it.each([
	['Out of paint', 'Out of paint'],
	[{ message: 'Out of paint', type: 'paint' }, 'Out of paint (paint)'],
	[['Out of paint', 'and ink'], 'Out of paint; and ink'],
	[7, 'no reason given'],
])('novita: the reason %j of a failed task reads %j', (reason, expected) => {
	const body = { task: { status: 'TASK_STATUS_FAILED', reason } };
	expect(novita.tasks.parseStatus(answer(200, body))).toStrictEqual({
		status: 'failed',
		reason: expected,
	});
});

describe('novita: numbers written as text', () => {
	const seedOf = (seed: unknown) =>
		novita.tasks.parseStatus(
			answer(200, {
				task: { status: 'TASK_STATUS_SUCCEED' },
				extra: { seed },
				images: [{ image_url: 'https://a.example/b.png' }],
			}),
		);

	it.each([
		['42', 42],
		[42, 42],
		['0', 0],
		['', null],
		[null, null],
		[undefined, null],
		['-1', -1],
		[' ', null],
		['\n', null],
		['1.5', null],
		['a lot', null],
		['9007199254740993', null],
	])('seed %j is %j', (seed, expected) => {
		expect(seedOf(seed)).toMatchObject({ status: 'succeeded', seed: expected });
	});

	it('keeps an unknown lifetime of the URL unknown', () => {
		expect(seedOf('1')).toMatchObject({ images: [{ expiresInSeconds: null }] });
	});
});

describe('novita: what a response may omit, or mention in passing', () => {
	const succeeded = (fields: object) =>
		novita.tasks.parseStatus(answer(200, { task: { status: 'TASK_STATUS_SUCCEED' }, ...fields }));
	const images = [
		{ image_url: 'https://a.example/1.png' },
		{ image_url: 'https://a.example/2.png' },
	];

	it.each([
		[{}],
		[{ images: null }],
		[{ images: [] }],
		[{ images: {} }],
		[{ images: [null] }],
		[{ images: [''] }],
		[{ images: [{}] }],
		[{ images: [{ image_url: '' }, { image_url: null }] }],
	])('no image yet in %j', (fields) => {
		expect(succeeded(fields)).toStrictEqual({ status: 'pending', queued: false });
	});

	it.each<[string, unknown[], object[]]>([
		['a bare URL', ['https://a.example/1.png'], [{ url: 'https://a.example/1.png', nsfw: false }]],
		[
			'odd entries among good ones',
			[null, { image_url: 7 }, ...images, 'none'],
			[
				{ url: 'https://a.example/1.png', nsfw: null },
				{ url: 'https://a.example/2.png', nsfw: true },
			],
		],
		[
			'odd fields',
			[{ ...images[0], image_url_ttl: [], nsfw_detection_result: 'fine', image_type: 7 }],
			[{ url: 'https://a.example/1.png', nsfw: false, expiresInSeconds: null }],
		],
		[
			'a data: URI without base64',
			[{ image_url: 'data:image/png,%89PNG' }],
			[{ inline: 'data:image/png;base64,iVBORw==' }],
		],
	])('%s', (_, list, expected) => {
		const extra = { has_nsfw_contents: [false, 'no', null, true] };
		expect(succeeded({ extra, images: list })).toMatchObject({
			status: 'succeeded',
			images: expected,
		});
	});

	it.each([
		[{}],
		[{ extra: null }],
		[{ extra: {} }],
		[{ extra: { has_nsfw_contents: 'no' } }],
		[{ extra: [] }],
		[{ extra: 'none' }],
	])('returns neither a seed nor a flag in %j', (fields) => {
		expect(succeeded({ ...fields, images })).toMatchObject({
			seed: null,
			images: [{ nsfw: null }, { nsfw: null }],
		});
	});

	it.each<[unknown[], Array<boolean | null>]>([
		[
			[true, false],
			[true, false],
		],
		[[true], [true, null]],
		[
			['true', 0],
			[null, null],
		],
	])('has_nsfw_contents of %j is %j', (has_nsfw_contents, expected) => {
		expect(succeeded({ extra: { has_nsfw_contents }, images })).toMatchObject({
			images: expected.map((nsfw) => ({ nsfw })),
		});
	});

	it('an image with its own flag has that', () => {
		const [first, second] = images;
		const own = [{ ...first, nsfw_detection_result: { valid: false } }, second];
		expect(succeeded({ extra: { has_nsfw_contents: [true, true] }, images: own })).toMatchObject({
			images: [{ nsfw: false }, { nsfw: true }],
		});
	});
});

describe('novita: bodies of another form', () => {
	describeForeignBodies('parseSubmit', novita.parseSubmit, [
		undefined,
		null,
		{},
		{ task_id: '' },
		{ task_id: ' ' },
		{ task_id: 1.5 },
		{ task_id: 2 ** 53 },
		{ task_id: true },
		{ taskId: 'a' },
	]);
	describeForeignBodies('parseStatus', novita.tasks.parseStatus, [
		undefined,
		{},
		{ task: {} },
		{ task: null },
		{ status: 'TASK_STATUS_SUCCEED' },
		{ task: { status: 'TASK_STATUS_SUCCEED' }, images: [{ image_url: 7 }] },
		{ task: { status: 'TASK_STATUS_SUCCEED' }, images: ['', 'b.png'] },
	]);

	it('returns no message for bodies without one', () => {
		const bodies = [undefined, null, {}, [], '', { message: 1 }, { message: '' }];
		expect(bodies.map(novita.errorText)).toStrictEqual(bodies.map(() => undefined));
	});
});
