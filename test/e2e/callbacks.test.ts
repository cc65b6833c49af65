import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { readExample } from '../../sandbox/realN8n/examples';
import {
	type ExecutionResult,
	outputItems,
	type WorkflowFile,
} from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import type { N8nServer } from '../../sandbox/realN8n/server';
import { submitsOf } from '../support/sandboxes';
import { readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';
import { endingAt, variant, withPrompts } from './workflows';

const WAIT = 'Wait for a callback';

const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** Submits, waits for and fetches one prompt, which another workflow passes in. */
function oneImage({ nodes, ...example }: WorkflowFile): object {
	const own = ['Submit', WAIT].map((name) => nodes.find((node) => node.name === name));
	const trigger = {
		name: 'When called',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	const fetching = {
		...nodes.find(({ name }) => name === 'Check the tasks'),
		name: 'Fetch',
		onError: 'stopWorkflow',
		parameters: { provider: 'fal', taskId: "={{ $('Submit').first().json.taskId }}", mode: 'wait' },
	};
	return {
		...example,
		id: 'oneImage',
		name: 'oneImage',
		nodes: [{ ...trigger, id: 'trigger', position: [0, 0] }, ...own, { ...fetching, id: 'fetch' }],
		connections: { [trigger.name]: to('Submit'), Submit: to(WAIT), [WAIT]: to('Fetch') },
	};
}

/** The same, but each prompt goes to another workflow without waiting for it. */
const inExecutionsOfTheirOwn = (workflow: WorkflowFile, ...prompts: readonly string[]) =>
	variant(endingAt(workflow, 'Submit'), 'oneExecutionEach', (node) => ({
		...withPrompts(...prompts)(node),
		...(node.name === 'Submit' && {
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: 'oneImage' },
				mode: 'each',
				options: { waitForSubWorkflow: false },
			},
			credentials: {},
		}),
	}));

let rig: Rig;
let port: number;
let server: N8nServer;
let editor: EditorApi;

/** Always the same port, because the port is part of the callback URLs. */
const start = async (): Promise<void> => {
	server = await rig.n8n.start(port);
	editor = new EditorApi(server.url);
	await editor.logIn(await ownerLogin(rig.userFolder));
};

beforeAll(async () => {
	const example = await readExample('submit-and-callback');
	const asking = (id: string, ...prompts: readonly string[]) =>
		variant(example, id, withPrompts(...prompts));
	rig = await setUpRig(
		[
			example,
			asking(
				'oneAfterTheOther',
				'a boat [sandbox:seconds=2]',
				'a bridge [sandbox:seconds=5]',
				'a moth [sandbox:moderate]',
			),
			oneImage(example),
			inExecutionsOfTheirOwn(example, 'a boat [sandbox:seconds=2]', 'a bridge [sandbox:seconds=3]'),
			asking('tooEarly', 'a boat [sandbox:webhook=out-of-order]'),
			asking(
				'twice',
				'a boat [sandbox:seconds=2] [sandbox:webhook=twice]',
				'a bridge [sandbox:seconds=5]',
			),
			asking('slow', 'a boat [sandbox:seconds=6]', 'a bridge [sandbox:seconds=6]'),
			variant(
				asking('lost', 'a boat [sandbox:seconds=6] [sandbox:webhook=lost]'),
				'lost',
				(node) =>
					node.name === WAIT
						? {
								parameters: {
									resume: 'webhook',
									httpMethod: 'POST',
									limitWaitTime: true,
									resumeAmount: 3,
									resumeUnit: 'seconds',
								},
							}
						: {},
			),
		],
		{ webhooks: { loopback: true, retrySeconds: 0.5 } },
	);
	port = await freePort();
	await start();
});

afterAll(async () => {
	await server?.stop();
	await rig?.close();
});

beforeEach(() => rig.sandbox.reset());

async function untilWaiting(executionId: string): Promise<void> {
	while ((await editor.executionStatus(executionId)) !== 'waiting') await sleep(100);
}

/** Checks that there is one saved image per submitted task, and that no task was submitted twice. */
async function expectImages(result: ExecutionResult, count: number, failed = 0): Promise<void> {
	expect(result.status).toBe('success');
	const saved = outputItems(result, 'Save image to disk');
	expect(saved).toHaveLength(count);
	const submitted = outputItems(result, 'Submit').map(({ json }) => json['taskId']);
	expect(submitted).toHaveLength(count + failed);
	expect(submitsOf(rig.sandbox)).toHaveLength(count + failed);
	for (const { json } of saved) {
		expect(submitted).toContain(json['taskId']);
		const file = join(rig.filesFolder, basename(String(json['fileName'])));
		expect(await readImageFile(file)).toMatchObject({ width: json['width'] });
	}
	expect(new Set(saved.map(({ json }) => json['taskId'])).size).toBe(count);
}

const outcomes = (): unknown[] => rig.sandbox.webhooks.map(({ outcome }) => outcome);

it('the example is called back and saves its images', async () => {
	const result = await editor.runWorkflow('zImageSubmitAndCallback');

	await expectImages(result, 2);
	expect(outcomes()).toContain(200);
	expect(JSON.stringify(outputItems(result, 'Submit'))).not.toContain('webhook-waiting');
});

it('each call resumes the workflow for all tasks: it waits again for pending ones, and reports failures', async () => {
	const result = await editor.runWorkflow('oneAfterTheOther');

	await expectImages(result, 2, 1);
	expect(outputItems(result, 'What failed').map(({ json }) => json['error'])).toEqual([
		expect.stringContaining('content_policy_violation'),
	]);
	const runs = result.data.resultData.runData[WAIT] ?? [];
	expect(runs.length).toBeGreaterThanOrEqual(2);
	expect(outcomes().filter((outcome) => outcome === 200)).toHaveLength(runs.length);
});

it('a call that arrives before the workflow waits is refused and repeated', async () => {
	const result = await editor.runWorkflow('tooEarly');

	await expectImages(result, 1);
	// 409 once n8n has stored the execution. Before that, n8n 2.41 fails.
	expect([409, 500]).toContain(outcomes()[0]);
	expect(outcomes().at(-1)).toBe(200);
});

it('a repeated call fetches nothing twice', async () => {
	const result = await editor.runWorkflow('twice');

	await expectImages(result, 2);
	const [first] = outputItems(result, 'Submit');
	const calls = rig.sandbox.webhooks.filter(({ taskId }) => taskId === first?.json['taskId']);
	expect(calls.length).toBeGreaterThanOrEqual(2);
});

it('a stopped execution stays stopped', async () => {
	const { executionId } = await editor.startWorkflow('slow');
	await untilWaiting(executionId);
	await editor.stopExecution(executionId);
	while (outcomes().length < 4) await sleep(100);

	expect((await editor.executionEnd(executionId)).status).toBe('canceled');
	expect(outcomes()).not.toContain(200);
	expect(rig.sandbox.requestsTo('files')).toEqual([]);
});

it('one execution per image: each image is there as soon as it is finished', async () => {
	await editor.activate('oneImage');
	const { status } = await editor.runWorkflow('oneExecutionEach');
	expect(status).toBe('success');
	const ids = await editor.executionIds('oneImage');
	expect(ids).toHaveLength(2);
	const results = await Promise.all(ids.map(async (id) => await editor.executionEnd(id)));

	const images = results.flatMap((result) => outputItems(result, 'Fetch'));
	expect(images.map(({ json }) => json['status'])).toEqual(['succeeded', 'succeeded']);
	expect(submitsOf(rig.sandbox)).toHaveLength(2);
	expect(outcomes().filter((outcome) => outcome === 200)).toHaveLength(2);
});

describe('n8n is killed while the workflow waits', () => {
	async function killWhileWaiting(workflowId: string): Promise<string> {
		const { executionId } = await editor.startWorkflow(workflowId);
		await untilWaiting(executionId);
		await server.kill();
		return executionId;
	}

	it('and the providers repeat the calls that nobody received', async () => {
		const executionId = await killWhileWaiting('slow');
		while (!outcomes().includes('unreachable')) await sleep(100);
		await start();

		await expectImages(await editor.executionEnd(executionId), 2);
		expect(outcomes()).toContain(200);
	});

	it('and the time limit resumes the workflow if no call arrives at all', async () => {
		const executionId = await killWhileWaiting('lost');
		await start();

		await expectImages(await editor.executionEnd(executionId), 1);
		expect(outcomes()).toEqual([]);
	});
});
