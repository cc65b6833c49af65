import { Failure } from '../errors/failure';

/** Longer than any server address; longer texts aren't parsed. */
export const maxUrlLength = 2000;

const setIt = 'Open the credential and set it, for example to the default.';

/**
 * Reads a server address entered by a user. The normalized form is used for requests and for comparing
 * credentials: no spaces around it, no slash at its end, no default port. The provider's own host has no path: a
 * version that was copied with it (`https://api.aimlapi.com/v1`) is dropped, and so is a lost `s` of `https`. A path of
 * another host (a gateway's) stays.
 * @param field as the editor calls it
 * @param ownUrl the provider's own address; undefined for the user's own server, which may be anywhere
 * @param fallback used if the field is empty
 * @throws Failure that names the field and never shows its text, which may hold a key
 */
export function toBaseUrl(
	given: unknown,
	field: string,
	ownUrl: string | undefined,
	fallback = ownUrl ?? '',
): string {
	const text = typeof given === 'string' ? given.trim() : (given ?? '');
	if (text === '') return fallback;
	if (typeof text === 'string' && text.length > maxUrlLength) {
		throw new Failure(
			`The ${field} of the credential must have at most ${maxUrlLength} characters (got ${text.length})`,
			{ kind: 'key', description: setIt },
		);
	}
	const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol)) {
		throw new Failure(`The ${field} of the credential must be an http or https URL`, {
			kind: 'key',
			description: setIt,
		});
	}
	if ([url.username, url.password, url.search, url.hash].some((part) => part !== '')) {
		throw new Failure(
			`The ${field} of the credential must not have a user name, a password, a query or a fragment`,
			{ kind: 'key', description: `The key belongs in API Key only. ${setIt}` },
		);
	}
	if (ownUrl !== undefined && url.host === new URL(ownUrl).host) return ownUrl;
	return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

/** Over https, or over http where the other URL is http as well. */
function isAsSecure(url: URL, other: URL): boolean {
	return url.protocol === 'https:' || (url.protocol === 'http:' && other.protocol === 'http:');
}

/**
 * Loopback, private, test, multicast and reserved addresses.
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry and RFC 1112 for 224.0.0.0/3
 */
const privateIpv4 =
	/^(0|10|127|22[4-9]|2[3-5]\d)\.\d+\.\d+\.\d+$|^(169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|198\.1[89])\.\d+\.\d+$|^192\.0\.0\.\d+$/;

/**
 * Global unicast, except for ranges that map to IPv4 (6to4, Teredo). Everything else is loopback, private, link-local or reserved, or
 * also maps to IPv4 (mapped, NAT64), which no public service uses.
 * Source: https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const publicIpv6 = /^\[(?!2002:|2001:(:|0:))[23][\da-f]{3}:/;

/** Host names that never exist on the public internet. Sources: RFC 6761, 6762, 8375, ICANN 2024-07-29 (internal). */
const privateName = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/** A host name as in a parsed URL, without the dot of the root. */
function nameOf({ hostname }: URL): string {
	return hostname.replace(/(?<!\.)\.+$/, '');
}

/** Whether the name alone shows that a host isn't on the public internet. */
export function isPrivateHost(url: URL): boolean {
	const name = nameOf(url);
	if (name.startsWith('[')) return !publicIpv6.test(name);
	return !name.includes('.') || privateIpv4.test(name) || privateName.test(name);
}

/**
 * Checks a URL that a request names and its provider downloads from. A private address can be reached only from one: by a
 * sandbox, a gateway or the user's own server.
 * @param ownUrl the credential's own URL
 * @param field how errors name it
 * @throws Failure for a private address if the credential's own is public
 */
export function assertReachable(
	url: URL,
	ownUrl: string,
	field: string,
	displayName: string,
): void {
	if (!isPrivateHost(url) || isPrivateHost(new URL(ownUrl))) return;
	throw new Failure(
		`${field} must be a public address that ${displayName} can download from (got ${url.origin})`,
		{ description: 'Nothing was sent. Use a public link, or a file from a binary field.' },
	);
}

/**
 * Cloud metadata services and other link-local addresses, in any spelling.
 * Sources: RFC 3927, 4291; https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
const linkLocal =
	/^169\.254\.|^\[(fe[89ab]|::ffff:a9fe:|::a9fe:|64:ff9b:|fd00:ec2:)|^metadata(\.|$)/;

/**
 * Whether a URL from a provider's answer may be used for a download or an upload: over https, or over
 * http if the credential's own URL is http (a sandbox or a local gateway), and on a private host only if the
 * credential's host is private too. A link-local address has to be the credential's own.
 * @param ownUrl the credential's own URL
 */
export function mayVisit(url: string, ownUrl: string): boolean {
	if (!URL.canParse(url)) return false;
	const [to, own] = [new URL(url), new URL(ownUrl)];
	if (!isAsSecure(to, own)) return false;
	if (!isPrivateHost(to) || nameOf(to) === nameOf(own)) return true;
	return isPrivateHost(own) && !linkLocal.test(nameOf(to));
}

/**
 * Whether a redirect may be followed: never from https to http, and to a private host only if it's the
 * credential's own, on any port, because the user's own server may keep its files on another one.
 * @param ownUrl the credential's own URL
 */
export function mayFollow(from: string, to: string, ownUrl: string): boolean {
	if (!URL.canParse(to)) return false;
	const next = new URL(to);
	if (!isAsSecure(next, new URL(from))) return false;
	return !isPrivateHost(next) || nameOf(next) === nameOf(new URL(ownUrl));
}
