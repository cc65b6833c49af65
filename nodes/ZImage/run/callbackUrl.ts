import type { IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import type { Client } from '../http/client';
import { isPrivateHost, maxUrlLength } from '../http/urls';
import { isEmpty, trimmed } from '../values';
/** Whether the run waits for its tasks itself. */
type Mode = 'submit' | 'wait';

/** The parameters that are read. */
interface WithOptions {
	readonly options: IDataObject;
}

const field = 'Callback URL';

/** Only the beginning of an invalid URL, because the rest may be a secret. */
const shownLength = 8;

function beginningOf(text: string): string {
	return show(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}

function toUrl(value: unknown): URL {
	const text = typeof value === 'string' ? trimmed(value) : '';
	if (text.length > maxUrlLength) {
		throw new Failure(
			`${field} must have at most ${maxUrlLength} characters (got ${text.length})`,
			{ description: 'Nothing was sent. Check the expression.' },
		);
	}
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol)) {
		const got = typeof value === 'string' ? beginningOf(text) : `a ${typeof value}`;
		throw new Failure(`${field} must be a complete https URL (got ${got})`, {
			description:
				'Nothing was sent. To resume a Wait node after this node, use {{ $execution.resumeUrl }}.',
		});
	}
	if (url.username !== '' || url.password !== '') {
		throw new Failure(`${field} has a user name or password`, {
			description: "Nothing was sent. Remove them: the provider can't log in.",
		});
	}
	return url;
}

/** Whether the option has no effect: the run doesn't wait for a callback, or the provider has none. */
export function ignoresCallback(
	{ provider }: Pick<Client, 'provider'>,
	mode: Mode,
	{ options }: WithOptions,
): boolean {
	return !isEmpty(options.callbackUrl) && (mode === 'wait' || provider.callsBack === undefined);
}

/**
 * The URL that the provider must call when a task of the item has ended. Its path and its query may be secrets,
 * so errors don't contain them.
 * @returns `undefined` if there isn't one, or if it is ignored
 * @throws Failure when the provider can't call it
 */
export function callbackUrlOf(
	client: Pick<Client, 'baseUrl' | 'provider'>,
	mode: Mode,
	parameters: WithOptions,
): string | undefined {
	const { callbackUrl: value } = parameters.options;
	if (isEmpty(value) || ignoresCallback(client, mode, parameters)) return undefined;
	const { provider, baseUrl } = client;
	const url = toUrl(value);
	// A private address belongs to a sandbox or a gateway, which may call any URL.
	const isOutside = !isPrivateHost(new URL(baseUrl));
	const needsHttps = provider.callsBack === 'https' && url.protocol === 'http:';
	if (isOutside && (isPrivateHost(url) || needsHttps)) {
		throw new Failure(
			`${field} must be a public https address that ${provider.displayName} can call (got ${show(url.origin)})`,
			{
				description:
					"Nothing was sent. {{ $execution.resumeUrl }} starts with n8n's own address: set WEBHOOK_URL to n8n's public address.",
			},
		);
	}
	return url.href;
}
