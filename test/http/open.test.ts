import type { IHttpRequestOptions } from 'n8n-workflow';
import type { AddressInfo } from 'net';
import { createServer } from 'http';
import type { IncomingMessage, ServerResponse } from 'http';
import { Readable } from 'stream';

import { NetworkError } from '../../nodes/ZImage/http/networkError';
import type { ReadStream } from '../../nodes/ZImage/http/open';
import { openUrl } from '../../nodes/ZImage/http/open';
import { readBody } from '../../nodes/ZImage/http/readBody';
import { recordingClock, startMs } from '../support/recordingClock';

/** Responses of a loopback server, by path. Each is requested over real HTTP. */
type Answers = Readonly<
	Record<string, (request: IncomingMessage, response: ServerResponse) => void>
>;

const redirectTo =
	(location: string, status = 302) =>
	(_: IncomingMessage, response: ServerResponse) =>
		void response.writeHead(status, { location }).end('moved');

const say = (text: string) => (_: IncomingMessage, response: ServerResponse) =>
	void response.end(text);

async function httpRequest({
	method = 'GET',
	url,
	headers,
	body,
	abortSignal,
}: IHttpRequestOptions) {
	const answer = await fetch(url, {
		method,
		headers: headers as Record<string, string>,
		...(body !== undefined && { body: body as string }),
		redirect: 'manual',
		...(abortSignal && { signal: abortSignal as AbortSignal }),
	});
	return {
		statusCode: answer.status,
		headers: Object.fromEntries(answer.headers),
		body: Readable.from(answer.body ?? []),
	};
}

interface Setting {
	readonly path?: string;
	readonly method?: 'GET' | 'PUT';
	readonly ownUrl?: string;
	readonly maxAttempts?: number;
	readonly timeoutMs?: number;
	/** Default: all of it as text, within the attempt's time. */
	readonly read?: ReadStream<string>;
}

async function open(
	answers: Answers,
	{
		path = '/start',
		method = 'GET',
		ownUrl = '',
		maxAttempts = 1,
		timeoutMs = 5000,
		read = async ({ body }) => await readBody(body, 1000),
	}: Setting = {},
) {
	const asked: string[] = [];
	const bodies: Readable[] = [];
	const server = createServer((request, response) => {
		const answer = answers[request.url ?? ''];
		asked.push(`${request.method} ${request.url}`);
		if (answer) answer(request, response);
		else response.writeHead(404).end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const host = {
		helpers: {
			async httpRequest(options: IHttpRequestOptions) {
				const answer = await httpRequest(options);
				bodies.push(answer.body);
				return answer as unknown;
			},
		},
	};
	try {
		const outcome = await openUrl(
			host as never,
			{ method, url: `${origin}${path}`, ownUrl: ownUrl || origin },
			{
				clock: recordingClock(),
				signal: new AbortController().signal,
				deadline: startMs + 60_000,
				timeoutMs,
				maxAttempts,
			},
			read,
		).catch((error: unknown) => error);
		return { outcome, asked, bodies };
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}

it.each([301, 302, 303, 307, 308])('follows HTTP %i from hop to hop', async (status) => {
	const { outcome, asked, bodies } = await open({
		'/start': redirectTo('/two', status),
		'/two': redirectTo('three?a=1', status),
		'/three?a=1': say('here'),
	});
	expect(outcome).toMatchObject({ statusCode: 200, value: 'here' });
	expect(asked).toStrictEqual(['GET /start', 'GET /two', 'GET /three?a=1']);
	expect(bodies.every(({ destroyed }) => destroyed)).toBe(true);
});

it.each([
	['to another private host', 'http://127.0.0.2/image.png'],
	["to a cloud's metadata address", 'http://169.254.169.254/latest/meta-data'],
	['to this machine under another name', 'http://localhost/image.png'],
	['to this machine by IPv6', 'http://[::1]/image.png'],
	['to this machine by a number', 'http://2130706434/image.png'],
	['to something that is no web address', 'file:///etc/passwd'],
	['to nowhere', 'http://'],
])("a redirect %s isn't followed, and is itself the response", async (_, location) => {
	const { outcome, asked } = await open({ '/start': redirectTo(location) });
	expect(outcome).toMatchObject({ statusCode: 302, value: 'moved' });
	expect(asked).toStrictEqual(['GET /start']);
});

it('a redirect without a target is itself the response', async () => {
	const { outcome, asked } = await open({
		'/start': (_, response) => void response.writeHead(302).end('moved'),
		'/undefined': say('nowhere'),
	});
	expect(outcome).toMatchObject({ statusCode: 302, value: 'moved' });
	expect(asked).toStrictEqual(['GET /start']);
});

it.each([200, 201, 300, 304])(
	"HTTP %i isn't followed, whatever location it names",
	async (status) => {
		const { outcome, asked } = await open({
			'/start': redirectTo('/two', status),
			'/two': say('here'),
		});
		expect(outcome).toMatchObject({ statusCode: status });
		expect(asked).toStrictEqual(['GET /start']);
	},
);

it('goes to a private host only if that is its own', async () => {
	const answers = { '/start': redirectTo('/two'), '/two': say('here') };
	const { outcome } = await open(answers, { ownUrl: 'https://api.example' });
	expect(outcome).toMatchObject({ statusCode: 302 });
});

it('an upload is never redirected', async () => {
	const { outcome, asked } = await open(
		{ '/start': redirectTo('/two', 307), '/two': say('here') },
		{ method: 'PUT' },
	);
	expect(outcome).toMatchObject({ statusCode: 307 });
	expect(asked).toStrictEqual(['PUT /start']);
});

it('a circle of redirects ends', async () => {
	const { outcome, asked } = await open({ '/start': redirectTo('/start') });
	expect(outcome).toStrictEqual(new NetworkError('ERR_FR_TOO_MANY_REDIRECTS'));
	expect(asked).toHaveLength(22);
});

it('is repeated after a temporary error', async () => {
	let count = 0;
	const { outcome, asked } = await open(
		{
			'/start'(_request, response) {
				count++;
				if (count === 1) response.writeHead(503).end('busy');
				else if (count === 2) response.writeHead(504).end('late');
				else response.end('here');
			},
		},
		{ maxAttempts: 5 },
	);
	expect(asked).toHaveLength(3);
	expect(outcome).toMatchObject({ statusCode: 200, value: 'here' });
});

/** Reads the result of n8n's helper, in a single attempt. */
async function openFrom(
	httpRequest: () => Promise<unknown>,
	read: ReadStream<unknown>,
	timeoutMs = 20_000,
): Promise<unknown> {
	return await openUrl(
		{ helpers: { httpRequest } },
		{ method: 'GET', url: 'https://a.example/b', ownUrl: 'https://a.example' },
		{
			clock: recordingClock(),
			signal: new AbortController().signal,
			deadline: startMs + 60_000,
			timeoutMs,
			maxAttempts: 1,
		},
		read,
	).catch((error: unknown) => error);
}

it("a response that never starts is aborted after its attempt's time", async () => {
	const never = async () => await new Promise<never>(() => {});
	const outcome = await openFrom(never, async () => await Promise.resolve(), 20);
	expect(outcome).toStrictEqual(new NetworkError('ETIMEDOUT'));
});

it('a broken response is a network error, whatever n8n makes of it', async () => {
	const broken = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
	const body = new Readable({ read: () => void body.destroy(broken) });
	const outcome = await openFrom(
		async () => await Promise.resolve({ statusCode: 200, headers: {}, body }),
		async (answer) => {
			await answer.body.toArray().catch(() => {});
			throw new Error('The file could not be kept');
		},
	);
	expect(outcome).toStrictEqual(new NetworkError('ECONNRESET'));
});

it('an error of reading is passed on if the response is complete', async () => {
	const error = new Error('The file could not be kept');
	const outcome = await openFrom(
		async () => await Promise.resolve({ statusCode: 200, headers: {}, body: Readable.from([]) }),
		async () => await Promise.reject(error),
	);
	expect(outcome).toBe(error);
});

it("a body that never ends is aborted after its attempt's time", async () => {
	const body = new Readable({ read() {} });
	const host = { helpers: { httpRequest: async () => ({ statusCode: 200, headers: {}, body }) } };
	const outcome = await openUrl(
		host as never,
		{ method: 'GET', url: 'https://a.example/b', ownUrl: 'https://a.example' },
		{
			clock: recordingClock(),
			signal: new AbortController().signal,
			deadline: startMs + 60_000,
			timeoutMs: 20,
			maxAttempts: 1,
		},
		async (answer) => {
			for await (const chunk of answer.body as AsyncIterable<Buffer>) void chunk;
		},
	).catch((error: unknown) => error);
	expect(outcome).toStrictEqual(new NetworkError('ETIMEDOUT'));
	expect(body.destroyed).toBe(true);
});

describe('a response that takes longer than the time for a pause', () => {
	/** A digit every 300 ms, for 2.7 s. */
	const steady = (_: IncomingMessage, response: ServerResponse) => {
		let sent = 0;
		const timer = setInterval(() => {
			response.write(String(++sent));
			if (sent === 9) response.end();
		}, 300);
		response.on('close', () => clearInterval(timer));
	};
	const readAll =
		(isTold: boolean): ReadStream<string> =>
		async ({ body }, goesOn) => {
			let text = '';
			for await (const chunk of body as AsyncIterable<Buffer>) {
				text += Buffer.from(chunk).toString();
				if (isTold) goesOn();
			}
			return text;
		};

	it.each([
		['is read to its end while it reports progress', true, { value: '123456789' }],
		['is aborted if it reports no progress', false, new NetworkError('ETIMEDOUT')],
	])('%s', async (_, isTold, expected) => {
		const setting = { timeoutMs: 1500, read: readAll(isTold) };
		const { outcome } = await open({ '/start': steady }, setting);
		if (expected instanceof Error) expect(outcome).toStrictEqual(expected);
		else expect(outcome).toMatchObject(expected);
	});

	it('is aborted if it pauses after all', async () => {
		const begun = (_: IncomingMessage, response: ServerResponse) => void response.write('1');
		const setting = { timeoutMs: 300, read: readAll(true) };
		const { outcome } = await open({ '/start': begun }, setting);
		expect(outcome).toStrictEqual(new NetworkError('ETIMEDOUT'));
	});
});
