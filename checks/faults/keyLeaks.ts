import { inspect } from 'node:util';

import type { Sandbox } from '../../sandbox/emulator/server';
import { findKey } from './canary';
import type { Execution } from './execution';
import type { Subject } from './subject';

/** Where a case's key appears: in requests to other hosts, in a URL or body, or in the output. */
export function keyLeaks(
	{ id }: Subject,
	sandbox: Sandbox,
	executions: readonly Execution[],
): string[] {
	const inRequests = sandbox.requests
		.filter(({ provider }) => provider !== id)
		.filter((request) => findKey(JSON.stringify(request)) !== undefined)
		.map(({ provider, path }) => `a request to ${provider}${path}`);
	const inBodies = sandbox.requests
		.filter(({ path, query, body }) => findKey(JSON.stringify([path, query, body])) !== undefined)
		.map(({ provider, path }) => `the URL or body of a request to ${provider}${path}`);
	const inOutputs = executions.flatMap((execution) =>
		Object.entries({
			'the items': JSON.stringify(execution.outputs),
			'the error': inspect(execution.error, { depth: 8, showHidden: true }),
			'the error as JSON': JSON.stringify(execution.error) ?? '',
			hints: execution.hints.join('\n'),
			'the stored execution': execution.stored,
		}).flatMap(([where, text]) => {
			const found = findKey(text);
			return found === undefined ? [] : [`${where}: ${found}`];
		}),
	);
	return [...inRequests, ...inBodies, ...inOutputs];
}
