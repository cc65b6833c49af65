import { NodeApiError, NodeOperationError, UserError } from 'n8n-workflow';
import type { INode } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { isOfUser, toHostError } from '../../nodes/ZImage/http/hostError';

const node = { name: 'Images' } as INode;
const withCode = (code: unknown, message = 'It broke') =>
	Object.assign(new Error(message), { code });

describe('toHostError', () => {
	it.each<[string, unknown, string]>([
		['one error', new Error('Driver not Connected'), 'Driver not Connected'],
		[
			'several, each caused by the next',
			new Error('It broke', { cause: new Error('Driver not Connected') }),
			'Driver not Connected',
		],
		['a text', 'Driver not Connected', 'Driver not Connected'],
		['nothing', undefined, 'undefined'],
		['a long text', new Error('x'.repeat(2000)), `${'x'.repeat(500)}…`],
	])('has the message of the innermost error, for %s', (_, error, message) => {
		expect(toHostError(error).message).toBe(message);
	});

	it.each<[string, unknown, boolean]>([
		['a full disk', withCode('ENOSPC'), true],
		['a full disk behind an error', new Error('It broke', { cause: withCode('ENOSPC') }), true],
		['a full quota', withCode('EDQUOT'), true],
		['a folder of another user', withCode('EACCES'), true],
		['a file of another user', withCode('EPERM'), true],
		["a disk that can't be written to", withCode('EROFS'), true],
		['an unavailable database', withCode('ECONNREFUSED'), false],
		['no code', new Error('It broke'), false],
		['nothing', undefined, false],
	])('knows what is permanent: %s', (_, error, expected) => {
		expect(toHostError(error).isLasting).toBe(expected);
	});
});

describe('isOfUser', () => {
	/** Like n8n's CredentialNotFoundError, whose class isn't in any package. */
	class GoneError extends UserError {}

	it.each<[string, object, boolean]>([
		['no credential', new NodeOperationError(node, 'Node does not have any credentials set'), true],
		['a credential that was deleted', new GoneError('It does not exist'), true],
		['an invalid key', new Failure('The API Key of the credential is empty'), true],
		['an answer', new NodeApiError(node, { message: 'It broke' }), false],
		['an unavailable database', new Error('Driver not Connected'), false],
		['no error at all', {}, false],
		['an object without a class', Object.create(null) as object, false],
	])('%s must be fixed by the user: %#', (_, error, expected) => {
		expect(isOfUser(error)).toBe(expected);
	});
});
