import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Below the ports that the system assigns, so that no other program gets the port of a closed gate. */
let nextPort = 21_000;
const lastPort = 29_000;

/** The longest wait at the barrier. */
const barrierMs = 3000;

interface GateOptions {
	/** Where requests are passed on to. */
	readonly target: string;
	/**
	 * The gate closes when this many requests of a kind have been answered. They are held back until all are
	 * there.
	 */
	readonly closesAfter?: { readonly count: number; readonly matches: (line: string) => boolean };
}

/** A gate in front of a server. While it is closed, it refuses connections. */
export class Gate {
	private server: Server | undefined;
	private waiting: Array<() => void> = [];
	private isSpent = false;

	private constructor(
		private readonly options: GateOptions,
		readonly url: string,
		private readonly port: number,
	) {}

	/** A closed gate on its own port. */
	static async create(options: GateOptions): Promise<Gate> {
		for (;;) {
			const port = nextPort++;
			if (nextPort > lastPort) throw new Error('No port is left for a gate');
			const gate = new Gate(options, `http://127.0.0.1:${port}`, port);
			try {
				await gate.open();
				await gate.close();
				return gate;
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
			}
		}
	}

	/** Accepts connections. */
	async open(): Promise<void> {
		if (this.server) return;
		this.server = createServer((incoming, outgoing) => {
			this.pass(incoming)
				.then(({ status, headers, body }) => {
					// An open connection would bypass the closed gate.
					outgoing.writeHead(status, { ...headers, connection: 'close' }).end(body);
				})
				.catch(() => outgoing.destroy());
		});
		this.server.listen(this.port, '127.0.0.1');
		await once(this.server, 'listening');
	}

	/** Refuses connections from now on. */
	async close(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		server?.close();
		server?.closeIdleConnections();
	}

	private async pass(incoming: IncomingMessage) {
		const { method = 'GET', url = '/', headers } = incoming;
		const forwarded = sendRequest(`${this.options.target}${url}`, {
			method,
			headers: { ...headers, host: new URL(this.options.target).host },
			agent: false,
		});
		forwarded.on('error', () => {}).end(await buffer(incoming));
		const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
		const body = await buffer(answer);
		if (this.options.closesAfter?.matches(`${method} ${url}`)) await this.barrier();
		return { status: answer.statusCode ?? 502, headers: answer.headers, body };
	}

	private async barrier(): Promise<void> {
		const { closesAfter } = this.options;
		if (!closesAfter || this.isSpent) return;
		await new Promise<void>((resolve) => {
			this.waiting.push(resolve);
			if (this.waiting.length === closesAfter.count) this.release();
			else if (this.waiting.length === 1) setTimeout(() => this.release(), barrierMs).unref();
		});
	}

	private release(): void {
		if (this.isSpent) return;
		this.isSpent = true;
		void this.close();
		for (const resolve of this.waiting) resolve();
	}
}
