import type { BenchOptions } from './commandLine';
import { descriptionSize } from './descriptionSize';
import { failing, growth, tenThousand, uploads } from './growth';
import {
	fiftyItems,
	firstImage,
	largeImages,
	mixedItems,
	overhead,
	sixtySeconds,
	statusStream,
	tenItems,
	together,
} from './ours';
import { packageLoadMs } from './packageLoad';
import { measureHttpRequestPattern } from './peers/httpRequestPattern';
import { measurePeers } from './peers/peers';
import { setUpRealN8n } from './peers/setUpRealN8n';
import { plainNode } from './plainNode';
import { queueMode, queueName } from './queueMode';
import type { Sample } from './row';

/** One part of the benchmark. */
export interface Step {
	readonly name: string;
	/** Takes long and hardly differs between runs, so only the first run does it. */
	readonly once?: true;
	readonly measure: () => Promise<Sample[]>;
}

async function packageLoad(folder: string, peerFal: string | undefined): Promise<Sample[]> {
	const [ours, fal] = await packageLoadMs(peerFal === undefined ? [folder] : [folder, peerFal]);
	if (ours === undefined) return [];
	return [
		{
			name: 'package-load',
			unit: 'ms',
			value: ours.startMs,
			...(fal !== undefined && { limit: fal.startMs }),
			goal: 1,
		},
		{
			name: 'package-first-use',
			unit: 'ms',
			value: ours.firstUseMs,
			...(fal !== undefined && { limit: fal.startMs + fal.firstUseMs }),
		},
	];
}

async function httpRequestPattern(): Promise<Sample[]> {
	if (await setUpRealN8n()) return await measureHttpRequestPattern();
	console.log('The pattern of HTTP Request nodes is left out: the real n8n could not be set up.');
	return [];
}

/** Everything that is measured, in order. */
export function createSteps(folder: string, options: BenchOptions): Step[] {
	if (options.queue) {
		const loads = [1, 2, 3].flatMap((workers) => [
			{ workers, isLimited: false },
			{ workers, isLimited: true },
		]);
		return [
			...loads.map((load) => ({
				name: queueName(load),
				measure: async () => await queueMode(load),
			})),
			{ name: 'together', measure: async () => await together(folder) },
		];
	}
	const ours: Step[] = [
		{ name: 'fifty', measure: async () => await fiftyItems(folder) },
		{ name: 'stream', measure: async () => await statusStream(folder) },
		{ name: 'plain', measure: plainNode },
		{ name: 'mixed', measure: async () => await mixedItems(folder) },
		{ name: 'first', measure: async () => await firstImage(folder) },
		{ name: 'ten', measure: async () => await tenItems(folder) },
		{ name: 'sixty', once: true, measure: async () => await sixtySeconds(folder) },
		{ name: 'large', measure: async () => await largeImages(folder) },
		{ name: 'overhead', measure: async () => await overhead(folder) },
		{ name: 'load', measure: async () => await packageLoad(folder, options.peerFal) },
		{
			name: 'description',
			once: true,
			measure: async () => await descriptionSize(folder),
		},
		{ name: 'growth', measure: async () => await growth(folder) },
		{ name: 'ten-thousand', once: true, measure: async () => await tenThousand(folder) },
		{ name: 'failing', measure: async () => await failing(folder) },
		{ name: 'uploads', once: true, measure: async () => await uploads(folder) },
	];
	if (options.ours) return ours;
	return [
		...ours,
		{ name: 'pattern', once: true, measure: httpRequestPattern },
		{ name: 'peers', once: true, measure: async () => await measurePeers(folder, options) },
	];
}
