import type { Failure } from '../../nodes/ZImage/errors';
import {
	answerFailure,
	formFailure,
	networkFailure,
	refusalFailure,
	taskFailure,
} from '../../nodes/ZImage/http/failures';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';

const task = { provider: 'fal', taskId: 'task-1' };
const shown = ({ message, details }: Failure) => ({ message, details });
const answered = (statusCode: number, body?: unknown) => ({ statusCode, headers: {}, body });

it.each([
	[301, 'Redirects are not followed'],
	[400, 'Check the parameters of this node, and the balance'],
	[401, 'Check the API key in the credential of this node.'],
	[402, 'the balance and limits of your account'],
	[403, 'the balance and limits of your account'],
	[404, 'Check the Base URL in the credential of this node, and the task ID'],
	[422, 'Check the parameters of this node'],
	[429, 'Lower Max Concurrency in the options'],
	[500, 'The provider has a fault. Run again later.'],
	[504, 'The provider has a fault. Run again later.'],
])('HTTP %i comes with advice: %s', (statusCode, advice) => {
	const { details } = answerFailure(novita, answered(statusCode), 'did not accept the request');
	expect(details.httpCode).toBe(statusCode);
	expect(details.description).toContain(advice);
});

it('answerFailure has the provider, what failed, its words and the task', () => {
	const answer = answered(401, { detail: 'invalid key credentials' });
	expect(
		shown(answerFailure(fal, answer, 'did not tell the state of the task', task)),
	).toStrictEqual({
		message: 'fal did not tell the state of the task (HTTP 401): invalid key credentials',
		details: {
			httpCode: 401,
			description: 'Check the API key in the credential of this node.',
			task,
		},
	});
});

it('answerFailure has at most 500 characters of the words', () => {
	const { message } = answerFailure(aimlapi, answered(400, { message: 'x'.repeat(501) }), 'broke');
	expect(message).toBe(`AI/ML API broke (HTTP 400): ${'x'.repeat(500)}…`);
});

it('taskFailure and formFailure have no task where there is none', () => {
	expect(shown(taskFailure(fal, 'no'))).toStrictEqual({
		message: 'fal could not make the image: no',
		details: { description: 'Change what the provider names, and generate again.' },
	});
	expect(formFailure(fal, answered(200), 'answered').details).not.toHaveProperty('task');
	expect(formFailure(fal, answered(200), 'answered', task).details).toMatchObject({
		httpCode: 200,
		task,
	});
});

it.each([undefined, task])(
	'refusalFailure has the advice for HTTP 429, and the task %j',
	(given) => {
		expect(shown(refusalFailure(fal, given))).toStrictEqual({
			message: 'fal takes no more requests in time (HTTP 429)',
			details: {
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
					description: expect.stringMatching(
						/^Novita may have accepted the task, and may/,
					) as unknown,
				},
			});
		},
	);

	it.each([
		['submit', 'ECONNREFUSED'],
		['submit', 'ENOTFOUND'],
		['submit', 'EAI_AGAIN'],
		['read', 'ECONNREFUSED'],
		['read', 'ECONNRESET'],
	] as const)('does not, for a %s that broke with %s', (purpose, code) => {
		expect(shown(networkFailure(novita, new NetworkError(code), purpose, task))).toStrictEqual({
			message: `Novita cannot be reached (${code})`,
			details: { description: expect.stringContaining('Check the Base URL') as unknown, task },
		});
	});
});
