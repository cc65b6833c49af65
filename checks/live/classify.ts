import type { CallKind } from './answers/expected';
import type { Call } from './judge';
import type { Plan } from './plan';
import type { Exchange } from './recorder';

/** A request to any other address than the provider's own is the image download. */
function kindOf({ subject, baseUrl }: Plan, { method, host, path }: Exchange): CallKind {
	const { tasks } = subject.provider;
	if (method === 'POST') return 'submit';
	const base = new URL(baseUrl);
	if (base.host !== host) return 'download';
	// A file on the credential's own host.
	if (method === 'GET' && path.endsWith('/view')) return 'download';
	if (!tasks?.result) return tasks ? 'status' : 'download';
	return path.endsWith('/status') ? 'status' : 'result';
}

/**
 * The purpose of each of Generate's requests, without the cancels and the status streams: a stream only says when to
 * ask, and the node closes it.
 */
export function callsOf(plan: Plan, exchanges: readonly Exchange[]): Call[] {
	return exchanges
		.filter(({ method, path }) => method !== 'PUT' && !path.endsWith('/stream'))
		.map((exchange) => ({ kind: kindOf(plan, exchange), exchange }));
}
