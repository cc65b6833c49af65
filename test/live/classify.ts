import type { CallKind } from './answers/expected';
import type { Plan } from './plan';
import type { Exchange } from './recorder';

/**
 * What a request of Generate was for. Everything that goes elsewhere than to the provider's own address is the image.
 */
export function kindOf({ subject, baseUrl }: Plan, { method, host, path }: Exchange): CallKind {
	const { tasks } = subject.provider;
	if (method === 'POST') return 'submit';
	const base = new URL(baseUrl);
	if (base.host !== host) return 'download';
	if (!tasks?.result) return tasks ? 'status' : 'download';
	return path.endsWith('/status') ? 'status' : 'result';
}
