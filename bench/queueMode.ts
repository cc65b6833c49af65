import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, type Member, startCluster } from '../sandbox/queueMode/cluster';
import { sandboxCredentials } from '../sandbox/realN8n/credentials';
import { WAITS } from '../test/queue/workflows';
import { refusalsPerTask } from './latency';
import { setUpRealN8n } from './peers/setUpRealN8n';
import type { Sample } from './row';
import { type SandboxProcess, withSandbox } from './sandboxProcess';

const EXECUTIONS = 200;
const IMAGES = 3;
const TASK_SECONDS = 3;
const IMAGE_BYTES = 200_000;
/** How many executions one of n8n's workers runs at once by default. */
const CONCURRENCY = 10;
const CALLERS = 20;
/** How many open tasks a provider with a limit accepts (HTTP 429 beyond that). */
const MOST_TASKS = 20;
/** Of the time of the tasks alone: what the nodes took when they were first tried with two workers. */
const GOAL = 1.35;
const LOOK_EVERY_MS = 500;
const KILOBYTES_PER_MEGABYTE = 1024;

/** The highest memory of a process so far, in megabytes. Only Linux reports it. */
async function peakMegabytes({ pid }: Member): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / KILOBYTES_PER_MEGABYTE;
}

/** Calls the workflow's webhook once for each execution, several at a time. */
async function callAll(url: string): Promise<void> {
	let next = 0;
	const caller = async (): Promise<void> => {
		while (next < EXECUTIONS) {
			const execution = next++;
			const prompts = Array.from({ length: IMAGES }, (_, index) => `boat ${execution}-${index}`);
			const answer = await fetch(`${url}/webhook/${WAITS.id}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ prompts }),
			});
			if (!answer.ok) throw new Error(`n8n answered ${answer.status} to a call`);
			await answer.text();
		}
	};
	await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** From the first submit to the last download, by the sandbox's clock. */
async function wallSeconds(sandbox: SandboxProcess): Promise<number> {
	const tasks = EXECUTIONS * IMAGES;
	for (;;) {
		const seen = await sandbox.look();
		const downloads = seen.requests.filter(({ provider }) => provider === 'files');
		if (downloads.length >= tasks) {
			if (seen.tasks.length !== tasks) {
				throw new Error(`${seen.tasks.length} tasks were submitted instead of ${tasks}`);
			}
			const first = Math.min(...seen.tasks.map(({ submittedAt }) => submittedAt));
			return (Math.max(...downloads.map(({ at }) => at)) - first) / 1000;
		}
		await sleep(LOOK_EVERY_MS);
	}
}

/** How long only the tasks take, with as many at once as the workers run and the provider accepts. */
function leastSeconds(workers: number, mostTasks: number): number {
	const executions = Math.ceil(EXECUTIONS / (workers * CONCURRENCY));
	const tasks = Math.ceil((EXECUTIONS * IMAGES) / mostTasks);
	return Math.max(executions, tasks) * TASK_SECONDS;
}

async function measure(
	cluster: Cluster,
	sandbox: SandboxProcess,
	{ workers: count, isLimited }: QueueLoad,
): Promise<Sample[]> {
	const { webhooks, main, workers } = cluster;
	await cluster.activate(WAITS.id, WAITS.id);
	await sandbox.forget();
	await callAll(webhooks.url);
	const name = (suffix: string) => `${queueName({ workers: count, isLimited })}-${suffix}`;
	const wall: Sample = {
		name: name('wall'),
		unit: 's',
		value: await wallSeconds(sandbox),
		limit: leastSeconds(count, isLimited ? MOST_TASKS : Infinity),
		goal: GOAL,
	};
	const refusals: Sample = {
		name: name('refusals-per-task'),
		unit: 'requests',
		value: refusalsPerTask(await sandbox.look(), 'fal'),
	};
	const peaks = await Promise.all(workers.map(peakMegabytes));
	const memory = [
		['worker', Math.max(...peaks)],
		['webhooks', await peakMegabytes(webhooks)],
		['main', await peakMegabytes(main)],
	] as const;
	return [
		wall,
		...(isLimited ? [refusals] : []),
		...memory.map(([process, value]): Sample => ({
			name: name(`peak-${process}`),
			unit: 'MB',
			value,
		})),
	];
}

/** One of the loads in queue mode. */
export interface QueueLoad {
	readonly workers: number;
	/** Whether the provider refuses submits above a number of tasks. */
	readonly isLimited: boolean;
}

/** The load's name in steps and rows. */
export const queueName = ({ workers, isLimited }: QueueLoad): string =>
	`queue-${workers}${isLimited ? '-limited' : ''}`;

/** Runs many executions by webhook in queue mode, and compares the time with that of the tasks alone. */
export async function queueMode(load: QueueLoad): Promise<Sample[]> {
	if (!(await setUpRealN8n('--servers'))) {
		throw new Error('n8n, Redis or PostgreSQL could not be set up');
	}
	const { workers, isLimited } = load;
	const options = {
		taskSeconds: TASK_SECONDS,
		files: { bytes: IMAGE_BYTES },
		...(isLimited && { refuseAbove: MOST_TASKS }),
	};
	return await withSandbox(options, async (sandbox) => {
		const credentials = sandboxCredentials(sandbox);
		const cluster = await startCluster({ credentials, workflows: [WAITS], workers });
		try {
			return await measure(cluster, sandbox, load);
		} finally {
			await cluster.close();
		}
	});
}
