import type { Paid } from '../../nodes/ZImage/errors/charged';
import { atMost, chargedIn, chargedOf, mostOf } from '../../nodes/ZImage/errors/charged';
import { Failure, kindOf } from '../../nodes/ZImage/errors/failure';
import type { Charged, ErrorKind } from '../../nodes/ZImage/providers/provider';

const taskOf = (status: string) => ({ provider: 'fal', taskId: 'task-1', status });

describe('chargedOf', () => {
	it.each<[string, unknown, Charged]>([
		["what wasn't sent", new Failure('Prompt is empty'), 'no'],
		['what was refused', new Failure('It broke', { kind: 'balance', httpCode: 402 }), 'no'],
		["another party's error", new TypeError('It broke'), 'no'],
		['a request in doubt', new Failure('It broke', { isAmbiguous: true }), 'maybe'],
		['a task that is still running', new Failure('Late', { task: taskOf('pending') }), 'yes'],
		[
			"a task that the provider doesn't know",
			new Failure('No such task', { kind: 'notFound', task: taskOf('pending') }),
			'maybe',
		],
		['a task that has failed', new Failure('It broke', { task: taskOf('failed') }), 'maybe'],
		[
			'an image that is gone',
			new Failure('Gone', { kind: 'notFound', task: taskOf('succeeded') }),
			'yes',
		],
		...(['no', 'maybe', 'yes'] as const).map((charged): [string, unknown, Charged] => [
			`a task of which the provider says ${charged}`,
			new Failure('It broke', { charged, task: taskOf('failed') }),
			charged,
		]),
	])('%s', (_, error, expected) => {
		expect(chargedOf(error)).toBe(expected);
	});
});

it.each<[Charged[], Charged]>([
	[['no', 'no'], 'no'],
	[['no', 'maybe'], 'maybe'],
	[['yes', 'maybe', 'no'], 'yes'],
])('of %j together, the worst is %s', (all, expected) => {
	expect(mostOf(...all)).toBe(expected);
});

it.each<[Charged, Charged, Charged]>([
	['no', 'yes', 'no'],
	['maybe', 'yes', 'maybe'],
	['maybe', 'no', 'no'],
	['yes', 'maybe', 'maybe'],
])('if no more than %s is known, %s is %s', (limit, charged, expected) => {
	expect(atMost(limit, charged)).toBe(expected);
});

describe('chargedIn', () => {
	const paid: Paid = { handles: [], paidItems: [1], doubtfulItems: [1, 2] };

	it.each<[number, Charged]>([
		[0, 'no'],
		[1, 'yes'],
		[2, 'maybe'],
	])('item %i: %s', (itemIndex, expected) => {
		expect(chargedIn(paid, itemIndex)).toBe(expected);
	});

	it.each<[Partial<Paid>, Charged]>([
		[{}, 'yes'],
		[{ paidItems: [] }, 'maybe'],
		[{ paidItems: [], doubtfulItems: [] }, 'no'],
	])('the run with %j: %s', (change, expected) => {
		expect(chargedIn({ ...paid, ...change })).toBe(expected);
	});
});

describe('kindOf', () => {
	class ManualExecutionCancelledError extends Error {}
	class ExpressionError extends Error {}
	class CredentialNotFoundError extends Error {}
	class UserError extends Error {}

	it.each<[string, unknown, ErrorKind]>([
		["a failure caused by the user's input", new Failure('Prompt is empty'), 'input'],
		['a failure', new Failure('Late', { kind: 'timeout' }), 'timeout'],
		['a stop', new ManualExecutionCancelledError(), 'canceled'],
		['an abort', new DOMException('It was aborted', 'AbortError'), 'canceled'],
		['an expression', new ExpressionError(), 'input'],
		['a credential that was deleted', new CredentialNotFoundError(), 'key'],
		["a credential that isn't for this node", new UserError(), 'key'],
		['a bug', new TypeError('x'), 'other'],
		['a text', 'Credential', 'other'],
	])('%s', (_, error, expected) => {
		expect(kindOf(error)).toBe(expected);
	});
});
