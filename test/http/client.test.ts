import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError, UserError } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { SendOptions } from '../../nodes/ZImage/http/client';
import { createClient } from '../../nodes/ZImage/http/client';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { strictContext } from '../support/strictContext';
import { recordingClock, startMs } from '../support/recordingClock';

type Reply = Error | { statusCode: number; text: string; headers?: Record<string, string> };

const ok: Reply = { statusCode: 200, text: '{"task_id":"a"}' };
/** An error of n8n's HTTP client. */
const fault = (code: string) => Object.assign(new Error('it broke'), { code, config: {} });

/** A client with a context that responds from a list, and the requests to that context. */
async function connect(
	provider: Provider,
	baseUrl: string | undefined,
	replies: Reply[],
	apiKey: string | null = 'secret',
	storageUrl?: string,
) {
	const asked: Array<{ credentialType: string; options: IHttpRequestOptions }> = [];
	/** For each request, whether n8n aborts it when the execution is canceled. */
	const cancellable: boolean[] = [];
	const clock = recordingClock();
	const context = strictContext({
		getCredentials: async () =>
			await Promise.resolve({ ...(apiKey !== null && { apiKey }), baseUrl, storageUrl }),
		getExecutionCancelSignal: () => new AbortController().signal,
		helpers: {
			async httpRequestWithAuthentication(
				this: IExecuteFunctions,
				credentialType: string,
				options: IHttpRequestOptions,
			) {
				cancellable.push(this.getExecutionCancelSignal() !== undefined);
				const reply = replies[asked.length];
				asked.push({ credentialType, options });
				await Promise.resolve();
				if (!reply) throw new Error('The test has no more replies');
				if (reply instanceof Error) throw reply;
				const { statusCode, text, headers = {} } = reply;
				return { statusCode, headers, body: Readable.from([Buffer.from(text)]) };
			},
		},
	});
	const client = await createClient(context, provider, clock);
	return { client, asked, cancellable, clock };
}

const sending = (changes: Partial<SendOptions> = {}): SendOptions => ({
	purpose: 'read',
	deadline: startMs + 300_000,
	signal: new AbortController().signal,
	...changes,
});

it.each([
	[undefined, 'https://api.novita.ai'],
	['', 'https://api.novita.ai'],
	['  ', 'https://api.novita.ai'],
	[' https://gateway.example/novita/ ', 'https://gateway.example/novita'],
])('a base URL of %j is %s', async (baseUrl, expected) => {
	const { client } = await connect(novita, baseUrl, []);
	expect(client.baseUrl).toBe(expected);
});

it.each<[Provider, string | undefined, string | undefined, string]>([
	[fal, undefined, undefined, 'https://rest.fal.ai'],
	[fal, 'https://queue.fal.run', '  ', 'https://rest.fal.ai'],
	// A gateway's user hasn't allowed the key to go to fal.
	[fal, 'https://gateway.example/f', '  ', 'https://gateway.example/f'],
	[fal, undefined, ' https://gateway.example/s ', 'https://gateway.example/s'],
	[fal, 'https://gateway.example/f', 'https://gateway.example/s/', 'https://gateway.example/s'],
	// What older credentials have stored, and n8n's former default.
	[fal, 'https://queue.fal.run/', 'https://rest.fal.ai', 'https://rest.fal.ai'],
	[fal, 'https://gateway.example/f', 'https://rest.fal.ai', 'https://gateway.example/f'],
	[novita, undefined, undefined, 'https://api.novita.ai'],
	[novita, 'https://gateway.example/n', undefined, 'https://gateway.example/n'],
])(
	'%#: files go to the storage of the credential or the provider, or to its base URL',
	async (provider, baseUrl, url, expected) => {
		const { client, asked } = await connect(provider, baseUrl, [ok, ok], 'secret', url);
		expect(client.storageUrl).toBe(expected);
		await client.send({ method: 'POST', path: '/store', service: 'storage' }, sending());
		await client.send({ method: 'POST', path: '/work' }, sending());
		expect(asked.map(({ options }) => options.url)).toStrictEqual([
			`${expected}/store`,
			`${client.baseUrl}/work`,
		]);
	},
);

it.each<[Provider, string | undefined, string]>([
	[fal, undefined, 'https://api.fal.ai'],
	[fal, ' https://queue.fal.run/ ', 'https://api.fal.ai'],
	// A gateway's user hasn't allowed the key to go to fal.
	[fal, 'https://gateway.example/f', 'https://gateway.example/f'],
	[novita, undefined, 'https://api.novita.ai'],
	[novita, 'https://gateway.example/n', 'https://gateway.example/n'],
])(
	"%#: calls of a platform API go to the provider's own, or to the base URL",
	async (provider, baseUrl, expected) => {
		const { client, asked } = await connect(provider, baseUrl, [ok]);
		await client.send({ method: 'GET', path: '/v1/list', service: 'platform' }, sending());
		expect(asked.map(({ options }) => options.url)).toStrictEqual([`${expected}/v1/list`]);
	},
);

it('sends a call with the credential to its host, and follows no redirect', async () => {
	const { client, asked } = await connect(novita, 'https://gateway.example/n/', [ok]);
	const body: IDataObject = { prompt: 'a lighthouse' };
	const answer = await client.send(
		{ method: 'POST', path: '/v3/async/z-image-turbo', query: { a: '1' }, body },
		sending({ purpose: 'submit' }),
	);
	const text = '{"task_id":"a"}';
	expect(answer).toStrictEqual({ statusCode: 200, headers: {}, body: { task_id: 'a' }, text });
	expect(asked).toStrictEqual([
		{
			credentialType: 'zImageNovitaApi',
			options: {
				method: 'POST',
				url: 'https://gateway.example/n/v3/async/z-image-turbo',
				headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
				qs: { a: '1' },
				body: { prompt: 'a lighthouse' },
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: 60_000,
			},
		},
	]);
});

it.each<[string, Provider, SendOptions['purpose'], number, number]>([
	['fal', fal, 'submit', 300_000, 60_000],
	['fal', fal, 'submit', 7000, 7000],
	['fal', fal, 'submit', 5000, 5000],
	['fal', fal, 'read', 300_000, 20_000],
	['fal', fal, 'read', 5000, 5000],
	['aimlapi', aimlapi, 'submit', 300_000, 300_000],
	['aimlapi', aimlapi, 'submit', 31_000, 31_000],
])('%s: %#: a request may take its time', async (_, provider, purpose, leftMs, expected) => {
	const { client, asked } = await connect(provider, undefined, [ok]);
	const deadline = startMs + leftMs;
	await client.send({ method: 'GET', path: '/' }, sending({ purpose, deadline }));
	expect(asked[0]?.options.timeout).toBe(expected);
});

it.each([
	['<html>Bad Gateway</html>', undefined],
	['', undefined],
	['null', null],
	['{"a":', undefined],
])('a body of %j is %j', async (text, body) => {
	const { client } = await connect(fal, undefined, [{ statusCode: 400, text }]);
	expect(await client.send({ method: 'GET', path: '/' }, sending())).toMatchObject({ body });
});

it.each<[string, unknown, string]>([
	['\ufeff{"task_id":"a"}', { task_id: 'a' }, '{"task_id":"a"}'],
	['  <html>\n\t<h1>Bad  gateway</h1>\0', undefined, '<html> <h1>Bad gateway</h1>'],
	['{"task_id":NaN}', undefined, '{"task_id":NaN}'],
	[`{"task_id":"${'a'.repeat(5000)}`, undefined, `{"task_id":"${'a'.repeat(288)}`],
	[`${' '.repeat(290)}sk_0123456789`, undefined, '***'],
	[`${'x'.repeat(295)}sk_0123456789`, undefined, `${'x'.repeat(295)}***`],
	['{"sk_0123\\u00345 6789":1}', { 'sk_012345 6789': 1 }, '{"sk_0123\\u00345 6789":1}'],
	['{"sk_0123\\u0034567\\u00389":1}', { '***': 1 }, '{"sk_0123\\u0034567\\u00389":1}'],
	['', undefined, ''],
	// A byte order mark counts only at the beginning.
	['{"prompt":"a\ufeffb"}', { prompt: 'a\ufeffb' }, '{"prompt":"a b"}'],
])('the answer %j has the body %j, and begins with %j', async (answered, body, text) => {
	const replies = [{ statusCode: 400, text: answered }];
	const { client } = await connect(fal, undefined, replies, 'sk_0123456789');
	const answer = await client.send({ method: 'GET', path: '/' }, sending());
	expect(answer.body).toStrictEqual(body);
	expect(answer.text).toBe(text);
});

it('repeats a read with the remaining time', async () => {
	const replies = [fault('ECONNRESET'), { statusCode: 503, text: '' }, ok];
	const { client, asked, clock } = await connect(fal, undefined, replies);
	await client.send({ method: 'GET', path: '/' }, sending({ deadline: startMs + 10_000 }));
	expect(clock.sleeps).toStrictEqual([375, 750]);
	expect(asked.map(({ options }) => options.timeout)).toStrictEqual([10_000, 9625, 8875]);
});

it.each([
	[
		'submit',
		'ECONNRESET',
		'The connection to fal broke (ECONNRESET) after the request was sent',
		1,
	],
	['submit', 'ECONNREFUSED', 'fal cannot be reached (ECONNREFUSED)', 6],
	['read', 'ECONNREFUSED', 'fal cannot be reached (ECONNREFUSED)', 6],
	['read', 'ECONNRESET', 'The connection to fal broke (ECONNRESET)', 6],
] as const)('says that no response arrived: %s, %s', async (purpose, code, message, times) => {
	const { client, asked } = await connect(fal, undefined, Array<Reply>(10).fill(fault(code)));
	const sent = client.send({ method: 'POST', path: '/' }, sending({ purpose }));
	await expect(sent).rejects.toStrictEqual(new Failure(message));
	expect(asked).toHaveLength(times);
});

it('returns the task if no response about it arrived', async () => {
	const { client } = await connect(fal, undefined, [fault('ECONNRESET')]);
	const task = { taskId: 'task-1' };
	const sent = client.send({ method: 'GET', path: '/' }, sending({ task, maxAttempts: 1 }));
	await expect(sent).rejects.toMatchObject({ details: { task } });
});

it.each([
	['as it is', 'https://a.example/b?c=d'],
	['in a URL', encodeURIComponent('https://a.example/b?c=d')],
	['together with the key', 'https://a.example/b?c=d sk_0123456789'],
])("a call's secrets don't come back %s", async (_, echo) => {
	const reply = { statusCode: 422, text: JSON.stringify({ detail: `(${echo})` }) };
	const { client } = await connect(novita, undefined, [reply], 'sk_0123456789');
	const options = sending({ secrets: ['https://a.example/b?c=d'], maxAttempts: 1 });
	const { body, text } = await client.send({ method: 'GET', path: '/' }, options);
	expect(JSON.stringify(body)).toMatch(/^\{"detail":"\(\*\*\*( \*\*\*)?\)"\}$/);
	expect(text).toBe(JSON.stringify(body));
});

describe('the key', () => {
	const parts = 'd0c1b2a3-key-id:5e6f7a8b-key-secret';
	const bodyOf = async (text: string, apiKey: string, provider: Provider = fal) => {
		const { client } = await connect(provider, undefined, [{ statusCode: 401, text }], apiKey);
		return (await client.send({ method: 'GET', path: '/' }, sending({ maxAttempts: 1 }))).body;
	};

	it.each<[string, string, string, unknown]>([
		['as it is', 'sk_0123456789', '{"detail":"No key sk_0123456789"}', { detail: 'No key ***' }],
		['several times', 'sk_0123456789', '["sk_0123456789","sk_0123456789"]', ['***', '***']],
		['as a name', 'sk_0123456789', '{"sk_0123456789":1}', { '***': 1 }],
		['with both parts', parts, `{"detail":"Bad key ${parts}!"}`, { detail: 'Bad key ***!' }],
		['its first part', parts, '["d0c1b2a3-key-id"]', ['***']],
		['its second part', parts, '["Key 5e6f7a8b-key-secret"]', ['Key ***']],
		['with signs of a pattern', 'a.*b+c?(d)$&', '["a.*b+c?(d)$&","axxbbcd"]', ['***', 'axxbbcd']],
		['of 8 characters', 'abcdefgh', '["abcdefgh"]', ['***']],
		['too short to be one', 'queued', '["queued"]', ['queued']],
		['that is empty', '', '["queued"]', ['queued']],
		['with a short part', 'fal:5e6f7a8b', '["fal 5e6f7a8b"]', ['fal ***']],
	])("%s doesn't come back in a response", async (_, apiKey, text, expected) => {
		expect(await bodyOf(text, apiKey)).toStrictEqual(expected);
	});

	it.each([' sk_0123456789', 'sk_0123456789 ', '\tsk_0123456789\n'])(
		"pasted with spaces around it, it doesn't come back either: %j",
		async (apiKey) => {
			const body = await bodyOf('{"detail":"No key sk_0123456789"}', apiKey);
			expect(JSON.stringify(body)).not.toContain('sk_0123456789');
		},
	);

	it.each<[string, unknown, unknown]>([
		// A part that is too short to be a secret by itself is masked within the whole key.
		[' fal:5e6f7a8b', '(fal:5e6f7a8b)', '(***)'],
		['abcdefg:hijklmn\n', '(abcdefg:hijklmn)', '(***)'],
		[' d0c1b2a3-key-id:5e6f7a8b-key-secret', '(d0c1b2a3-key-id)', '(***)'],
		['d0c1b2a3-key-id:5e6f7a8b-key-secret ', '(5e6f7a8b-key-secret)', '(***)'],
	])(
		"pasted with spaces around it, %j, it doesn't come back in %j",
		async (apiKey, text, expected) => {
			expect(await bodyOf(JSON.stringify(text), apiKey)).toBe(expected);
		},
	);

	it.each<[string, string]>([
		['as sent', 'ab+cdefg:hij"klmnop'],
		['in a URL', encodeURIComponent('ab+cdefg:hij"klmnop')],
		['in JSON within a text', JSON.stringify({ key: 'ab+cdefg:hij"klmnop' })],
		['in base64', Buffer.from('ab+cdefg:hij"klmnop').toString('base64')],
		['as a header in base64', Buffer.from('Key ab+cdefg:hij"klmnop').toString('base64')],
	])("pasted with more around it, it doesn't come back %s", async (_, echo) => {
		const pasted = 'FAL_KEY="Key ab+cdefg:\u200bhij"klmnop"\n';
		const body = (await bodyOf(JSON.stringify({ detail: `No key ${echo}!` }), pasted)) as {
			detail: string;
		};
		expect(body.detail).toContain('***');
		expect(body.detail.length).toBeLessThan('No key !'.length + 20);
		expect(body.detail).not.toMatch(/klmno|cdefg/);
	});

	it('that a credential lacks leaves responses unchanged', async () => {
		const { client } = await connect(fal, undefined, [ok], null);
		expect(await client.send({ method: 'GET', path: '/' }, sending())).toMatchObject({
			body: { task_id: 'a' },
		});
	});

	it("that the provider writes with escapes doesn't come back", async () => {
		const body = await bodyOf('{"detail":"No key ab\\/cdef\\u0067hij"}', 'ab/cdefghij');
		expect(JSON.stringify(body)).not.toContain('ab/cdefghij');
	});

	it.each([false, true])(
		"isn't in the error of a request that could not be sent, nested: %s",
		async (isNested) => {
			const inner = Object.assign(new Error('Invalid character in header'), {
				config: { headers: { Authorization: 'Key sk_0123456789' } },
			});
			const error = isNested ? new Error('It broke', { cause: inner }) : inner;
			const { client } = await connect(fal, undefined, [error], 'sk_0123456789');
			const sent = client.send({ method: 'GET', path: '/' }, sending({ maxAttempts: 1 }));
			const caught = (await sent.catch((reason: unknown) => reason)) as Failure;
			expect(caught).toStrictEqual(new Failure('The connection to fal broke (EUNKNOWN)'));
			expect(caught).not.toHaveProperty('cause');
			expect(caught).not.toHaveProperty('config');
			expect(JSON.stringify(caught.details)).not.toContain('sk_0123456789');
		},
	);
});

describe('a response that is too long', () => {
	const mebibyte = 1024 * 1024;
	const textOf = (bytes: number) => `"${'a'.repeat(bytes - 2)}"`;
	const send = async (bytes: number, purpose: SendOptions['purpose'], holdsImages?: true) => {
		const replies = Array<Reply>(10).fill({ statusCode: 200, text: textOf(bytes) });
		const { client, asked } = await connect(fal, undefined, replies);
		const call = { method: 'GET', path: '/', ...(holdsImages && { holdsImages }) } as const;
		const result = await client.send(call, sending({ purpose })).catch((error: unknown) => error);
		return { result, times: asked.length };
	};

	it.each<[number, true | undefined]>([
		[mebibyte, undefined],
		[mebibyte + 1, true],
		[32 * mebibyte, true],
	])('has %i bytes or fewer if it may contain images: %s', async (bytes, holdsImages) => {
		const { result } = await send(bytes, 'read', holdsImages);
		expect((result as { body: string }).body).toHaveLength(bytes - 2);
	});

	it.each<[number, true | undefined]>([
		[mebibyte + 1, undefined],
		[32 * mebibyte + 1, true],
	])("isn't read, and isn't requested again: %i bytes", async (bytes, holdsImages) => {
		expect(await send(bytes, 'read', holdsImages)).toStrictEqual({
			result: new Failure('fal sent a response that is too large'),
			times: 1,
		});
		expect(await send(bytes, 'submit', holdsImages)).toStrictEqual({
			result: new Failure('fal sent a response that is too large after the request was sent'),
			times: 1,
		});
	});
});

const node = { name: 'Images' } as INode;

/** Like n8n's CredentialNotFoundError, whose class isn't in any package. */
class GoneError extends UserError {}

it.each([
	['no credential', new NodeOperationError(node, 'Node does not have any credentials set')],
	['a credential that was deleted', new GoneError('Credential with ID "1" does not exist')],
	[
		'one behind the error of its helper',
		new NodeApiError(node, new GoneError('Credential with ID "1" does not exist') as never),
	],
])('passes on an error that the user must fix: %s', async (_, error) => {
	const { client, asked } = await connect(fal, undefined, [error]);
	await expect(client.send({ method: 'GET', path: '/' }, sending())).rejects.toBe(error);
	expect(asked).toHaveLength(1);
});

it("says what is wrong with the credential in the package's own words, not in n8n's", async () => {
	const failure = new Failure('The API Key of the credential has an invalid character');
	const error = new NodeApiError(node, failure as never);
	const { client, asked } = await connect(fal, undefined, [error]);
	await expect(client.send({ method: 'GET', path: '/' }, sending())).rejects.toBe(failure);
	expect(asked).toHaveLength(1);
});

describe("while n8n can't read the credential", () => {
	const away = () =>
		new NodeApiError(node, new Error('Driver not Connected') as never, { message: 'It broke' });
	const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
		code: 'ECONNREFUSED',
		syscall: 'connect',
	});

	it.each(['submit', 'read'] as const)(
		'a %s is tried again until the deadline',
		async (purpose) => {
			const replies = [...Array.from({ length: 9 }, away), refused, ok];
			const { client, asked } = await connect(fal, undefined, replies);
			const answered = await client.send({ method: 'POST', path: '/' }, sending({ purpose }));
			expect(answered.statusCode).toBe(200);
			expect(asked).toHaveLength(11);
		},
	);

	it.each([
		['submit', undefined, 'Nothing was sent to fal.'],
		['read', undefined, 'Nothing was sent to fal.'],
		['read', { taskId: 'task-1' }, 'Get Task Result can fetch it.'],
	] as const)(
		"a %s ends with the deadline, and doesn't blame fal",
		async (purpose, task, advice) => {
			const replies = Array.from({ length: 99 }, away);
			const { client, clock } = await connect(fal, undefined, replies);
			const sent = sending({ purpose, deadline: startMs + 20_000, ...(task && { task }) });
			const error = await client
				.send({ method: 'POST', path: '/' }, sent)
				.catch((reason: unknown) => reason);
			expect(error).toStrictEqual(
				new Failure("n8n could not read the node's credential: Driver not Connected"),
			);
			const { description, task: handedOut } = (error as Failure).details;
			expect(description).toContain(advice);
			expect(handedOut).toStrictEqual(task);
			expect(clock.now()).toBeLessThanOrEqual(startMs + 20_000);
		},
	);
});

describe("while n8n can't read the credential before the run", () => {
	const away = new Error('Driver not Connected');

	/** @param faults how often the credential can't be read */
	const start = async (faults: number, signal?: AbortSignal) => {
		const clock = recordingClock();
		let asked = 0;
		const host = strictContext({
			async getCredentials() {
				if (++asked <= faults) throw away;
				return { apiKey: 'secret' };
			},
			getExecutionCancelSignal: () => signal,
			helpers: {},
		});
		const starting = createClient(host, fal, clock);
		const result = await starting.catch((error: unknown) => error);
		return { result, asked, clock };
	};

	it.each([undefined, new AbortController().signal])(
		'%#: it is read again, in an execution that can be stopped or not',
		async (signal) => {
			const { result, asked } = await start(3, signal);
			expect(result).toMatchObject({ baseUrl: 'https://queue.fal.run' });
			expect(asked).toBe(4);
		},
	);

	it('the run ends after a minute, and says that nothing was sent', async () => {
		const { result, clock } = await start(Infinity);
		expect(result).toStrictEqual(
			new Failure("n8n could not read the node's credential: Driver not Connected"),
		);
		expect((result as Failure).details.description).toContain('Nothing was sent to fal.');
		expect(clock.now()).toBeLessThanOrEqual(startMs + 60_000);
		expect(clock.now()).toBeGreaterThan(startMs + 45_000);
	});

	it('a stop of the execution ends the wait', async () => {
		const reason = new Error('The execution was cancelled');
		const { result, asked } = await start(Infinity, AbortSignal.abort(reason));
		expect(result).toBe(reason);
		expect(asked).toBe(1);
	});
});

describe('the time for the response to a submit', () => {
	const submit = (leftMs: number, timeoutSeconds: number) =>
		sending({ purpose: 'submit', deadline: startMs + leftMs, timeoutSeconds });

	it.each<[Provider, number, number, number | null]>([
		// Only the user's timeout is short.
		[fal, 4000, 4, 5000],
		[fal, 2000, 4, 5000],
		[fal, 5000, 300, 5000],
		[aimlapi, 40_000, 40, 40_000],
		[aimlapi, 20_000, 40, 30_000],
		// Something else has used the time.
		[fal, 1999, 4, null],
		[fal, 4999, 300, null],
		[aimlapi, 19_999, 40, null],
		[aimlapi, 29_999, 300, null],
	])('%#: with %i ms left of %i s', async ({ ...provider }, leftMs, timeoutSeconds, expected) => {
		const { client, asked } = await connect(provider, undefined, [ok]);
		const error = await client
			.send({ method: 'POST', path: '/' }, submit(leftMs, timeoutSeconds))
			.then(
				() => undefined,
				(reason: unknown) => reason as Failure,
			);
		expect(asked[0]?.options.timeout ?? null).toBe(expected);
		if (expected !== null) return;
		expect(error?.message).toBe(`No time was left to send the request to ${provider.displayName}`);
		expect(error?.details.description).toContain('Nothing was sent.');
	});
});

it.each<[string | undefined, string | undefined, string | null, string]>([
	['sk_0123456789', undefined, 'sk_0123456789', 'The Base URL of the credential must be an http'],
	[
		undefined,
		'sk_0123456789',
		'sk_0123456789',
		'The Storage URL of the credential must be an http',
	],
	[
		undefined,
		undefined,
		'sk_01234\n56789',
		'The API Key of the credential has an invalid character',
	],
])("%#: isn't created for an invalid credential, which isn't shown", async (...given) => {
	const [baseUrl, storageUrl, apiKey, message] = given;
	const error: unknown = await connect(fal, baseUrl, [ok], apiKey, storageUrl).catch(
		(reason: unknown) => reason,
	);
	expect(error).toMatchObject({ message: expect.stringContaining(message) as unknown });
	expect(JSON.stringify([error, (error as Error).message])).not.toMatch(/sk_01234/);
});

it.each<[Provider, SendOptions['purpose'], boolean]>([
	// Whoever aborts a submit doesn't know whether it was accepted.
	[fal, 'submit', false],
	[fal, 'read', true],
	[novita, 'submit', false],
	[aimlapi, 'submit', false],
])('%#: a stop of the execution aborts it', async (provider, purpose, expected) => {
	const { client, cancellable } = await connect(provider, undefined, [ok]);
	await client.send({ method: 'POST', path: '/' }, sending({ purpose }));
	expect(cancellable).toStrictEqual([expected]);
});

it.each([undefined, { taskId: 'task-1' }])(
	'says that the provider limits the rate beyond the deadline, with the task %j',
	async (task) => {
		const { client, asked } = await connect(fal, undefined, [ok]);
		const turn = {
			purpose: 'read',
			signal: new AbortController().signal,
			deadline: Infinity,
		} as const;
		const refusal = { statusCode: 429, headers: { 'retry-after': '300' } };
		await client.pacing.inTurn(turn, async () => refusal);
		const sent = client.send({ method: 'GET', path: '/' }, sending(task && { task }));
		await expect(sent).rejects.toStrictEqual(
			new Failure('fal kept rate-limiting requests until the timeout (HTTP 429)'),
		);
		await expect(sent).rejects.toMatchObject({ details: { httpCode: 429, ...(task && { task }) } });
		expect(asked).toStrictEqual([]);
	},
);

it('counts repeated requests, only its own', async () => {
	const { client, clock } = await connect(fal, undefined, [
		{ statusCode: 429, text: '', headers: { 'retry-after': '2' } },
		ok,
	]);
	await client.send({ method: 'GET', path: '/' }, sending());
	expect(clock.sleeps).toStrictEqual([2125]);
	expect(client.retries).toBe(1);
});

describe('cancel', () => {
	it('asks fal to cancel the task, although the execution is canceled', async () => {
		const { client, asked, cancellable } = await connect(fal, 'https://gateway.example/f', [ok]);
		await client.cancel('task 1');
		expect(asked).toMatchObject([
			{
				credentialType: 'zImageFalApi',
				options: {
					method: 'PUT',
					url: 'https://gateway.example/f/fal-ai/z-image/requests/task%201/cancel',
					disableFollowRedirect: true,
					timeout: 20_000,
				},
			},
		]);
		expect(cancellable).toStrictEqual([false]);
	});

	it.each<[string, Reply]>([
		['refuses', { statusCode: 400, text: '{"detail":"already completed"}' }],
		['is too busy', { statusCode: 429, text: '', headers: { 'retry-after': '60' } }],
		['cannot be reached', fault('ECONNREFUSED')],
	])('asks once, and ignores it if the provider %s', async (_, reply) => {
		const { client, asked, clock } = await connect(fal, undefined, [reply]);
		await expect(client.cancel('task-1')).resolves.toBe(false);
		expect(asked).toHaveLength(1);
		expect(clock.sleeps).toStrictEqual([]);
	});

	// https://fal.ai/docs/api-reference/inference-api/queue/cancel
	it.each<[number, string, boolean]>([
		[200, '{"status":"OK"}', true],
		[200, '{"status":"CANCELLATION_REQUESTED"}', false],
		[202, '{"status":"CANCELLATION_REQUESTED"}', false],
		[400, '{"status":"ALREADY_COMPLETED"}', false],
		[502, '{"status":"OK"}', false],
		[200, '', false],
	])('is confirmed by HTTP %i with %s: %s', async (statusCode, text, expected) => {
		const { client } = await connect(fal, undefined, [{ statusCode, text }]);
		await expect(client.cancel('task-1')).resolves.toBe(expected);
	});

	it('is never confirmed by a provider that only acknowledges it', async () => {
		const { status, parseStatus, cancel } = fal.tasks;
		const tasks = { status, parseStatus, cancel };
		const { client, asked } = await connect({ ...fal, tasks }, undefined, [ok]);
		await expect(client.cancel('task-1')).resolves.toBe(false);
		expect(asked).toHaveLength(1);
	});

	it.each([novita, aimlapi])('sends nothing to $id, which has no such call', async (provider) => {
		const { client, asked } = await connect(provider, undefined, []);
		await expect(client.cancel('task-1')).resolves.toBe(false);
		expect(asked).toStrictEqual([]);
	});
});

describe("a file on the credential's own host", () => {
	const call = { method: 'GET', path: '/view', query: { filename: 'a.png' } } as const;
	const opening = { signal: new AbortController().signal, deadline: startMs + 60_000 };

	it('is fetched with the credential, again if that fails, and read while it streams', async () => {
		const replies = [fault('ECONNRESET'), { statusCode: 200, text: 'the bytes' }];
		const { client, asked, clock } = await connect(novita, 'http://10.0.0.7:8188', replies);
		const options = { ...opening, timeoutMs: 5000 };
		const answer = await client.open(call, options, async ({ body }) => {
			const chunks = await body.toArray();
			return Buffer.concat(chunks as Buffer[]).toString();
		});
		expect(answer).toStrictEqual({ statusCode: 200, headers: {}, value: 'the bytes' });
		expect(asked).toHaveLength(2);
		expect(asked[1]).toMatchObject({
			credentialType: 'zImageNovitaApi',
			options: {
				method: 'GET',
				url: 'http://10.0.0.7:8188/view',
				qs: { filename: 'a.png' },
				disableFollowRedirect: true,
				timeout: 5000,
			},
		});
		expect(clock.sleeps).toStrictEqual([375]);
	});
});

describe('listening to events', () => {
	const stream = {
		method: 'GET',
		path: '/stream',
		headers: { Accept: 'text/event-stream' },
	} as const;
	const events = (...texts: string[]) => texts.map((text) => `data: ${text}\n\n`).join('');
	const within = { deadline: startMs + 300_000, signal: new AbortController().signal };

	it('hears each event like the answer to a call, without the key', async () => {
		const text = events('{"status":"IN_QUEUE"}', '{"words":"sk_0123456789"}', 'no JSON');
		const replies = [{ statusCode: 200, text }];
		const { client, asked } = await connect(fal, undefined, replies, 'sk_0123456789');
		const hear = jest.fn();
		await client.listen(stream, within, hear);
		const heard = { statusCode: 200, headers: {} };
		expect(hear.mock.calls).toStrictEqual([
			[{ ...heard, body: { status: 'IN_QUEUE' } }],
			[{ ...heard, body: { words: '***' } }],
			[{ ...heard, body: undefined }],
		]);
		expect(asked).toMatchObject([
			{
				credentialType: 'zImageFalApi',
				options: {
					method: 'GET',
					url: 'https://queue.fal.run/stream',
					headers: { Accept: 'text/event-stream' },
					disableFollowRedirect: true,
					timeout: 120_000,
				},
			},
		]);
	});

	it('hears nothing of an answer that is no success, and sends nothing again', async () => {
		const text = events('{"status":"COMPLETED"}');
		const { client, asked, clock } = await connect(fal, undefined, [{ statusCode: 503, text }]);
		const hear = jest.fn();
		await client.listen(stream, within, hear);
		expect(hear).not.toHaveBeenCalled();
		expect(asked).toHaveLength(1);
		expect([client.retries, clock.sleeps]).toStrictEqual([0, []]);
	});

	it('sends nothing again after a broken connection', async () => {
		const { client, asked } = await connect(fal, undefined, [fault('ECONNRESET')]);
		await expect(client.listen(stream, within, () => {})).rejects.toThrow('ECONNRESET');
		expect(asked).toHaveLength(1);
	});

	it('waits for the pace of the account, and slows it down', async () => {
		const headers = { 'retry-after': '7' };
		const replies = [{ statusCode: 429, text: '', headers }, ok];
		const { client, clock } = await connect(fal, undefined, replies);
		await client.listen(stream, within, () => {});
		expect(client.pacing.pauseMs()).toBe(7000);
		await client.listen(stream, within, () => {});
		expect(clock.now()).toBeGreaterThanOrEqual(startMs + 7000);
	});

	it('ends with an error when the listener throws, which hears no more', async () => {
		const { client } = await connect(fal, undefined, [{ statusCode: 200, text: events('1', '2') }]);
		const hear = jest.fn(() => {
			throw new Error('That is no status');
		});
		await expect(client.listen(stream, within, hear)).rejects.toThrow();
		expect(hear).toHaveBeenCalledTimes(1);
	});

	it('lets n8n break the request off as soon as nobody listens', async () => {
		const stop = new AbortController();
		let given: AbortSignal | undefined;
		const host = strictContext({
			getCredentials: async () => ({ apiKey: 'secret' }),
			getExecutionCancelSignal: () => new AbortController().signal,
			helpers: {
				async httpRequestWithAuthentication(this: IExecuteFunctions) {
					given = this.getExecutionCancelSignal();
					stop.abort(new Error('closed'));
					return await Promise.reject(new Error('canceled'));
				},
			},
		});
		const client = await createClient(host, fal, recordingClock());
		const listening = client.listen(stream, { ...within, signal: stop.signal }, () => {});
		await expect(listening).rejects.toThrow('closed');
		expect(given?.aborted).toBe(true);
	});
});
