import type { BenchOptions } from '../commandLine';
import type { Sample } from '../row';
import { withNpmPackage } from './install';
import { measurePeer, measurePeerMemory } from './measurePeer';
import { falPeer, qwenPeer, wavespeedPeer } from './packages';
import type { Peer } from './peer';

const QWEN = { name: 'n8n-nodes-qwen-image', version: '2.0.2' } as const;

/** Runs something with all available peers, and lists the missing ones. */
async function withPeers<Result>(
	{ peerFal, peerWavespeed }: BenchOptions,
	use: (peers: readonly Peer[]) => Promise<Result>,
): Promise<Result> {
	const given = [
		...(peerFal === undefined ? [] : [falPeer(peerFal)]),
		...(peerWavespeed === undefined ? [] : [wavespeedPeer(peerWavespeed)]),
	];
	if (peerFal === undefined) console.log("fal's official node is left out: no --peer-fal.");
	if (peerWavespeed === undefined)
		console.log("WaveSpeed's node is left out: no --peer-wavespeed.");
	let isInstalled = false;
	try {
		return await withNpmPackage(QWEN.name, QWEN.version, async (folder) => {
			isInstalled = true;
			return await use([qwenPeer(folder), ...given]);
		});
	} catch (error) {
		if (isInstalled) throw error;
		console.log(`${QWEN.name} is left out: ${error instanceof Error ? error.message : 'no npm'}`);
		return await use(given);
	}
}

/** Measures a peer as far as possible. */
async function attempt(peer: Peer, measure: (peer: Peer) => Promise<Sample[]>): Promise<Sample[]> {
	try {
		return await measure(peer);
	} catch (error) {
		console.log(`${peer.name}: ${error instanceof Error ? error.message : String(error)}`);
		return [];
	}
}

/** Measures other packages: what only waits in parallel, memory one after another. */
export async function measurePeers(folder: string, options: BenchOptions): Promise<Sample[]> {
	return await withPeers(options, async (peers) => {
		const timed = await Promise.all(peers.map(async (peer) => await attempt(peer, measurePeer)));
		const samples = timed.flat();
		for (const peer of peers.filter(({ fetchesImages }) => fetchesImages)) {
			samples.push(...(await attempt(peer, async () => await measurePeerMemory(peer, folder))));
		}
		return samples;
	});
}
