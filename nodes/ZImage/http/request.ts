import type { IHttpRequestOptions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { FormPart, HttpAnswer, HttpCall } from '../providers/provider';
import { toNetworkError, withCauses } from './networkError';
import type { StreamedAnswer } from './open';
import { readBody } from './readBody';

/** Where a provider's calls go, and with which of the node's credentials. */
export interface Connection {
	readonly credentialType: string;
	readonly baseUrl: string;
	/** The key, and what can be recognised of it: never to be seen in what comes back. */
	readonly secrets: readonly string[];
}

const mebibyte = 1024 * 1024;
/** The largest answers that are read: a JSON text, or one that may hold images. */
const maxBytes = { plain: mebibyte, holdsImages: 32 * mebibyte };

/** A provider may repeat the key in an error; it goes no further than here. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
	return secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
}

/**
 * Parses an answer, with the secrets taken out of every text in it.
 * @returns `undefined` for what is no JSON
 */
function parseJson(text: string, secrets: readonly string[]): unknown {
	try {
		// Once more after parsing: JSON can write a character in several ways.
		return JSON.parse(withoutSecrets(text, secrets), (_key, value: unknown) =>
			typeof value === 'string' ? withoutSecrets(value, secrets) : value,
		) as unknown;
	} catch {
		return undefined;
	}
}

/**
 * An error that is no fault of the network: one of n8n itself as it came (say, of a missing credential),
 * any other by its message only, as an error of the HTTP client holds the request with its key.
 */
function withoutRequest(error: unknown): unknown {
	if (!(error instanceof Error)) return error;
	if (!withCauses(error).some((fault) => 'config' in fault)) return error;
	return new Failure(`The request could not be sent: ${error.message}`, { kind: 'other' });
}

/** The same host, but for requests that n8n does not break off when the execution is cancelled. */
export function withoutCancelSignal<T extends FileHost>(host: T): T {
	return Object.create(host, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as T;
}

/** A form as it is sent: its bytes, and the type that says where its parts begin. */
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
	// n8n leaves out an empty list or object, and sends a text as it is.
	const isPlain = typeof body === 'object' && body !== null && Object.keys(body).length > 0;
	const isText = body !== undefined && !isPlain;
	return { type: 'application/json', body: isText ? Buffer.from(JSON.stringify(body)) : body };
}

/**
 * Sends one call with the node's credential. The only place that does.
 * Redirects are not followed: the key stays with the credential's host.
 * @returns the answer, whatever its status code, with its body still to be read
 * @throws NetworkError when no answer came
 */
export async function openRequest(
	host: FileHost,
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
		timeout: Math.max(1, Math.round(timeoutMs)),
	};
	try {
		return (await host.helpers.httpRequestWithAuthentication.call(
			host,
			credentialType,
			options,
		)) as StreamedAnswer;
	} catch (error) {
		throw toNetworkError(error) ?? withoutRequest(error);
	}
}

/**
 * Sends one call of the provider's API, and reads its answer.
 * @param timeoutMs covers the whole request, body included
 * @returns the answer whatever its status code
 * @throws NetworkError when no whole answer came
 */
export async function sendRequest(
	host: FileHost,
	connection: Connection,
	call: HttpCall,
	timeoutMs: number,
): Promise<HttpAnswer> {
	const { statusCode, headers, body } = await openRequest(host, connection, call, timeoutMs);
	const limit = call.holdsImages ? maxBytes.holdsImages : maxBytes.plain;
	try {
		const text = await readBody(body, timeoutMs, limit);
		return { statusCode, headers, body: parseJson(text, connection.secrets) };
	} catch (error) {
		throw toNetworkError(error) ?? withoutRequest(error);
	}
}
