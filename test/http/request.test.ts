import type { IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import type { FileHost } from '../../nodes/ZImage/host';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { sendRequest } from '../../nodes/ZImage/http/request';
import type { HttpCall } from '../../nodes/ZImage/providers/provider';
import { strictContext } from '../support/strictContext';

const connection = {
	credentialType: 'zImageNovitaApi',
	baseUrl: 'https://api.novita.ai',
	secrets: [],
};

/** Sends a call, which is answered with a body, and returns n8n's request. */
async function send(
	call: HttpCall,
	{ timeoutMs = 20_000, body = Readable.from([Buffer.from('{}')]) } = {},
): Promise<IHttpRequestOptions> {
	const asked: IHttpRequestOptions[] = [];
	const host: FileHost = strictContext({
		helpers: {
			async httpRequestWithAuthentication(_type: string, options: IHttpRequestOptions) {
				asked.push(options);
				return { statusCode: 200, headers: {}, body };
			},
		} as never,
	});
	await sendRequest(host, connection, call, timeoutMs);
	return asked[0]!;
}

it('a call without a query and a body sends neither', async () => {
	expect(await send({ method: 'GET', path: '/tasks/a' })).toStrictEqual({
		method: 'GET',
		url: 'https://api.novita.ai/tasks/a',
		headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: 20_000,
	});
});

it.each([
	[{}, '{}'],
	[[], '[]'],
	['a', '"a"'],
	['', '""'],
	[0, '0'],
	[null, 'null'],
	[false, 'false'],
])("a body that n8n wouldn't send as JSON is sent as bytes: %j", async (body, text) => {
	const sent = (await send({ method: 'POST', path: '/a', body })).body as unknown;
	expect(sent).toStrictEqual(Buffer.from(text));
});

it('a form is sent with its fields and files, and with the type that contains its boundary', async () => {
	const bytes = new Uint8Array([0x89, 0x50, 0x0d, 0x0a, 0xff]);
	const { headers, body } = await send({
		method: 'POST',
		path: '/upload/image',
		form: [
			{ name: 'overwrite', value: 'true' },
			{ name: 'image', fileName: 'boat.png', contentType: 'image/png', bytes },
		],
	});
	expect(body).toBeInstanceOf(Buffer);
	const type = headers?.['Content-Type'] as string;
	const encoded = new Response(body as Buffer<ArrayBuffer>, { headers: { 'content-type': type } });
	const form = await encoded.formData();
	const file = form.get('image') as File;
	expect([...form.keys()]).toStrictEqual(['overwrite', 'image']);
	expect(form.get('overwrite')).toBe('true');
	expect([file.name, file.type]).toStrictEqual(['boat.png', 'image/png']);
	expect(new Uint8Array(await file.arrayBuffer())).toStrictEqual(bytes);
});

describe('the time of a request', () => {
	afterEach(() => jest.restoreAllMocks());

	const call = { method: 'GET', path: '/a' } as const;

	it.each([
		[20_000, 20_000],
		// Node.js accepts only whole numbers, and no time at all may be left.
		[19_999.6, 20_000],
		[0.4, 1],
		[-5, 1],
	])('of %d ms is one of %i ms, for n8n and for the one timer', async (timeoutMs, expected) => {
		const timer = jest.spyOn(globalThis, 'setTimeout');
		const cleared = jest.spyOn(globalThis, 'clearTimeout');
		expect(await send(call, { timeoutMs })).toMatchObject({ timeout: expected });
		expect(timer.mock.calls.map(([, ms]) => ms)).toStrictEqual([expected]);
		expect(cleared.mock.calls).toStrictEqual([[timer.mock.results[0]?.value]]);
	});

	it("covers its body, too: one that doesn't end is broken off", async () => {
		const body = new Readable({ read() {} });
		body.push('{"a":');
		await expect(send(call, { body, timeoutMs: 20 })).rejects.toStrictEqual(
			new NetworkError('ETIMEDOUT'),
		);
		expect(body.destroyed).toBe(true);
	});
});
