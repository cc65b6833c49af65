import { Failure } from '../../nodes/ZImage/errors/failure';
import {
	answerFailure,
	formFailure,
	hostFailure,
	networkFailure,
	noTimeFailure,
	refusalFailure,
	taskFailure,
	unreadableFailure,
} from '../../nodes/ZImage/http/failures';
import { HostError } from '../../nodes/ZImage/http/hostError';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ErrorKind } from '../../nodes/ZImage/providers/provider';

const task = { provider: 'fal', taskId: 'task-1' };
const shown = ({ message, details }: Failure) => ({ message, details });
const answered = (statusCode: number, body?: unknown) => ({ statusCode, headers: {}, body });

it.each([
	[301, "The node doesn't follow redirects with an API key. Check the Base URL"],
	[400, 'Check the parameters in the message.'],
	[401, "Check the API key in the node's credential, then save it: n8n tests it at no cost."],
	[402, 'Top up your account at the provider.'],
	[403, 'what this API key is allowed to use'],
	[404, "Check the Base URL in the node's credential, and the task ID"],
	[408, 'The provider ran out of time.'],
	[409, "Check the provider's message above. If it doesn't say what to change, run again later."],
	[413, 'Check the parameters in the message.'],
	[418, "Check the provider's message above. If it doesn't say what to change, run again later."],
	[422, 'Check the parameters in the message.'],
	[425, 'Lower Max Concurrency in the options'],
	[429, 'Lower Max Concurrency in the options'],
	[500, 'The provider has a problem. Run again later.'],
	[502, 'The provider has a problem. Run again later.'],
	[503, 'The provider has a problem. Run again later.'],
	[504, 'The provider ran out of time.'],
])('HTTP %i comes with advice: %s', (statusCode, advice) => {
	const { details } = answerFailure(novita, answered(statusCode), 'did not accept the request');
	expect(details.httpCode).toBe(statusCode);
	expect(details.description).toContain(advice);
});

it("the provider's own words precede the status code", () => {
	const body = { message: 'Insufficient balance', reason: 'NOT_ENOUGH_BALANCE' };
	for (const statusCode of [400, 403, 500]) {
		const { details } = answerFailure(novita, answered(statusCode, body), 'broke');
		expect(details.description).toContain('Top up your account');
	}
});

it('answerFailure has the provider, what failed, its words and the task', () => {
	const answer = answered(401, { detail: 'invalid key credentials' });
	expect(shown(answerFailure(fal, answer, 'could not report the task status', task))).toStrictEqual(
		{
			message: 'fal could not report the task status (HTTP 401): invalid key credentials',
			details: {
				kind: 'key',
				httpCode: 401,
				description:
					"Check the API key in the node's credential, then save it: n8n tests it at no cost.",
				task,
			},
		},
	);
});

it.each([
	[500, 'x'.repeat(500)],
	[501, `${'x'.repeat(500)}…`],
])('answerFailure has, of %i characters of the words, at most 500', (length, words) => {
	const answer = answered(400, { message: 'x'.repeat(length) });
	expect(answerFailure(aimlapi, answer, 'broke').message).toBe(
		`AI/ML API broke (HTTP 400): ${words}`,
	);
});

it("taskFailure and formFailure have no task if there isn't one", () => {
	expect(shown(taskFailure(fal, { status: 'failed', reason: 'no' }))).toStrictEqual({
		message: 'fal could not make the image: no',
		details: {
			kind: 'other',
			description:
				"Check the provider's message above. If it doesn't say what to change, run again later.",
		},
	});
	expect(formFailure(fal, answered(200), 'answered').details).not.toHaveProperty('task');
	expect(formFailure(fal, answered(200), 'answered', task).details).toStrictEqual({
		kind: 'other',
		httpCode: 200,
		description: expect.stringMatching(/^Check the Base URL .* please report this\.$/) as unknown,
		task,
	});
});

it.each(['maybe', 'no', 'yes'] as const)(
	'taskFailure says whether the task is charged, if the provider does: %s',
	(charged) => {
		const failure = taskFailure(fal, { status: 'failed', reason: 'no', charged });
		expect(failure.details.charged).toBe(charged);
	},
);

it('unreadable text is shown, because it may contain a task ID', () => {
	const answer = { ...answered(200), text: '<html>task-1</html>' };
	for (const failure of [
		formFailure(fal, answer, 'answered'),
		unreadableFailure(fal, answer, 'it is in Latin'),
	]) {
		expect(failure.details.description).toMatch(/ The response begins with: <html>task-1<\/html>$/);
	}
});

it('unreadableFailure warns that the task may have been charged', () => {
	expect(shown(unreadableFailure(fal, answered(202), 'it is in Latin'))).toStrictEqual({
		message: 'fal answered the request (HTTP 202), but it is in Latin',
		details: {
			kind: 'other',
			httpCode: 202,
			description: expect.stringMatching(/^fal may have accepted the task and may/) as unknown,
			isAmbiguous: true,
		},
	});
});

it.each([undefined, task])(
	'refusalFailure has the advice for HTTP 429, and the task %j',
	(given) => {
		expect(shown(refusalFailure(fal, given))).toStrictEqual({
			message: 'fal kept rate-limiting requests until the timeout (HTTP 429)',
			details: {
				kind: 'rateLimit',
				httpCode: 429,
				description: expect.stringContaining('Lower Max Concurrency in the options') as unknown,
				...(given && { task }),
			},
		});
	},
);

describe('networkFailure', () => {
	it.each(['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ECONNABORTED', 'EHOSTUNREACH'])(
		'warns of a submit that may have been accepted: %s',
		(code) => {
			expect(shown(networkFailure(novita, new NetworkError(code), 'submit'))).toStrictEqual({
				message: `The connection to Novita broke (${code}) after the request was sent`,
				details: {
					kind: 'unavailable',
					description: expect.stringMatching(
						/^Novita may have accepted the task and may/,
					) as unknown,
					isAmbiguous: true,
				},
			});
		},
	);

	const advice = expect.stringMatching(/^Check the Base URL .* and run again\.$/) as unknown;
	/** The task was accepted before. */
	const readAdvice = expect.stringMatching(
		/^Check the Base URL .* and run again\. The task is still running at Novita, and Get Task Result can fetch it\.$/,
	) as unknown;

	it.each([
		['submit', 'ECONNREFUSED'],
		['submit', 'ENOTFOUND'],
		['submit', 'EAI_AGAIN'],
		['read', 'ECONNREFUSED'],
	] as const)("doesn't warn for a %s that can't have arrived: %s", (purpose, code) => {
		expect(shown(networkFailure(novita, new NetworkError(code), purpose, task))).toStrictEqual({
			message: `Novita cannot be reached (${code})`,
			details: {
				kind: 'unavailable',
				description: purpose === 'read' ? readAdvice : advice,
				task,
			},
		});
	});

	it.each([
		['DEPTH_ZERO_SELF_SIGNED_CERT', "The certificate of this address isn't trusted."],
		['CERT_HAS_EXPIRED', "The certificate of this address isn't trusted."],
		['EPROXY', "n8n's proxy (HTTP_PROXY, HTTPS_PROXY) refused the connection."],
	])('says what to do about %s in a network with its own rules', (code, expected) => {
		const { message, details } = networkFailure(novita, new NetworkError(code), 'read');
		expect(message).toBe(`Novita cannot be reached (${code})`);
		expect(details.description).toContain(expected);
	});

	it.each(['ECONNRESET', 'ETIMEDOUT', 'EPIPE'])(
		"doesn't warn for a read that broke: %s",
		(code) => {
			expect(shown(networkFailure(novita, new NetworkError(code), 'read', task))).toStrictEqual({
				message: `The connection to Novita broke (${code})`,
				details: { kind: 'unavailable', description: readAdvice, task },
			});
			expect(networkFailure(novita, new NetworkError(code), 'read').details).not.toHaveProperty(
				'task',
			);
		},
	);

	it('says that a response is too long, and warns of a submit', () => {
		const error = new NetworkError('EMSGSIZE');
		expect(shown(networkFailure(novita, error, 'read', task))).toStrictEqual({
			message: 'Novita sent a response that is too large',
			details: { kind: 'unavailable', description: readAdvice, task },
		});
		expect(shown(networkFailure(novita, error, 'submit'))).toStrictEqual({
			message: 'Novita sent a response that is too large after the request was sent',
			details: {
				kind: 'unavailable',
				description: expect.stringMatching(/^Novita may have accepted the task and may/) as unknown,
				isAmbiguous: true,
			},
		});
	});
});

it.each<[ErrorKind, string, () => Failure]>([
	['key', 'an answer', () => answerFailure(fal, answered(401, { detail: 'invalid key' }), 'broke')],
	[
		'balance',
		'words',
		() => answerFailure(fal, answered(403, { detail: 'Exhausted balance' }), 'no'),
	],
	[
		'moderation',
		'a task',
		() => taskFailure(fal, { status: 'failed', reason: 'no_media_generated' }),
	],
	['lora', 'a kind', () => taskFailure(fal, { status: 'failed', reason: 'no', kind: 'lora' })],
	['timeout', 'a submit without time', () => noTimeFailure(fal)],
	['unavailable', 'a fault of n8n', () => hostFailure(fal, new HostError('Away', false))],
	['input', 'what the user has given', () => new Failure('Prompt is empty')],
])('the kind %s is kept, of %s', (kind, _, make) => {
	expect(make().kind).toBe(kind);
});
