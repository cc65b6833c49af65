import { once } from 'node:events';
import { connect } from 'node:net';
import { ProxyAgent, request } from 'undici';
import { GOOGLE_TOKEN } from '../../sandbox/outside/google';
import { type Outside, startOutside } from '../../sandbox/outside/outside';
import { SLACK_TOKEN } from '../../sandbox/outside/slack';
import { TELEGRAM_TOKEN } from '../../sandbox/outside/telegram';
import { WORDPRESS_LOGIN } from '../../sandbox/outside/wordpress';

let outside: Outside;

beforeAll(async () => void (outside = await startOutside()));
afterEach(() => outside.reset());
afterAll(async () => await outside.close());

interface Sent {
	readonly method?: 'PATCH' | 'POST' | 'PUT';
	readonly key?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Buffer | string | object;
}

/** Like n8n reaches them: under their own names, through the proxy, with a trusted certificate. */
async function send(url: string, { method, key = '', headers, body }: Sent = {}) {
	const dispatcher = new ProxyAgent({
		uri: outside.proxy.url,
		requestTls: { ca: outside.certificate },
		proxyTunnel: true,
	});
	const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
	const reply = await request(url, {
		...(url.startsWith('https:') && { dispatcher }),
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: { authorization: key, 'content-type': 'application/json', ...headers },
		...(raw !== undefined && { body: raw }),
	});
	const text = await reply.body.text();
	await dispatcher.close();
	return { status: reply.statusCode, headers: reply.headers, text };
}

const multipart = (fields: Readonly<Record<string, string>>, photo?: Buffer) =>
	Buffer.concat([
		...Object.entries(fields).map(([name, value]) =>
			Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
		),
		...(photo
			? [
					Buffer.from(
						'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
					),
					photo,
					Buffer.from('\r\n'),
				]
			: []),
		Buffer.from('--b--\r\n'),
	]);
const form = { 'content-type': 'multipart/form-data; boundary=b' };
const PHOTO = Buffer.from([0x89, 0x0d, 0x0a, 0x0d, 0x0a, 0x2d, 0x2d, 0x00, 0xff]);

describe('Google Sheets', () => {
	const key = `Bearer ${GOOGLE_TOKEN}`;
	const SHEET = 'https://sheets.googleapis.com/v4/spreadsheets/any';
	const update = (range: string) => ({ data: [{ range, values: [['new']] }] });

	it('returns rows without the empty cells at their ends, and writes cells', async () => {
		outside.google.rows.push(['Prompt', 'Link'], ['a', '']);
		expect(JSON.parse((await send(`${SHEET}/values/Sheet1`, { key })).text)).toMatchObject({
			values: [['Prompt', 'Link'], ['a']],
		});
		const body = update('Sheet1!B2');
		expect((await send(`${SHEET}/values:batchUpdate`, { key, body })).status).toBe(200);
		expect(outside.google.rows[1]).toEqual(['a', 'new']);
	});

	it.each([
		['/values/Other', key, undefined, 400],
		['/values/Sheet1', 'Bearer wrong', undefined, 401],
		['/values:batchUpdate', key, update('Sheet1!B9'), 400],
		['/values:batchUpdate', key, update('Other!B1'), 400],
	])('refuses %s', async (path, authorization, body, status) => {
		outside.google.rows.push(['Prompt']);
		const reply = await send(SHEET + path, { key: authorization, ...(body && { body }) });
		expect(reply.status).toBe(status);
		expect(outside.google.rows).toEqual([['Prompt']]);
	});
});

describe('Google Drive', () => {
	const key = `Bearer ${GOOGLE_TOKEN}`;
	const DRIVE = 'https://www.googleapis.com';
	const begin = async (body: object) =>
		await send(`${DRIVE}/upload/drive/v3/files?uploadType=resumable`, {
			key,
			headers: { 'x-upload-content-type': 'image/png' },
			body,
		});

	it('accepts a file in chunks, without a token, and returns its link', async () => {
		const { headers } = await begin({ name: 'a.png', parents: ['folder'] });
		const put = async (body: string, range: string) =>
			await send(String(headers.location), {
				method: 'PUT',
				headers: { 'content-range': `bytes ${range}` },
				body,
			});
		expect((await put('half', '0-3/8')).status).toBe(308);
		expect(outside.google.files).toEqual([]);
		const { id } = JSON.parse((await put('file', '4-7/8')).text) as { id: string };
		expect(outside.google.files).toMatchObject([
			{
				name: 'a.png',
				parents: ['folder'],
				contentType: 'image/png',
				bytes: Buffer.from('halffile'),
			},
		]);
		const reply = await send(`${DRIVE}/drive/v3/files/${id}`, { method: 'PATCH', key, body: {} });
		expect(JSON.parse(reply.text)).toMatchObject({
			webViewLink: `https://drive.google.com/file/d/${id}/view`,
			size: '8',
		});
	});

	it("refuses what it doesn't know", async () => {
		expect((await begin({})).status).toBe(400);
		const file = `${DRIVE}/drive/v3/files/none`;
		expect((await send(file, { method: 'PATCH', key, body: {} })).status).toBe(404);
		const upload = `${DRIVE}/upload/drive/v3/files?upload_id=none`;
		const headers = { 'content-range': 'bytes 0-0/1' };
		expect((await send(upload, { method: 'PUT', headers, body: 'x' })).status).toBe(404);
	});
});

describe('Telegram', () => {
	const method = (name: string, token = TELEGRAM_TOKEN) =>
		`${outside.urls.telegram}/bot${token}/${name}`;

	it('stores what a bot sends', async () => {
		await send(method('sendPhoto'), { headers: form, body: multipart({ chat_id: '7' }, PHOTO) });
		await send(method('sendMessage'), { body: { chat_id: 7, text: 'hi' } });
		expect(outside.telegram.messages).toMatchObject([
			{ fields: { chat_id: '7' }, photo: { fileName: 'a.png', bytes: PHOTO } },
			{ fields: { chat_id: 7, text: 'hi' } },
		]);
	});

	it.each([
		['sendMessage', TELEGRAM_TOKEN, {}, {}, 400],
		['sendPhoto', TELEGRAM_TOKEN, multipart({ chat_id: '7' }), form, 400],
		['sendPhoto', TELEGRAM_TOKEN, multipart({ chat_id: '7' }, PHOTO), {}, 400],
		['sendPhoto', TELEGRAM_TOKEN, '--b--\r\n', form, 400],
		['sendPhoto', TELEGRAM_TOKEN, 'no parts', form, 400],
		['sendMessage', 'wrong', { chat_id: 7, text: 'hi' }, {}, 401],
	])('refuses %s', async (name, token, body, headers, status) => {
		const reply = await send(method(name, token), { body, headers });
		expect(reply.status).toBe(status);
		expect(JSON.parse(reply.text)).toMatchObject({ ok: false, error_code: status });
		expect(outside.telegram.messages).toEqual([]);
	});

	it("calls the bot's webhook, with its secret", async () => {
		await expect(outside.telegram.deliver(1, 2, 'hi')).rejects.toThrow('no webhook');
		const url = method('sendMessage');
		await send(method('setWebhook'), { body: { url, secret_token: 's' } });
		expect(JSON.parse((await send(method('getWebhookInfo'), { body: {} })).text)).toMatchObject({
			result: { url },
		});
		// It has no text of its own: this address treats it as an empty message.
		expect(await outside.telegram.deliver(1, 2, 'hi')).toBe(400);
		const last = outside.telegram.requests.at(-1);
		expect(last?.headers).toMatchObject({ 'x-telegram-bot-api-secret-token': 's' });
		expect(JSON.parse(String(last?.body))).toMatchObject({
			message: { message_id: 2, chat: { id: 1 }, text: 'hi' },
		});
		await send(method('deleteWebhook'), { body: {} });
		expect(outside.telegram.webhook()).toBeUndefined();
	});
});

describe('WordPress', () => {
	const { username, password } = WORDPRESS_LOGIN;
	const key = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
	const API = 'https://www.example.com/wp-json/wp/v2';
	const file = {
		'content-type': 'image/png',
		'content-disposition': 'attachment; filename="a.png"',
	};

	it('accepts an image, and a post with it', async () => {
		const { text } = await send(`${API}/media`, { key, headers: file, body: PHOTO });
		const { id } = JSON.parse(text) as { id: number };
		expect(outside.wordpress.media).toEqual([
			{ id, fileName: 'a.png', contentType: 'image/png', bytes: PHOTO },
		]);
		const body = { title: 'A', status: 'draft', featured_media: id };
		expect((await send(`${API}/posts`, { key, body })).status).toBe(201);
		expect(outside.wordpress.posts).toEqual([body]);
	});

	it.each([
		['media', 'Basic wrong', file, 'x', 401],
		['media', key, {}, 'x', 400],
		['posts', key, {}, { title: 'A', featured_media: 1 }, 400],
	])('refuses %s', async (path, authorization, headers, body, status) => {
		const reply = await send(`${API}/${path}`, { key: authorization, headers, body });
		expect(reply.status).toBe(status);
		expect([...outside.wordpress.media, ...outside.wordpress.posts]).toEqual([]);
	});

	it('has a public feed', async () => {
		outside.wordpress.articles.push({ title: 'A < B', link: 'https://a/1', summary: 'C & D' });
		const { text } = await send('https://blog.example.com/feed');
		expect(text).toContain(
			'<item><title>A &lt; B</title><link>https://a/1</link><description>C &amp; D</description></item>',
		);
	});
});

describe('Slack', () => {
	const post = async (body: object, key = `Bearer ${SLACK_TOKEN}`) =>
		JSON.parse(
			(await send('https://slack.com/api/chat.postMessage', { key, body })).text,
		) as object;

	it('accepts messages', async () => {
		const message = { channel: 'C1', text: 'hi' };
		expect(await post(message)).toMatchObject({ ok: true, channel: 'C1' });
		expect(outside.slack.messages).toEqual([message]);
		expect(await post({ text: 'hi' })).toEqual({ ok: false, error: 'channel_not_found' });
		expect(await post(message, 'Bearer x')).toEqual({ ok: false, error: 'invalid_auth' });
		expect(outside.slack.messages).toHaveLength(1);
	});
});

describe('the mailbox', () => {
	it("accepts mails, with lines that start with a dot, and refuses what it doesn't know", async () => {
		const socket = connect(outside.smtp.port, '127.0.0.1').setEncoding('latin1');
		let answers = '';
		socket.on('data', (text: string) => (answers += text));
		const lines = ['EHLO me', 'AUTH x', 'MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'RCPT TO:<e@f>'];
		for (const line of [...lines, 'DATA', 'Subject: hi\r\n\r\n..dot\r\n.', 'QUIT']) {
			await once(socket, 'data');
			socket.write(`${line}\r\n`);
		}
		await once(socket, 'end');
		const codes = answers.match(/^\d{3} /gm)?.map((code) => code.trim());
		expect(codes).toEqual(['220', '250', '500', '250', '250', '250', '354', '250', '221']);
		expect(outside.smtp.mails).toMatchObject([
			{ sender: 'a@b', recipients: ['c@d', 'e@f'], subject: 'hi', text: '.dot\n', attachments: [] },
		]);
	});
});
