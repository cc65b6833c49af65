import type { IDataObject } from 'n8n-workflow';

import { taskProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { readBinary, runWorkflow } from '../support/runWorkflow';
import { loraOf, submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

async function run(parameters: IDataObject, items: IDataObject[]) {
	return await runWorkflow({
		items,
		steps: [{ type: 'zImageGetTaskResult', parameters }],
		credentials: credentialsFor(getSandbox()),
	});
}

async function submit(provider: string, prompt: string, options: IDataObject = {}) {
	const { json } = await runWorkflow({
		steps: [{ type: 'zImageGenerate', parameters: { provider, prompt, mode: 'submit', options } }],
		credentials: credentialsFor(getSandbox()),
	});
	return json[0] ?? {};
}

describe.each([...taskProviders])('$id', ({ id: provider }) => {
	it('waits for the tasks that Generate returned', async () => {
		const path = loraOf(provider);
		const { json, items } = await runWorkflow({
			items: [{ prompt: 'one [sandbox:polls=3]' }, { prompt: 'two' }],
			steps: [
				{
					type: 'zImageGenerate',
					parameters: {
						provider,
						prompt: '={{ $json.prompt }}',
						mode: 'submit',
						loras: { lora: [{ path, scale: 0.5 }] },
						options: { seed: 3 },
					},
				},
				{ type: 'zImageGetTaskResult', parameters: { provider } },
			],
			credentials: credentialsFor(getSandbox()),
		});
		expect(json).toEqual(
			['one [sandbox:polls=3]', 'two'].map(
				(prompt) =>
					expect.objectContaining({
						provider,
						prompt,
						status: 'succeeded',
						seed: 3,
						model: expect.any(String) as string,
						loras: [{ path, scale: 0.5 }],
					}) as IDataObject,
			),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(await readBinary(items[0]?.binary?.data)).toHaveProperty('length');
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});

	it('accepts a task ID typed by hand', async () => {
		const { taskId } = await submit(provider, 'a boat');
		const { json } = await run({ provider, taskId }, [{ provider: 'something else' }]);
		expect(json[0]).toMatchObject({
			provider,
			taskId,
			status: 'succeeded',
			model: null,
			loras: null,
			estimatedCostUsd: null,
		});
	});

	it('checks once: Done and Pending', async () => {
		const done = await submit(provider, 'done');
		const pending = await submit(provider, 'pending [sandbox:never]');
		const { outputs } = await run({ provider, mode: 'check' }, [pending, done]);
		expect(outputs.map((output) => output.map(({ json }) => json.prompt))).toEqual([
			['done'],
			['pending [sandbox:never]'],
		]);
		// A pending item looks like Generate's, so that a loop can return it.
		expect(outputs[1]?.[0]?.json).toEqual(pending);
		expect(outputs.map(([item]) => item?.pairedItem)).toEqual([{ item: 1 }, { item: 0 }]);
	});

	it('says why a task failed', async () => {
		const task = await submit(provider, 'a boat [sandbox:fail=No paint]');
		const { error } = await run({ provider, mode: 'check' }, [task]);
		expect(error?.message).toContain('could not make the image: ');
		expect(error?.message).toContain('No paint');
		expect(error?.context.data).toMatchObject({ provider, taskId: task.taskId });
	});

	it('reports an unknown task', async () => {
		const { error } = await run({ provider, taskId: 'nothing-of-the-kind' }, [{}]);
		expect(error?.message).toContain(
			{
				comfyui: 'could not make the image: the server does not know the task',
				sdcpp: 'could not make the image: job not found',
			}[provider] ?? 'could not report the task status (HTTP 404)',
		);
		expect(error?.description).toContain('nothing-of-the-kind');
	});
});

it("refuses another provider's task", async () => {
	const task = await submit('novita', 'a boat');
	getSandbox().reset();
	const { error } = await run({ provider: 'fal' }, [task]);
	expect(error?.message).toBe(
		`Task ${String(task.taskId)} belongs to Novita, but Provider is set to fal`,
	);
	expect(getSandbox().requests).toHaveLength(0);
});

it('refuses an item without a task', async () => {
	const { error } = await run({ provider: 'fal' }, [{ taskId: '' }]);
	expect(error?.message).toBe('Task ID is empty');
});

it('gives up at its own deadline, and the task can still be fetched', async () => {
	const task = await submit('fal', 'a boat [sandbox:never]');
	const { error } = await run({ provider: 'fal', options: { timeoutSeconds: 5 } }, [task]);
	expect(error?.message).toBe('fal did not finish the image within 5 seconds');
	expect(error?.context.data).toEqual({ ...task, errorKind: 'timeout', charged: 'yes' });
});
