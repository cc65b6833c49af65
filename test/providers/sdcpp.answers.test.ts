import type { ImageReference, TaskState } from '../../nodes/ZImage/providers/provider';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer, documented } from '../support/fakeClient';

function image(base64: string): ImageReference {
	return {
		inline: `data:application/octet-stream;base64,${base64}`,
		width: null,
		height: null,
		nsfw: null,
		expiresInSeconds: null,
	};
}

function made(...base64: string[]): TaskState {
	return { status: 'succeeded', images: base64.map(image), seed: null, prompt: null };
}

const lost = '(the server deletes jobs 10 minutes after they end, and when it restarts)';

describeAnswers(sdcpp, [
	[
		'submit',
		'parseSubmit',
		{ taskId: 'job_01HTXYZABC', state: { status: 'pending', queued: true } },
	],

	['taskQueued', 'parseStatus', { status: 'pending', queued: true }],
	['taskGenerating', 'parseStatus', { status: 'pending', queued: false }],
	['taskCompleted', 'parseStatus', made('iVBORw0KGgo=')],
	['taskCompletedTwoImages', 'parseStatus', made('/9j/4AAQ', '/9j/4AAR')],
	['taskCompletedWithoutImages', 'parseStatus', { status: 'pending', queued: false }],
	[
		'taskFailed',
		'parseStatus',
		{ status: 'failed', reason: 'generate_image returned empty results', charged: 'no' },
	],
	[
		'taskCancelled',
		'parseStatus',
		{ status: 'failed', reason: 'job cancelled by client', kind: 'canceled', charged: 'no' },
	],
	['taskUnknownState', 'parseStatus', { status: 'unknown', value: 'paused' }],
	[
		'errorJobExpired',
		'parseStatus',
		{ status: 'failed', reason: `job expired ${lost}`, kind: 'notFound', charged: 'no' },
	],
	[
		'errorJobNotFound',
		'parseStatus',
		{ status: 'failed', reason: `job not found ${lost}`, kind: 'notFound', charged: 'no' },
	],

	[
		'errorInvalidParameters',
		'errorText',
		"invalid generation parameters. The server doesn't say which: check that each LoRA is spelled as in its list, and that the source image is in color and not damaged",
	],
	['errorEmptyBody', 'errorText', 'empty body'],
	[
		'errorInvalidJson',
		'errorText',
		'[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing object key - unexpected end of input; expected string literal',
	],
	['errorOutputFormat', 'errorText', 'invalid output_format, must be one of [png, jpeg, webp]'],
	['errorQueueFull', 'errorText', 'job queue is full'],
	[
		'errorServer',
		'errorText',
		'[json.exception.type_error.302] type must be string, but is number',
	],
	['errorUnsupportedMode', 'errorText', 'loaded model does not support img_gen'],
	[
		'errorCancelGenerating',
		'errorText',
		'job is currently generating and cannot be interrupted yet',
	],
	['errorCancelRace', 'errorText', 'job queue state changed before cancellation'],
	['errorProxyUnauthorized', 'errorText', expect.stringContaining('401 Authorization Required')],
]);

describe('sdcpp: bodies of another form', () => {
	describeForeignBodies('parseSubmit', sdcpp.parseSubmit, [undefined, null, {}, { id: '' }, []]);
	describeForeignBodies('parseStatus', sdcpp.tasks.parseStatus, [
		undefined,
		'generating',
		{ id: 'job_1' },
		{ status: 'queued' },
		{ id: 'job_1', status: null },
		...[undefined, 7, {}, { images: null }, { images: [{}] }, { images: [null, 7] }].map(
			(result) => ({ id: 'job_1', status: 'completed', result }),
		),
	]);
	describeForeignBodies('the list of LoRAs', sdcpp.lists.loras.parse, [
		undefined,
		{},
		{ loras: {} },
		{ loras: [{ name: 'a' }] },
	]);

	it.each([
		[{ images: [null, 7, {}, { b64_json: 7 }, { b64_json: ' /9j/4AAQ\n' }] }, ['/9j/4AAQ']],
		[{ images: [{ b64_json: '/9j/4AAQ', index: 'first' }], output_format: 7 }, ['/9j/4AAQ']],
	])('images are found in %j', (result, expected) => {
		const body = { id: 'job_1', status: 'completed', result, error: 'none' };
		expect(sdcpp.tasks.parseStatus(answer(200, body))).toStrictEqual(made(...expected));
	});

	it.each([null, { images: [] }])('images may still come: %j', (result) => {
		const body = { id: 'job_1', status: 'completed', result };
		const pending = { status: 'pending', queued: false };
		expect(sdcpp.tasks.parseStatus(answer(200, body))).toStrictEqual(pending);
	});

	it.each([
		[{ code: 'generation_failed' }, 'no reason given'],
		[{ code: 'generation_failed', message: '' }, 'no reason given'],
		[null, 'no reason given'],
		['out of memory', 'no reason given'],
	])('a failed job with the error %j', (error, reason) => {
		const body = { id: 'job_1', status: 'failed', error };
		expect(sdcpp.tasks.parseStatus(answer(200, body))).toStrictEqual({
			status: 'failed',
			reason,
			charged: 'no',
		});
	});
});

describe("sdcpp: a job that the server doesn't have", () => {
	const { tellsState } = sdcpp.tasks;

	it.each([
		['errorJobNotFound', true],
		['errorJobExpired', true],
		['errorProxyUnauthorized', false],
		['errorServer', false],
	])('%s: %s', (fixture, expected) => {
		expect(tellsState(documented(sdcpp, fixture))).toBe(expected);
	});

	it.each([
		answer(404),
		answer(404, 'Not Found'),
		answer(404, { error: 'not found' }),
		answer(404, { detail: 'job not found' }),
		answer(404, { error: 'job expired' }),
		answer(502, { error: 'job not found' }),
	])("a proxy's response says nothing: %j", (given) => {
		expect(tellsState(given)).toBe(false);
	});
});

describe('sdcpp: a cancel', () => {
	it.each([
		['taskCancelled', true],
		// These are also answered with 200: there was nothing left to cancel.
		['taskCompleted', false],
		['taskFailed', false],
		['taskGenerating', false],
		['errorCancelGenerating', false],
		['errorCancelRace', false],
		['errorJobExpired', false],
		['errorJobNotFound', false],
		['errorProxyUnauthorized', false],
	])('%s confirms it: %s', (fixture, expected) => {
		expect(sdcpp.tasks.parseCancel(documented(sdcpp, fixture))).toBe(expected);
	});

	it('no other success confirms it', () => {
		expect(
			[undefined, {}, { status: 'OK' }].map((body) => sdcpp.tasks.parseCancel(answer(200, body))),
		).toStrictEqual([false, false, false]);
		const body = { id: 'job_1', status: 'cancelled' };
		expect(sdcpp.tasks.parseCancel(answer(202, body))).toBe(false);
	});
});

it('sdcpp lists its LoRAs by the paths that a request needs', () => {
	const body = {
		loras: [
			{ name: 'pencil', path: 'styles/pencil.safetensors' },
			{ name: 'pixel', path: 'pixel.gguf' },
		],
	};
	const { call, parse } = sdcpp.lists.loras;
	expect(call).toStrictEqual({ method: 'GET', path: '/sdcpp/v1/capabilities' });
	expect(parse(answer(200, body))).toStrictEqual(['styles/pencil.safetensors', 'pixel.gguf']);
});
