import { Failure } from '../errors/failure';

/**
 * Joins the credential's base URL and the path of a call. A path in the base URL (a gateway's) stays.
 * @throws Failure when the base URL is not an http or https URL
 */
export function joinUrl(baseUrl: string, path: string): string {
	const parsed = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
	if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
		throw new Failure(`The Base URL "${baseUrl}" of the credential is not an http or https URL`, {
			description: 'Open the credential and set its Base URL, for example to its default.',
		});
	}
	return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}${path}`;
}

/**
 * Whether a URL from a provider's answer may be used, for an image or for a place to put one: over https, or over
 * http where the credential's own URL is http (a sandbox or a local gateway).
 */
export function mayVisit(url: string, baseUrl: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol } = new URL(url);
	return protocol === 'https:' || (protocol === 'http:' && new URL(baseUrl).protocol === 'http:');
}

/** Addresses of this machine, of a private network, or of nobody. Sources: RFC 1122, 1918, 3927, 6598. */
const privateIpv4 =
	/^(0|10|127)\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.168\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;

/**
 * The same of IPv6: unspecified, loopback, unique local, link-local, and what stands for IPv4, which no public service
 * is named by. Sources: RFC 4193, 4291.
 */
const privateIpv6 = /^\[(::\]|::1\]|f[cd]|fe[89ab]|::ffff:|64:ff9b:)/;

/** Whether a host, as a parsed URL writes it, is known to be none of the public internet by its name alone. */
function isPrivateHost(hostname: string): boolean {
	return (
		/(^|\.)localhost\.?$/.test(hostname) || privateIpv4.test(hostname) || privateIpv6.test(hostname)
	);
}

/**
 * Whether a redirect may be followed: never from https to http, and to a private host only where that is the
 * credential's own.
 */
export function mayFollow(from: string, to: string, ownUrl: string): boolean {
	const { hostname } = new URL(to);
	if (!mayVisit(to, from)) return false;
	return !isPrivateHost(hostname) || hostname === new URL(ownUrl).hostname;
}
