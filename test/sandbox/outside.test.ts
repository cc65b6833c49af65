import { createHash } from 'node:crypto';
import { ProxyAgent, request } from 'undici';
import { MODEL, OPENAI_KEY } from '../../sandbox/outside/openai';
import { type Outside, startOutside } from '../../sandbox/outside/outside';
import { S3_KEYS } from '../../sandbox/outside/s3';
import { SLACK_TOKEN } from '../../sandbox/outside/slack';
import { type Call, type Reply, call } from './http';

let outside: Outside;

beforeAll(async () => void (outside = await startOutside()));
afterEach(() => outside.reset());
afterAll(async () => await outside.close());

describe('the storage', () => {
	const FILE = Buffer.from('the bytes of a picture');
	const digest = (algorithm: string, encoding: 'hex' | 'base64') =>
		createHash(algorithm).update(FILE).digest(encoding);
	const signature = (accessKeyId: string = S3_KEYS.accessKeyId) =>
		`AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/us-east-1/s3/aws4_request, ` +
		`SignedHeaders=content-md5;host;x-amz-content-sha256, Signature=${'0'.repeat(64)}`;
	const signed = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
	const send = async (path: string, headers: object, body?: Buffer, key = signature()) => {
		const reply = await request(outside.urls.s3 + path, {
			method: body ? 'PUT' : 'GET',
			headers: { authorization: key, ...headers },
			...(body && { body }),
		});
		const bytes = Buffer.from(await reply.body.arrayBuffer());
		return { status: reply.statusCode, type: reply.headers['content-type'], bytes };
	};
	const put = async (headers: object, key?: string) =>
		await send('/pictures/a/b.png', headers, FILE, key);

	it('stores files, and lists them', async () => {
		const hashes = {
			'content-type': 'image/png',
			'content-md5': digest('md5', 'base64'),
			'x-amz-content-sha256': digest('sha256', 'hex'),
		};
		expect((await put(hashes)).status).toBe(200);
		expect([...outside.s3.objects.values()]).toEqual([
			{ bucket: 'pictures', key: 'a/b.png', contentType: 'image/png', bytes: FILE },
		]);
		const got = await send('/pictures/a/b.png', signed);
		expect(got).toEqual({ status: 200, type: 'image/png', bytes: FILE });
		const list = (await send('/pictures', signed)).bytes.toString();
		expect(list).toContain(`<Key>a/b.png</Key><Size>${FILE.length}</Size>`);
		expect((await send('/other', signed)).bytes.toString()).not.toContain('<Key>');
		expect((await send('/pictures?location=', signed)).bytes.toString()).toContain('us-east-1');
		expect((await send('/pictures/none', signed)).status).toBe(404);
	});

	it.each([
		['without a signature', signed, 'none', 403, 'InvalidAccessKeyId'],
		['of a stranger', signed, signature('SOMEBODY'), 403, 'InvalidAccessKeyId'],
		[
			'with other bytes than were signed',
			{ 'x-amz-content-sha256': '00' },
			undefined,
			400,
			'XAmzContentSHA256Mismatch',
		],
		['broken in transit', { ...signed, 'content-md5': 'AA==' }, undefined, 400, 'BadDigest'],
	])('refuses a file %s', async (_, headers, key, status, code) => {
		const reply = await put(headers, key);
		expect(reply.status).toBe(status);
		expect(reply.bytes.toString()).toContain(`<Code>${code}</Code>`);
		expect(outside.s3.objects.size).toBe(0);
	});
});

describe('the scripted model', () => {
	const DRAW = {
		name: 'Draw',
		description: 'Draws',
		parameters: { properties: { Prompt: {}, Size: {}, Seed: {} } },
	};
	interface Completion {
		readonly choices: ReadonlyArray<{
			readonly finish_reason: string;
			readonly message: {
				readonly content: string | null;
				readonly tool_calls?: ReadonlyArray<{ readonly id: string; readonly function: object }>;
			};
		}>;
	}
	const post = async (body: object, options: Call = {}): Promise<Reply<Completion>> =>
		await call(`${outside.urls.openai}/v1/chat/completions`, {
			key: `Bearer ${OPENAI_KEY}`,
			...options,
			body: { tools: [{ type: 'function', function: DRAW }], ...body },
		});
	const user = (content: unknown) => ({ role: 'user', content });
	const tool = (content: string) => ({ role: 'tool', content });
	const choiceOf = async (...messages: object[]) => (await post({ messages })).json.choices[0];

	it("calls its first tool with the user's words", async () => {
		const words = [{ type: 'text', text: 'a lighthouse, 1024x576' }];
		const choice = await choiceOf({ role: 'system', content: 'Be kind' }, user(words));
		expect(choice?.finish_reason).toBe('tool_calls');
		expect(choice?.message.tool_calls).toMatchObject([
			{
				id: 'call_1',
				function: { name: 'Draw', arguments: '{"Prompt":"a lighthouse","Size":"1024x576"}' },
			},
		]);
		expect(outside.openai.turns).toEqual([
			{ tools: [DRAW], messages: expect.any(Array) as unknown, toolResults: [] },
		]);
	});

	it.each([
		['[{"url":"http://a/b.png","seed":1}]', 'Here it is: http://a/b.png'],
		['[{"error":"Size is \\"huge\\""}]', 'I could not make it: Size is \\"huge\\"'],
		['""', 'The tool said: ""'],
	])('answers with what the tool said: %s', async (result, answer) => {
		const choice = await choiceOf(user('a cat'), { role: 'assistant' }, tool(result));
		expect(choice).toMatchObject({ finish_reason: 'stop', message: { content: answer } });
		expect(outside.openai.turns.at(-1)?.toolResults).toEqual([result]);
	});

	it('follows a script, call by call, using the results', async () => {
		const script = user(
			'[call Draw {"Prompt":"a [sandbox:never] b"}] [call Look {"id":"<taskId>"}]',
		);
		const calls = async (...results: string[]) =>
			(await choiceOf(script, ...results.map(tool)))?.message.tool_calls?.map(
				(made) => made.function,
			);
		expect(await calls()).toEqual([
			{ name: 'Draw', arguments: '{"Prompt":"a [sandbox:never] b"}' },
		]);
		expect(await calls('{"taskId":"t1"}')).toEqual([{ name: 'Look', arguments: '{"id":"t1"}' }]);
		expect(await calls('{"taskId":"t1"}', '{}')).toBeUndefined();
	});

	it('says something if it has no tool', async () => {
		const { json } = await post({ messages: [user('hello')], tools: [] });
		expect(json.choices[0]?.message.content).toBe('You said: hello');
	});

	it('says what the script wants', async () => {
		const choice = await choiceOf(user('Topic: a [say {"output": [1]}]\n\nAnswer in JSON.'));
		expect(choice?.message.content).toBe('{"output": [1]}');
	});

	it('streams on request', async () => {
		const { headers, bytes } = await post({ messages: [user('a cat')], stream: true });
		expect(headers['content-type']).toBe('text/event-stream');
		const lines = bytes.toString().trim().split('\n\n');
		expect(lines.pop()).toBe('data: [DONE]');
		expect(lines.map((line) => JSON.parse(line.slice('data: '.length)) as unknown)).toMatchObject([
			{ choices: [{ delta: { tool_calls: [{ index: 0 }] }, finish_reason: null }] },
			{ choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
		]);
	});

	it('is listed for clients with the key', async () => {
		const url = `${outside.urls.openai}/v1/models`;
		expect((await call(url, { key: `Bearer ${OPENAI_KEY}` })).json).toMatchObject({
			data: [{ id: MODEL }],
		});
		expect((await call(url)).status).toBe(401);
	});
});

describe('Slack', () => {
	/** Like n8n reaches it: under its own name, through the proxy, with a trusted certificate. */
	const through = (certificate = outside.certificate) =>
		new ProxyAgent({
			uri: outside.proxy.url,
			requestTls: certificate === '' ? {} : { ca: certificate },
			proxyTunnel: true,
		});
	const ask = async (
		url: string,
		body?: string,
		{ key = `Bearer ${SLACK_TOKEN}`, dispatcher = through() } = {},
	) => {
		const reply = await request(url, {
			dispatcher,
			method: body === undefined ? 'GET' : 'POST',
			headers: { authorization: key, 'content-type': 'multipart/form-data; boundary=b' },
			...(body !== undefined && { body }),
		});
		const text = await reply.body.text();
		await dispatcher.close();
		return { status: reply.statusCode, text };
	};
	const ADDRESS = 'https://slack.com/api/files.getUploadURLExternal?filename=a.png&length=5';
	const COMPLETE = 'https://slack.com/api/files.completeUploadExternal';
	const part = (content: string) =>
		`--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n${content}\r\n--b--\r\n`;
	const share = JSON.stringify({ files: [{ id: 'F1' }], channel_id: 'C1', initial_comment: 'hi' });

	it('accepts a file in three steps', async () => {
		const { upload_url: url } = JSON.parse((await ask(ADDRESS)).text) as { upload_url: string };
		expect(url).toMatch(/^https:\/\/files\.slack\.com\/upload\/v1\/F\d+$/);
		const id = url.split('/').at(-1) ?? '';
		expect((await ask(url, part('too long'))).status).toBe(400);
		const completion = share.replace('F1', id);
		expect(JSON.parse((await ask(COMPLETE, completion)).text)).toEqual({
			ok: false,
			error: 'file_not_found',
		});
		expect((await ask(url, part('right'))).text).toBe('OK - 5');
		expect(JSON.parse((await ask(COMPLETE, completion)).text)).toMatchObject({ ok: true });
		expect(outside.slack.files).toEqual([
			{ name: 'a.png', title: 'a.png', channel: 'C1', comment: 'hi', bytes: Buffer.from('right') },
		]);
	});

	it.each([
		[ADDRESS, undefined, 'Bearer xoxb-wrong', 'invalid_auth'],
		[COMPLETE, share, 'Bearer xoxb-wrong', 'invalid_auth'],
		[ADDRESS.replace('length=5', ''), undefined, undefined, 'invalid_arguments'],
	])('refuses %s', async (url, body, key, error) => {
		const { status, text } = await ask(url, body, key === undefined ? {} : { key });
		expect(status).toBe(200);
		expect(JSON.parse(text)).toEqual({ ok: false, error });
	});

	it('is only trusted by clients that are told to', async () => {
		await expect(ask(ADDRESS, undefined, { dispatcher: through('') })).rejects.toThrow(
			/self-signed certificate/,
		);
	});

	it('is the only host that the proxy leads to', async () => {
		await expect(ask('https://example.com/')).rejects.toThrow();
		expect(outside.proxy.refused).toEqual(['example.com']);
		expect(outside.slack.requests).toEqual([]);
	});
});
