import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import {
	authenticateAtServer,
	authenticateWith,
	cleanKey,
	readCredential,
	secretsOf,
	serverUrlExpression,
	testUrlExpression,
} from '../../nodes/ZImage/http/credential';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import { evaluate } from '../support/evaluate';

const id = 'd0c1b2a3-0000-4000-8000-000000000000';
const falKey = `${id}:5e6f7a8b9c0d`;

describe('cleanKey', () => {
	it.each([
		falKey,
		` ${falKey} `,
		`\u00a0${falKey}\u2003`,
		`\ufeff${falKey}`,
		`\u200b${falKey}\u200b`,
		`${id}:\u20605e6f\u00ad7a8b9c0d`,
		`${falKey}\r\n`,
		`\0${falKey}\0\t`,
		`"${falKey}"`,
		`'${falKey}',`,
		`\`${falKey}\``,
		`“${falKey}”`,
		`Key ${falKey}`,
		`key\u00a0 ${falKey}`,
		`Bearer ${falKey}`,
		`BEARER\t${falKey}`,
		`Bearer "${falKey}"`,
		`Authorization: Key ${falKey}`,
		`authorization:Bearer ${falKey}`,
		`"Authorization": "Key ${falKey}",`,
		`Authorization: Key "Key ${falKey}"`,
		`FAL_KEY=${falKey}`,
		`FAL_KEY="${falKey}"`,
		`export FAL_KEY='${falKey}'`,
		`set FAL_KEY=${falKey}`,
		`FAL_KEY = ${falKey}`,
		`NOVITA_API_KEY=${falKey};`,
		`FAL_KEY: ${falKey}`,
		`API key: ${falKey}`,
		`X-API-Key: ${falKey}`,
	])('%j is the key', (typed) => {
		expect(cleanKey(typed)).toBe(falKey);
	});

	it.each([
		['', ''],
		[' ""\u200b ', ''],
		['sk_0123456789', 'sk_0123456789'],
		// What belongs to the key stays.
		['QUJDREVG==', 'QUJDREVG=='],
		['MYKEY==', 'MYKEY=='],
		['MYKEY=', 'MYKEY='],
		['keyring-0123', 'keyring-0123'],
		['mykey:secret', 'mykey:secret'],
		['a+b/c.d~e_f-g', 'a+b/c.d~e_f-g'],
		['a"b', 'a"b'],
		['Basic dXNlcjpwYXNz', 'Basic dXNlcjpwYXNz'],
		['a'.repeat(4096), 'a'.repeat(4096)],
	])('%j is %j', (typed, key) => {
		expect(cleanKey(typed)).toBe(key);
	});

	const odd =
		'The API Key of the credential has an invalid character, such as a line break or an emoji';

	it.each([
		['sk_0123\n456789', odd],
		['sk_0123\r\nX-Header: 1', odd],
		['sk_0123\x00456789', odd],
		['sk_0123\t456789', odd],
		['sk_0123\u00a0456789', odd],
		['sk_0123😀456789', odd],
		['sk_0123456789😀', odd],
		['sk_0123é456789', odd],
		['sk_0123\ud83d456789', odd],
		['sk_0123\u007f456789', odd],
		[
			'a'.repeat(4097),
			'The API Key of the credential must have at most 4096 characters (got 4097)',
		],
	])('refuses %j', (typed, message) => {
		expect(() => cleanKey(typed)).toThrow(
			expect.objectContaining({
				message,
				details: {
					kind: 'key',
					description: expect.stringContaining('Open the credential') as unknown,
				},
			}) as Error,
		);
	});

	it('changes nothing the second time, and leaves only what a header can contain', () => {
		const part = fc.constantFrom(...['Key ', 'Bearer ', 'FAL_KEY=', 'a', ':', '"', ' ', '\0', '=']);
		const typed = fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 3 })));
		fc.assert(
			fc.property(typed, (parts) => {
				let key: string;
				try {
					key = cleanKey(parts.join(''));
				} catch (error) {
					expect(error).toBeInstanceOf(Failure);
					return;
				}
				expect(key).toMatch(/^[ -~]*$/);
				expect(cleanKey(key)).toBe(key);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe("a credential's function", () => {
	const options = { url: '/x', headers: { Accept: 'application/json' } };

	it.each([
		['Bearer', 'Bearer sk_0123456789'],
		['Key', 'Key sk_0123456789'],
	] as const)('puts the cleaned key into the header: %s', async (scheme, expected) => {
		const authenticate = authenticateWith(scheme, 'https://api.novita.ai');
		await expect(authenticate({ apiKey: ' Key sk_0123456789\n' }, options)).resolves.toStrictEqual({
			url: '/x',
			headers: { Accept: 'application/json', Authorization: expected },
		});
	});

	it.each([
		[{ apiKey: 'sk_0123\n456789' }, /^The API Key of the credential has an invalid character/],
		[{ apiKey: 'a', baseUrl: 'sk_0123456789' }, /^The Base URL of the credential must be/],
	])('%#: lets nothing be sent with an invalid credential', async (fields, message) => {
		await expect(authenticateWith('Key', fal.defaultBaseUrl)(fields, options)).rejects.toThrow(
			message,
		);
	});
});

it.each<[unknown, string]>([
	[undefined, 'https://api.fal.ai'],
	['', 'https://api.fal.ai'],
	['  ', 'https://api.fal.ai'],
	[' https://queue.fal.run/ ', 'https://api.fal.ai'],
	['https://queue.fal.run/fal-ai/z-image', 'https://api.fal.ai'],
	['http://QUEUE.fal.run', 'https://api.fal.ai'],
	['https://queue.fal.run.example', 'https://queue.fal.run.example'],
	['https://queueXfal.run', 'https://queueXfal.run'],
	['http://127.0.0.1:8801', 'http://127.0.0.1:8801'],
])('a credential with a base URL of %j is tested at %s', (baseUrl, expected) => {
	const expression = testUrlExpression(fal.defaultBaseUrl, 'https://api.fal.ai');
	expect(evaluate(expression, { $credentials: { baseUrl } })).toBe(expected);
});

describe('secretsOf', () => {
	const key = 'ab+/cd"ef:gh ij~kl?m';

	it.each<[string, string, string]>([
		['as typed', ` "${key}"`, ` "${key}"`],
		['as sent', ` "${key}"`, key],
		['its first part', key, 'ab+/cd"ef'],
		['its second part', key, 'gh ij~kl?m'],
		['as typed, in JSON', `'${key}'\n`, JSON.stringify(`'${key}'\n`).slice(1, -1)],
		['in JSON', key, JSON.stringify(key).slice(1, -1)],
		['in a URL', key, encodeURIComponent(key)],
		['in a URL with small letters', key, 'ab%2b%2fcd%22ef%3agh%20ij~kl%3fm'],
		['its second part without the space before it', 'abcdefgh: ijklmnop', 'ijklmnop'],
		// What a header loses in transit.
		['as typed, without the spaces around it', ` "${key}"\t`, `"${key}"`],
		['a part in a URL', key, encodeURIComponent('gh ij~kl?m')],
	])('has the key %s', (_, typed, form) => {
		expect(secretsOf(typed)).toContain(form);
	});

	it.each(['', 'K', 'Ke', 'Key', 'Key ', 'Bearer ', 'user:'])(
		'leaves nothing of it in base64 after %j',
		(before) => {
			for (const encoding of ['base64', 'base64url'] as const) {
				for (const after of ['', '!', ' and']) {
					const text = Buffer.from(`${before}${key}${after}`).toString(encoding);
					const masked = secretsOf(key).reduce((rest, form) => rest.replaceAll(form, ''), text);
					expect(Buffer.from(masked, encoding).toString('latin1')).not.toMatch(/cd"|kl\?/);
					expect(masked.length).toBeLessThan(text.length - 20);
				}
			}
		},
	);

	it.each(['', 'abcdefg', 'Bearer abcdefg', 'a:b:c'])('%j is too short to be masked', (typed) => {
		expect(secretsOf(typed)).toStrictEqual([]);
	});

	it('has the longest form first, each once, and as many for a long key as for a short one', () => {
		const secrets = secretsOf('abcdefgh:'.repeat(400));
		const lengths = secrets.map(({ length }) => length);
		expect(lengths).toStrictEqual([...lengths].sort((a, b) => b - a));
		expect(new Set(secrets).size).toBe(secrets.length);
		expect(secrets.length).toBeLessThanOrEqual(54);
		expect(Math.min(...lengths)).toBeGreaterThanOrEqual(8);
	});

	it("accepts any text as a key, or says that it isn't one", () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (typed) => {
				try {
					expect(secretsOf(typed).filter(({ length }) => length < 8)).toStrictEqual([]);
				} catch (error) {
					expect(error).toBeInstanceOf(Failure);
				}
			}),
		);
	});
});

it.each([
	[fal, {}, 'https://queue.fal.run', 'https://rest.fal.ai', []],
	[aimlapi, { apiKey: 1234567 }, 'https://api.aimlapi.com', 'https://api.aimlapi.com', []],
	// An expression may turn a key of digits into this.
	[
		aimlapi,
		{ apiKey: 12345678 },
		'https://api.aimlapi.com',
		'https://api.aimlapi.com',
		['12345678'],
	],
	[
		aimlapi,
		{
			apiKey: '"abcdefgh"',
			baseUrl: 'https://api.aimlapi.com/v1',
			storageUrl: 'https://a.example',
		},
		'https://api.aimlapi.com',
		'https://api.aimlapi.com',
		['"abcdefgh"', 'abcdefgh'],
	],
])('%#: reads a credential', (provider, fields, baseUrl, storageUrl, secrets) => {
	const read = readCredential(provider, fields);
	expect(read).toMatchObject({ baseUrl, storageUrl });
	expect(read.secrets).toStrictEqual(expect.arrayContaining(secrets));
	expect(read.secrets.length > 0).toBe(secrets.length > 0);
});

describe("the function of a credential for the user's own server", () => {
	const authenticate = authenticateAtServer('http://127.0.0.1:8000');
	const options = { url: '/x', headers: { Accept: 'application/json' } };

	it.each<[IDataObject, IDataObject]>([
		[{ authentication: 'none', apiKey: 'key' }, {}],
		[{ authentication: 'bearer', apiKey: ' "Bearer key" ' }, { Authorization: 'Bearer key' }],
		[
			{ authentication: 'basic', user: 'Änne', password: 'pa:ß ' },
			{ Authorization: `Basic ${Buffer.from('Änne:pa:ß ').toString('base64')}` },
		],
		[{ authentication: 'basic' }, { Authorization: 'Basic Og==' }],
		[
			{ authentication: 'header', headerName: ' X-API-Key ', headerValue: ' key\n' },
			{ 'X-API-Key': 'key' },
		],
		// As entered: what precedes a key may belong to it.
		[
			{ authentication: 'header', headerName: 'Authorization', headerValue: 'Bearer key' },
			{ Authorization: 'Bearer key' },
		],
	])('%j', async (fields, expected) => {
		await expect(authenticate(fields as never, options)).resolves.toStrictEqual({
			url: '/x',
			headers: { Accept: 'application/json', ...expected },
		});
	});

	it.each<[IDataObject, string]>([
		[{}, 'Authentication must be one of: none, bearer, basic, header (got empty)'],
		[{ authentication: 'key' }, 'Authentication must be one of'],
		[
			{ authentication: 'header', headerName: 'X Key', headerValue: 'a' },
			'The Header Name of the credential is not a valid header name',
		],
		[
			{ authentication: 'header', headerName: 'X-Key', headerValue: 'secret\nsecret' },
			'The Header Value of the credential is too long or has an invalid character',
		],
		[
			{ authentication: 'none', baseUrl: '127.0.0.1:8000' },
			'The Base URL of the credential must be an http or https URL',
		],
	])('%j lets nothing be sent', async (fields, message) => {
		await expect(authenticate(fields as never, options)).rejects.toThrow(message);
	});
});

describe("the address of the user's own server", () => {
	it.each([
		[sdcpp, '', 'http://127.0.0.1:1234'],
		[sdcpp, ' http://127.0.0.1:1234/ ', 'http://127.0.0.1:1234'],
		// Such a server may have a path and use https, wherever it is.
		[sdcpp, 'https://127.0.0.1:1234/upstream/sd', 'https://127.0.0.1:1234/upstream/sd'],
		[sdcpp, 'http://gpu:1234/v1', 'http://gpu:1234/v1'],
		[openaiCompatible, '', 'http://127.0.0.1:8000'],
		[openaiCompatible, 'http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000'],
		[openaiCompatible, 'http://gpu:30000/v1/', 'http://gpu:30000'],
		[openaiCompatible, 'https://gate.example/api/v1', 'https://gate.example/api'],
		[openaiCompatible, 'https://gate.example/api/v12', 'https://gate.example/api/v12'],
		[openaiCompatible, 'https://gate.example/v1/api', 'https://gate.example/v1/api'],
	])('$id at %j is called, and tested, at %s', (provider: Provider, given, expected) => {
		expect(readCredential(provider, { baseUrl: given }).baseUrl).toBe(expected);
		const expression = serverUrlExpression(provider.defaultBaseUrl, provider.version);
		expect(evaluate(expression, { $credentials: { baseUrl: given } })).toBe(expected);
	});

	it.each<[IDataObject, string[]]>([
		[{ authentication: 'bearer', apiKey: ' "key-12345678"' }, [' "key-12345678"', 'key-12345678']],
		[{ authentication: 'basic', user: 'me', password: 'pä12345678' }, ['pä12345678']],
		[
			{ authentication: 'header', headerValue: 'Bearer 12345678 ' },
			['Bearer 12345678', encodeURIComponent('Bearer 12345678')],
		],
		[{ authentication: 'none', apiKey: 'key-12345678' }, []],
	])('%j: what must be masked', (fields, expected) => {
		const { secrets } = readCredential(sdcpp, fields);
		expect(secrets).toStrictEqual(expect.arrayContaining(expected));
		expect(secrets.length > 0).toBe(expected.length > 0);
	});

	it('a password is masked in the header that it is sent in', () => {
		const password = 'pä12345678';
		const { secrets } = readCredential(sdcpp, { authentication: 'basic', user: 'me', password });
		const header = Buffer.from(`me:${password}`).toString('base64');
		const masked = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), header);
		expect(Buffer.from(masked.replace('***', ''), 'base64').toString('latin1')).not.toContain(
			'1234',
		);
	});
});
