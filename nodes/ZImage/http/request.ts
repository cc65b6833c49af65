import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { HttpAnswer, HttpCall } from '../providers/provider';
import { toNetworkError, withCauses } from './networkError';
import type { ByteStream } from './readBody';
import { readBody } from './readBody';
import { joinUrl } from './urls';

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

interface StreamedAnswer {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: ByteStream;
}

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
	return new Failure(`The request could not be sent: ${error.message}`);
}

/** The same context, but for requests that n8n does not break off when the execution is cancelled. */
export function withoutCancelSignal(context: IExecuteFunctions): IExecuteFunctions {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as IExecuteFunctions;
}

/**
 * Sends one call with the node's credential. The only place that does.
 * Redirects are not followed: the key stays with the credential's host.
 * @param timeoutMs covers the whole request, body included
 * @returns the answer whatever its status code
 * @throws NetworkError when no whole answer came
 */
export async function sendRequest(
	context: IExecuteFunctions,
	{ credentialType, baseUrl, secrets }: Connection,
	{ method, path, query, body, holdsImages }: HttpCall,
	timeoutMs: number,
): Promise<HttpAnswer> {
	const options: IHttpRequestOptions = {
		method,
		url: joinUrl(baseUrl, path),
		headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
		...(query && { qs: { ...query } }),
		...(body && { body }),
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: Math.max(1, Math.round(timeoutMs)),
	};
	try {
		const answer = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			credentialType,
			options,
		)) as StreamedAnswer;
		const limit = holdsImages ? maxBytes.holdsImages : maxBytes.plain;
		const text = await readBody(answer.body, timeoutMs, limit);
		return {
			statusCode: answer.statusCode,
			headers: answer.headers,
			body: parseJson(text, secrets),
		};
	} catch (error) {
		throw toNetworkError(error) ?? withoutRequest(error);
	}
}
