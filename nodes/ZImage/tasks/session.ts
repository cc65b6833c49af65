import type { Clock } from '../http/clock';
import type { Client } from '../http/client';
import { createClient } from '../http/client';
import { Pacing } from '../http/pacing';
import type { Host } from '../host';
import type { Provider } from '../providers/provider';
import { PollSchedule } from './schedule';

/** One provider in one run of a node: its client, how fast it lets the run go, and when its tasks are asked for. */
export interface Session {
	readonly client: Client;
	readonly pacing: Pacing;
	readonly schedule: PollSchedule;
}

/**
 * Begins a run with a provider and the node's credential for it.
 * @throws NodeOperationError of n8n when the node has no such credential
 */
export async function openSession(host: Host, provider: Provider, clock: Clock): Promise<Session> {
	const pacing = new Pacing(clock);
	const client = await createClient(host, provider, clock, pacing);
	return { client, pacing, schedule: new PollSchedule(clock) };
}
