import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { Recorder } from '../../../checks/live/recorder';

/** What the recorder notes about a response, and what the caller read of it. */
async function record(answer: RequestListener) {
	const server = createServer(answer).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const recorder = new Recorder();
	recorder.start();
	try {
		const { port } = server.address() as AddressInfo;
		const request = get({ port, path: '/a?key=secret', headers: { authorization: 'secret' } });
		const [response] = (await once(request, 'response')) as [IncomingMessage];
		const read = await response.toArray().catch(() => []);
		return { exchange: recorder.take()[0], read: Buffer.concat(read as Buffer[]) };
	} finally {
		recorder.stop();
		server.close();
	}
}

const body = JSON.stringify({ task_id: 'a', text: 'ü'.repeat(50_000) });

it.each([
	['identity', Buffer.from(body)],
	['gzip', gzipSync(body)],
	['deflate', deflateSync(body)],
	['br', brotliCompressSync(body)],
])('reads a response in %s and leaves it intact for the caller', async (encoding, bytes) => {
	const { exchange, read } = await record((_request, response) => {
		response.writeHead(202, { 'content-encoding': encoding, 'x-fal-request-id': 'r' });
		response.write(bytes.subarray(0, 10));
		setTimeout(() => response.end(bytes.subarray(10)), 20);
	});

	expect(read.equals(bytes)).toBe(true);
	expect(exchange).toMatchObject({
		method: 'GET',
		path: '/a',
		statusCode: 202,
		headers: { 'x-fal-request-id': 'r' },
		json: JSON.parse(body) as unknown,
		bytes: bytes.length,
		isWhole: true,
	});
	expect(JSON.stringify(exchange)).not.toContain('secret');
});

it('detects a response that broke off', async () => {
	const { exchange } = await record((_request, response) => {
		response.writeHead(200, { 'content-length': '1000' });
		response.write('{"a":');
		setTimeout(() => response.destroy(), 20);
	});

	expect(exchange).toMatchObject({ statusCode: 200, json: undefined, isWhole: false });
});
