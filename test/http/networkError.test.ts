import { NetworkError, toNetworkError, wasNotSent } from '../../nodes/ZImage/http/networkError';

function withCode(code: unknown, cause?: unknown): Error {
	return Object.assign(new Error('it broke', { cause }), { code });
}

const causedByItself: Error & { cause?: unknown } = new Error('it broke');
causedByItself.cause = causedByItself;

const causedByTheOther: Error & { cause?: unknown } = new Error('it broke');
causedByTheOther.cause = new Error('so it did', { cause: causedByTheOther });

describe('toNetworkError', () => {
	it.each([
		'ECONNREFUSED',
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'EPIPE',
		'ENOTFOUND',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EPROTO',
		'EMSGSIZE',
		'ERR_STREAM_PREMATURE_CLOSE',
		'ERR_FR_TOO_MANY_REDIRECTS',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'HPE_INVALID_CONSTANT',
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	])('knows %s', (code) => {
		expect(toNetworkError(withCode(code))).toStrictEqual(new NetworkError(code));
	});

	it('finds it along the chain of causes', () => {
		const error = new Error('outer', { cause: withCode('ERR_OTHER', withCode('ECONNRESET')) });
		expect(toNetworkError(error)).toStrictEqual(new NetworkError('ECONNRESET'));
	});

	it('takes the outermost of several', () => {
		const error = withCode('ECONNABORTED', withCode('ETIMEDOUT'));
		expect(toNetworkError(error)).toStrictEqual(new NetworkError('ECONNABORTED'));
	});

	it('finds it in a plain object, as an error may come across a boundary', () => {
		const error = { code: 'ERR_BAD_REQUEST', cause: { code: 'ECONNRESET' } };
		expect(toNetworkError(error)).toStrictEqual(new NetworkError('ECONNRESET'));
	});

	it('leaves one as it is', () => {
		const error = new NetworkError('ETIMEDOUT');
		expect(toNetworkError(error)).toBe(error);
	});

	it.each([
		['an error without a code', new Error('ECONNRESET')],
		['a file that is missing', withCode('ENOENT')],
		['an argument of the wrong type', withCode('ERR_INVALID_ARG_TYPE')],
		['a number as its code', withCode(104)],
		['a list as its code', withCode(['ECONNRESET'])],
		['a code that only begins with that of a fault of the network', withCode('XECONNRESET')],
		['nothing at all', null],
		['a text', 'ECONNRESET'],
		['nothing', undefined],
		['a cause that is no error', new Error('outer', { cause: 'ECONNRESET' })],
		['an error that is its own cause', causedByItself],
		['two errors that cause each other', causedByTheOther],
	])('says nothing of %s', (_, error) => {
		expect(toNetworkError(error)).toBeUndefined();
	});
});

it('names its fault where nobody turns it into words', () => {
	expect(String(new NetworkError('ECONNRESET'))).toContain('ECONNRESET');
});

it.each([
	['ECONNREFUSED', true],
	['ENOTFOUND', true],
	['EAI_AGAIN', true],
	['ECONNRESET', false],
	['ETIMEDOUT', false],
	['EHOSTUNREACH', false],
])('%s was not sent: %s', (code, expected) => {
	expect(wasNotSent(new NetworkError(code))).toBe(expected);
});
