import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors';
import type { SendOptions } from '../../nodes/ZImage/http/client';
import { createClient } from '../../nodes/ZImage/http/client';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { strictContext } from '../operations/strictContext';
import { recordingClock, startMs } from './recordingClock';

type Reply = Error | { statusCode: number; text: string; headers?: Record<string, string> };

const ok: Reply = { statusCode: 200, text: '{"task_id":"a"}' };
const fault = (code: string) => Object.assign(new Error('it broke'), { code });

/** A client over a context that answers from a list, and what was asked of that context. */
async function connect(provider: Provider, baseUrl: string | undefined, replies: Reply[]) {
	const asked: Array<{ credentialType: string; options: IHttpRequestOptions }> = [];
	const clock = recordingClock();
	const context = strictContext({
		getCredentials: async () => await Promise.resolve({ apiKey: 'secret', baseUrl }),
		helpers: {
			async httpRequestWithAuthentication(credentialType: string, options: IHttpRequestOptions) {
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
	return { client: await createClient(context, provider, clock), asked, clock };
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
	[' https://gateway.example/novita/ ', 'https://gateway.example/novita/'],
])('a base URL of %j is %s', async (baseUrl, expected) => {
	const { client } = await connect(novita, baseUrl, []);
	expect(client.baseUrl).toBe(expected);
});

it('sends a call with the credential, to its host, and follows nothing', async () => {
	const { client, asked } = await connect(novita, 'https://gateway.example/n/', [ok]);
	const body: IDataObject = { prompt: 'a lighthouse' };
	const answer = await client.send(
		{ method: 'POST', path: '/v3/async/z-image-turbo', query: { a: '1' }, body },
		sending({ purpose: 'submit' }),
	);
	expect(answer).toStrictEqual({ statusCode: 200, headers: {}, body: { task_id: 'a' } });
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

it.each<[Provider, number, number]>([
	[fal, 300_000, 60_000],
	[fal, 5000, 5000],
	[aimlapi, 300_000, 300_000],
	[aimlapi, 5000, 5000],
])('%#: a request to $id with %i ms left may take %i ms', async (provider, leftMs, expected) => {
	const { client, asked } = await connect(provider, undefined, [ok]);
	await client.send({ method: 'GET', path: '/' }, sending({ deadline: startMs + leftMs }));
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

it('sends a read again, with the time that is left', async () => {
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
	['read', 'ECONNRESET', 'fal cannot be reached (ECONNRESET)', 6],
] as const)('says that no answer came: %s, %s', async (purpose, code, message, times) => {
	const { client, asked } = await connect(fal, undefined, Array<Reply>(10).fill(fault(code)));
	const sent = client.send({ method: 'POST', path: '/' }, sending({ purpose }));
	await expect(sent).rejects.toStrictEqual(new Failure(message));
	expect(asked).toHaveLength(times);
});

it('hands the task out when no answer about it came', async () => {
	const { client } = await connect(fal, undefined, [fault('ECONNRESET')]);
	const task = { taskId: 'task-1' };
	const sent = client.send({ method: 'GET', path: '/' }, sending({ task, maxAttempts: 1 }));
	await expect(sent).rejects.toMatchObject({ details: { task } });
});

it('lets errors of n8n through', async () => {
	const error = new Error('Node does not have any credentials set');
	const { client } = await connect(fal, undefined, [error]);
	await expect(client.send({ method: 'GET', path: '/' }, sending())).rejects.toBe(error);
});

it('sends nothing to a base URL that is none', async () => {
	const { client, asked } = await connect(fal, 'queue.fal.run', [ok]);
	await expect(client.send({ method: 'GET', path: '/' }, sending())).rejects.toStrictEqual(
		new Failure('The Base URL "queue.fal.run" of the credential is not an http or https URL'),
	);
	expect(asked).toStrictEqual([]);
});
