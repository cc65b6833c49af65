import { createServer } from 'http';
import type { IncomingHttpHeaders } from 'http';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { AddressInfo } from 'net';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { createClient } from '../../nodes/ZImage/http/client';
import { storeImage } from '../../nodes/ZImage/images/storeImage';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpCall } from '../../nodes/ZImage/providers/provider';
import { makePicture } from '../support/picture';
import { readBinary, runWorkflow } from '../support/runWorkflow';

interface Seen {
	readonly method: string | undefined;
	readonly url: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

const png = makePicture('png', 93, 71);

/**
 * Runs something inside a node in the real engine. Its credential leads to a server that records the requests.
 */
async function inEngine<T>(
	work: (context: IExecuteFunctions) => Promise<T>,
	apiKey: string | undefined = 'sk_0123456789',
) {
	const seen: Seen[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method, url, headers } = request;
			seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') });
			if (url?.startsWith('/view')) response.setHeader('content-type', 'image/png').end(png);
			else response.setHeader('content-type', 'application/json').end('{"ok":true}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	let result: T | undefined;
	try {
		const { error } = await runWorkflow({
			steps: [{ type: 'probe', parameters: { provider: 'novita', prompt: 'a' } }],
			credentials: { zImageNovitaApi: { ...(apiKey !== undefined && { apiKey }), baseUrl } },
			async probe(context) {
				result = await work(context);
				return [[]];
			},
		});
		expect(error).toBeUndefined();
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
	return { result, seen };
}

const connect = async (context: IExecuteFunctions) =>
	await createClient(context, novita, systemClock);

it('a brand with the same API is called at its own address, below its own path', async () => {
	const seen: string[] = [];
	const server = createServer(({ method, url = '', headers }, response) => {
		seen.push(`${method} ${url} ${headers.authorization}`);
		const { port } = server.address() as AddressInfo;
		const image = { image_url: `http://127.0.0.1:${port}/files/a.png` };
		const task = { task: { task_id: 'a', status: 'TASK_STATUS_SUCCEED' }, images: [image] };
		if (url.startsWith('/files')) response.end(png);
		else response.end(JSON.stringify(method === 'POST' ? { task_id: 'a' } : task));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const credential = { apiKey: 'sk_0123456789', baseUrl: `http://127.0.0.1:${port}/brand/` };
	for (const [provider, credentialType] of [
		['novita', 'zImageNovitaApi'],
		['highway', 'zImageHighwayApi'],
	] as const) {
		seen.length = 0;
		const { items, error } = await runWorkflow({
			steps: [{ type: 'zImageGenerate', parameters: { provider, prompt: 'a boat' } }],
			credentials: { [credentialType]: credential },
		});
		expect(error).toBeUndefined();
		expect(await readBinary(items[0]?.binary?.data)).toEqual(png);
		const model = provider === 'novita' ? 'z-image-turbo' : 'z-image-turbo-lora';
		expect(seen).toEqual([
			`POST /brand/v3/async/${model} Bearer sk_0123456789`,
			'GET /brand/v3/async/task-result?task_id=a Bearer sk_0123456789',
			'GET /files/a.png undefined',
		]);
	}
	server.close();
});

const soon = () => ({
	deadline: Date.now() + 20_000,
	signal: new AbortController().signal,
});

async function send(call: HttpCall, apiKey?: string): Promise<Seen> {
	const { result, seen } = await inEngine(async (context) => {
		const client = await connect(context);
		return await client.send(call, { purpose: 'read', ...soon() });
	}, apiKey);
	expect(result).toMatchObject({ statusCode: 200, body: { ok: true } });
	expect(seen).toHaveLength(1);
	return seen[0]!;
}

it('a call has its method, headers, query and the key', async () => {
	const headers = { 'X-Callback': 'none' };
	const call = { method: 'DELETE', path: '/tasks/a', query: { why: 'a & b' }, headers } as const;
	expect(await send(call)).toMatchObject({
		method: 'DELETE',
		url: '/tasks/a?why=a%20%26%20b',
		headers: { 'x-callback': 'none', authorization: 'Bearer sk_0123456789' },
		body: '',
	});
});

it.each([
	[{ prompt: 'é' }, '{"prompt":"é"}'],
	[[{ prompt: 'a' }], '[{"prompt":"a"}]'],
	[{}, '{}'],
	[[], '[]'],
	['a', '"a"'],
	[7, '7'],
	[null, 'null'],
	[false, 'false'],
])('a body may be any JSON: %j', async (body, text) => {
	const seen = await send({ method: 'POST', path: '/a', body });
	expect(Buffer.from(seen.body, 'latin1').toString()).toBe(text);
	expect(seen.headers['content-type']).toMatch(/^application\/json/);
});

it('a form has its fields and files, each with its name and type', async () => {
	const { headers, body } = await send({
		method: 'POST',
		path: '/upload/image',
		form: [
			{ name: 'overwrite', value: 'true' },
			{ name: 'image', fileName: 'boat.png', contentType: 'image/png', bytes: png },
		],
	});
	const [, boundary = ''] =
		/^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '') ?? [];
	const parts = body
		.split(`--${boundary}`)
		.slice(1, -1)
		.map((part) => part.split('\r\n\r\n').map((text) => text.trimStart()));
	expect(headers['content-length']).toBe(String(body.length));
	expect(parts).toStrictEqual([
		['Content-Disposition: form-data; name="overwrite"', 'true\r\n'],
		[
			'Content-Disposition: form-data; name="image"; filename="boat.png"\r\nContent-Type: image/png',
			`${png.toString('latin1')}\r\n`,
		],
	]);
});

it('a credential may have no key', async () => {
	const { headers } = await send({ method: 'GET', path: '/a' }, '');
	expect(headers.authorization?.trim()).toBe('Bearer');
});

it("an image on the credential's own host is fetched with the credential", async () => {
	const call = { method: 'GET', path: '/view', query: { filename: 'a.png' } } as const;
	const { result, seen } = await inEngine(async (context) => {
		const stored = await storeImage(
			context,
			await connect(context),
			{ call },
			{
				...soon(),
				fileNameFor: (extension) => `image.${extension}`,
				task: {},
			},
		);
		return { stored, bytes: await readBinary(stored.binary) };
	});
	expect(result?.bytes.equals(png)).toBe(true);
	expect(result?.stored.type).toMatchObject({ mimeType: 'image/png', width: 93, height: 71 });
	expect(seen).toMatchObject([
		{
			method: 'GET',
			url: '/view?filename=a.png',
			headers: { authorization: 'Bearer sk_0123456789' },
		},
	]);
});
