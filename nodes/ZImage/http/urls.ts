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
