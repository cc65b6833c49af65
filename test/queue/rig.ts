import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '../../sandbox/emulator/server';
import {
	type Cluster,
	type ClusterOptions,
	type Member,
	startCluster,
} from '../../sandbox/queueMode/cluster';
import { sandboxCredentials } from '../../sandbox/realN8n/credentials';
import type { ExecutionResult, WorkflowFile } from '../../sandbox/realN8n/executionResult';
import { OWN_CONNECTION } from '../../sandbox/realN8n/ownConnection';
import { submitsOf } from '../support/sandboxes';
import { countsFile } from './countsFile';

/** Short, unless a prompt says otherwise. */
const TASK_SECONDS = 0.2;
const LOOK_EVERY_MS = 100;

/** Waits until a condition holds. Ignores errors meanwhile, because a part may be unavailable. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
	for (;;) {
		try {
			if (await condition()) return;
		} catch {
			// Not there yet.
		}
		await sleep(LOOK_EVERY_MS);
	}
}

interface RigOptions extends Partial<Pick<ClusterOptions, 'credentials' | 'settings'>> {
	/** The workflows in `workflows.ts` to activate, by ID. */
	readonly active?: readonly string[];
}

/** n8n in queue mode, the emulated providers, and the counts of their requests. */
export class QueueRig {
	readonly cluster: Cluster;
	readonly sandbox: Sandbox;
	#counts = { executions: 0, lost: 0, paidTwice: 0 };

	private constructor(cluster: Cluster, sandbox: Sandbox) {
		this.cluster = cluster;
		this.sandbox = sandbox;
	}

	/** Starts everything, with the given workflows. */
	static async start(
		workflows: readonly WorkflowFile[],
		{ active = [], credentials: others = [], ...options }: RigOptions = {},
	): Promise<QueueRig> {
		const sandbox = await startSandbox({
			taskSeconds: TASK_SECONDS,
			webhooks: { loopback: true, retrySeconds: 0.5 },
		});
		try {
			const credentials = [...sandboxCredentials(sandbox), ...others];
			const cluster = await startCluster({ credentials, workflows, ...options });
			const rig = new QueueRig(cluster, sandbox);
			for (const id of active) await cluster.activate(id, id);
			return rig;
		} catch (error) {
			await sandbox.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		appendFileSync(countsFile, `${JSON.stringify(this.#counts)}\n`);
		await this.cluster.close();
		await this.sandbox.close();
	}

	/** Calls a workflow's webhook and returns the response. */
	async post(workflow: string, ...prompts: readonly string[]): Promise<Response> {
		const answer = await fetch(`${this.cluster.webhooks.url}/webhook/${workflow}`, {
			method: 'POST',
			headers: { ...OWN_CONNECTION, 'content-type': 'application/json' },
			body: JSON.stringify({ prompts }),
		});
		if (answer.ok) this.#counts.executions++;
		return answer;
	}

	/** Calls a workflow's webhook and returns the execution's ID. */
	async call(workflow: string, ...prompts: readonly string[]): Promise<string> {
		const before = await this.cluster.editor.executionIds(workflow);
		expect((await this.post(workflow, ...prompts)).status).toBe(200);
		return (await this.newExecutions(workflow, before, 1))[0] ?? '';
	}

	/** Waits until a workflow has more executions than before, and returns the IDs of the new ones. */
	async newExecutions(
		workflow: string,
		before: readonly string[],
		count: number,
	): Promise<string[]> {
		let ids: string[] = [];
		await until(async () => {
			const all = await this.cluster.editor.executionIds(workflow);
			ids = all.filter((id) => !before.includes(id));
			return ids.length >= count;
		});
		return ids;
	}

	/** Calls a workflow until each worker runs an execution of it. Returns one execution per worker. */
	async callOnEachWorker(workflow: string, prompt: string): Promise<string[]> {
		const { workers } = this.cluster;
		const running = new Map<Member, string>();
		for (let call = 0; running.size < workers.length; call++) {
			const executionId = await this.call(workflow, `${prompt} ${call}`);
			running.set(await this.workerOf(executionId), executionId);
		}
		return workers.map((worker) => running.get(worker) ?? '');
	}

	/** Waits for executions to end. */
	async ends(executionIds: readonly string[]): Promise<ExecutionResult[]> {
		const { editor } = this.cluster;
		return await Promise.all(executionIds.map(async (id) => await editor.executionEnd(id)));
	}

	/** Waits until every process reports that it has its database and its queue. */
	async untilReady(): Promise<void> {
		const { main, webhooks, workers } = this.cluster;
		for (const { url } of [main, webhooks, ...workers]) {
			await until(
				async () => (await fetch(`${url}/healthz/readiness`, { headers: OWN_CONNECTION })).ok,
			);
		}
	}

	/** Runs a workflow by hand, to its end. */
	async run(workflow: string): Promise<ExecutionResult> {
		this.#counts.executions++;
		return await this.cluster.editor.runWorkflow(workflow);
	}

	/** Retries a failed execution, to its end. */
	async retry(executionId: string): Promise<ExecutionResult> {
		this.#counts.executions++;
		return await this.cluster.editor.retryExecution(executionId);
	}

	/** Counts executions that were started in another way. */
	count(executions: number): void {
		this.#counts.executions += executions;
	}

	/** The worker that started an execution last. Waits until there is one. */
	async workerOf(executionId: string): Promise<Member> {
		let found: Member | undefined;
		await until(async () => {
			for (const worker of this.cluster.workers) {
				const log = await readFile(worker.logFile, 'utf8');
				if (log.includes(`Worker started execution ${executionId} `)) found = worker;
			}
			return found !== undefined;
		});
		if (found === undefined) throw new Error('unreachable');
		return found;
	}

	/** The number of submitted tasks. Each one costs money. */
	get submits(): number {
		return submitsOf(this.sandbox).length;
	}

	/** The tasks with a status request, which shows that n8n has the response to the submit. */
	get askedAfter(): ReadonlySet<string> {
		const paths = this.sandbox
			.requestsTo('fal')
			.map(({ method, path }) =>
				method === 'GET' ? /requests\/([^/]+)/.exec(path)?.[1] : undefined,
			);
		return new Set(paths.filter((id) => id !== undefined));
	}

	/** fal's canceled tasks. */
	get canceled(): ReadonlySet<string> {
		const puts = this.sandbox.requestsTo('fal').filter(({ method }) => method === 'PUT');
		return new Set(puts.map(({ path }) => /requests\/([^/]+)\/cancel$/.exec(path)?.[1] ?? ''));
	}

	/**
	 * Ends a case. Counts the tasks that were charged twice, and those without an image, a reason for failing,
	 * or a cancellation. Both counts must be zero.
	 * @param results the executions that the user finally has
	 */
	settle(...results: readonly ExecutionResult[]): void {
		const submits = submitsOf(this.sandbox).map(({ provider, path, body }) =>
			JSON.stringify([provider, path.split('?')[0], body]),
		);
		const paidTwice = submits.length - new Set(submits).size;
		const known = new Set([...results.flatMap(tasksOf), ...this.canceled]);
		const lost = this.sandbox.tasks.filter(({ id }) => !known.has(id)).length;
		this.#counts.paidTwice += paidTwice;
		this.#counts.lost += lost;
		expect({ paidTwice, lost }).toEqual({ paidTwice: 0, lost: 0 });
	}
}

/** The tasks for which an execution contains an image, or the reason why there is none. */
function tasksOf({ data }: ExecutionResult): unknown[] {
	const runs = Object.values(data.resultData.runData).flat();
	const items = runs.flatMap((run) => run.data?.main?.flat() ?? []);
	return items.flatMap((item) => {
		if (item === null) return [];
		const { taskId, details } = item.json as { taskId?: string; details?: { taskId?: string } };
		return item.binary === undefined ? [details?.taskId] : [taskId];
	});
}
