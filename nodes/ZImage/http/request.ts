import type { IHttpRequestOptions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { RequestHost } from '../host';
import type { FormPart, HttpAnswer, HttpCall } from '../providers/provider';
import { isOfUser, toHostError } from './hostError';
import { inTime } from './inTime';
import { toBrokenAnswer, toNetworkError, withCauses } from './networkError';
import type { StreamedAnswer } from './open';
import { readBody } from './readBody';
import { startTimer } from './timer';

/** The target of a provider's calls, and the node's credential for them. */
export interface Connection {
	readonly credentialType: string;
	readonly baseUrl: string;
	/** The key in all recognizable forms, masked in every answer. */
	readonly secrets: readonly string[];
}

const mebibyte = 1024 * 1024;
/** The largest answers that are read: JSON text, and JSON that may contain images. */
const maxBytes = { plain: mebibyte, holdsImages: 32 * mebibyte };

/** A provider may repeat the key in an error: it's removed here. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
	return secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
}

/** A JSON value without the secrets in any text or name, because JSON can encode a character in several ways. */
function cleaned(value: unknown, secrets: readonly string[]): unknown {
	if (typeof value === 'string') return withoutSecrets(value, secrets);
	if (Array.isArray(value)) return value.map((entry) => cleaned(entry, secrets));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [
			withoutSecrets(name, secrets),
			cleaned(entry, secrets),
		]),
	);
}

/**
 * Parses an answer and removes the secrets from every text in it.
 * @param text with literal secrets already removed
 * @returns `undefined` if it isn't JSON
 */
export function parseJson(text: string, secrets: readonly string[]): unknown {
	try {
		const value: unknown = JSON.parse(text);
		// Without an escape, each text in it is as it was.
		return text.includes('\\') ? cleaned(value, secrets) : value;
	} catch {
		return undefined;
	}
}

/** The number of characters of an answer that an error shows. */
const shownLength = 300;

/** The beginning of an answer, for an error message. */
function beginningOf(text: string): string {
	return text
		.slice(0, 4 * shownLength)
		.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
		.trim()
		.slice(0, shownLength);
}

/**
 * Translates an error of n8n's helper. Errors that don't come from the HTTP client happened before the request, because n8n reads the
 * credential from its database each time.
 */
function toRequestFault(error: unknown): unknown {
	const faults = withCauses(error);
	const isOfClient = faults.some((fault) => 'config' in fault);
	const network = isOfClient ? toNetworkError(error) : undefined;
	if (network) return network;
	const failure = faults.find((fault) => fault instanceof Failure);
	if (failure) return failure;
	return faults.some(isOfUser) ? error : toHostError(error);
}

/**
 * The same host, for requests that n8n aborts by another signal than that of a canceled execution.
 * @param signal left out: it never aborts them
 */
export function withCancelSignal<T extends RequestHost>(host: T, signal?: AbortSignal): T {
	return Object.create(host, {
		getExecutionCancelSignal: { value: () => signal },
	}) as T;
}

/** A form as it's sent: its bytes, and the content type with the boundary of its parts. */
async function encodeForm(parts: readonly FormPart[]): Promise<{ type: string; bytes: Buffer }> {
	const form = new FormData();
	for (const part of parts) {
		if ('value' in part) form.append(part.name, part.value);
		else {
			const file = new Blob([new Uint8Array(part.bytes)], { type: part.contentType });
			form.append(part.name, file, part.fileName);
		}
	}
	const encoded = new Response(form);
	return {
		type: encoded.headers.get('content-type') ?? '',
		bytes: Buffer.from(await encoded.arrayBuffer()),
	};
}

/** The body of a call, and its type. */
async function bodyOf({ body, form }: HttpCall): Promise<{ type: string; body: unknown }> {
	if (form) {
		const { type, bytes } = await encodeForm(form);
		return { type, body: bytes };
	}
	// n8n omits an empty list or object, but sends text unchanged.
	const isPlain = typeof body === 'object' && body !== null && Object.keys(body).length > 0;
	const isText = body !== undefined && !isPlain;
	return { type: 'application/json', body: isText ? Buffer.from(JSON.stringify(body)) : body };
}

/** Node.js accepts only whole numbers, and no time at all may be left. */
function wholeMs(ms: number): number {
	return Math.max(1, Math.round(ms));
}

/**
 * Sends one call with the node's credential. The only place that does.
 * Redirects are not followed: the key stays with the credential's host.
 * @returns the answer, whatever its status code, with its body still to be read
 * @param timeoutMs until the answer begins. n8n's timer doesn't end the wait for every kind of answer
 * @throws NetworkError when no answer came; HostError when n8n could not send the request
 */
export async function openRequest(
	host: RequestHost,
	{ credentialType, baseUrl }: Connection,
	call: HttpCall,
	timeoutMs: number,
): Promise<StreamedAnswer> {
	const { method, path, query, headers } = call;
	const { type, body } = await bodyOf(call);
	const options: IHttpRequestOptions = {
		method,
		url: `${baseUrl}${path}`,
		headers: { Accept: 'application/json', 'Content-Type': type, ...headers },
		...(query && { qs: { ...query } }),
		...(body !== undefined && { body: body }),
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: wholeMs(timeoutMs),
	};
	return (await host.helpers.httpRequestWithAuthentication
		.call(host, credentialType, options)
		.catch((error: unknown) => {
			throw toRequestFault(error);
		})) as StreamedAnswer;
}

/**
 * Sends one call of the provider's API, and reads its answer.
 * @param timeoutMs covers the whole request, body included
 * @returns the answer whatever its status code
 * @throws NetworkError when no complete answer came; HostError when n8n could not send the request
 */
export async function sendRequest(
	host: RequestHost,
	connection: Connection,
	call: HttpCall,
	timeoutMs: number,
): Promise<HttpAnswer> {
	const timer = startTimer(() => wholeMs(timeoutMs));
	try {
		const opening = openRequest(host, connection, call, timeoutMs);
		const { statusCode, headers, body } = await inTime(opening, timer.signal);
		const limit = call.holdsImages ? maxBytes.holdsImages : maxBytes.plain;
		const text = await readBody(body, limit, timer.signal).catch((error: unknown) => {
			throw toBrokenAnswer(error);
		});
		// A byte order mark isn't valid JSON.
		const shown = withoutSecrets(text.replace(/^\ufeff/, ''), connection.secrets);
		return {
			statusCode,
			headers,
			body: parseJson(shown, connection.secrets),
			text: beginningOf(shown),
		};
	} finally {
		timer.stop();
	}
}
