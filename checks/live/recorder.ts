import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { brotliDecompressSync, inflateSync, unzipSync } from 'node:zlib';

/** The response headers that are recorded. None of them contains a key. */
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

/** The most bytes of a body that are kept: enough for any provider's JSON. */
const maxBytes = 4 * 1024 * 1024;

/** One request and its response. Of the request, only method and address are kept. */
export interface Exchange {
	readonly method: string;
	readonly host: string;
	/** Without the query. */
	readonly path: string;
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	/** `undefined` if the body isn't JSON or wasn't received completely. */
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

/** By their names in Content-Encoding. */
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
 * Records the response to every HTTP request of this process, as it comes from the network. The requests
 * themselves are sent as in n8n, to the provider itself.
 */
export class Recorder {
	private readonly starts = new WeakMap<ClientRequest, number>();
	private tapped: Tapped[] = [];

	private readonly onStart = (message: unknown): void => {
		this.starts.set((message as { request: ClientRequest }).request, Date.now());
	};

	/** Published before anything reads the body, so subscribers see all of it. */
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

	/** The responses since the last call. */
	take(): Exchange[] {
		const exchanges = this.tapped.map(toExchange);
		this.tapped = [];
		return exchanges;
	}
}
