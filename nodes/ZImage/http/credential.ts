import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Provider } from '../providers/provider';
import { toChoice } from '../values';
import { toBaseUrl } from './urls';

/** What a user has entered in a credential. An expression can return anything. */
export interface CredentialFields {
	readonly apiKey?: unknown;
	readonly baseUrl?: unknown;
	readonly storageUrl?: unknown;
	/** How to authenticate with a proxy in front of the user's own server; undefined for other providers. */
	readonly authentication?: unknown;
	readonly user?: unknown;
	readonly password?: unknown;
	readonly headerName?: unknown;
	readonly headerValue?: unknown;
}

/** What requests need from a credential. */
export interface Credential {
	readonly baseUrl: string;
	/** Where files are uploaded to; the base URL where the provider has no storage of its own. */
	readonly storageUrl: string;
	/** Where the provider's platform API is; the base URL where that is not the provider's own. */
	readonly platformUrl: string;
	/** The key in every form in which a provider might repeat it. */
	readonly secrets: readonly string[];
}

/** Longer than any key or gateway token; all headers together must fit in 16 KiB. */
const maxKeyLength = 4096;

/** Invisible characters, such as a zero-width space or a byte order mark. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** What surrounds a key that was copied with its quotes or with the rest of its line. */
const edge = '[\\s\\p{Cc}"\'`“”„‘’‚«»,;]';
const edges = new RegExp(`^${edge}+|(?<!${edge})${edge}+$`, 'gu');

/** What precedes a key that was copied from an example: a header, an authentication scheme, or a setting. */
const prefix =
	/^(?:authorization["']?\s*:|(?:key|bearer|token)\s+|(?:(?:export|set)\s+)?(?:x[ -])?(?:api[ -])?\w*(?:key|token)["']?\s*(?:=(?=[^=])|:\s))/i;

/**
 * The key without what was pasted around it: without invisible characters, and without spaces, quotes, a scheme (`Bearer`), a
 * header (`Authorization: Key`) or a setting (`FAL_KEY=`) around it.
 * @returns the key as it is sent; empty if there isn't one
 * @throws Failure, which never shows the key, if it's too long or not valid in a header
 */
export function cleanKey(key: string): string {
	const description =
		'Open the credential and enter the key again, exactly as the provider shows it.';
	if (key.length > maxKeyLength) {
		throw new Failure(
			`The API Key of the credential must have at most ${maxKeyLength} characters (got ${key.length})`,
			{ kind: 'key', description },
		);
	}
	let rest = key.replace(invisible, '');
	let cleaned: string;
	do {
		cleaned = rest.replace(edges, '');
		rest = cleaned.replace(prefix, '');
	} while (rest !== cleaned);
	if (!/^[ -~]*$/.test(cleaned)) {
		throw new Failure(
			'The API Key of the credential has an invalid character, such as a line break or an emoji',
			{ kind: 'key', description },
		);
	}
	return cleaned;
}

function toKey(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * Adds the key of a credential to a request, both for the nodes and for the credential's own test.
 * Credentials use it as their `authenticate`; it throws what `cleanKey` and `toBaseUrl` throw, before anything is sent.
 * @param scheme of the Authorization header
 * @param ownUrl the provider's own address
 */
export function authenticateWith(scheme: 'Bearer' | 'Key', ownUrl: string) {
	return async (
		{ apiKey, baseUrl }: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		toBaseUrl(baseUrl, 'Base URL', ownUrl);
		const Authorization = `${scheme} ${cleanKey(toKey(apiKey))}`;
		return await Promise.resolve({ ...options, headers: { ...options.headers, Authorization } });
	};
}

/** A header's name. Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const tokenPattern = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The value of a custom header, as entered but trimmed.
 * @throws Failure, which never shows it, if it's not valid in a header
 */
function cleanHeaderValue(value: string): string {
	const cleaned = value.replace(invisible, '').trim();
	if (cleaned.length > maxKeyLength || !/^[ -~]*$/.test(cleaned)) {
		throw new Failure(
			'The Header Value of the credential is too long or has an invalid character',
			{ kind: 'key', description: 'Open the credential and enter it again.' },
		);
	}
	return cleaned;
}

/** The header that authenticates with a proxy, as the user has chosen. */
function headersOf(fields: CredentialFields): Record<string, string> {
	const { authentication, apiKey, user, password, headerName, headerValue } = fields;
	const way = toChoice(authentication, 'Authentication', ['none', 'bearer', 'basic', 'header']);
	if (way === 'bearer') return { Authorization: `Bearer ${cleanKey(toKey(apiKey))}` };
	if (way === 'basic') {
		const pair = Buffer.from(`${toKey(user)}:${toKey(password)}`).toString('base64');
		return { Authorization: `Basic ${pair}` };
	}
	if (way !== 'header') return {};
	const name = toKey(headerName).trim();
	if (!tokenPattern.test(name)) {
		throw new Failure('The Header Name of the credential is not a valid header name', {
			kind: 'key',
			description: 'Open the credential and enter it, such as X-API-Key.',
		});
	}
	return { [name]: cleanHeaderValue(toKey(headerValue)) };
}

/**
 * Adds the authentication for a proxy in front of the user's own server to a request: nothing, a token, a user name and
 * password, or a header. Credentials of such servers use it as their `authenticate`.
 * @param ownUrl the default address of such a server
 */
export function authenticateAtServer(ownUrl: string) {
	return async (
		fields: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		toBaseUrl(fields.baseUrl, 'Base URL', undefined, ownUrl);
		const headers = { ...options.headers, ...headersOf(fields) };
		return await Promise.resolve({ ...options, headers });
	};
}

/**
 * The address of a credential's test as an expression, with what `toBaseUrl` does to the provider's own.
 * @param ownUrl the provider's own address
 * @param testUrl where its test is, if that is another host
 */
export function testUrlExpression(ownUrl: string, testUrl = ownUrl): string {
	const ownHost = `/^https?:\\/\\/${new URL(ownUrl).host.replaceAll('.', '\\.')}(\\/.*)?$/i`;
	return `={{ (($credentials.baseUrl || "").trim() || "${ownUrl}").replace(${ownHost}, "${testUrl}") }}`;
}

/**
 * The address for testing the user's own server, with what `readCredential` does to the base URL.
 * @param ownUrl the default address of such a server
 * @param version what is left out at its end
 */
export function serverUrlExpression(ownUrl: string, version = ''): string {
	const end = `/(${version.replaceAll('/', '\\/')})?\\/*$/`;
	return `={{ (($credentials.baseUrl || "").trim() || "${ownUrl}").replace(${end}, "") }}`;
}

/** Shorter texts are ordinary words, and masking those could break the URL of a paid image. */
const minSecretLength = 8;

/** More parts than any key has. */
const maxParts = 4;

/** The part of a text in base64 that doesn't depend on what is before and after it. */
function base64Of(text: string): string[] {
	return [0, 1, 2].map((bytesBefore) => {
		const encoded = Buffer.from(`${'.'.repeat(bytesBefore)}${text}`).toString('base64');
		// Of 6 bits each; those that share bits with what is around the text are left out.
		const begin = Math.ceil((bytesBefore * 8) / 6);
		return encoded.slice(begin, Math.floor(((bytesBefore + Buffer.byteLength(text)) * 8) / 6));
	});
}

/** A text as it is, in a URL, in a text of JSON, and in base64. */
function formsOf(text: string): string[] {
	const inUrl = encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
	const lowerInUrl = inUrl.replace(/%../g, (escape) => escape.toLowerCase());
	const base64 = base64Of(text);
	const base64Url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
	return [text, inUrl, lowerInUrl, JSON.stringify(text).slice(1, -1), ...base64, ...base64Url];
}

/**
 * A key in every form in which a provider might repeat it: as typed, as sent, each of its parts (fal's has two), and
 * these encoded. The longest come first, so that none is masked in part only. As many for a long key as for a short one.
 * @throws Failure as `cleanKey` does
 */
export function secretsOf(key: string): string[] {
	const sent = cleanKey(key);
	const parts = [sent, ...sent.split(':', maxParts).map((part) => part.trim())];
	const typed = [key, key.trim()].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
	const long = parts.filter(({ length }) => length >= minSecretLength);
	const isSecret = sent.length >= minSecretLength;
	return [...new Set([...(isSecret ? typed : []), ...long.flatMap(formsOf)])].sort(
		(a, b) => b.length - a.length,
	);
}

/** Secret texts, in every form in which an answer might repeat them; the longest come first. */
export function formsOfSecrets(texts: readonly string[]): string[] {
	const long = texts.filter(({ length }) => length >= minSecretLength);
	return [...new Set(long.flatMap(formsOf))].sort((a, b) => b.length - a.length);
}

/** The secrets for the user's own server, in every form in which it might repeat them. */
function serverSecrets({
	authentication,
	apiKey,
	password,
	headerValue,
}: CredentialFields): string[] {
	if (authentication === 'bearer') return secretsOf(toKey(apiKey));
	return formsOfSecrets([password, headerValue].map(toKey).flatMap((text) => [text, text.trim()]));
}

/**
 * The key goes to the provider's own storage only with the provider's own base URL. Older credentials of a gateway may
 * contain that storage only because it was the default.
 */
function storageUrlOf(
	{ defaultBaseUrl, defaultStorageUrl }: Provider,
	baseUrl: string,
	given: unknown,
): string {
	if (defaultStorageUrl === undefined) return baseUrl;
	const fallback = baseUrl === defaultBaseUrl ? defaultStorageUrl : baseUrl;
	const storageUrl = toBaseUrl(given, 'Storage URL', defaultStorageUrl, fallback);
	return storageUrl === defaultStorageUrl ? fallback : storageUrl;
}

/** As for the storage: a gateway is asked itself. */
function platformUrlOf({ defaultBaseUrl, defaultPlatformUrl }: Provider, baseUrl: string): string {
	return baseUrl === defaultBaseUrl ? (defaultPlatformUrl ?? baseUrl) : baseUrl;
}

/** The address of the user's own server, without a version at its end, because each path starts with the version. */
function baseUrlOf({ defaultBaseUrl, isOwnServer, version }: Provider, given: unknown): string {
	if (!isOwnServer) return toBaseUrl(given, 'Base URL', defaultBaseUrl);
	const baseUrl = toBaseUrl(given, 'Base URL', undefined, defaultBaseUrl);
	return version !== undefined && baseUrl.endsWith(version)
		? baseUrl.slice(0, -version.length)
		: baseUrl;
}

/**
 * Reads a credential as its user has entered it: the one place that does.
 * @throws Failure that names the field, and shows nothing of what is in it
 */
export function readCredential(provider: Provider, fields: CredentialFields): Credential {
	const baseUrl = baseUrlOf(provider, fields.baseUrl);
	return {
		baseUrl,
		storageUrl: storageUrlOf(provider, baseUrl, fields.storageUrl),
		platformUrl: platformUrlOf(provider, baseUrl),
		secrets: provider.isOwnServer ? serverSecrets(fields) : secretsOf(toKey(fields.apiKey)),
	};
}
