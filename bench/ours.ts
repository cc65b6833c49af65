import { refusalsPerTask, since } from './latency';
import type { Sample } from './row';
import { withSandbox } from './sandboxProcess';
import {
	FIFTY,
	IMAGE_BYTES,
	INSTANT,
	largeImagesRun,
	LATENCY_MS,
	leastSeconds,
	type Load,
	type Make,
	memoryRise,
	MIXED,
	ONE,
	STATUS_REQUESTS,
	TEN,
	timedRun,
} from './scenarios';
import { median, quantile } from './statistics';
import {
	bareLoopNode,
	measure,
	measureOnce,
	ourNode,
	type OurProvider,
	streamLoopNode,
} from './subjects';

/** Memory and stalls differ between processes, so several are measured. */
const ROUNDS = 3;

/** Fifty tasks of three seconds: the total time, and how soon each image is there. */
export async function fiftyItems(folder: string): Promise<Sample[]> {
	const run = await timedRun(ourNode(folder), 'fal', FIFTY);
	const latency = (share: number) => quantile(run.latenciesMs, share);
	return [
		{
			name: 'fifty-items-wall',
			unit: 's',
			value: run.wallSeconds,
			limit: leastSeconds(FIFTY),
			goal: 1.05,
		},
		{
			name: 'completion-latency-median',
			unit: 'ms',
			value: latency(0.5),
			limit: LATENCY_MS.median,
			goal: 1,
		},
		{
			name: 'completion-latency-p95',
			unit: 'ms',
			value: latency(0.95),
			limit: LATENCY_MS.p95,
			goal: 1,
		},
		{ name: 'completion-noticed-median', unit: 'ms', value: median(run.noticedAfterMs) },
		{
			name: 'status-requests-per-image',
			unit: 'requests',
			value: run.statusRequestsPerImage,
			limit: STATUS_REQUESTS,
			goal: 1,
		},
	];
}

/** The fifty tasks with fal's status stream instead of status requests, in the smallest possible loop. */
export async function statusStream(folder: string): Promise<Sample[]> {
	const { wallSeconds, latenciesMs } = await timedRun(streamLoopNode(folder), 'fal', FIFTY);
	return [
		{
			name: 'status-stream-fifty-items-wall',
			unit: 's',
			value: wallSeconds,
			limit: leastSeconds(FIFTY),
		},
		{
			name: 'status-stream-completion-latency-median',
			unit: 'ms',
			value: median(latenciesMs),
			limit: LATENCY_MS.median,
		},
	];
}

/** Fifty tasks of one to ten seconds. */
export async function mixedItems(folder: string): Promise<Sample[]> {
	const { latenciesMs, statusRequestsPerImage } = await timedRun(ourNode(folder), 'fal', MIXED);
	const latency = (share: number) => quantile(latenciesMs, share);
	return [
		{
			name: 'mixed-completion-latency-median',
			unit: 'ms',
			value: latency(0.5),
			limit: LATENCY_MS.median,
			goal: 1,
		},
		{
			name: 'mixed-completion-latency-p95',
			unit: 'ms',
			value: latency(0.95),
			limit: LATENCY_MS.p95,
			goal: 1,
		},
		{
			name: 'mixed-status-requests-per-image',
			unit: 'requests',
			value: statusRequestsPerImage,
			limit: STATUS_REQUESTS,
			goal: 1,
		},
	];
}

/** The image of a run of one, on a provider with a status stream, on one without and on ComfyUI, in a new process and in one that has made some. */
export async function firstImage(folder: string): Promise<Sample[]> {
	const samples: Sample[] = [];
	const measureRow = async (name: string, provider: OurProvider, before: number) => {
		const run = await timedRun(ourNode(folder, provider), provider, { ...ONE, before });
		samples.push({ name, unit: 'ms', value: median(run.latenciesMs) });
	};
	for (let round = 0; round < ROUNDS; round++) {
		await measureRow('first-image-latency', 'fal', 0);
		await measureRow('first-image-latency-polling-new', 'novita', 0);
		await measureRow('first-image-latency-polling', 'novita', 3);
		await measureRow('single-comfyui-latency', 'comfyui', 0);
	}
	return samples;
}

/** Ten tasks of 0.8 seconds. */
export async function tenItems(folder: string): Promise<Sample[]> {
	const { wallSeconds } = await timedRun(ourNode(folder), 'fal', TEN);
	return [
		{
			name: 'ten-items-wall',
			unit: 's',
			value: wallSeconds,
			limit: leastSeconds(TEN),
			goal: 1.15,
		},
	];
}

/** Ten tasks of a minute: the provider's cost of waiting for them. */
export async function sixtySeconds(folder: string): Promise<Sample[]> {
	const load: Load = { items: 10, taskSeconds: 60 };
	const { statusRequestsPerImage, latenciesMs } = await timedRun(ourNode(folder), 'fal', load);
	return [
		{
			name: 'status-requests-sixty-seconds',
			unit: 'requests',
			value: statusRequestsPerImage,
			limit: STATUS_REQUESTS,
			goal: 1,
		},
		{
			name: 'completion-latency-sixty-seconds',
			unit: 'ms',
			value: median(latenciesMs),
			limit: LATENCY_MS.longTasks,
			goal: 1,
		},
	];
}

/**
 * The memory that large images take in a process that has downloaded images of that size before, and in one
 * that hasn't.
 */
export async function largeImages(folder: string): Promise<Sample[]> {
	const samples: Sample[] = [];
	const run = async (make: Make, inUse: boolean) => await largeImagesRun(folder, make, inUse);
	for (let round = 0; round < ROUNDS; round++) {
		const ours = await run(ourNode(folder), true);
		const oursFirst = await run(ourNode(folder), false);
		const bareFirst = await run(bareLoopNode(folder), false);
		samples.push(
			{ name: 'peak-memory-over-idle', unit: 'MB', value: memoryRise(ours), limit: 30, goal: 1 },
			{
				name: 'peak-memory-first-run',
				unit: 'MB',
				value: memoryRise(oursFirst),
				limit: memoryRise(bareFirst),
			},
			{ name: 'event-loop-stall', unit: 'ms', value: ours.stallMs, limit: 50, goal: 1 },
		);
	}
	return samples;
}

/** Small images from a provider that takes no time, with our node and without a node. */
export async function overhead(folder: string): Promise<Sample[]> {
	return await withSandbox({ files: { bytes: 0 } }, async (sandbox) => {
		const perItem = async (make: Make) => {
			await sandbox.forget();
			const subject = make(sandbox);
			const runs = await measure({
				subject,
				prompts: [INSTANT],
				runs: [200, 200, 200, 200, 200],
				warmUps: [{ subject, items: 200 }],
			});
			const { requests, tasks } = await sandbox.look();
			return {
				wallMs: median(runs.map(({ wallMs, items }) => wallMs / items)),
				cpuMs: median(runs.map(({ cpuMs, items }) => cpuMs / items)),
				requests: requests.length / tasks.length,
			};
		};
		const ours = await perItem(ourNode(folder));
		const bare = await perItem(bareLoopNode(folder));
		return [
			{ name: 'overhead-per-item', unit: 'ms', value: ours.wallMs, limit: bare.wallMs, goal: 1.3 },
			{ name: 'processor-time-per-item', unit: 'ms', value: ours.cpuMs, limit: bare.cpuMs },
			{ name: 'requests-per-item', unit: 'requests', value: ours.requests, limit: bare.requests },
		];
	});
}

/** Executions of one worker at once, and what the provider takes that refuses more. */
const TOGETHER = { executions: 10, items: 20, taskSeconds: 3, refuseAbove: 20 };

/** Ten executions at once in one process, with more tasks than the provider accepts. */
export async function together(folder: string): Promise<Sample[]> {
	const { executions, items, taskSeconds, refuseAbove } = TOGETHER;
	const options = { refuseAbove, files: { bytes: IMAGE_BYTES } };
	return await withSandbox(options, async (sandbox) => {
		const subject = ourNode(folder)(sandbox);
		const { wallMs, startedAt } = await measureOnce({
			subject,
			prompts: [`a lighthouse [sandbox:seconds=${taskSeconds}]`],
			items,
			executions,
			warmUps: [{ subject, items: 1 }],
		});
		const rounds = Math.ceil((executions * items) / refuseAbove);
		return [
			{
				name: 'together-wall',
				unit: 's',
				value: wallMs / 1000,
				limit: rounds * taskSeconds,
			},
			{
				name: 'together-refusals-per-task',
				unit: 'requests',
				value: refusalsPerTask(since(await sandbox.look(), startedAt), 'fal'),
			},
		];
	});
}
