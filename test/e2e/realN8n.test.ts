import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { basename, join } from 'node:path';
import { HOSTED, isOwnServer, PROVIDERS, type ProviderName } from '../../sandbox/emulator/hosts';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { readExample } from '../../sandbox/realN8n/examples';
import { type OutputItem, outputItems } from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import type { N8nServer } from '../../sandbox/realN8n/server';
import { submitsOf } from '../support/sandboxes';
import { readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';
import { endingAt, variant, withPrompts } from './workflows';

const SAVE = 'Save image to disk';
/** The example has two prompts. */
const IMAGES_OF_EXAMPLE = 2 * HOSTED.length;

// Jest's value here has the type any.
const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let rig: Rig;

beforeAll(async () => {
	const submitAndFetch = await readExample('submit-and-fetch');
	const batch = await readExample('failed-task');
	const failedTask = variant(
		batch,
		batch.id,
		withPrompts(
			'A bowl of lemons on a blue table',
			'A glass city in the clouds [sandbox:fail=The model ran out of memory]',
		),
	);
	const oneBadDownload = ['a good one', 'a bad one [sandbox:download=404*1]'];
	/** Prompts to images on fal, in one node that waits for them. */
	const generating = (id: string, prompts: readonly string[], settings = {}) =>
		variant(endingAt(submitAndFetch, 'Submit'), id, (node) => ({
			...withPrompts(...prompts)(node),
			...(node.name === 'Submit' && {
				parameters: { provider: 'fal', prompt: '={{ $json.prompt }}' },
				...settings,
			}),
		}));
	rig = await setUpRig([
		await readExample('all-providers'),
		await readExample('own-servers'),
		failedTask,
		variant(
			submitAndFetch,
			'slowTasks',
			withPrompts('a boat [sandbox:polls=2]', 'a bridge [sandbox:polls=1]'),
		),
		generating(
			'neverEnds',
			Array.from({ length: 12 }, (_, index) => `${index} [sandbox:never]`),
		),
		generating('retriesOnFail', oneBadDownload, { retryOnFail: true, maxTries: 2 }),
		generating('failsOnce', oneBadDownload),
		{
			...variant(submitAndFetch, 'submitsAndSaves', withPrompts('a [sandbox:never]', 'b')),
			settings: { executionOrder: 'v1', saveExecutionProgress: true },
		},
		variant(failedTask, 'failedTaskStops', (node) =>
			node.onError === undefined ? {} : { onError: 'stopWorkflow' },
		),
	]);
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.sandbox.reset());

/** How many tasks a provider received. Each one costs money. */
function submitsTo(name: ProviderName): number {
	return submitsOf(rig.sandbox).filter(({ provider }) => provider === name).length;
}

function expectDownloadsWithoutKey(count: number): void {
	const downloads = rig.sandbox.requestsTo('files');
	expect(downloads).toHaveLength(count);
	for (const { headers } of downloads) expect(headers).not.toHaveProperty('authorization');
}

async function expectImageFile({ json }: OutputItem): Promise<void> {
	const file = join(rig.filesFolder, basename(String(json['fileName'])));
	expect(await readImageFile(file)).toEqual({
		contentType: json['contentType'],
		width: json['width'],
		height: json['height'],
	});
}

describe('the example with all providers', () => {
	it('saves an image for each prompt and provider, and submits each once', async () => {
		const result = await rig.n8n.execute('zImageAllProviders');

		expect(result).toMatchObject({ exitCode: 0, status: 'success' });
		const saved = outputItems(result, SAVE);
		expect(saved).toHaveLength(IMAGES_OF_EXAMPLE);
		for (const item of saved) {
			expect(item.json).toMatchObject({
				status: 'succeeded',
				prompt: matching(/red fox|lighthouse/),
				imageIndex: 0,
				imageCount: 1,
				width: 1024,
				height: 1024,
				url: matching(/^http/),
				// Replicate receives a link to the file.
				loras: [{ path: matching(/renderartist\/Classic-Painting-Z-Image-Turbo-LoRA/), scale: 1 }],
			});
			await expectImageFile(item);
		}
		const files = await readdir(rig.filesFolder);
		for (const provider of HOSTED) {
			expect(saved.filter(({ json }) => json['provider'] === provider)).toHaveLength(2);
			expect(files.filter((file) => file.startsWith(`${provider}-`))).toHaveLength(2);
			expect(submitsTo(provider)).toBe(2);
		}
		expectDownloadsWithoutKey(IMAGES_OF_EXAMPLE);
	});

	it('sends the LoRA and its trigger words with every submit', async () => {
		await rig.n8n.execute('zImageAllProviders');

		const bodies = rig.sandbox.requests
			.filter(({ method }) => method === 'POST')
			.map(({ body }) => JSON.stringify(body));
		expect(bodies).toHaveLength(IMAGES_OF_EXAMPLE);
		for (const body of bodies) {
			expect(body).toContain('renderartist/Classic-Painting-Z-Image-Turbo-LoRA');
			expect(body).toMatch(/class1cpa1nt/);
		}
	});
});

describe('the example with the user’s own servers', () => {
	it('saves an image for each prompt and server, at no cost', async () => {
		const result = await rig.n8n.execute('zImageOwnServers');

		expect(result).toMatchObject({ exitCode: 0, status: 'success' });
		const saved = outputItems(result, SAVE);
		for (const item of saved) {
			expect(item.json).toMatchObject({
				status: 'succeeded',
				prompt: matching(/red fox|lighthouse/),
				seed: expect.any(Number) as unknown,
				width: 1024,
				height: 1024,
				url: null,
				estimatedCostUsd: 0,
			});
			await expectImageFile(item);
		}
		const servers = PROVIDERS.filter(isOwnServer);
		expect(servers).toHaveLength(3);
		expect(saved.map(({ json }) => json['provider']).sort()).toEqual(
			servers.flatMap((server) => [server, server]).sort(),
		);
		for (const server of servers) expect(submitsTo(server)).toBe(2);
	});
});

describe('the example that submits now and fetches later', () => {
	it('checks pending tasks again until each is done, and submits each once', async () => {
		const result = await rig.n8n.execute('slowTasks');

		expect(result).toMatchObject({ exitCode: 0, status: 'success' });
		const submitted = outputItems(result, 'Submit');
		expect(submitted).toHaveLength(2);
		for (const { json, binary } of submitted) {
			expect(json).toMatchObject({
				provider: 'fal',
				status: 'pending',
				taskId: matching(/./),
			});
			expect(binary).toBeUndefined();
		}
		const [done, pending] = [0, 1].map((output) => outputItems(result, 'Check the task', output));
		expect(pending?.map(({ json }) => json['status'])).toEqual(['pending', 'pending', 'pending']);
		expect(done?.map(({ json }) => json['taskId']).sort()).toEqual(
			submitted.map(({ json }) => json['taskId']).sort(),
		);
		for (const item of outputItems(result, SAVE)) await expectImageFile(item);
		expect(submitsTo('fal')).toBe(2);
		expectDownloadsWithoutKey(2);
	});
});

describe('the example with a task that fails', () => {
	it("sends the provider's reason and the task ID to the error output, and saves the other image", async () => {
		const result = await rig.n8n.execute('zImageFailedTask');

		expect(result).toMatchObject({ exitCode: 0, status: 'success' });
		const [failure, ...others] = outputItems(result, 'Generate', 1);
		expect(others).toEqual([]);
		expect(failure?.json).toMatchObject({
			error: containing('The model ran out of memory'),
			// On an error output, n8n keeps only these two fields of a failed item.
			details: { provider: 'novita', taskId: matching(/./) },
		});
		const { taskId } = failure?.json['details'] as { taskId: string };
		expect(outputItems(result, 'What went wrong')[0]?.json).toEqual({
			prompt: containing('A glass city'),
			reason: failure?.json['error'],
			taskId,
		});
		const saved = outputItems(result, SAVE);
		expect(saved).toHaveLength(1);
		for (const item of saved) await expectImageFile(item);
		expect(submitsTo('novita')).toBe(2);
		expectDownloadsWithoutKey(1);
	});

	it("fails the execution with the reason and the task ID if errors aren't handled", async () => {
		const result = await rig.n8n.execute('failedTaskStops');

		expect(result.exitCode).toBe(1);
		expect(result.status).toBe('error');
		expect(result.data.resultData.error).toMatchObject({
			message: containing('The model ran out of memory'),
			description: containing('Task ID: '),
		});
		expect(submitsTo('novita')).toBe(2);
	});
});

describe('a running n8n', () => {
	let server: N8nServer;
	let editor: EditorApi;

	const start = async (): Promise<void> => {
		server = await rig.n8n.start(await freePort());
		editor = new EditorApi(server.url);
		await editor.logIn(await ownerLogin(rig.userFolder));
	};
	beforeAll(start);
	afterAll(async () => await server?.stop());

	const falRequests = (method: string) =>
		rig.sandbox.requestsTo('fal').filter((request) => request.method === method);

	it('runs the example from the editor', async () => {
		const result = await editor.runWorkflow('zImageAllProviders');
		expect(result.status).toBe('success');
		expect(outputItems(result, SAVE)).toHaveLength(IMAGES_OF_EXAMPLE);
	});

	it('tells a good key from a bad one, for every credential', async () => {
		for (const credential of rig.credentials) {
			expect(await editor.testCredential(credential)).toMatchObject({ status: 'OK' });
			const data = { ...credential.data, apiKey: 'wrong:key' };
			expect(await editor.testCredential({ ...credential, data })).toMatchObject({
				status: 'Error',
			});
		}
	});

	it('accepts a key as people paste it, and says what is wrong with one that no header can contain', async () => {
		for (const credential of rig.credentials) {
			const good = credential.data as { readonly apiKey: string; readonly baseUrl: string };
			const test = async (apiKey: string, baseUrl = good.baseUrl) =>
				await editor.testCredential({ ...credential, data: { ...good, apiKey, baseUrl } });
			const pasted = `"Authorization: Bearer ${good.apiKey}\u200b"\n`;
			expect(await test(pasted, ` ${good.baseUrl}/ `)).toMatchObject({ status: 'OK' });
			const refused = await test('sk_01234\n56789');
			expect(refused).toMatchObject({
				status: 'Error',
				message: expect.stringContaining('has an invalid character') as unknown,
			});
			expect(refused.message).not.toContain('sk_01234');
		}
	});

	it('stops on request: 12 tasks that never end, 10 of them open', async () => {
		const { executionId } = await editor.startWorkflow('neverEnds');
		while (falRequests('POST').length < 10 || falRequests('GET').length < 10) await sleep(50);

		await editor.stopExecution(executionId);

		expect((await editor.executionEnd(executionId)).status).toBe('canceled');
		while (falRequests('PUT').length < 10) await sleep(50);
		const afterStop = rig.sandbox.requests.length;
		await sleep(1500);
		expect(rig.sandbox.requests).toHaveLength(afterStop);
		expect(falRequests('POST')).toHaveLength(10);
		const paths = falRequests('PUT').map(({ path }) => path);
		expect(new Set(paths).size).toBe(10);
		for (const path of paths) {
			expect(path).toMatch(/^\/fal-ai\/z-image\/requests\/[^/]+\/cancel$/);
		}
	});

	it("doesn't submit again when n8n retries a node (Retry On Fail)", async () => {
		const result = await editor.runWorkflow('retriesOnFail');
		expect(result.status).toBe('success');
		expect(outputItems(result, 'Submit')).toHaveLength(2);
		expect(falRequests('POST')).toHaveLength(2);
	});

	it("doesn't submit again when a failed execution is retried", async () => {
		const { executionId } = await editor.startWorkflow('failsOnce');
		expect((await editor.executionEnd(executionId)).status).toBe('error');
		expect(falRequests('POST')).toHaveLength(2);

		const result = await editor.retryExecution(executionId);

		expect(result.status).toBe('success');
		expect(outputItems(result, 'Submit')).toHaveLength(2);
		expect(falRequests('POST')).toHaveLength(2);
	});

	it('keeps submitted tasks across kill -9, and logs those that it waits for', async () => {
		const submitted = await editor.startWorkflow('submitsAndSaves');
		while (falRequests('GET').length < 2) await sleep(50);
		const waiting = await editor.startWorkflow('neverEnds');
		// A status request proves that n8n has the submit's response and has logged it.
		const askedAfter = () =>
			new Set(falRequests('GET').map(({ path }) => /requests\/([^/]+)/.exec(path)?.[1] ?? ''));
		while (askedAfter().size < 12) await sleep(50);

		await server.kill();
		const log = await readFile(server.logFile, 'utf8');
		await start();

		const [first, second] = await Promise.all(
			[submitted, waiting].map(async ({ executionId }) => await editor.executionEnd(executionId)),
		);
		expect([first?.status, second?.status]).toEqual(['crashed', 'crashed']);
		const taskIds = askedAfter();
		const kept = first ? outputItems(first, 'Submit') : [];
		expect(kept).toHaveLength(2);
		for (const { json } of kept) expect(taskIds).toContain(json['taskId']);
		expect(taskIds.size).toBe(12);
		for (const taskId of taskIds) expect(log).toContain(`fal accepted ${taskId} (workflow `);
	});
});
