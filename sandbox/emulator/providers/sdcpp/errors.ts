import { jsonAnswer, textAnswer, type Answer } from '../../answer';

/** sd-server's refusal of a request, with its own message. */
export class Refusal extends Error {}

/**
 * What its JSON library throws for a value of another type. The server answers it with 500. [nlohmann/json:
 * exceptions]
 */
export class JsonTypeError extends Error {
	constructor(code: 302 | 306, words: string) {
		super(`[json.exception.type_error.${code}] ${words}`);
	}
}

/** `error` is a string, not an object. [sd.cpp examples/server: routes_sdcpp.cpp, routes_openai.cpp] */
export const sdError = (status: number, error: string, message?: string): Answer =>
	jsonAnswer(status, { error, ...(message === undefined ? {} : { message }) });

const WORDS: Readonly<Record<number, string>> = {
	400: 'invalid generation parameters',
	404: 'job not found',
	409: 'job is currently generating and cannot be interrupted yet',
	410: 'job expired',
	429: 'job queue is full',
};

/** The server's error for a status code. If it never sends the status, the page of a proxy in front of it. */
export function sdErrorFor(status: number): Answer {
	if (status === 500) return sdError(500, 'server_error', 'std::bad_alloc');
	const words = WORDS[status];
	return words === undefined ? proxyPage(status) : sdError(status, words);
}

/** The server's response to an exception. */
export const answerTo = (error: unknown): Answer =>
	error instanceof Refusal
		? sdError(400, error.message)
		: sdError(500, 'server_error', error instanceof Error ? error.message : String(error));

const TITLES: Readonly<Record<number, string>> = {
	401: 'Authorization Required',
	403: 'Forbidden',
	413: 'Request Entity Too Large',
	502: 'Bad Gateway',
	503: 'Service Temporarily Unavailable',
	504: 'Gateway Time-out',
};

/** An nginx page. */
export function proxyPage(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
	const title = `${status} ${TITLES[status] ?? 'Error'}`;
	const page = [
		'<html>',
		`<head><title>${title}</title></head>`,
		'<body>',
		`<center><h1>${title}</h1></center>`,
		'<hr><center>nginx</center>',
		'</body>',
		'</html>',
		'',
	].join('\r\n');
	return textAnswer(status, 'text/html', page, headers);
}
