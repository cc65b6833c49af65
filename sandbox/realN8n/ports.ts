import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A TCP port of this machine that nothing uses at the moment. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Fails with advice when something else listens on the port that n8n needs. */
export async function assertPortFree(port: number): Promise<void> {
	const server = createServer().listen(port, '127.0.0.1');
	try {
		await once(server, 'listening');
	} catch (cause) {
		throw new Error(
			`Port ${port} is in use, and n8n needs it. Is another n8n, or another "npm start", running? Stop it, then start again.`,
			{ cause },
		);
	}
	server.close();
	await once(server, 'close');
}
