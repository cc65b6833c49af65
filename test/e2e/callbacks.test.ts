import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { readExample } from '../../sandbox/realN8n/examples';
import { type ExecutionResult, outputItems } from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import type { N8nServer } from '../../sandbox/realN8n/server';
import { submitsOf } from '../support/sandboxes';
import { readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';
import { variant, withPrompts } from './workflows';

const WAIT = 'Wait for a callback';

let rig: Rig;
let port: number;
let server: N8nServer;
let editor: EditorApi;

/** On the same port each time: it's in the URLs that the provider calls. */
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
				'a moth [sandbox:fail=out of paint]',
			),
			asking('tooEarly', 'a boat [sandbox:webhook=out-of-order]'),
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

/** The images are saved, one for each task that was submitted; and none was submitted twice. */
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

it('each call wakes up all tasks; what is pending waits for the next one, and a failure is told', async () => {
	const result = await editor.runWorkflow('oneAfterTheOther');

	await expectImages(result, 2, 1);
	expect(outputItems(result, 'What failed').map(({ json }) => json['error'])).toEqual([
		expect.stringContaining('out of paint'),
	]);
	const runs = result.data.resultData.runData[WAIT] ?? [];
	expect(runs.length).toBeGreaterThanOrEqual(2);
	expect(outcomes().filter((outcome) => outcome === 200)).toHaveLength(runs.length);
});

it('a call that comes before the workflow waits is refused with 409, and comes again', async () => {
	const result = await editor.runWorkflow('tooEarly');

	await expectImages(result, 1);
	expect(outcomes()[0]).toBe(409);
	expect(outcomes().at(-1)).toBe(200);
});

describe('n8n is killed while the workflow waits', () => {
	async function killWhileWaiting(workflowId: string): Promise<string> {
		const { executionId } = await editor.startWorkflow(workflowId);
		await untilWaiting(executionId);
		await server.kill();
		return executionId;
	}

	it('and the calls that nobody takes come again', async () => {
		const executionId = await killWhileWaiting('slow');
		while (!outcomes().includes('unreachable')) await sleep(100);
		await start();

		await expectImages(await editor.executionEnd(executionId), 2);
		expect(outcomes()).toContain(200);
	});

	it('and the limit wakes it up if no call comes at all', async () => {
		const executionId = await killWhileWaiting('lost');
		await start();

		await expectImages(await editor.executionEnd(executionId), 1);
		expect(outcomes()).toEqual([]);
	});
});
