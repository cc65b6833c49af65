import type { Advice } from '../../nodes/ZImage/errors/advice';
import { adviceFor, adviceOn } from '../../nodes/ZImage/errors/advice';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ErrorKind, HttpAnswer, Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { trainingTasks } from '../support/describeAnswers';
import { fixtureNames, readFixture } from '../support/fixture';

/** Text that appears in the advice for one kind of error, and in no other. */
const saysOf: Readonly<Record<ErrorKind, string>> = {
	key: "Check the API key in the node's credential",
	balance: 'Top up your account',
	budget: 'Raise the limit in the options',
	canceled: 'if you still want the image',
	permission: 'what this API key is allowed to use',
	rateLimit: 'is rate-limiting your requests',
	moderation: 'Change the prompt',
	lora: 'cannot use a LoRA',
	input: 'Check the parameters in the message',
	notFound: 'the task ID if there is one',
	redirect: 'follow redirects',
	timeout: 'ran out of time',
	unavailable: 'has a problem. Run again later',
	other: "Check the provider's message above",
};

/** The kinds that an advice mentions. It must mention its own kind only. */
function kindsOf(advice: Advice | undefined): string[] {
	const kinds = Object.entries(saysOf)
		.filter(([, words]) => advice?.description.includes(words))
		.map(([kind]) => kind);
	expect(kinds).toStrictEqual(advice ? [advice.kind] : []);
	return kinds;
}

/** A provider's reading of a response, according to the call in the fixture's name. */
function stateOf(provider: Provider, fixture: string, answer: HttpAnswer) {
	const { parseSubmit, tasks } = provider;
	if (/^(submit|generation|trainingSubmit)/.test(fixture)) return parseSubmit(answer).state;
	if (trainingResult.test(fixture)) return trainingTasks(provider)?.parseResult?.(answer);
	if (/^training/.test(fixture)) return trainingTasks(provider)?.parseStatus(answer, 'task');
	if (/^(error|upload)/.test(fixture)) return undefined;
	if (/^result/.test(fixture)) return tasks?.parseResult?.(answer);
	return tasks?.parseStatus(answer, 'task');
}

/** The result of a training, which has its own reading of errors. */
const trainingResult = /^trainingResult/;

/** Fixtures of calls that say nothing about a task themselves. */
const furtherCalls =
	/^(cancelled|features|history|interrupted|jobList|list|models|objectInfo|queue|systemStats|uploadImage)/;

/** An error as the node sees it: of the call, or of a task in a response without an error. */
function adviceAbout(provider: Provider, fixture: string): Advice | undefined {
	const { statusCode, body } = readFixture(provider.id, fixture);
	const isAnswer = statusCode < 400 && !fixture.startsWith('error');
	if (isAnswer || (trainingResult.test(fixture) && statusCode === 422)) {
		if (furtherCalls.test(fixture)) return undefined;
		const state = stateOf(provider, fixture, { statusCode, headers: {}, body });
		if (state?.status !== 'failed') return undefined;
		return state.kind ? adviceOn(state.kind) : adviceFor(provider.errorPatterns, state.reason);
	}
	const text = provider.errorText(body) ?? 'no reason given';
	return adviceFor(provider.errorPatterns, text, statusCode);
}

const rows: Readonly<Record<string, Readonly<Record<string, ErrorKind>>>> = {
	fal: {
		errorInvalidKey: 'key',
		errorLocked: 'balance',
		resultContentPolicy: 'moderation',
		resultErrorWithStatus200: 'lora',
		resultGeneralError: 'unavailable',
		// The queue has ended the task, but its result was requested too soon.
		resultInProgress: 'input',
		resultRequestTimeout: 'timeout',
		// Two errors. The second says that a LoRA has no path.
		resultValidationError: 'lora',
		resultWithoutBody: 'unavailable',
		statusNotFound: 'notFound',
		trainingResultContentPolicy: 'moderation',
		// As with an image: the result was requested too soon.
		trainingResultInProgress: 'input',
		trainingResultServerError: 'unavailable',
		trainingResultUnreadableZip: 'input',
		trainingResultValidationError: 'input',
	},
	novita: {
		errorIllegalPrompt: 'moderation',
		errorInvalidKey: 'key',
		errorMessageOnly: 'permission',
		errorMissingKey: 'key',
		errorNoBalance: 'balance',
		errorRateLimit: 'rateLimit',
		errorReasonOnly: 'unavailable',
		errorTaskNotFound: 'notFound',
		taskFailed: 'lora',
		taskFailedWithoutReason: 'other',
	},
	highway: {
		errorFailedToAuth: 'key',
		errorNoBalance: 'balance',
		errorNotAvailable: 'unavailable',
		errorTaskNotFound: 'notFound',
		taskFailed: 'other',
	},
	aimlapi: {
		errorFreeTier: 'balance',
		errorInvalidKey: 'key',
		errorNoCredits: 'balance',
		errorServer: 'unavailable',
		errorTimeout: 'timeout',
		errorValidation: 'input',
		errorValidationObject: 'input',
		errorWithoutMessage: 'unavailable',
		generationEmptyEntry: 'other',
		generationWithoutData: 'other',
	},
	wavespeed: {
		errorForbidden: 'permission',
		errorInside200: 'other',
		errorInvalidKey: 'key',
		errorNoBalance: 'balance',
		errorNotFound: 'notFound',
		errorRateLimit: 'rateLimit',
		errorServer: 'unavailable',
		errorSyncTimeout: 'timeout',
		taskCancelled: 'canceled',
		taskDeleted: 'canceled',
		taskFailed: 'other',
		taskFailedExecution: 'other',
		taskFailedFile: 'input',
		taskFailedModeration: 'moderation',
		taskFailedParameter: 'input',
		taskFailedTimeout: 'timeout',
		taskFailedUnavailable: 'unavailable',
		taskFailedWithoutReason: 'other',
		taskTimeout: 'timeout',
		trainingFailed: 'input',
		trainingFailedParameter: 'input',
	},
	replicate: {
		errorInvalidKey: 'key',
		errorInvalidKeyNew: 'key',
		errorInvalidVersion: 'notFound',
		errorMissingKey: 'key',
		errorNoCredit: 'balance',
		errorNotFound: 'notFound',
		errorRateLimit: 'rateLimit',
		errorServer: 'unavailable',
		errorValidation: 'input',
		taskAborted: 'canceled',
		taskCanceled: 'canceled',
		taskDataRemoved: 'notFound',
		taskFailed: 'unavailable',
		taskFailedLora: 'lora',
		taskFailedModeration: 'moderation',
		taskFailedWithoutReason: 'other',
	},
	comfyui: {
		errorForeignOrigin: 'permission',
		errorImageMissing: 'input',
		errorInputMissing: 'input',
		errorInvalidPromptId: 'input',
		errorJobNotFound: 'notFound',
		errorLoraNotInList: 'input',
		errorLoraNotInLongList: 'input',
		errorMissingClass: 'input',
		errorMissingClassOlder: 'input',
		errorModelNotInList: 'input',
		errorNoOutputs: 'input',
		errorNoPrompt: 'input',
		errorNoSuchRoute: 'notFound',
		errorNoSuchRoutePost: 'other',
		errorProxyBadGateway: 'unavailable',
		errorProxyUnauthorized: 'key',
		errorTypeMismatch: 'input',
		errorValueTooBig: 'input',
		jobCancelled: 'canceled',
		jobFailed: 'other',
		jobOutOfMemory: 'unavailable',
		modelsUnknownFolder: 'notFound',
		uploadRefused: 'input',
		uploadTooBig: 'input',
	},
	sdcpp: {
		errorCancelGenerating: 'other',
		errorCancelRace: 'other',
		errorEmptyBody: 'input',
		errorInvalidJson: 'input',
		errorInvalidParameters: 'input',
		errorJobExpired: 'notFound',
		errorJobNotFound: 'notFound',
		errorOutputFormat: 'input',
		errorProxyUnauthorized: 'key',
		errorQueueFull: 'rateLimit',
		errorServer: 'unavailable',
		errorUnsupportedMode: 'input',
		taskCancelled: 'canceled',
		taskFailed: 'other',
	},
	openaiCompatible: {
		errorInvalidKey: 'key',
		errorInvalidRequest: 'input',
		errorLocalAiFailed: 'unavailable',
		errorLocalAiKey: 'key',
		errorLocalAiModel: 'input',
		errorMissingKey: 'key',
		errorModelNotFound: 'input',
		errorModeration: 'moderation',
		errorNoBalance: 'balance',
		errorProxyPage: 'unavailable',
		errorRateLimit: 'rateLimit',
		errorSdServer: 'input',
		errorSdServerException: 'unavailable',
		errorServer: 'unavailable',
		errorSglangFailed: 'unavailable',
		errorSglangKey: 'key',
		errorSglangUrl: 'input',
		errorSglangValidation: 'input',
		errorVllmOmniFailed: 'unavailable',
		errorVllmOmniLora: 'lora',
		errorVllmOmniNotReady: 'unavailable',
		errorVllmOmniSize: 'input',
		errorVllmOmniValidation: 'input',
		generationEmptyEntry: 'other',
		generationWithoutData: 'other',
	},
};

describe.each<Provider>([...providers])('$id', (provider) => {
	const expected = Object.entries(rows[provider.id] ?? {});

	it.each(expected)('%s is an error of the kind %s', (fixture, kind) => {
		expect(kindsOf(adviceAbout(provider, fixture))).toStrictEqual([kind]);
	});

	it('has a row for every documented error', () => {
		const errors = fixtureNames(provider.id).filter((name) => adviceAbout(provider, name));
		expect(errors).toStrictEqual(expected.map(([name]) => name).sort());
	});

	it.each<[number, ErrorKind]>([
		[101, 'other'],
		[300, 'redirect'],
		[302, 'redirect'],
		[399, 'redirect'],
		[400, 'input'],
		[401, 'key'],
		[402, 'balance'],
		[403, 'permission'],
		[404, 'notFound'],
		[408, 'timeout'],
		[409, 'other'],
		[413, 'input'],
		[422, 'input'],
		[425, 'rateLimit'],
		[429, 'rateLimit'],
		[500, 'unavailable'],
		[501, 'unavailable'],
		[502, 'unavailable'],
		[503, 'unavailable'],
		[504, 'timeout'],
	])('HTTP %i without a message is of the kind %s', (statusCode, kind) => {
		const advice = adviceFor(provider.errorPatterns, 'no reason given', statusCode);
		expect(kindsOf(advice)).toStrictEqual([kind]);
	});
});

/** Messages in the providers' documentation, in the forms that `errorText` returns. */
const documentedWords: ReadonlyArray<readonly [Provider, number | undefined, string, ErrorKind]> = [
	// https://fal.ai/docs/model-apis/errors, /request-errors
	[fal, 401, 'Cannot access application "x". Authentication is required to access it.', 'key'],
	[fal, 403, 'User is locked. Reason: User requested lock.', 'balance'],
	[fal, 429, 'Too many requests (concurrent_requests_limit)', 'rateLimit'],
	[fal, undefined, 'loras.0.path: Failed to download the file (file_download_error)', 'lora'],
	[fal, undefined, 'Nothing was made (no_media_generated)', 'moderation'],
	[fal, undefined, 'Generation timed out (generation_timeout)', 'timeout'],
	[fal, 504, 'The runner did not start (startup_timeout)', 'timeout'],
	[fal, 503, 'No runner (runner_scheduling_failure)', 'unavailable'],
	[fal, 502, 'Incomplete (runner_incomplete_response)', 'unavailable'],
	[fal, undefined, 'The runner went away (runner_disconnected)', 'unavailable'],
	[fal, undefined, 'Another service broke (downstream_service_error)', 'unavailable'],
	[fal, undefined, 'It broke (internal_error)', 'unavailable'],
	[fal, 422, 'image_size: Input should be a multiple of 8 (multiple_of)', 'input'],
	// https://novita.ai/docs/api-reference/basic-error-code
	[novita, 400, 'Invalid request body (INVALID_REQUEST_BODY)', 'input'],
	[novita, 400, 'Invalid image size (INVALID_IMAGE_SIZE)', 'input'],
	[novita, 400, 'Image contains inappropriate content (ILLEGAL_IMAGE_CONTENT)', 'moderation'],
	[novita, 403, 'Feature not allowed (FEATURE_NOT_ALLOWED)', 'permission'],
	[novita, 403, 'API not allowed (API_NOT_ALLOWED)', 'permission'],
	[novita, 403, 'Real name (NEED_REAL_NAME_VERIFY)', 'permission'],
	[novita, 404, 'API not found (API_NOT_FOUND)', 'notFound'],
	[novita, 500, 'Get result failed (GET_RESULT_FAILED)', 'unavailable'],
	// JieKou AI's documentation
	[highway, 403, 'Access denied (ACCESS_DENY)', 'permission'],
	[highway, 403, 'insufficient balance', 'balance'],
	[highway, 404, 'Model not found (MODEL_NOT_FOUND)', 'notFound'],
	[highway, 429, 'Too many tokens (TOKEN_LIMIT_EXCEEDED)', 'rateLimit'],
	[highway, 429, 'server overload', 'rateLimit'],
	[highway, 429, 'RPM limit exceeded', 'rateLimit'],
	// https://docs.aimlapi.com/errors-and-messages
	[aimlapi, 429, 'Too Many Requests', 'rateLimit'],
	[aimlapi, 500, 'Internal server error', 'unavailable'],
	[aimlapi, 500, 'This model is under maintenance', 'unavailable'],
];

describe('a documented message determines the kind, whatever request text is next to it', () => {
	const withNames = (rowsOf: typeof documentedWords) =>
		rowsOf.map(([{ id, errorPatterns }, ...row]) => [id, ...row, errorPatterns] as const);
	const ownWords: typeof documentedWords = [
		// The models' own names contain "lora".
		[highway, 404, 'Model z-image-turbo-lora not found (MODEL_NOT_FOUND)', 'notFound'],
		[highway, 503, 'z-image-turbo-lora: no service (SERVICE_NOT_AVAILABLE)', 'unavailable'],
		[aimlapi, 500, 'The model alibaba/z-image-turbo-lora is under maintenance', 'unavailable'],
		[fal, 404, 'Path /turbo/lora not found', 'notFound'],
		[fal, 500, 'fal-ai/z-image/turbo/lora: It broke (internal_server_error)', 'unavailable'],
		// AI/ML API repeats values in its errors (errorValidation).
		[aimlapi, 400, "Body validation error: Invalid value, received 'a floral pattern'", 'input'],
		[aimlapi, 400, 'Body validation error: enable_safety_checker: Expected boolean', 'input'],
	];

	it.each(withNames([...documentedWords, ...ownWords]))(
		'%s: HTTP %j: "%s" is of the kind %s',
		(_, statusCode, text, kind, errorPatterns) => {
			expect(kindsOf(adviceFor(errorPatterns, text, statusCode))).toStrictEqual([kind]);
		},
	);
});

it('the first matching pattern is used', () => {
	const patterns = [
		[/a/, 'key'],
		[/b/, 'balance'],
	] as const;
	expect(kindsOf(adviceFor(patterns, 'ba', 500))).toStrictEqual(['key']);
	expect(kindsOf(adviceFor(patterns, 'b', 500))).toStrictEqual(['balance']);
	expect(kindsOf(adviceFor(patterns, 'c', 500))).toStrictEqual(['unavailable']);
	expect(kindsOf(adviceFor(patterns, 'c'))).toStrictEqual(['other']);
});
