import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readExample } from '../../sandbox/realN8n/examples';
import { OWN_CONNECTION } from '../../sandbox/realN8n/ownConnection';
import { SHARED_FOLDER, SHARED_FOLDER_SETTINGS } from '../../sandbox/queueMode/settings';
import {
	type ExecutionResult,
	type OutputItem,
	outputItems,
} from '../../sandbox/realN8n/executionResult';
import { readImageFile } from '../e2e/imageFile';
import { variant, withPrompts } from '../e2e/workflows';
import { type OutsideServices, startOutsideServices } from './outsideServices';
import { QueueRig, until } from './rig';
import { WAITS } from './workflows';

const SAVE = 'Save image to disk';

/** Prompts that replace those of the examples, so that something fails. */
const prompts: Readonly<Record<string, readonly string[]>> = {
	zImageFailedTask: ['a boat', 'a moth [sandbox:fail=out of paint]'],
	zImageFallbackProvider: ['a tram', 'a snail [sandbox:fal/no-money]', 'a moth [sandbox:moderate]'],
};

let rig: QueueRig;
let services: OutsideServices;

beforeAll(async () => {
	const examples = await Promise.all(
		[
			'all-providers',
			'own-servers',
			'failed-task',
			'fallback-provider',
			'inpaint',
			'preset-variations',
			'submit-and-fetch',
			'submit-and-callback',
			'queue-submit',
			'queue-collect',
			'trigger-to-folder',
			'webhook-to-image',
			'schedule-to-s3',
			'agent-with-tool',
			'product-catalog',
			'slack-approval',
		].map(readExample),
	);
	const workflows = examples.map((example) => {
		const own = prompts[example.id];
		return own ? variant(example, example.id, withPrompts(...own)) : example;
	});
	services = await startOutsideServices();
	const { credentials, settings } = services;
	rig = await QueueRig.start([WAITS, ...workflows], { active: ['waits'], credentials, settings });
	for (const id of [
		'zImageWebhookToImage',
		'zImageTriggerToFolder',
		'zImageProductCatalog',
		'zImageSlackApproval',
	]) {
		await rig.cluster.editor.activate(id);
	}
});

afterAll(async () => {
	await rig?.close();
	await services?.close();
});

beforeEach(() => {
	rig.sandbox.reset();
	services.outside.reset();
});

/** The images that the workers saved, each in its own folder. */
async function expectSaved(items: readonly OutputItem[]): Promise<void> {
	for (const { json } of items) {
		const name = basename(String(json['fileName']));
		const places = await Promise.all(
			rig.cluster.workers.map(async ({ filesFolder }) =>
				(await readdir(filesFolder)).includes(name) ? [join(filesFolder, name)] : [],
			),
		);
		const [file, ...others] = places.flat();
		expect(others).toEqual([]);
		expect(await readImageFile(file ?? '')).toMatchObject({ width: json['width'] });
	}
}

it('webhooks: both workers run them, and each prompt is submitted once', async () => {
	const names = Array.from({ length: 6 }, (_, index) => `boat ${index}`);
	const ids: string[] = [];
	for (const name of names) ids.push(await rig.call('waits', `a ${name}`, `a red ${name}`));
	const results = await rig.ends(ids);

	expect(results.map(({ status }) => status)).toEqual(ids.map(() => 'success'));
	expect(rig.submits).toBe(12);
	const workers = await Promise.all(ids.map((id) => rig.workerOf(id)));
	expect(new Set(workers).size).toBe(2);
	rig.settle(...results);
});

it('executions by hand: a worker runs them, and saves their files in its own folder', async () => {
	const { executionId } = await rig.cluster.editor.startWorkflow('zImageSubmitAndFetch');
	rig.count(1);
	const result = await rig.cluster.editor.executionEnd(executionId);

	expect(result.status).toBe('success');
	const saved = outputItems(result, SAVE);
	expect(saved).toHaveLength(2);
	const worker = await rig.workerOf(executionId);
	for (const { json } of saved) {
		const file = join(worker.filesFolder, basename(String(json['fileName'])));
		expect(await readImageFile(file)).toMatchObject({ width: json['width'] });
	}
	expect(await readdir(rig.cluster.main.filesFolder)).toEqual([]);
	rig.settle(result);
});

describe('the examples', () => {
	it.each([
		['zImageAllProviders', 12],
		['zImageOwnServers', 6],
		['zImageFailedTask', 1],
		['zImageFallbackProvider', 2],
		['zImageInpaint', 1],
		['zImagePresetVariations', 8],
		['zImageSubmitAndCallback', 2],
	])('%s saves %i images', async (id, images) => {
		const result = await rig.run(id);

		expect(result.status).toBe('success');
		const saved = outputItems(result, SAVE);
		expect(saved).toHaveLength(images);
		await expectSaved(saved);
		rig.settle(result);
	});

	it('one workflow submits and stores the tasks in a table, and another one fetches them', async () => {
		const submitted = await rig.run('zImageQueueSubmit');
		const collected = await rig.run('zImageQueueCollect');

		expect([submitted.status, collected.status]).toEqual(['success', 'success']);
		const saved = outputItems(collected, SAVE);
		expect(saved).toHaveLength(2);
		await expectSaved(saved);
		rig.settle(collected);
	});

	it('the trigger starts an execution for each webhook call', async () => {
		const before = await rig.cluster.editor.executionIds('zImageTriggerToFolder');
		const submitted = await rig.run('zImageTriggerToFolder');
		expect(submitted.status).toBe('success');
		const started = await rig.newExecutions('zImageTriggerToFolder', before, 3);
		const results = await rig.ends(started);
		rig.count(2);

		const saved = results.flatMap((result) => outputItems(result, SAVE));
		expect(saved).toHaveLength(2);
		await expectSaved(saved);
		rig.settle(...results);
	});
});

describe('the examples with other services', () => {
	/** The providers' files, in the order of the items. */
	const filesOf = async (result: ExecutionResult): Promise<Buffer[]> =>
		await Promise.all(
			outputItems(result, 'Generate').map(async ({ json }) =>
				Buffer.from(await (await fetch(String(json['url']))).arrayBuffer()),
			),
		);

	const objectsIn = (bucket: string) =>
		[...services.outside.s3.objects.values()].filter((object) => object.bucket === bucket);

	/** Fills in a form at the webhook processor, in the order of its fields. Returns the new execution. */
	const submitForm = async (workflow: string, path: string, value: File | string) => {
		const address = `${rig.cluster.webhooks.url}/form/${path}`;
		await until(async () => (await fetch(address, { headers: OWN_CONNECTION })).ok);
		const before = await rig.cluster.editor.executionIds(workflow);
		const form = new FormData();
		form.append('field-0', value);
		const sending = { method: 'POST', headers: OWN_CONNECTION, body: form };
		expect((await fetch(address, sending)).status).toBe(200);
		rig.count(1);
		return (await rig.newExecutions(workflow, before, 1))[0] ?? '';
	};

	afterEach(() => expect(services.outside.proxy.refused).toEqual([]));

	it('each image of the schedule is in S3', async () => {
		const result = await rig.run('zImageScheduleToS3');

		expect(result.status).toBe('success');
		const files = await filesOf(result);
		expect(files).toHaveLength(2);
		expect(objectsIn('images').map(({ bytes }) => bytes)).toEqual(files);
		rig.settle(result);
	});

	it('the step after the agent saves its image', async () => {
		const result = await rig.run('zImageAgentWithTool');

		expect(result.status).toBe('success');
		const saved = outputItems(result, SAVE);
		expect(saved).toHaveLength(1);
		await expectSaved(saved);
		expect(rig.submits).toBe(1);
		rig.settle(result);
	});

	it('a file that the webhook processor receives through a form becomes images in S3', async () => {
		const csv = 'sku,name,description\nA-1,Teapot,Blue glaze.\nB-2,Lamp,Brass.\n';
		const file = new File([csv], 'catalog.csv', { type: 'text/csv' });
		const executionId = await submitForm('zImageProductCatalog', 'z-image-catalog', file);
		const result = await rig.cluster.editor.executionEnd(executionId);

		expect(result.status).toBe('success');
		const [first, second, catalog] = objectsIn('catalog');
		expect([first?.bytes, second?.bytes]).toEqual(await filesOf(result));
		expect(catalog?.bytes.toString()).toContain('A-1,Teapot,Blue glaze.,products/A-1.png');
		rig.settle(result);
	});

	it('an image waits for approval in Slack, and a worker publishes it', async () => {
		const executionId = await submitForm(
			'zImageSlackApproval',
			'z-image-request',
			'A bakery window',
		);
		const { slack } = services.outside;
		await until(() => slack.messages.length > 0);
		expect(objectsIn('published')).toEqual([]);
		const buttons = slack.messages[0]?.blocks?.flatMap(({ elements = [] }) => elements) ?? [];
		const url = buttons.find(({ text }) => text.text === 'Approve')?.url ?? '';
		expect(url.startsWith(`${rig.cluster.webhooks.url}/webhook-waiting/`)).toBe(true);
		// n8n ignores programs, because they open links in messages to preview them.
		const headers = { ...OWN_CONNECTION, 'user-agent': 'Mozilla/5.0 Firefox/140.0' };
		await until(async () => (await fetch(url, { headers })).ok);
		const result = await rig.cluster.editor.executionEnd(executionId);

		expect(result.status).toBe('success');
		expect(objectsIn('published').map(({ bytes }) => bytes)).toEqual(await filesOf(result));
		expect(rig.submits).toBe(1);
		rig.settle(result);
	});
});

/** Requests an image from the webhook processor, which a worker generates. */
async function expectPicture(stored: RegExp): Promise<void> {
	const ask = async () =>
		await fetch(`${rig.cluster.webhooks.url}/webhook/z-image?prompt=a+red+fox`, {
			headers: OWN_CONNECTION,
		});
	let answer = await ask();
	while (answer.status === 404) answer = await ask();
	rig.count(1);

	expect(answer.status).toBe(200);
	expect(answer.headers.get('content-type')).toBe('image/png');
	const bytes = Buffer.from(await answer.arrayBuffer());
	const [executionId = ''] = await rig.cluster.editor.executionIds('zImageWebhookToImage');
	const result = await rig.cluster.editor.executionEnd(executionId);
	const [item] = outputItems(result, 'Generate');
	const made = Buffer.from(await (await fetch(String(item?.json['url']))).arrayBuffer());
	expect(bytes.equals(made)).toBe(true);
	expect(item?.binary?.['data']?.['id']).toMatch(stored);
	rig.settle(result);
}

it('the webhook processor responds with an image that a worker stored in the database', async () => {
	await expectPicture(/^database:/);
});

it('the retry of a failed execution, on the other worker, resumes charged tasks', async () => {
	const executionId = await rig.call('waits', 'a boat', 'a bridge [sandbox:download=404*1]');
	const failed = await rig.cluster.editor.executionEnd(executionId);
	expect(failed.status).toBe('error');
	const worker = await rig.workerOf(executionId);
	await worker.stop();

	const result = await rig.retry(executionId);
	await worker.start();

	expect(result.status).toBe('success');
	expect(rig.submits).toBe(2);
	rig.settle(result);
});

it('stopping an execution that a webhook started ends its submits, and cancels its tasks', async () => {
	const prompts = Array.from({ length: 12 }, (_, index) => `${index} [sandbox:never]`);
	const executionId = await rig.call('waits', ...prompts);
	await until(() => rig.askedAfter.size === 10);

	await rig.cluster.editor.stopExecution(executionId);

	await until(() => rig.canceled.size === 10);
	const requests = rig.sandbox.requests.length;
	await sleep(1500);
	expect(rig.sandbox.requests).toHaveLength(requests);
	expect(rig.submits).toBe(10);
	expect((await rig.cluster.editor.executionEnd(executionId)).status).toBe('canceled');
	const log = await readFile((await rig.workerOf(executionId)).logFile, 'utf8');
	expect(log).toContain(`Worker finished execution ${executionId} `);
	rig.settle();
});

it('the webhook processor responds with an image from a folder that all processes share', async () => {
	const { webhooks, workers, folder } = rig.cluster;
	const storage = join(folder, 'storage');
	const settings = { ...SHARED_FOLDER_SETTINGS, [SHARED_FOLDER]: storage };
	const members = [webhooks, ...workers];
	await Promise.all(members.map(async (member) => await member.stop()));
	await Promise.all(members.map(async (member) => await member.start(settings)));

	await expectPicture(/^filesystem/);
	expect(await readdir(storage)).not.toEqual([]);
});
