import { fal } from '../../nodes/ZImage/providers/fal';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

const submitted = '80e732af-660e-45cd-bd63-580e4f2a94cc';
const validationText =
	'num_inference_steps: Input should be less than or equal to 8 (less_than_equal); loras.0.path: Field required (missing)';
const contentPolicyText =
	'prompt: The content could not be processed because it contained material flagged by a content checker. (content_policy_violation)';

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
		{ status: 'failed', reason: 'Internal server error (internal_server_error)' },
	],
	[
		'resultErrorWithStatus200',
		'parseResult',
		{ status: 'failed', reason: 'loras: Failed to download the LoRA (file_download_error)' },
	],
	[
		'resultRequestTimeout',
		'parseResult',
		{ status: 'failed', reason: 'Request timed out (request_timeout)' },
	],
	['resultInProgress', 'parseResult', { status: 'pending', queued: false }],
	['resultWithoutBody', 'parseResult', { status: 'failed', reason: 'HTTP 502' }],
	['resultWithoutBody', 'errorText', undefined],

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
		{ request_id: 7 },
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
		{ images: [] },
		{ images: [{ url: '' }] },
		{ images: [image, {}] },
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
	])('has for %j the words %j', (body, words) => {
		expect(fal.errorText(body)).toBe(words);
	});

	it('is done where there are images, whatever else its body holds', () => {
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

	it.each([1.5, 1e300, 2 ** 53, -(2 ** 53), Infinity])('does not know the seed %d', (seed) => {
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
				});
			}
		},
	);

	it('has no empty words', () => {
		const bodies = [{ detail: '' }, { detail: [] }, { detail: [{ msg: '' }] }];
		expect(bodies.map((body) => fal.errorText(body))).toStrictEqual(bodies.map(() => undefined));
	});

	it('has no words for bodies without any', () => {
		const bodies = [undefined, null, {}, [], 'Bad Gateway', { detail: null }, { detail: [{}] }];
		expect(bodies.map((body) => fal.errorText(body))).toStrictEqual(bodies.map(() => undefined));
	});
});
