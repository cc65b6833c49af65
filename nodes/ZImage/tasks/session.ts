import type { Clock } from '../http/clock';
import type { Client } from '../http/client';
import { createClient } from '../http/client';
import type { Host } from '../host';
import type { Provider } from '../providers/provider';
import { PollSchedule } from './schedule';
import { StatusStreams } from './statusStream';

/** One provider in one run of a node: its client, the schedule of its checks, and its status streams. */
export interface Session {
	readonly client: Client;
	/** For tasks whose request isn't known. */
	readonly schedule: PollSchedule;
	readonly streams: StatusStreams;
}

/**
 * Begins a run with a provider and the node's credential for it.
 * @param maxDelayMs no task is left alone for longer. Default: as images want it
 * @throws NodeOperationError of n8n when the node has no such credential
 */
export async function openSession(
	host: Host,
	provider: Provider,
	clock: Clock,
	maxDelayMs?: number,
): Promise<Session> {
	const client = await createClient(host, provider, clock);
	const schedule = new PollSchedule(clock, maxDelayMs);
	return { client, schedule, streams: new StatusStreams(client) };
}

/** The sessions of a run that may need several providers, each opened when it's first needed. */
export class Sessions {
	private readonly opened = new Map<Provider, Promise<Session>>();
	private readonly clients: Client[] = [];

	constructor(
		private readonly host: Host,
		private readonly clock: Clock,
	) {}

	/** @throws what `openSession` throws */
	async of(provider: Provider): Promise<Session> {
		const opened = this.opened.get(provider) ?? this.open(provider);
		this.opened.set(provider, opened);
		return await opened;
	}

	/** The number of retried requests in the run. */
	get retries(): number {
		return this.clients.reduce((sum, { retries }) => sum + retries, 0);
	}

	private async open(provider: Provider): Promise<Session> {
		const session = await openSession(this.host, provider, this.clock);
		this.clients.push(session.client);
		return session;
	}
}
