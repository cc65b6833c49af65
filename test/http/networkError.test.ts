import {
	isOfCertificate,
	NetworkError,
	toBrokenAnswer,
	toNetworkError,
	wasNotSent,
} from '../../nodes/ZImage/http/networkError';

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
	])('detects %s', (code) => {
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

	it('finds it in a plain object, as an error may arrive across a boundary', () => {
		const error = { code: 'ERR_BAD_REQUEST', cause: { code: 'ECONNRESET' } };
		expect(toNetworkError(error)).toStrictEqual(new NetworkError('ECONNRESET'));
	});

	it('leaves a NetworkError unchanged', () => {
		const error = new NetworkError('ETIMEDOUT');
		expect(toNetworkError(error)).toBe(error);
	});

	it.each([
		['an error without a code', new Error('ECONNRESET')],
		['a file that is missing', withCode('ENOENT')],
		['an argument of the wrong type', withCode('ERR_INVALID_ARG_TYPE')],
		['a number as its code', withCode(104)],
		['a list as its code', withCode(['ECONNRESET'])],
		["a code that only starts like a network error's", withCode('XECONNRESET')],
		['nothing at all', null],
		['a text', 'ECONNRESET'],
		['nothing', undefined],
		['a cause that is no error', new Error('outer', { cause: 'ECONNRESET' })],
		['an error that is its own cause', causedByItself],
		['two errors that cause each other', causedByTheOther],
	])('finds nothing in %s', (_, error) => {
		expect(toNetworkError(error)).toBeUndefined();
	});
});

it('names its error unless it is put into words', () => {
	expect(String(new NetworkError('ECONNRESET'))).toContain('ECONNRESET');
});

describe('an error of the HTTP client', () => {
	const ofClient = (code?: unknown, changes = {}) =>
		Object.assign(
			new Error('it broke'),
			{ ...(code !== undefined && { code }), config: {} },
			changes,
		);

	it.each([
		['ERR_BAD_REQUEST', 'ERR_BAD_REQUEST'],
		['NOBODY_KNOWS', 'NOBODY_KNOWS'],
		[undefined, 'EUNKNOWN'],
		[104, 'EUNKNOWN'],
	])('with the code %j is an error that may have come after the request', (code, expected) => {
		const fault = toNetworkError(new Error('outer', { cause: ofClient(code) }));
		expect(fault).toStrictEqual(new NetworkError(expected));
		expect(fault?.wasSent).toBe(true);
	});
});

describe("what proves that the request wasn't sent", () => {
	const faultOf = (code: string, changes: object = {}) =>
		toNetworkError(
			Object.assign(new Error('outer', { cause: Object.assign(new Error(), changes) }), { code }),
		);

	it.each<[string, object, boolean]>([
		['ECONNREFUSED', {}, true],
		['ENOTFOUND', {}, true],
		['EAI_AGAIN', {}, true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', {}, true],
		['SELF_SIGNED_CERT_IN_CHAIN', {}, true],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', {}, true],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', {}, true],
		['CERT_HAS_EXPIRED', {}, true],
		['CERT_NOT_YET_VALID', {}, true],
		['ERR_TLS_CERT_ALTNAME_INVALID', {}, true],
		[
			'EPROTO',
			{ message: 'error:0A00010B:SSL routines:tls_validate_record_header:wrong version number' },
			true,
		],
		['ERR_SSL_WRONG_VERSION_NUMBER', { message: 'wrong version number' }, true],
		['EPROTO', { message: 'sslv3 alert handshake failure' }, true],
		['EPROTO', { message: 'decryption failed or bad record mac' }, false],
		['EPROTO', {}, false],
		[
			'ECONNRESET',
			{
				message: 'Client network socket disconnected before secure TLS connection was established',
			},
			true,
		],
		['ECONNRESET', { message: 'socket hang up' }, false],
		['ECONNRESET', { syscall: 'read' }, false],
		['EHOSTUNREACH', { syscall: 'connect' }, true],
		['EHOSTUNREACH', { syscall: 'read' }, false],
		['ENETUNREACH', { syscall: 'connect' }, true],
		['EADDRNOTAVAIL', { syscall: 'connect' }, true],
		['ETIMEDOUT', { syscall: 'connect' }, true],
		['ETIMEDOUT', {}, false],
		['ECONNABORTED', {}, false],
		['ECONNABORTED', { message: 'Proxy connection ended before receiving CONNECT response' }, true],
	])('%s with %j: %s', (code, changes, expected) => {
		const fault = faultOf(code, changes);
		expect(fault && wasNotSent(fault)).toBe(expected);
	});

	it('a proxy that refuses is named', () => {
		const error = new Error('Proxy connection ended before receiving CONNECT response');
		expect(toNetworkError(error)).toStrictEqual(new NetworkError('EPROXY'));
	});

	it.each([
		['CERT_HAS_EXPIRED', true],
		['DEPTH_ZERO_SELF_SIGNED_CERT', true],
		['ECONNREFUSED', false],
		['EPROTO', false],
	])('%s is about a certificate: %s', (code, expected) => {
		expect(isOfCertificate(new NetworkError(code))).toBe(expected);
	});
});

it.each([
	['Z_DATA_ERROR', 'Z_DATA_ERROR'],
	['ERR__ERROR_FORMAT_PADDING_2', 'ERR__ERROR_FORMAT_PADDING_2'],
	['ZSTD_error_prefix_unknown', 'ZSTD_error_prefix_unknown'],
	['ECONNRESET', 'ECONNRESET'],
	[undefined, 'EUNKNOWN'],
])('a response that breaks with %j was sent', (code, expected) => {
	const fault = toBrokenAnswer(Object.assign(new Error('it broke'), { code }));
	expect(fault).toStrictEqual(new NetworkError(expected));
	expect(fault.wasSent).toBe(true);
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
