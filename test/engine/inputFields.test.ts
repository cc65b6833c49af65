import type { IDataObject } from 'n8n-workflow';

import { credentialsFor } from '../support/credentials';
import type { Step } from '../support/runWorkflow';
import { runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const on = { includeInputFields: true };
const onePixel = Buffer.from('iVBORw0KGgo=', 'base64');

function generate(parameters: IDataObject = {}, step: Partial<Step> = {}): Step {
	const { options, ...others } = parameters;
	const all = {
		provider: 'fal',
		prompt: '={{ $json.prompt }}',
		options: { ...on, ...(options as IDataObject) },
		...others,
	};
	return { type: 'zImageGenerate', parameters: all, ...step };
}

async function run(steps: readonly Step[], items: IDataObject[]) {
	return await runWorkflow({ items, steps, credentials: credentialsFor(getSandbox()) });
}

const post = { prompt: 'a boat', caption: 'Dusk', product: { id: 42, tags: ['a'] } };

it("an image has its input item's fields, below its own", async () => {
	const clash = { ...post, seed: 'mine', width: 'wide', url: 'https://a.example', status: 'draft' };
	const { items } = await run([generate({ numberOfImages: 2 })], [{ prompt: 'a cat' }, clash]);
	const [, , ...ofPost] = items;
	expect(ofPost).toHaveLength(2);
	for (const { json, binary, pairedItem } of ofPost) {
		expect(json).toMatchObject({ ...post, status: 'succeeded', width: 1024 });
		expect(json.seed).toEqual(expect.any(Number));
		expect(json.url).not.toBe(clash.url);
		expect(Object.keys(binary ?? {})).toEqual(['data']);
		expect(pairedItem).toEqual({ item: 1 });
	}
	expect(items[0]?.json).not.toHaveProperty('caption');
});

it('without the option it has none', async () => {
	const { json } = await run([generate({ options: { includeInputFields: false } })], [post]);
	expect(json[0]).not.toHaveProperty('caption');
});

it('the option may differ from item to item', async () => {
	const options = { includeInputFields: '={{ $json.keeps }}' };
	const items = [true, false].map((keeps) => ({ ...post, keeps }));
	const { json } = await run([generate({ options })], items);
	expect(json.map(({ caption }) => caption)).toEqual(['Dusk', undefined]);
});

it('they survive Submit and Get Task Result', async () => {
	const { json } = await run(
		[
			generate({ mode: 'submit' }),
			{ type: 'zImageGetTaskResult', parameters: { provider: 'fal', options: on } },
		],
		[post],
	);
	expect(json[0]).toMatchObject({ ...post, status: 'succeeded' });
	expect(json[0]).not.toHaveProperty('submittedAt');
});

it('a task on the Pending output has them', async () => {
	const item = { ...post, prompt: 'a [sandbox:never]' };
	const check = { provider: 'fal', mode: 'check', options: on };
	const { outputs } = await run(
		[generate({ mode: 'submit' }), { type: 'zImageGetTaskResult', parameters: check }],
		[item],
	);
	expect(outputs[1]?.[0]?.json).toMatchObject({ ...item, status: 'pending' });
});

describe('an error item', () => {
	const continues = { onError: 'continueRegularOutput' } as const;

	it.each<[string, IDataObject, IDataObject]>([
		['whose parameters are wrong', { width: 1, size: 'custom' }, { errorKind: 'input' }],
		['that the provider refuses', { prompt: 'a [sandbox:no-money]' }, { errorKind: 'balance' }],
		['whose task fails', { prompt: 'a [sandbox:fail]' }, { status: 'failed' }],
		['whose file is gone', { prompt: 'a [sandbox:download=404]' }, { status: 'succeeded' }],
		['of a failed setup', { options: { maxCostUsd: '' } }, { errorKind: 'input' }],
	])('%s has them', async (_, parameters, expected) => {
		const provider = { provider: 'novita' };
		const { json } = await run([generate({ ...provider, ...parameters }, continues)], [post]);
		const { prompt, ...others } = post;
		expect(json[0]).toMatchObject({ ...others, ...expected, error: expect.any(String) as string });
		expect(json[0]?.prompt).toBe(
			expected.status === undefined ? prompt : (parameters.prompt as string),
		);
	});

	it("has no fields of an earlier node's task", async () => {
		const [made] = (await run([generate()], [post])).json;
		const { json } = await run([generate({ prompt: ' ' }, continues)], [{ ...made }]);
		expect(json[0]).toMatchObject({ ...post, error: 'Prompt is empty', charged: 'no' });
		for (const name of ['taskId', 'status', 'url', 'model', 'imageIndex', 'expiresAt']) {
			expect(json[0]).not.toHaveProperty(name);
		}
	});

	it('goes to the error output, where n8n adds them itself', async () => {
		const step = { onError: 'continueErrorOutput' } as const;
		const { outputs } = await run(
			[generate({ prompt: 'a [sandbox:no-money]' }, step)],
			[{ ...post, taskId: 'of-before' }],
		);
		expect(outputs.map((output) => output.length)).toEqual([0, 1]);
		expect(outputs[1]?.[0]?.json).toMatchObject({ ...post, details: { errorKind: 'balance' } });
	});

	it('with an option that is neither on nor off ends before anything is sent', async () => {
		const options = { includeInputFields: 'perhaps' };
		const { json } = await run([generate({ options }, continues)], [post]);
		expect(json[0]).toMatchObject({ errorKind: 'input', charged: 'no' });
		expect(json[0]).not.toHaveProperty('caption');
		expect(getSandbox().requests).toEqual([]);
	});
});

describe('an input item with an error', () => {
	const failed = { ...post, error: 'It broke', message: 'x', details: { a: 1 } };

	it.each<[string, Partial<Step>]>([
		['Retry On Fail', { maxTries: 3 }],
		['the error output', { onError: 'continueErrorOutput' }],
		['the error output and Retry On Fail', { onError: 'continueErrorOutput', maxTries: 3 }],
	])("doesn't turn the image into a failure: %s", async (_, step) => {
		const { items, outputs } = await run([generate({}, step)], [failed]);
		expect(items).toHaveLength(1);
		expect(outputs[1] ?? []).toHaveLength(0);
		expect(items[0]?.json).toMatchObject({ ...post, status: 'succeeded', message: 'x' });
		expect(items[0]?.json).not.toHaveProperty('error');
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});
});

it("the input item's files are not included", async () => {
	const file = await storeFile(onePixel, { fileName: 'photo.png' });
	const { items } = await runWorkflow({
		items: [post],
		inputBinary: { photo: file },
		steps: [generate()],
		credentials: credentialsFor(getSandbox()),
	});
	expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data']);
});

it('their contents are not stored with the charged tasks', async () => {
	const item = { ...post, prompt: 'a [sandbox:never]', text: 'x'.repeat(1_000_000) };
	const parameters = { options: { timeoutSeconds: 5 } };
	const step = { onError: 'continueRegularOutput' } as const;
	const { json, stored } = await run([generate(parameters, step)], [item]);
	expect(json[0]).toMatchObject({ errorKind: 'timeout', text: item.text });
	// The input item of each of the two nodes, and the output item.
	expect(stored.split(item.text)).toHaveLength(3);
});

it("Get Task Result fetches the error's task, not one that the item had before", async () => {
	const { json } = await run([generate({ mode: 'submit' })], [post]);
	const [before = {}] = json;
	const late = { ...before, prompt: 'a [sandbox:polls=20]' };
	const { outputs } = await run(
		[generate({ options: { timeoutSeconds: 1 } }, { onError: 'continueErrorOutput' })],
		[late],
	);
	const item = outputs[1]?.[0]?.json ?? {};
	const { taskId } = item.details as IDataObject;
	expect(item.taskId).toBe(before.taskId);
	expect(taskId).not.toBe(before.taskId);
	const parameters = { provider: 'fal', taskId: '={{ $json.taskId }}' };
	const fetched = await run([{ type: 'zImageGetTaskResult', parameters }], [item]);
	expect(fetched.json[0]).toMatchObject({ taskId, status: 'succeeded', prompt: late.prompt });
});
