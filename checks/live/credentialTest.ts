import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

import { credentialTypes } from '../../test/support/credentials';
import { CredentialsHelper } from '../../test/support/credentialsHelper';
import { evaluate } from '../../test/support/evaluate';
import { valuesAt } from './shape';

/** A credential's data as n8n stores it. */
export type CredentialFields = Readonly<Record<string, string>>;

/** The URL of a credential's test, as its class defines it. */
export function credentialTestUrl(typeName: string, credential: CredentialFields): URL {
	const request = credentialTypes.find(({ name }) => name === typeName)?.test?.request;
	if (!request) throw new Error(`${typeName} has no test`);
	const baseUrl = evaluate(request.baseURL ?? '', { $credentials: { ...credential } });
	const url = new URL(`${String(baseUrl)}${request.url}`);
	for (const [name, value] of Object.entries(request.qs ?? {})) {
		url.searchParams.set(name, String(value));
	}
	return url;
}

/**
 * Sends the request of a credential's test.
 * @param typeName the credential's type
 */
export async function sendCredentialTest(
	typeName: string,
	credential: CredentialFields,
	timeoutSeconds: number,
): Promise<void> {
	const url = credentialTestUrl(typeName, credential);
	const data = { ...credential };
	const { headers } = await new CredentialsHelper(credentialTypes, {
		[typeName]: data,
	}).authenticate(data, typeName, { url: url.href });
	const { get } = url.protocol === 'https:' ? https : http;
	const sent = get(url, {
		headers: headers as http.OutgoingHttpHeaders,
		signal: AbortSignal.timeout(timeoutSeconds * 1000),
	});
	const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
	response.resume();
	await once(response, 'close');
}

/** Whether n8n would accept the credential, judging by the response to its test. */
export function isAccepted(typeName: string, statusCode: number, body: unknown): boolean {
	const test = credentialTypes.find(({ name }) => name === typeName)?.test;
	const refusals = test?.rules ?? [];
	const isRefused = refusals.some(
		({ type, properties }) =>
			type === 'responseSuccessBody' &&
			valuesAt(body, properties.key).some((value) => value === properties.value),
	);
	const hasGoodCode = statusCode >= 200 && statusCode < 300;
	return !isRefused && (hasGoodCode || test?.request.ignoreHttpStatusErrors === true);
}
