import type { IncomingHttpHeaders } from 'node:http';
import { textAnswer, type Answer } from '../../answer';

/** [nginx src/http/ngx_http_special_response.c] */
const NGINX_TITLES: Readonly<Record<number, string>> = {
	401: '401 Authorization Required',
	403: '403 Forbidden',
	404: '404 Not Found',
	429: '429 Too Many Requests',
	500: '500 Internal Server Error',
	502: '502 Bad Gateway',
	503: '503 Service Temporarily Unavailable',
	504: '504 Gateway Time-out',
};

/** What a proxy in front of the server answers itself. */
function proxyPage(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
	const title = NGINX_TITLES[status] ?? String(status);
	return textAnswer(
		status,
		'text/html',
		`<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
		headers,
	);
}

/** What the server's framework answers. [aiohttp web_exceptions, web_protocol.py: handle_error] */
export const PLAIN = {
	notFound: textAnswer(404, 'text/plain; charset=utf-8', '404: Not Found'),
	notAllowed: textAnswer(405, 'text/plain; charset=utf-8', '405: Method Not Allowed', {
		allow: 'GET,HEAD',
	}),
	serverError: textAnswer(
		500,
		'text/plain; charset=utf-8',
		'500 Internal Server Error\n\nServer got itself in trouble',
	),
} as const;

/** Most routes respond with only a status code. */
export const emptyAnswer = (status: number): Answer => ({
	status,
	headers: { 'content-type': 'application/octet-stream' },
	body: Buffer.alloc(0),
});

/** The error of a fault: the server's own, or the proxy's if the server never sends that status. */
export function errorFor(status: number): Answer {
	if (status === 500) return PLAIN.serverError;
	if (status === 404) return PLAIN.notFound;
	if (status !== 400) return proxyPage(status);
	const error = { type: 'invalid_prompt', message: 'Bad Request', details: '', extra_info: {} };
	return textAnswer(
		400,
		'application/json; charset=utf-8',
		JSON.stringify({ error, node_errors: {} }),
	);
}

/**
 * The credentials that the proxy accepts: a bearer token, the same token as a password, in a header or in the
 * URL, because proxies differ.
 */
function isKnown(headers: IncomingHttpHeaders, url: URL, token: string): boolean {
	const basic = `Basic ${Buffer.from(`sandbox:${token}`).toString('base64')}`;
	return (
		[`Bearer ${token}`, basic].includes(headers.authorization ?? '') ||
		headers['x-api-key'] === token ||
		// [ComfyUI-Login]
		url.searchParams.get('token') === token
	);
}

const LOOPBACK = /^(127(\.\d+){3}|localhost|\[::1\])$/;

/**
 * A page of another site has no access to a server on the same machine. [server.py @002c3fb:
 * create_origin_only_middleware]
 */
function isForeign({ host, origin, ...headers }: IncomingHttpHeaders): boolean {
	if (headers['sec-fetch-site'] === 'cross-site') return true;
	if (host === undefined || origin === undefined) return false;
	const [from, to] = [
		URL.canParse(origin) ? new URL(origin) : undefined,
		new URL(`http://${host}`),
	];
	if (!LOOPBACK.test(to.hostname)) return false;
	// If one of the two has no port, only the names are compared.
	return from?.port === '' || to.port === ''
		? from?.hostname !== to.hostname
		: from?.host !== to.host;
}

/**
 * The refusal of a request before the server handles it, first by the proxy. Undefined if it is allowed.
 * @param token what the proxy asks for. Empty: there is no proxy
 */
export function refusalOf(
	headers: IncomingHttpHeaders,
	url: URL,
	token: string,
): Answer | undefined {
	if (token !== '' && !isKnown(headers, url, token)) {
		return proxyPage(401, { 'www-authenticate': 'Basic realm="ComfyUI"' });
	}
	return isForeign(headers) ? emptyAnswer(403) : undefined;
}
