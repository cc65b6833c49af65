import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import type { HttpAnswer, Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { answer, documented } from '../support/fakeClient';

/** Something in front of a provider may respond with any of these. */
const gatewayBodies = [
	undefined,
	{},
	'Bad Gateway',
	{ message: 'Bad Gateway' },
	{ detail: 'Internal Server Error' },
	{ error: 'Service Unavailable' },
	{ code: 502, message: 'Bad Gateway' },
	{ statusCode: 504, error: 'Gateway Timeout' },
];

describe.each<Provider>([...providers])('$id', ({ isRefusal }) => {
	const judged = (statusCodes: readonly number[]) =>
		statusCodes.map((statusCode) => [
			statusCode,
			...new Set(gatewayBodies.map((body) => isRefusal(answer(statusCode, body)))),
		]);

	it('is a refusal with a status that means a refusal from anyone', () => {
		const statusCodes = [
			300, 301, 302, 304, 307, 308, 399, 400, 401, 403, 404, 405, 407, 411, 413, 414, 415, 421, 426,
			429, 431,
		];
		expect(judged(statusCodes)).toStrictEqual(statusCodes.map((code) => [code, true]));
	});

	it('may be accepted if a gateway responded, or if the request was executed', () => {
		const statusCodes = [
			101, 199, 303, 408, 409, 499, 500, 501, 502, 503, 504, 505, 520, 521, 522, 523, 524, 525, 530,
			599,
		];
		expect(judged(statusCodes)).toStrictEqual(statusCodes.map((code) => [code, false]));
	});
});

it.each<[Provider, string, boolean]>([
	[fal, 'errorInvalidKey', true],
	[fal, 'errorLocked', true],
	[fal, 'resultValidationError', true],
	[fal, 'resultContentPolicy', true],
	// These come from executing a request.
	[fal, 'resultGeneralError', false],
	[fal, 'resultRequestTimeout', false],
	[novita, 'errorIllegalPrompt', true],
	[novita, 'errorInvalidKey', true],
	[novita, 'errorMissingKey', true],
	[novita, 'errorNoBalance', true],
	[novita, 'errorMessageOnly', true],
	[novita, 'errorRateLimit', true],
	// CREATE_TASK_FAILED
	[novita, 'errorReasonOnly', true],
	[highway, 'errorFailedToAuth', true],
	[highway, 'errorNoBalance', true],
	[highway, 'errorNotAvailable', true],
	[aimlapi, 'errorFreeTier', true],
	[aimlapi, 'errorInvalidKey', true],
	[aimlapi, 'errorNoCredits', true],
	[aimlapi, 'errorValidation', true],
	[aimlapi, 'errorValidationObject', true],
	[aimlapi, 'errorServer', true],
	[aimlapi, 'errorTimeout', true],
	[aimlapi, 'errorWithoutMessage', false],
	[comfyui, 'errorLoraNotInList', true],
	[comfyui, 'errorProxyBadGateway', false],
	[sdcpp, 'errorInvalidParameters', true],
	[sdcpp, 'errorQueueFull', true],
	[sdcpp, 'errorProxyUnauthorized', true],
	// Before the job enters the queue.
	[sdcpp, 'errorServer', true],
	[openaiCompatible, 'errorInvalidRequest', true],
	[openaiCompatible, 'errorModelNotFound', true],
	[openaiCompatible, 'errorLocalAiModel', true],
	[openaiCompatible, 'errorVllmOmniLora', true],
	[openaiCompatible, 'errorVllmOmniNotReady', true],
	[openaiCompatible, 'errorVllmOmniValidation', true],
	[openaiCompatible, 'errorSglangValidation', true],
	[openaiCompatible, 'errorSdServer', true],
	// These may come from executing a request.
	[openaiCompatible, 'errorServer', false],
	[openaiCompatible, 'errorLocalAiFailed', false],
	[openaiCompatible, 'errorSdServerException', false],
	[openaiCompatible, 'errorSglangFailed', false],
	[openaiCompatible, 'errorVllmOmniFailed', false],
	[openaiCompatible, 'errorProxyPage', false],
])('%#: a documented response', (provider, fixture, expected) => {
	const isRefusal = provider.isRefusal(documented(provider, fixture));
	expect({ fixture, isRefusal }).toEqual({ fixture, isRefusal: expected });
});

it.each<[string, Provider, HttpAnswer, boolean]>([
	['fal: a list', fal, answer(422, { detail: [{ msg: 'Field required', type: 'missing' }] }), true],
	['fal: a text', fal, answer(422, { detail: 'Field required' }), true],
	['fal: no detail', fal, answer(422, { message: 'Unprocessable' }), false],
	['fal: nothing', fal, answer(422), false],
	['a reason with its status', highway, answer(503, { reason: 'SERVICE_NOT_AVAILABLE' }), true],
	["another provider's", novita, answer(503, { reason: 'SERVICE_NOT_AVAILABLE' }), false],
	['none of its own errors', aimlapi, answer(500, { message: 'Bad Gateway' }), false],
	[
		"one of its own errors that isn't documented",
		aimlapi,
		answer(408, { message: 'x', path: '/v1/images/generations', statusCode: '408' }),
		false,
	],
	[
		'one of its own errors with another status',
		aimlapi,
		answer(502, { message: 'x', path: '/v1/images/generations', statusCode: '500' }),
		false,
	],
	['sd-server: another fault', sdcpp, answer(500, { error: 'std::bad_alloc' }), false],
	['sd-server: a gateway', sdcpp, answer(502, { error: 'server_error' }), false],
	['FastAPI: a text', openaiCompatible, answer(422, { detail: 'Unprocessable' }), false],
	['FastAPI: an empty list', openaiCompatible, answer(422, { detail: [] }), false],
	['FastAPI: another 503', openaiCompatible, answer(503, { detail: 'Overloaded' }), false],
	[
		'a reason with another status',
		highway,
		answer(500, { reason: 'SERVICE_NOT_AVAILABLE' }),
		false,
	],
	["a gateway's reason", novita, answer(503, { reason: 'Service Unavailable' }), false],
	['a reason from executing', novita, answer(500, { reason: 'TASK_FAILED' }), false],
	['an unclear reason', novita, answer(500, { reason: 'BILLING_FAILED' }), false],
	[
		"a reason named like an object's property",
		novita,
		answer(500, { reason: 'constructor' }),
		false,
	],
	['a similar message', novita, answer(503, { message: 'service not available' }), false],
	[
		'a reason on another provider',
		aimlapi,
		answer(503, { reason: 'SERVICE_NOT_AVAILABLE' }),
		false,
	],
])('%s', (_, { isRefusal }, given, expected) => {
	expect(isRefusal(given)).toBe(expected);
});
