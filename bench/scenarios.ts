import type { Measured, Subject } from './engine/job';
import { latenciesMs, noticedAfterMs, ofProvider, since, statusRequestsPerTask } from './latency';
import { type SandboxAddress, type Seen, withSandbox } from './sandboxProcess';
import { bareLoopNode, measureOnce } from './subjects';

/** How many tasks the provider works on at once in all measurements whose tasks take time. */
export const CAPACITY = 10;
/** About what a PNG of Z-Image Turbo has. */
export const IMAGE_BYTES = 2_000_000;

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
	readonly taskSeconds: number;
}

/** The rows that every contender has: fifty tasks of three seconds, ten of 0.8 seconds. */
export const FIFTY: Load = { items: 50, taskSeconds: 3 };
export const TEN: Load = { items: 10, taskSeconds: 0.8 };

/** The least that such a load can take: the provider itself, without a pause. */
export const leastSeconds = ({ items, taskSeconds }: Load): number =>
	Math.ceil(items / CAPACITY) * taskSeconds;

/** The provider of the slow tasks, and of the images of two megabytes. */
export const TIMED = { capacity: CAPACITY, files: { bytes: IMAGE_BYTES } };

/**
 * Runs a node on tasks that take time, in its own process.
 * @param provider the sandbox host that the node uses
 */
export async function timedRun(make: Make, provider: string, load: Load): Promise<TimedRun> {
	return await withSandbox(TIMED, async (sandbox) => {
		const subject = make(sandbox);
		const { wallMs, startedAt, arrivals } = await measureOnce({
			subject,
			prompt: `a lighthouse [sandbox:seconds=${load.taskSeconds}]`,
			items: load.items,
			warmUps: [{ subject, items: 1 }],
		});
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
						prompt: 'a lighthouse [sandbox:seconds=0]',
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
