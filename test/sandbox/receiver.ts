import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook call as its receiver got it. */
export interface ReceivedCall {
	readonly path: string;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly body: Buffer;
}

/** A receiver that answers its first calls with these codes, and all others with 200. */
export class Receiver {
	readonly calls: ReceivedCall[] = [];
	codes: number[] = [];
	private readonly server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { url: path = '', headers } = request;
			this.calls.push({ path, headers, body: Buffer.concat(chunks) });
			response.writeHead(this.codes.shift() ?? 200, { location: '/elsewhere' }).end();
		});
	});

	async start(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	clear(): void {
		this.calls.length = 0;
		this.codes = [];
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
