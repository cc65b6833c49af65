import type { Measured, Subject } from './engine/job';
import { latenciesMs, noticedAfterMs, ofProvider, since, statusRequestsPerTask } from './latency';
import { type SandboxAddress, type Seen, withSandbox } from './sandboxProcess';
import { bareLoopNode, forSmallImages, lastOf, measure, measureOnce } from './subjects';

/** How many tasks the provider works on at once in all measurements whose tasks take time. */
export const CAPACITY = 10;
/** About what a PNG of Z-Image Turbo has. */
export const IMAGE_BYTES = 2_000_000;
/** The prompt of an image that takes the provider no time. */
export const INSTANT = 'a lighthouse [sandbox:seconds=0]';

/** A node to measure, once it is known where the sandbox is. */
export type Make = (sandbox: SandboxAddress) => Subject;

/** The results of a run with tasks that take time. */
export interface TimedRun {
	readonly wallSeconds: number;
	/** From the end of each task to its image. */
	readonly latenciesMs: readonly number[];
	/** From the end of each task to the status request that saw it done. */
	readonly noticedAfterMs: readonly number[];
	readonly statusRequestsPerImage: number;
}

/** A node's load. */
export interface Load {
	readonly items: number;
	/** What the tasks take, one after the other and then again from the first. */
	readonly taskSeconds: number | readonly number[];
	/** How many such runs the process has done before. Default: 0 */
	readonly before?: number;
}

/** Tasks that all take the same time. */
export interface SteadyLoad extends Load {
	readonly taskSeconds: number;
}

/** The rows that every contender has: fifty tasks of three seconds, ten of 0.8 seconds. */
export const FIFTY: SteadyLoad = { items: 50, taskSeconds: 3 };
export const TEN: SteadyLoad = { items: 10, taskSeconds: 0.8 };

/** The goals of the time from the end of a task until its file is in n8n's store. */
export const LATENCY_MS = { median: 120, p95: 300, longTasks: 500 };

/** The most status requests for an image. A status stream counts as one. */
export const STATUS_REQUESTS = 4;

/** Tasks that nothing can be learned from. */
export const MIXED: Load = { items: 50, taskSeconds: [1, 8, 3, 10, 2, 6, 1.5, 4] };
export const ONE: Load = { items: 1, taskSeconds: 3 };

/** The least that such a load can take: the provider itself, without a pause. */
export const leastSeconds = ({ items, taskSeconds }: SteadyLoad): number =>
	Math.ceil(items / CAPACITY) * taskSeconds;

/** The provider of the slow tasks, and of the images of two megabytes. */
export const TIMED = {
	capacity: CAPACITY,
	files: { bytes: IMAGE_BYTES },
	// Others don't send a key with every request.
	keys: { comfyui: '' },
};

/**
 * Runs a node on tasks that take time, in its own process.
 * @param provider the sandbox host that the node uses
 */
export async function timedRun(make: Make, provider: string, load: Load): Promise<TimedRun> {
	return await withSandbox(TIMED, async (sandbox) => {
		const subject = make(sandbox);
		const { items, taskSeconds, before = 0 } = load;
		const runs = await measure({
			subject,
			prompts: [taskSeconds].flat().map((seconds) => `a lighthouse [sandbox:seconds=${seconds}]`),
			runs: Array<number>(before + 1).fill(items),
			warmUps: [{ subject: forSmallImages(subject), items: 1 }],
		});
		const { wallMs, startedAt, arrivals } = lastOf(runs);
		const seen: Seen = since(ofProvider(await sandbox.look(), provider), startedAt);
		return {
			wallSeconds: wallMs / 1000,
			latenciesMs: latenciesMs(arrivals, seen),
			noticedAfterMs: noticedAfterMs(seen),
			statusRequestsPerImage: statusRequestsPerTask(seen),
		};
	});
}

/**
 * Fifty large images from a provider that takes no time, so that a node with many items at once has many images
 * in flight. The process has generated small images with this node before.
 * @param inUse whether n8n's own HTTP helper has downloaded as many large images before
 */
export async function largeImagesRun(
	folder: string,
	make: Make,
	inUse: boolean,
): Promise<Measured> {
	return await withSandbox(
		{ files: { bytes: 0 } },
		async (small) =>
			await withSandbox(
				{ files: { bytes: IMAGE_BYTES } },
				async (large) =>
					await measureOnce({
						subject: make(large),
						prompts: [INSTANT],
						items: 50,
						warmUps: [
							...(inUse ? [{ subject: bareLoopNode(folder)(large), items: 50 }] : []),
							{ subject: make(small), items: inUse ? 10 : 1 },
						],
					}),
			),
	);
}

/** The resident memory that a run took, in megabytes. */
export const memoryRise = ({ peakBytes, idleBytes }: Measured): number =>
	(peakBytes - idleBytes) / 1_000_000;
