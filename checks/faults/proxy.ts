import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request as sendRequest, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import type { Certificate } from './certificate';
import { withoutHeader, type Reply } from './harm';

/** A complete request to a proxy. */
export interface Crossing {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly body: Buffer;
	/** Forwards it to the server and returns its response. */
	readonly pass: (headers?: Readonly<Record<string, string>>) => Promise<Reply>;
}

/** Decides what a client receives. `reset`: its connection is closed. */
export type Handler = (crossing: Crossing) => Promise<Reply | 'reset'>;

/** A server in front of another one. */
export interface Proxy {
	readonly url: string;
	readonly close: () => Promise<void>;
}

async function passOn(
	target: string,
	{ method = 'GET', url = '/', headers }: IncomingMessage,
	body: Buffer,
	more: Readonly<Record<string, string>>,
): Promise<Reply> {
	const forwarded = sendRequest(`${target}${url}`, {
		method,
		headers: { ...headers, ...more, host: new URL(target).host },
		agent: false,
	});
	// A connection that breaks after the response has started is an error of the request, too.
	forwarded.on('error', () => {}).end(body);
	const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
	return {
		status: answer.statusCode ?? 502,
		headers: answer.headers,
		body: await buffer(answer),
	};
}

/**
 * Starts a proxy on its own port. If the server breaks its connection, the client's connection is reset.
 * @param certificate makes the proxy use https
 */
export async function startProxy(
	target: string,
	handle: Handler,
	certificate?: Certificate,
): Promise<Proxy> {
	const listener: RequestListener = (incoming, outgoing) => {
		const answer = async (): Promise<void> => {
			const body = await buffer(incoming);
			const { method = 'GET', url = '/' } = incoming;
			const pass: Crossing['pass'] = async (more = {}) =>
				await passOn(target, incoming, body, more);
			const reply = await handle({ method, url, body, pass });
			if (reply === 'reset') throw new Error('reset');
			const headers = withoutHeader(reply.headers, 'transfer-encoding');
			outgoing
				.writeHead(reply.status, { ...headers, 'content-length': reply.body.length })
				.end(reply.body);
		};
		answer().catch(() => incoming.socket.resetAndDestroy());
	};
	const server = certificate
		? createSecureServer({ ...certificate }, listener)
		: createServer(listener);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
