/** A request without a complete answer. */
export class NetworkError extends Error {
	/**
	 * @param code the system's name for the error, such as `ECONNREFUSED`
	 * @param wasSent whether the request may have reached the provider; default: derived from the code
	 */
	constructor(
		readonly code: string,
		readonly wasSent = !isBeforeSending(code),
	) {
		super(`The connection failed (${code})`);
	}
}

/** Faults after which the request cannot have reached the provider's application. */
const notSent: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EAI_FAIL',
	'EPROXY',
	'ERR_BAD_OPTION',
	'ERR_BAD_OPTION_VALUE',
	'ERR_INVALID_URL',
	'ERR_TLS_HANDSHAKE_TIMEOUT',
]);

/**
 * Node.js error codes for untrusted certificates, which it checks before it sends anything.
 * Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const certificateCode =
	/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|PATH_LENGTH_EXCEEDED$|ERR_TLS_CERT_ALTNAME_INVALID$)/;

function isBeforeSending(code: string): boolean {
	return notSent.has(code) || certificateCode.test(code);
}

/** Whether the provider can't have received the request, so that sending it again costs nothing. */
export function wasNotSent({ wasSent }: NetworkError): boolean {
	return !wasSent;
}

/** Whether a certificate caused the error, so that a retry would fail too. */
export function isOfCertificate({ code }: NetworkError): boolean {
	return certificateCode.test(code);
}

/** Error codes of Node.js and n8n's HTTP client for errors of the network, TLS and HTTP itself. */
const networkCode =
	/^(E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|PIPE|NOTFOUND|AI_|HOSTUNREACH|NETUNREACH|ADDRNOTAVAIL|PROTO|PROXY|MSGSIZE)|ERR_(STREAM_PREMATURE_CLOSE|BAD_RESPONSE|FR_|SSL_|TLS_)|HPE_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** OpenSSL's message for a failed handshake, when only the handshake was sent. */
const handshakeWords =
	/before secure TLS connection was established|wrong version number|packet length too long|unsupported protocol|no protocols available|handshake failure|unrecognized name|no shared cipher/i;

/** The answer of a proxy to CONNECT, before it has connected to anything. */
const proxyWords =
	/proxy connection ended before receiving CONNECT|proxy authentication required|tunneling socket could not be established/i;

/** Errors that happen before the request if they occur while connecting, but may happen after it otherwise. */
const connectCodes: ReadonlySet<string> = new Set([
	'EADDRNOTAVAIL',
	'ECONNRESET',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ETIMEDOUT',
]);

interface Fault {
	readonly code?: unknown;
	readonly syscall?: unknown;
	readonly message?: unknown;
}

/** Whether an error proves that it happened before the first byte of the request. */
function provesNotSent(code: string, { syscall, message }: Fault): boolean {
	if (isBeforeSending(code)) return true;
	if (syscall === 'connect' && connectCodes.has(code)) return true;
	return typeof message === 'string' && handshakeWords.test(message);
}

/** An error and its chain of causes; each once, even if they cause each other. */
export function withCauses(error: unknown): object[] {
	const chain = new Set<object>();
	let next = error;
	while (typeof next === 'object' && next !== null && !chain.has(next)) {
		chain.add(next);
		next = 'cause' in next ? next.cause : undefined;
	}
	return [...chain];
}

/** Whether an error is one of the HTTP client: it contains the request with its key, and must never be passed on. */
function isOfHttpClient(fault: object): boolean {
	return 'config' in fault;
}

/**
 * Finds the network error in an error's chain of causes. Any error of the HTTP client is one, whatever its code:
 * if it isn't known to have happened before the request, it may have happened after it.
 * @returns `undefined` for an error of another kind
 */
export function toNetworkError(error: unknown): NetworkError | undefined {
	const faults = withCauses(error);
	const known = faults.find((fault) => fault instanceof NetworkError);
	if (known) return known;
	if (
		faults.some(({ message }: Fault) => typeof message === 'string' && proxyWords.test(message))
	) {
		return new NetworkError('EPROXY');
	}
	for (const fault of faults) {
		const { code }: Fault = fault;
		if (typeof code !== 'string' || !networkCode.test(code)) continue;
		return new NetworkError(code, !faults.some((one) => provesNotSent(code, one)));
	}
	return faults.some(isOfHttpClient) ? broken(faults) : undefined;
}

/** An unknown network error. */
function broken(faults: readonly Fault[]): NetworkError {
	const code = faults.map((fault) => fault.code).find((one) => typeof one === 'string');
	return new NetworkError(code ?? 'EUNKNOWN', true);
}

/** The error of an answer that could not be read completely, for any reason. */
export function toBrokenAnswer(error: unknown): NetworkError {
	return toNetworkError(error) ?? broken(withCauses(error));
}
