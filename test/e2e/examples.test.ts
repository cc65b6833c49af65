import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadImage } from '@napi-rs/canvas';
import { SLACK_TOKEN } from '../../sandbox/outside/slack';
import { readExample } from '../../sandbox/realN8n/examples';
import { type OutputItem, outputItems } from '../../sandbox/realN8n/executionResult';
import { fileNameOf } from './imageFile';
import { type OutsideRig, setUpOutsideRig } from './outsideRig';
import { failsAfterPaying, variant, withPrompts } from './workflows';

const SAVE = 'Save image to disk';

// Jest's value here has the type any.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let rig: OutsideRig;

beforeAll(async () => {
	const [schedule, webhook, slack, fallback, submit, collect, recover] = await Promise.all(
		[
			'schedule-to-s3',
			'webhook-to-image',
			'images-to-slack',
			'fallback-provider',
			'queue-submit',
			'queue-collect',
			'recover-paid-images',
		].map(readExample),
	);
	if (!schedule || !webhook || !slack || !fallback || !submit || !collect || !recover) return;
	rig = await setUpOutsideRig([
		schedule,
		webhook,
		slack,
		variant(
			fallback,
			fallback.id,
			withPrompts(
				'A tram in the rain at night',
				'A snail on a guitar [sandbox:fal/no-money]',
				'A moth at a lamp [sandbox:moderate]',
			),
		),
		submit,
		collect,
		variant(recover, recover.id, (node) =>
			node.name === 'Let tasks begin' ? { parameters: { amount: 2 } } : {},
		),
		failsAfterPaying(recover.id),
		variant(schedule, 'everySecond', (node) =>
			node.name === 'Every morning'
				? { parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } } }
				: {},
		),
		variant(fallback, 'bothFail', withPrompts('a moth [sandbox:fail=out of paint]')),
		variant(
			submit,
			'queueToRecover',
			withPrompts(
				'a boat',
				'a bridge [sandbox:fail=out of paint]',
				'a cat [sandbox:download=404*1]',
			),
		),
		variant(
			submit,
			'queueOfThree',
			withPrompts(
				'a boat [sandbox:polls=1]',
				'a bridge [sandbox:fail=out of paint]',
				'a cat [sandbox:download=404*1]',
			),
		),
	]);
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.reset());

/** The file that the provider returned for an image. */
async function providersFile({ json }: OutputItem): Promise<Buffer> {
	return Buffer.from(await (await fetch(String(json['url']))).arrayBuffer());
}

async function expectSaved(items: readonly OutputItem[], count: number): Promise<void> {
	expect(items).toHaveLength(count);
	for (const item of items) {
		const bytes = await readFile(rig.savedFile(item));
		expect(bytes.equals(await providersFile(item))).toBe(true);
		const { width, height } = await loadImage(bytes);
		expect({ width, height }).toEqual({ width: item.json['width'], height: item.json['height'] });
	}
}

const submitsTo = (provider: string): number =>
	rig.sandbox
		.requestsTo(provider)
		.filter(({ method, path }) => method === 'POST' && !path.includes('/requests/')).length;

/** Neither n8n nor our nodes tried to reach other hosts. */
const expectNothingSentOut = () => expect(rig.outside.proxy.refused).toEqual([]);

describe('every morning into a storage', () => {
	it("stores each prompt's file under the date, unchanged", async () => {
		const result = await rig.editor.runWorkflow('zImageScheduleToS3');

		expect(result.status).toBe('success');
		const made = outputItems(result, 'Generate');
		expect(made).toHaveLength(2);
		expect(submitsTo('fal')).toBe(2);
		const stored = [...rig.outside.s3.objects.values()];
		expect(stored).toHaveLength(2);
		for (const [index, item] of made.entries()) {
			const { bytes, ...object } = stored[index] ?? { bytes: Buffer.alloc(0) };
			expect(object).toEqual({
				bucket: 'images',
				key: matching(new RegExp(`^\\d{4}-\\d\\d-\\d\\d/${fileNameOf(item)}$`)),
				contentType: 'image/png',
			});
			expect(bytes.equals(await providersFile(item))).toBe(true);
		}
		expectNothingSentOut();
	});
});

describe('an image from a web address', () => {
	const ask = async (prompt: string) =>
		await fetch(`${rig.url}/webhook/z-image?prompt=${encodeURIComponent(prompt)}`);

	beforeAll(async () => {
		await rig.editor.activate('zImageWebhookToImage');
		// The address works a moment later. A request without a prompt costs nothing.
		while ((await ask('')).status === 404) await sleep(100);
	});

	it('responds with the file', async () => {
		const answer = await ask('a red fox');

		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-type')).toBe('image/png');
		const bytes = Buffer.from(await answer.arrayBuffer());
		expect(await loadImage(bytes)).toMatchObject({ width: 1024, height: 1024 });
		const [executionId = ''] = await rig.editor.executionIds('zImageWebhookToImage');
		const [item] = outputItems(await rig.editor.executionEnd(executionId), 'Generate');
		expect(item?.json['prompt']).toBe('a red fox');
		expect(item && bytes.equals(await providersFile(item))).toBe(true);
		expect(submitsTo('fal')).toBe(1);
	});

	it.each([
		['', { message: 'Prompt is empty', taskId: null }, 0],
		[
			'a moth [sandbox:fail=out of paint]',
			{ message: matching(/^fal could not make the image: out of paint/), taskId: matching(/./) },
			1,
		],
	])('responds to "%s" with the reason', async (prompt, expected, submits) => {
		const answer = await ask(prompt);

		expect(answer.status).toBe(502);
		expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
		expect(await answer.json()).toEqual(expected);
		expect(submitsTo('fal')).toBe(submits);
	});
});

describe('images to Slack', () => {
	it("shares each prompt's file in the channel, with the prompt as a comment", async () => {
		const result = await rig.editor.runWorkflow('zImageImagesToSlack');

		expect(result.status).toBe('success');
		expect(outputItems(result, 'Share in Slack')).toHaveLength(2);
		expect(submitsTo('fal')).toBe(2);
		const { files, requests } = rig.outside.slack;
		expect(files).toHaveLength(2);
		for (const [index, item] of outputItems(result, 'Generate').entries()) {
			const { bytes, ...file } = files[index] ?? { bytes: Buffer.alloc(0) };
			expect(file).toEqual({
				name: fileNameOf(item),
				title: fileNameOf(item),
				channel: 'C0123456789',
				comment: item.json['prompt'],
			});
			expect(bytes.equals(await providersFile(item))).toBe(true);
		}
		for (const { headers, path } of requests) {
			if (path.startsWith('/api/')) expect(headers['authorization']).toBe(`Bearer ${SLACK_TOKEN}`);
		}
		expectNothingSentOut();
	});
});

describe('another provider when one fails', () => {
	it('retries there only what failed at no cost and not because of its prompt, and merges the results', async () => {
		const result = await rig.editor.runWorkflow('zImageFallbackProvider');

		expect(result.status).toBe('success');
		const saved = outputItems(result, SAVE);
		await expectSaved(saved, 2);
		expect(saved.map(({ json }) => [json['provider'], json['prompt']])).toEqual([
			['fal', 'A tram in the rain at night'],
			['novita', matching(/^A snail on a guitar/)],
		]);
		expect([submitsTo('fal'), submitsTo('novita')]).toEqual([3, 1]);
		expect(outputItems(result, 'To look at').map(({ json }) => json)).toMatchObject([
			{
				prompt: matching(/^A moth/),
				reason: matching(/^fal could not make the image/),
				errorKind: 'moderation',
				charged: 'maybe',
			},
		]);
	});

	it("stops with the other provider's reason if that fails as well", async () => {
		const result = await rig.editor.runWorkflow('bothFail');

		expect(result.status).toBe('error');
		expect(result.data.resultData).toMatchObject({
			lastNodeExecuted: 'Generate on Novita',
			error: { message: 'Novita could not make the image: out of paint' },
		});
		expect([submitsTo('fal'), submitsTo('novita')]).toEqual([1, 1]);
	});
});

describe('a queue in two workflows', () => {
	const collect = async () => {
		const result = await rig.editor.runWorkflow('zImageQueueCollect');
		expect(result.status).toBe('success');
		const taken = outputItems(result, 'Tasks to fetch');
		const [, pending, failed] = [0, 1, 2].map((output) =>
			outputItems(result, 'Check the task', output),
		);
		const marked = outputItems(result, 'Mark as done').map(({ json }) => json);
		return { result, taken, pending, failed, marked, saved: outputItems(result, SAVE) };
	};

	it('submits in one and fetches in the other, each task once', async () => {
		const submitted = outputItems(await rig.editor.runWorkflow('zImageQueueSubmit'), 'Submit');
		expect(submitted).toHaveLength(2);
		expect(rig.sandbox.requestsTo('files')).toEqual([]);
		const { taken, saved, marked } = await collect();

		const taskIds = submitted.map(({ json }) => json['taskId']);
		expect(taken.map(({ json }) => json['taskId'])).toEqual(taskIds);
		expect(saved.map(({ json }) => json['taskId']).sort()).toEqual([...taskIds].sort());
		for (const { json } of saved) {
			expect(json).toMatchObject({
				model: 'fal-ai/z-image/turbo',
				prompt: matching(/balloon|cat/),
			});
		}
		await expectSaved(saved, 2);
		expect(marked.map(({ status }) => status)).toEqual(['done', 'done']);
		expect(submitsTo('fal')).toBe(2);
		expect((await collect()).taken).toEqual([]);
	});

	it('waits for what is pending, keeps the reasons of failures, and resumes the rest', async () => {
		await rig.editor.runWorkflow('queueOfThree');
		const first = await collect();

		expect(first.taken).toHaveLength(3);
		expect(first.pending?.map(({ json }) => json['prompt'])).toEqual(['a boat [sandbox:polls=1]']);
		expect(first.marked.map(({ prompt }) => prompt)).toEqual(['a boat [sandbox:polls=1]']);
		expect(first.failed).toHaveLength(2);
		const wrong = outputItems(first.result, 'Mark what went wrong').map(({ json }) => json);
		expect(wrong).toEqual([
			expect.objectContaining({ status: 'failed', reason: matching(/out of paint/) }),
			expect.objectContaining({ status: 'pending', reason: matching(/could not be downloaded/) }),
		]);

		const second = await collect();
		expect(second.taken.map(({ json }) => json['prompt'])).toEqual([matching(/^a cat/)]);
		await expectSaved(second.saved, 1);
		expect((await collect()).taken).toEqual([]);
		expect(submitsTo('fal')).toBe(3);
	});
});

describe('the way back to charged images', () => {
	const recovered = async (executionId: string) => {
		const result = await rig.editor.executionEnd(executionId);
		expect(result.status).toBe('success');
		return {
			listed: outputItems(result, 'List recent tasks').map(({ json }) => json),
			saved: outputItems(result, SAVE),
		};
	};
	const recover = async () =>
		await recovered((await rig.editor.startWorkflow('zImageRecoverPaidImages')).executionId);

	it('fetches the images of all recent tasks by hand, each once', async () => {
		await rig.editor.runWorkflow('queueToRecover');
		const first = await recover();

		const statuses = first.listed.map(({ status }) => status);
		expect(statuses.sort()).toEqual(['failed', 'succeeded', 'succeeded']);
		expect(first.saved.map(({ json }) => json['prompt']).sort()).toEqual([matching(/^a boat/)]);
		await expectSaved(first.saved, 1);
		// The other download failed at first and is repeated.
		const second = await recover();
		expect(second.saved.map(({ json }) => json['prompt'])).toEqual([matching(/^a cat/)]);
		expect((await recover()).saved).toEqual([]);
		expect(submitsTo('fal')).toBe(3);
	});

	it('is the error workflow of an execution that fails after a charge', async () => {
		const before = await rig.editor.executionIds('zImageRecoverPaidImages');
		// n8n 2 runs an error workflow only if it is active.
		await rig.editor.activate('zImageRecoverPaidImages');
		await rig.editor.activate('failsAfterPaying');
		while ((await fetch(`${rig.url}/webhook/fails-after-paying`)).status === 404) await sleep(100);
		let after = before;
		while (after.length === before.length) {
			await sleep(100);
			after = await rig.editor.executionIds('zImageRecoverPaidImages');
		}
		const [executionId = ''] = after.filter((id) => !before.includes(id));
		const { saved } = await recovered(executionId);

		expect(saved.map(({ json }) => json['prompt'])).toEqual(['a boat that was paid for']);
		await expectSaved(saved, 1);
	});
});

// This test is the last one: the schedule keeps running until n8n stops.
it('the schedule runs by itself once the workflow is active', async () => {
	await rig.editor.activate('everySecond');
	while (rig.outside.s3.objects.size < 2) await sleep(100);

	const [executionId = ''] = (await rig.editor.executionIds('everySecond')).slice(-1);
	const result = await rig.editor.executionEnd(executionId);
	expect(result.status).toBe('success');
	expect(outputItems(result, 'Every morning')).toHaveLength(1);
	expect(outputItems(result, 'Upload to S3')).toHaveLength(2);
});
