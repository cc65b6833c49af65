import type { CallKind } from './answers/expected';
import type { Call } from './judge';
import type { Plan } from './plan';
import type { Exchange } from './recorder';

/** Everything that goes elsewhere than to the provider's own address is the image. */
function kindOf({ subject, baseUrl }: Plan, { method, host, path }: Exchange): CallKind {
	const { tasks } = subject.provider;
	if (method === 'POST') return 'submit';
	const base = new URL(baseUrl);
	if (base.host !== host) return 'download';
	// A file of the credential's own host.
	if (method === 'GET' && path.endsWith('/view')) return 'download';
	if (!tasks?.result) return tasks ? 'status' : 'download';
	return path.endsWith('/status') ? 'status' : 'result';
}

/** What each request of Generate was for, without those that give a task up. */
export function callsOf(plan: Plan, exchanges: readonly Exchange[]): Call[] {
	return exchanges
		.filter(({ method }) => method !== 'PUT')
		.map((exchange) => ({ kind: kindOf(plan, exchange), exchange }));
}
