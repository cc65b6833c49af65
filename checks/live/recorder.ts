import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { brotliDecompressSync, inflateSync, unzipSync } from 'node:zlib';

/** Response headers that are looked at; none of them holds a key. */
const headerNames = [
	'content-type',
	'content-length',
	'location',
	'retry-after',
	'cache-control',
	'expires',
	'x-fal-request-id',
	'x-fal-billable-units',
	'x-fal-error-type',
	'x-inference-id',
] as const;

/** As much of a body is kept as any JSON of a provider is long. */
const maxBytes = 4 * 1024 * 1024;

/** One request, and what came back. Nothing of what was sent is kept, but for method and address. */
export interface Exchange {
	readonly method: string;
	readonly host: string;
	/** Without the query. */
	readonly path: string;
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	/** `undefined` for what is no JSON, or did not come to its end. */
	readonly json: unknown;
	readonly bytes: number;
	readonly isWhole: boolean;
}

interface Tapped {
	readonly request: ClientRequest;
	readonly response: IncomingMessage;
	readonly startedAtMs: number;
	readonly chunks: Buffer[];
	bytes: number;
	endedAtMs: number | undefined;
}

/** By the name that Content-Encoding has for it. */
const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
	gzip: (bytes) => unzipSync(bytes),
	deflate: (bytes) => inflateSync(bytes),
	br: (bytes) => brotliDecompressSync(bytes),
};

function readJson({ chunks, bytes, response }: Tapped): unknown {
	if (bytes > maxBytes) return undefined;
	try {
		const raw = Buffer.concat(chunks);
		const body = decoders[response.headers['content-encoding'] ?? '']?.(raw) ?? raw;
		return JSON.parse(body.toString('utf8')) as unknown;
	} catch {
		return undefined;
	}
}

function toExchange(tapped: Tapped): Exchange {
	const { request, response, startedAtMs, endedAtMs, bytes } = tapped;
	const isWhole = endedAtMs !== undefined && response.complete;
	return {
		method: request.method,
		host: String(request.getHeader('host') ?? request.host),
		path: request.path.split('?', 1)[0] ?? '/',
		startedAtMs,
		endedAtMs: endedAtMs ?? Date.now(),
		statusCode: response.statusCode ?? 0,
		headers: Object.fromEntries(
			headerNames.flatMap((name) => {
				const value = response.headers[name];
				return typeof value === 'string' ? [[name, value]] : [];
			}),
		),
		json: isWhole ? readJson(tapped) : undefined,
		bytes,
		isWhole,
	};
}

/**
 * Notes every answer to an HTTP request of this process, as it comes from the network: what sends the requests is the
 * same as in n8n, and goes to the provider itself.
 */
export class Recorder {
	private readonly starts = new WeakMap<ClientRequest, number>();
	private tapped: Tapped[] = [];

	private readonly onStart = (message: unknown): void => {
		this.starts.set((message as { request: ClientRequest }).request, Date.now());
	};

	/** Published before anybody reads the body, so that whoever does gets all of it. */
	private readonly onAnswer = (message: unknown): void => {
		const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
		const startedAtMs = this.starts.get(request) ?? Date.now();
		const tapped: Tapped = {
			request,
			response,
			startedAtMs,
			chunks: [],
			bytes: 0,
			endedAtMs: undefined,
		};
		this.tapped.push(tapped);
		const push = response.push.bind(response);
		response.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
			if (chunk === null) {
				tapped.endedAtMs = Date.now();
			} else {
				tapped.bytes += chunk.length;
				if (tapped.bytes <= maxBytes) tapped.chunks.push(Buffer.from(chunk));
			}
			return push(chunk, encoding);
		};
	};

	start(): void {
		subscribe('http.client.request.start', this.onStart);
		subscribe('http.client.response.finish', this.onAnswer);
	}

	stop(): void {
		unsubscribe('http.client.request.start', this.onStart);
		unsubscribe('http.client.response.finish', this.onAnswer);
	}

	/** What came since the last time. */
	take(): Exchange[] {
		const exchanges = this.tapped.map(toExchange);
		this.tapped = [];
		return exchanges;
	}
}
