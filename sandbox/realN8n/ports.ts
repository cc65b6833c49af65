import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** No system assigns ports in this range automatically, and no fixed port of the sandbox is in it. */
const LASTING_PORTS = { first: 20_000, count: 10_000 };

/** A TCP port of this machine that is currently free. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/**
 * A free TCP port for a program that may be unavailable for a while. In the meantime, no other program's
 * connection gets it.
 */
export async function lastingPort(): Promise<number> {
	const port = LASTING_PORTS.first + Math.floor(Math.random() * LASTING_PORTS.count);
	try {
		await assertPortFree(port);
		return port;
	} catch {
		return await lastingPort();
	}
}

/** Fails with advice if another program listens on the port that n8n needs. */
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
