import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { HttpAnswer, HttpCall } from '../providers/provider';
import { toNetworkError } from './networkError';
import type { ByteStream } from './readBody';
import { readBody } from './readBody';
import { joinUrl } from './urls';

/** Where a provider's calls go, and with which of the node's credentials. */
export interface Connection {
	readonly credentialType: string;
	readonly baseUrl: string;
}

interface StreamedAnswer {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: ByteStream;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
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
	{ credentialType, baseUrl }: Connection,
	{ method, path, query, body }: HttpCall,
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
		const text = await readBody(answer.body, timeoutMs);
		return { statusCode: answer.statusCode, headers: answer.headers, body: parseJson(text) };
	} catch (error) {
		throw toNetworkError(error) ?? error;
	}
}
