import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { outsideExecution } from '../host';
import type { Provider, ServerListName } from '../providers/provider';
import { createClient } from './client';
import { systemClock } from './clock';
import { answerFailure, formFailure } from './failures';
import { isSuccess } from './retry';

/** A person waits for the list with the editor open. */
const timeoutMs = 15_000;

/**
 * Loads names from the user's own server, for a list in the editor.
 * @throws Failure when the server has no such list, or can't be reached with the node's credential
 */
export async function readServerList(
	context: ILoadOptionsFunctions,
	provider: Provider,
	name: ServerListName,
): Promise<readonly string[]> {
	const list = provider.lists?.[name];
	if (!list) {
		throw new Failure(
			`The server doesn't list its ${name}. Choose By File and enter the file's path on the server.`,
		);
	}
	const host = outsideExecution(context);
	const client = await createClient(host, provider, systemClock);
	const answer = await client.send(list.call, {
		purpose: 'read',
		deadline: systemClock.now() + timeoutMs,
		signal: new AbortController().signal,
		// A person tries again by typing on.
		maxAttempts: 1,
	});
	if (!isSuccess(answer)) throw answerFailure(provider, answer, `did not list its ${name}`);
	try {
		return list.parse(answer);
	} catch {
		throw formFailure(provider, answer, `when asked for its ${name}`);
	}
}
