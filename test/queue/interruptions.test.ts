import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../../sandbox/queueMode/cluster';
import { readExample } from '../../sandbox/realN8n/examples';
import { type ExecutionResult, outputItems } from '../../sandbox/realN8n/executionResult';
import { QueueRig, until } from './rig';
import { CALLED_BACK, SUBMITS, WAITS } from './workflows';

const AWAY_MS = 10_000;

/** Shorter than usual, so that the tests don't wait as long as n8n does. */
const SETTINGS = {
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '8',
	// A third of n8n's defaults.
	QUEUE_WORKER_LOCK_DURATION: '20000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3500',
	QUEUE_WORKER_STALLED_INTERVAL: '10000',
};
const WITHIN_THE_WINDOW = '[sandbox:seconds=4]';
const BEYOND_THE_WINDOW = '[sandbox:seconds=15]';

let rig: QueueRig;

beforeAll(async () => {
	rig = await QueueRig.start(
		[WAITS, SUBMITS, CALLED_BACK, await readExample('recover-paid-images')],
		{ active: ['waits', 'submits', 'calledBack'], settings: SETTINGS },
	);
});

afterAll(async () => await rig?.close());

/** Waits until n8n has the response to each submit and is waiting for the tasks. */
const untilWaitedFor = async (tasks: number) =>
	await until(() => rig.submits === tasks && rig.askedAfter.size === tasks);

/** How executions ended, and why if they failed. */
const statuses = (results: readonly ExecutionResult[]) =>
	results.map(({ status, data }) => {
		const message = data.resultData.error?.['message'];
		return status === 'error' ? `error: ${String(message)}` : status;
	});

/** Without its connection, a worker still fails before the first node, which costs nothing. */
async function nextSuccess(): Promise<ExecutionResult> {
	const submits = rig.submits;
	const [result] = await rig.ends([await rig.call('waits', 'one that comes later')]);
	if (result?.status === 'success') return result;
	expect(result?.data.resultData.runData).toEqual({});
	expect(rig.submits).toBe(submits);
	return await nextSuccess();
}

describe('a part is unavailable for a while', () => {
	beforeEach(() => rig.sandbox.reset());

	it('SIGTERM: within its grace period, a worker finishes what it has started', async () => {
		const executionId = await rig.call('waits', `a boat ${WITHIN_THE_WINDOW}`);
		const worker = await rig.workerOf(executionId);
		await untilWaitedFor(1);
		await worker.terminate();

		const result = await rig.cluster.editor.executionEnd(executionId);
		expect(result.status).toBe('success');
		expect(rig.submits).toBe(1);
		rig.settle(result);
		await worker.start();
	});

	it.each(['postgres', 'redis'] as const)(
		'%s is unavailable for ten seconds: running executions continue, and later ones run as well',
		async (name) => {
			const ids = [];
			for (const thing of ['boat', 'moth', 'cat']) {
				ids.push(await rig.call('waits', `a ${thing} [sandbox:seconds=5]`, `a red ${thing}`));
			}
			await untilWaitedFor(6);
			await rig.cluster[name].kill();
			await sleep(AWAY_MS);
			await rig.cluster[name].start();
			await rig.untilReady();
			const results = await rig.ends(ids);
			expect(statuses(results)).toEqual(['success', 'success', 'success']);
			expect(rig.submits).toBe(6);
			rig.settle(...results, await nextSuccess());
		},
	);

	it('a call while Postgres is unavailable is refused, and costs nothing', async () => {
		const { postgres } = rig.cluster;
		await postgres.kill();
		await until(async () => (await rig.post('waits', 'a fox')).status === 503);
		await postgres.start();
		await rig.untilReady();
		expect(rig.submits).toBe(0);
	});

	it('a call while Redis is unavailable is answered once it is back', async () => {
		const { redis, editor } = rig.cluster;
		const before = await editor.executionIds('waits');
		await redis.kill();
		const call = rig.post('waits', 'a fox');
		await sleep(2_000);
		await redis.start();

		expect((await call).status).toBe(200);
		const results = await rig.ends(await rig.newExecutions('waits', before, 1));
		expect(statuses(results)).toEqual(['success']);
		expect(rig.submits).toBe(1);
		rig.settle(...results);
	});

	it('main is killed: executions continue, and webhooks start new ones', async () => {
		const { main, editor } = rig.cluster;
		const before = await editor.executionIds('waits');
		await rig.call('waits', 'a boat [sandbox:seconds=3]');
		await untilWaitedFor(1);
		await main.kill();
		expect((await rig.post('waits', 'a moth')).status).toBe(200);
		await until(() => rig.sandbox.requestsTo('files').length === 2);
		await main.start();

		const results = await rig.ends(await rig.newExecutions('waits', before, 2));
		expect(statuses(results)).toEqual(['success', 'success']);
		expect(rig.submits).toBe(2);
		rig.settle(...results);
	});

	it('every process is killed while a workflow waits for a callback: it continues', async () => {
		const { workers, main, webhooks, editor } = rig.cluster;
		const executionId = await rig.call('calledBack', 'a boat [sandbox:seconds=5]');
		await until(async () => (await editor.executionStatus(executionId)) === 'waiting');
		const members = [...workers, main, webhooks];
		await Promise.all(members.map(async (member) => await member.kill()));
		await until(() => rig.sandbox.webhooks.some(({ outcome }) => outcome === 'unreachable'));
		await Promise.all(members.map(async (member) => await member.start()));

		const result = await editor.executionEnd(executionId);
		expect(result.status).toBe('success');
		expect(rig.submits).toBe(1);
		rig.settle(result);
	});
});

describe('workers end in the middle', () => {
	/** For each worker, an execution that waits in Generate, and one that waits in Get Task Result. */
	let waiting: string[];
	let fetching: string[];

	beforeAll(async () => {
		rig.sandbox.reset();
		waiting = await rig.callOnEachWorker('waits', `a boat ${BEYOND_THE_WINDOW}`);
		fetching = await rig.callOnEachWorker('submits', `a moth ${BEYOND_THE_WINDOW}`);
		await until(() => rig.askedAfter.size === rig.submits);
		await Promise.all([staysAway().kill(), comesBack().terminate()]);
	});

	const staysAway = () => rig.cluster.workers[0] as Member;
	const comesBack = () => rig.cluster.workers[1] as Member;
	const executionsOf = (index: number) => [waiting[index] ?? '', fetching[index] ?? ''];

	it('one is killed, and the other exceeds its time after SIGTERM: their logs list each task', async () => {
		const [killed, terminated] = await Promise.all(
			[staysAway(), comesBack()].map(async ({ logFile }) => await readFile(logFile, 'utf8')),
		);
		expect(terminated).toContain('Shutdown timed out after 8 seconds');
		for (const { id } of rig.sandbox.tasks) {
			expect(`${killed}${terminated}`).toContain(`fal accepted ${id} (workflow `);
		}
	});

	it('a restarted worker ends its executions as crashed, with what was saved', async () => {
		await comesBack().start();
		const [waited, fetched] = await rig.ends(executionsOf(1));
		expect([waited?.status, fetched?.status]).toEqual(['crashed', 'crashed']);
		expect(waited && outputItems(waited, 'Generate')).toEqual([]);
		expect(fetched && outputItems(fetched, 'Generate')).toMatchObject([
			{ json: { status: 'pending', prompt: expect.stringContaining('a moth') as string } },
		]);
	});

	it('the retry of an execution with saved progress fetches its tasks', async () => {
		const submits = rig.submits;
		const result = await rig.retry(fetching[1] ?? '');
		expect(result.status).toBe('success');
		expect(outputItems(result, 'Fetch')).toHaveLength(1);
		expect(rig.submits).toBe(submits);
	});

	it('n8n gives up the executions of a worker that stays away: they are empty, and no retry submits', async () => {
		const results = await rig.ends(executionsOf(0));
		expect(results.map(({ status }) => status)).toEqual(['error', 'error']);
		expect(results.map(({ data }) => data.resultData.runData)).toEqual([{}, {}]);
		const submits = rig.submits;
		for (const executionId of executionsOf(0)) {
			expect((await rig.retry(executionId)).status).toBe('error');
		}
		expect(rig.submits).toBe(submits);
		await staysAway().start();
	});

	it('the example that recovers images lists and fetches all of them', async () => {
		const submits = rig.submits;
		const result = await rig.run('zImageRecoverPaidImages');
		expect(result.status).toBe('success');
		expect(outputItems(result, 'Save image to disk')).toHaveLength(submits);
		expect(rig.submits).toBe(submits);
		rig.settle(result);
	});
});
