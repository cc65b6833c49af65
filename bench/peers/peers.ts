import type { BenchOptions } from '../commandLine';
import type { Sample } from '../row';
import { withNpmPackage } from './install';
import { measurePeer, measurePeerMemory } from './measurePeer';
import { comfyMediaPeer, falPeer, qwenPeer, wavespeedPeer } from './packages';
import type { Peer } from './peer';

/** Others that npm has. */
const PUBLISHED = [
	{ name: 'n8n-nodes-qwen-image', version: '2.0.2', peerOf: qwenPeer },
	{ name: 'n8n-nodes-comfyui-media', version: '1.0.16', peerOf: comfyMediaPeer },
] as const;

/** Runs something with all peers that npm has, one installed beside the other. A missing one is named and left out. */
async function withPublished<Result>(
	packages: ReadonlyArray<(typeof PUBLISHED)[number]>,
	use: (peers: readonly Peer[]) => Promise<Result>,
): Promise<Result> {
	const [first, ...others] = packages;
	if (!first) return await use([]);
	const { name, version, peerOf } = first;
	let isInstalled = false;
	try {
		return await withNpmPackage(name, version, async (folder) => {
			isInstalled = true;
			return await withPublished(others, async (peers) => await use([peerOf(folder), ...peers]));
		});
	} catch (error) {
		if (isInstalled) throw error;
		console.log(`${name} is left out: ${error instanceof Error ? error.message : 'no npm'}`);
		return await withPublished(others, use);
	}
}

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
	return await withPublished(PUBLISHED, async (peers) => await use([...peers, ...given]));
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
		for (const peer of peers.filter((one) => one.fetchesImages && !one.takesOneItem)) {
			samples.push(...(await attempt(peer, async () => await measurePeerMemory(peer, folder))));
		}
		return samples;
	});
}
