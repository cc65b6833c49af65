import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';

export interface HttpsProxy {
	/** For `HTTPS_PROXY`. */
	readonly url: string;
	/** The hosts that were requested but aren't allowed. */
	readonly refused: string[];
	close(): Promise<void>;
}

/** A proxy that leads some hosts to ports of this machine, and refuses all others. */
export async function startHttpsProxy(
	portOf: (host: string) => number | undefined,
): Promise<HttpsProxy> {
	const refused: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((_request, response) => response.writeHead(405).end());
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	server.on('connect', ({ url = '' }, client: Socket, head) => {
		const [host = ''] = url.split(':');
		const port = portOf(host);
		if (port === undefined) {
			refused.push(host);
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const service = connect(port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			service.write(head);
			service.pipe(client).pipe(service);
		});
		service.on('error', () => client.destroy());
		client.on('error', () => service.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		refused,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
