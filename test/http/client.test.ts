import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors';
import type { SendOptions } from '../../nodes/ZImage/http/client';
import { createClient } from '../../nodes/ZImage/http/client';
import { Pacing } from '../../nodes/ZImage/http/pacing';
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
	/** For each request, whether n8n breaks it off when the execution is cancelled. */
	const cancellable: boolean[] = [];
	const clock = recordingClock();
	const pacing = new Pacing(clock);
	const context = strictContext({
		getCredentials: async () => await Promise.resolve({ apiKey: 'secret', baseUrl }),
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
	const client = await createClient(context, provider, clock, pacing);
	return { client, asked, cancellable, clock, pacing };
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

it.each<[string, Provider, SendOptions['purpose'], number, number]>([
	['fal', fal, 'submit', 300_000, 60_000],
	['fal', fal, 'submit', 5000, 5000],
	['fal', fal, 'read', 300_000, 20_000],
	['fal', fal, 'read', 5000, 5000],
	['aimlapi', aimlapi, 'submit', 300_000, 300_000],
	['aimlapi', aimlapi, 'submit', 5000, 5000],
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

it.each<[Provider, SendOptions['purpose'], boolean]>([
	// Who cuts a submit off does not know whether it was accepted.
	[fal, 'submit', false],
	[fal, 'read', true],
	[novita, 'submit', false],
	// Without a task there is nothing to lose but the answer.
	[aimlapi, 'submit', true],
])('%#: a stop of the execution breaks off', async (provider, purpose, expected) => {
	const { client, cancellable } = await connect(provider, undefined, [ok]);
	await client.send({ method: 'POST', path: '/' }, sending({ purpose }));
	expect(cancellable).toStrictEqual([expected]);
});

it.each([undefined, { taskId: 'task-1' }])(
	'says that the provider takes no more requests before the deadline, with the task %j',
	async (task) => {
		const { client, asked, pacing } = await connect(fal, undefined, [ok]);
		pacing.pause(300_000);
		const sent = client.send({ method: 'GET', path: '/' }, sending(task && { task }));
		await expect(sent).rejects.toStrictEqual(
			new Failure('fal takes no more requests in time (HTTP 429)'),
		);
		await expect(sent).rejects.toMatchObject({ details: { httpCode: 429, ...(task && { task }) } });
		expect(asked).toStrictEqual([]);
	},
);

it('shares the pace of the run with its other clients', async () => {
	const { client, clock, pacing } = await connect(fal, undefined, [
		{ statusCode: 429, text: '', headers: { 'retry-after': '2' } },
		ok,
	]);
	await client.send({ method: 'GET', path: '/' }, sending());
	expect(clock.sleeps).toStrictEqual([2125]);
	expect(pacing.retries).toBe(1);
});

describe('cancel', () => {
	it('asks fal to give the task up, although the execution is cancelled', async () => {
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
	])('asks once, and lets it be when the provider %s', async (_, reply) => {
		const { client, asked, clock } = await connect(fal, undefined, [reply]);
		await expect(client.cancel('task-1')).resolves.toBeUndefined();
		expect(asked).toHaveLength(1);
		expect(clock.sleeps).toStrictEqual([]);
	});

	it.each([novita, aimlapi])('sends nothing to $id, which has no such call', async (provider) => {
		const { client, asked } = await connect(provider, undefined, []);
		await client.cancel('task-1');
		expect(asked).toStrictEqual([]);
	});
});
