import type { Answer } from '../../answer';
import { proxyPage } from './errors';

const USER = 'sandbox';

/**
 * sd-server requires no key, so a proxy in front of it does: its token as a bearer token, or as the password of
 * basic authentication.
 * @returns the refusal, or undefined for a correct key
 */
export function refuseKey(header: string | undefined, token: string): Answer | undefined {
	const basic = Buffer.from(`${USER}:${token}`).toString('base64');
	if (header === `Bearer ${token}` || header === `Basic ${basic}`) return undefined;
	return proxyPage(401, { 'www-authenticate': 'Basic realm="sandbox"' });
}
