import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { readExample } from '../../sandbox/realN8n/examples';
import { type ExecutionResult, outputItems } from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import type { N8nServer } from '../../sandbox/realN8n/server';
import { type Caller, submitWithCallback } from '../support/callbacks';
import { readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';
import { variant } from './workflows';

const EXAMPLE = 'zImageTriggerToFolder';
const TRIGGER = 'Z-Image Trigger';

let rig: Rig;
let port: number;
let server: N8nServer;
let editor: EditorApi;

const start = async (): Promise<void> => {
	server = await rig.n8n.start(port);
	editor = new EditorApi(server.url);
	await editor.logIn(await ownerLogin(rig.userFolder));
};

/** A workflow whose trigger has an address of its own, for another provider. */
const forProvider = async (provider: Caller, type: string, id: string) =>
	variant(await readExample('trigger-to-folder'), provider, (node) =>
		node.name === TRIGGER
			? {
					webhookId: `hook-${provider}`,
					parameters: { provider },
					credentials: { [type]: { id, name: provider } },
				}
			: {},
	);

const urlOf = (hook: string): string => `http://127.0.0.1:${port}/webhook/${hook}/webhook`;

beforeAll(async () => {
	rig = await setUpRig(
		[
			await readExample('trigger-to-folder'),
			await forProvider('wavespeed', 'zImageWaveSpeedApi', 'zImageSandboxWaveSpeed'),
			await forProvider('replicate', 'zImageReplicateApi', 'zImageSandboxReplicate'),
			await forProvider('fal', 'zImageFalApi', 'zImageSandboxFal'),
		],
		{ webhooks: { loopback: true, retrySeconds: 0.5 } },
	);
	port = await freePort();
	await start();
	for (const id of [EXAMPLE, 'wavespeed', 'replicate', 'fal']) await editor.activate(id);
});

afterAll(async () => {
	await server?.stop();
	await rig?.close();
});

beforeEach(() => rig.sandbox.reset());

/** The executions of a workflow that a call has started, once there are so many; the newest first. */
async function executions(workflowId: string, count: number): Promise<ExecutionResult[]> {
	for (;;) {
		const ids = await editor.executionIds(workflowId);
		if (ids.length >= count) {
			return await Promise.all(ids.map(async (id) => await editor.executionEnd(id)));
		}
		await sleep(100);
	}
}

async function tries(count: number): Promise<readonly unknown[]> {
	while (rig.sandbox.webhooks.length < count) await sleep(50);
	return rig.sandbox.webhooks.map(({ outcome }) => outcome);
}

it('the example: each submitted task starts a run that saves its image', async () => {
	const submitted = outputItems(await editor.runWorkflow(EXAMPLE), 'Submit');
	expect(submitted).toHaveLength(2);

	// The one that has submitted, and one for each call.
	const runs = (await executions(EXAMPLE, 3)).slice(0, 2);

	expect(await tries(2)).toEqual([200, 200]);
	expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
	const saved = runs.flatMap((run) => outputItems(run, 'Save image to disk'));
	expect(saved.map(({ json }) => json['taskId']).sort()).toEqual(
		submitted.map(({ json }) => json['taskId']).sort(),
	);
	for (const { json } of saved) {
		const file = join(rig.filesFolder, basename(String(json['fileName'])));
		expect(await readImageFile(file)).toMatchObject({ width: json['width'] });
	}
});

describe.each<Caller>(['fal', 'wavespeed', 'replicate'])('%s', (provider) => {
	let before = 0;
	beforeEach(async () => void (before = (await editor.executionIds(provider)).length));

	const submit = async (prompt: string): Promise<string> =>
		await submitWithCallback(rig.sandbox, provider, prompt, urlOf(`hook-${provider}`));

	/** The runs of the test. */
	const runsOf = async (count: number) =>
		(await executions(provider, before + count)).slice(0, -before || undefined);

	it('starts one run, however often it is called', async () => {
		const ids = [
			await submit('one [sandbox:webhook=twice]'),
			await submit('two [sandbox:webhook=forged]'),
			await submit('three [sandbox:webhook=out-of-order]'),
		];
		await submit('four [sandbox:webhook=stale]');
		const runs = await runsOf(3);
		await tries(7);

		expect(await editor.executionIds(provider)).toHaveLength(before + 3);
		expect(runs.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		const saved = runs.flatMap((run) => outputItems(run, 'Save image to disk'));
		expect(saved.map(({ json }) => json['taskId']).sort()).toEqual(ids.sort());
		const outcomes = rig.sandbox.webhooks.map(({ isForged, outcome }) => [isForged, outcome]);
		expect(outcomes).toContainEqual([true, 401]);
		expect(await readFile(server.logFile, 'utf8')).toContain('Z-Image Trigger: a call was refused');
	});

	it('reports a failed task on the second output', async () => {
		const taskId = await submit('a moth [sandbox:fail=out of paint]');
		const [run] = await runsOf(1);
		expect(run?.status).toBe('success');
		expect(run && outputItems(run, TRIGGER)).toEqual([]);
		expect(run && outputItems(run, 'What failed').map(({ json }) => json)).toEqual([
			expect.objectContaining({ taskId, error: expect.stringContaining('out of paint') as string }),
		]);
	});
});

it('the Test URL starts one run, and only while it is listened to', async () => {
	const url = urlOf('hook-fal').replace('/webhook/', '/webhook-test/');
	const before = (await editor.executionIds('fal')).length;
	await editor.listenForTest('fal', TRIGGER);
	const taskId = await submitWithCallback(rig.sandbox, 'fal', 'a boat', url);
	expect(await tries(1)).toEqual([200]);
	const [run] = (await executions('fal', before + 1)).slice(0, 1);
	expect(run && outputItems(run, TRIGGER).map(({ json }) => json['taskId'])).toEqual([taskId]);

	await submitWithCallback(rig.sandbox, 'fal', 'a moth', url);
	expect((await tries(2))[1]).toBe(404);
	expect(await editor.executionIds('fal')).toHaveLength(before + 1);
});

it('a call that comes while n8n is down comes again', async () => {
	const before = (await editor.executionIds('fal')).length;
	const prompt = 'a boat [sandbox:seconds=1]';
	const taskId = await submitWithCallback(rig.sandbox, 'fal', prompt, urlOf('hook-fal'));
	await server.kill();
	expect(await tries(1)).toEqual(['unreachable']);
	await start();
	const [run] = (await executions('fal', before + 1)).slice(0, 1);
	expect(run && outputItems(run, TRIGGER).map(({ json }) => json['taskId'])).toEqual([taskId]);
});

it('a run that dies with n8n can be retried: it holds the ID of its task', async () => {
	const before = (await editor.executionIds('fal')).length;
	const prompt = 'a boat [sandbox:download=hang]';
	const taskId = await submitWithCallback(rig.sandbox, 'fal', prompt, urlOf('hook-fal'));
	expect(await tries(1)).toEqual([200]);
	while (rig.sandbox.requestsTo('files').length === 0) await sleep(50);
	await server.kill();
	rig.sandbox.liftFaults();
	await start();

	const [crashed, ...others] = await editor.executionIds('fal');
	expect(others).toHaveLength(before);
	expect((await editor.executionEnd(crashed ?? '')).status).toBe('crashed');
	const retried = await editor.retryExecution(crashed ?? '');
	expect(retried.status).toBe('success');
	const saved = outputItems(retried, 'Save image to disk').map(({ json }) => json['taskId']);
	expect(saved).toEqual([taskId]);
});

it('a task that was reported before n8n was started again starts nothing', async () => {
	const taskId = await submitWithCallback(rig.sandbox, 'fal', 'a boat', urlOf('hook-fal'));
	await tries(1);
	const [delivery] = rig.sandbox.webhooks;
	const [newest = ''] = await editor.executionIds('fal');
	await editor.executionEnd(newest);
	const before = (await editor.executionIds('fal')).length;
	await server.stop();
	await start();
	const answer = await fetch(urlOf('hook-fal'), {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...delivery?.headers },
		body: delivery?.body ?? '',
	});
	expect(delivery?.taskId).toBe(taskId);
	expect(answer.status).toBe(200);
	expect(await editor.executionIds('fal')).toHaveLength(before);
});

it('what is no report is refused', async () => {
	const before = (await editor.executionIds('fal')).length;
	const huge = 'x'.repeat(2 * 1024 * 1024);
	const statuses = await Promise.all(
		['', '{}', JSON.stringify({ request_id: huge }), '{"request_id":'].map(async (body) => {
			const headers = { 'content-type': 'application/json' };
			return (await fetch(urlOf('hook-fal'), { method: 'POST', headers, body })).status;
		}),
	);
	expect(statuses).toEqual([401, 401, 413, 422]);
	expect(await editor.executionIds('fal')).toHaveLength(before);
});
