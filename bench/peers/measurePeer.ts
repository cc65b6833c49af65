import type { Sample } from '../row';
import {
	FIFTY,
	largeImagesRun,
	LATENCY_MS,
	leastSeconds,
	STATUS_REQUESTS,
	type SteadyLoad,
	memoryRise,
	ONE,
	TEN,
	timedRun,
} from '../scenarios';
import { median } from '../statistics';
import type { Peer } from './peer';

async function timed(
	{ name, provider, make }: Peer,
	load: SteadyLoad,
	what: string,
): Promise<Sample[]> {
	const run = await timedRun(make, provider, load);
	const wall: Sample = {
		name: `peer-${name}-${what}-wall`,
		unit: 's',
		value: run.wallSeconds,
		limit: leastSeconds(load),
	};
	if (load !== FIFTY) return [wall];
	return [
		wall,
		{
			name: `peer-${name}-completion-latency-median`,
			unit: 'ms',
			value: median(run.latenciesMs),
			limit: LATENCY_MS.median,
		},
		{
			name: `peer-${name}-status-requests-per-image`,
			unit: 'requests',
			value: run.statusRequestsPerImage,
			limit: STATUS_REQUESTS,
		},
	];
}

async function single({ name, provider, make }: Peer): Promise<Sample> {
	const { latenciesMs } = await timedRun(make, provider, ONE);
	return {
		name: `peer-${name}-single-${provider}-latency`,
		unit: 'ms',
		value: median(latenciesMs),
	};
}

/** Measures a peer with our node's loads. It waits nearly all of the time, so both loads run at once. */
export async function measurePeer(peer: Peer): Promise<Sample[]> {
	if (peer.takesOneItem) return [await single(peer)];
	const [fifty, ten] = await Promise.all([
		timed(peer, FIFTY, 'fifty-items'),
		timed(peer, TEN, 'ten-items'),
	]);
	return [...fifty, ...ten];
}

/** Measures a peer with large images, like our node. */
export async function measurePeerMemory(peer: Peer, folder: string): Promise<Sample[]> {
	const measured = await largeImagesRun(folder, peer.make, true);
	return [
		{
			name: `peer-${peer.name}-peak-memory-over-idle`,
			unit: 'MB',
			value: memoryRise(measured),
			limit: 30,
		},
		{
			name: `peer-${peer.name}-event-loop-stall`,
			unit: 'ms',
			value: measured.stallMs,
			limit: 50,
		},
	];
}
