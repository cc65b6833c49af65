export interface SandboxRequest {
	readonly provider: string;
	readonly method: string;
	readonly path: string;
	readonly query: Record<string, string>;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly body: unknown;
	readonly at: number;
}

const MOST_REQUESTS = 100_000;
const MOST_BODY_BYTES = 512 * 1024 * 1024;

/**
 * The recorded requests, in order. The oldest are removed if there are too many, or their images are too large.
 */
export class RequestLog {
	readonly requests: SandboxRequest[] = [];
	private bodyBytes = 0;

	add(request: SandboxRequest): void {
		this.requests.push(request);
		this.bodyBytes += bodyBytesOf(request);
		while (this.requests.length > MOST_REQUESTS || this.bodyBytes > MOST_BODY_BYTES) {
			const oldest = this.requests.shift();
			if (oldest === undefined) break;
			this.bodyBytes -= bodyBytesOf(oldest);
		}
	}

	clear(): void {
		this.requests.length = 0;
		this.bodyBytes = 0;
	}
}

/** An uploaded file isn't kept here. A JSON body is. */
const bodyBytesOf = ({ body, headers }: SandboxRequest): number =>
	body === undefined ? 0 : Number(headers['content-length'] ?? 0);
