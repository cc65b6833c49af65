/** A request that got no whole answer. */
export class NetworkError extends Error {
	/** @param code the system's name of the fault, such as `ECONNREFUSED` */
	constructor(readonly code: string) {
		super(`The connection failed (${code})`);
	}
}

/** Faults after which the request cannot have reached the provider's application. */
const notSent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whether the provider cannot have seen the request, so that sending it again costs nothing. */
export function wasNotSent(error: NetworkError): boolean {
	return notSent.has(error.code);
}

/** Names that Node.js and the HTTP client of n8n give to faults of the network, TLS and HTTP itself. */
const networkCode =
	/^(E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|PROTO|MSGSIZE)|ERR_(STREAM_PREMATURE_CLOSE|BAD_RESPONSE|FR_|SSL_|TLS_)|HPE_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** An error, what caused it, what caused that, and so on; each once, even where they cause each other. */
export function withCauses(error: unknown): object[] {
	const chain = new Set<object>();
	let next = error;
	while (typeof next === 'object' && next !== null && !chain.has(next)) {
		chain.add(next);
		next = 'cause' in next ? next.cause : undefined;
	}
	return [...chain];
}

/**
 * Finds the network fault in an error, along its chain of causes.
 * @returns `undefined` for an error of another kind
 */
export function toNetworkError(error: unknown): NetworkError | undefined {
	for (const fault of withCauses(error)) {
		if (fault instanceof NetworkError) return fault;
		const code = 'code' in fault ? fault.code : undefined;
		if (typeof code === 'string' && networkCode.test(code)) return new NetworkError(code);
	}
	return undefined;
}
