import type { IDataObject } from 'n8n-workflow';

import { submitWithCallback } from '../support/callbacks';
import { credentialsFor } from '../support/credentials';
import type { WorkflowOptions } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

/** Runs what a call starts. */
async function run(
	json: IDataObject,
	parameters: IDataObject = {},
	options: Partial<WorkflowOptions> = {},
) {
	return await runWorkflow({
		items: [json],
		steps: [{ type: 'zImageTrigger', parameters: { provider: 'fal', ...parameters } }],
		credentials: credentialsFor(getSandbox()),
		...options,
	});
}

async function submit(prompt: string): Promise<string> {
	return await submitWithCallback(getSandbox(), 'fal', prompt, 'https://n8n.example.com/');
}

const items = (outputs: Awaited<ReturnType<typeof run>>['outputs']) =>
	outputs.map((output) => output.map(({ json }) => json));

it('uses the names of files and fields, and the timeout', async () => {
	const taskId = await submit('a harbor');
	const { outputs } = await run(
		{ taskId },
		{ options: { binaryPropertyName: 'picture', fileName: 'harbor', timeoutSeconds: 20 } },
	);
	expect(outputs[0]?.[0]?.binary).toMatchObject({ picture: { fileName: 'harbor.png' } });
	expect(outputs[1]).toEqual([]);
});

it('waits for a task that was reported too early', async () => {
	const taskId = await submit('a harbor [sandbox:polls=3]');
	const { outputs } = await run({ taskId });
	expect(items(outputs)).toEqual([[expect.objectContaining({ taskId })], []]);
});

it.each([
	['that never ends', 'x [sandbox:never]', 'did not finish the image within 20 seconds'],
	['that has failed', 'x [sandbox:fail]', 'could not make the image'],
	["whose result isn't available", 'x [sandbox:result=500]', 'did not return the result'],
	['whose image is gone', 'x [sandbox:download=404]', 'could not be downloaded'],
])('the item of a task %s is on the Failed output', async (_, prompt, words) => {
	const taskId = await submit(prompt);
	const { outputs, error } = await run({ taskId }, { options: { timeoutSeconds: 20 } });
	expect(error).toBeUndefined();
	expect(items(outputs)).toEqual([
		[],
		[
			expect.objectContaining({
				taskId,
				error: expect.stringContaining(words) as string,
				errorDescription: expect.any(String) as string,
			}),
		],
	]);
});

it('of two images, the available one is on the Done output', async () => {
	const answer = await fetch(`${getSandbox().urls.fal}/fal-ai/z-image/turbo`, {
		method: 'POST',
		headers: {
			authorization: `Key ${getSandbox().keys.fal}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify({ prompt: 'x [sandbox:download=404*1]', num_images: 2 }),
	});
	const { request_id: taskId } = (await answer.json()) as { request_id: string };
	const { outputs } = await run({ taskId });
	expect(outputs.map(({ length }) => length)).toEqual([1, 1]);
	expect(items(outputs)[1]).toEqual([
		expect.objectContaining({ taskId, url: expect.stringMatching(/^http/) as string }),
	]);
});

it.each([{}, { taskId: '' }, { taskId: '..' }, { taskId: [] }])(
	'ends with an error for %j: no task was reported',
	async (json) => {
		const { error } = await run(json);
		expect(error).toMatchObject({
			message: 'No task was reported',
			description: expect.stringContaining('Get Task Result') as string,
		});
	},
);

it('ends with an error for an option that is out of bounds', async () => {
	const { error } = await run({ taskId: 'x' }, { options: { timeoutSeconds: -1 } });
	expect(error?.message).toBe('Timeout (Seconds) must be between 1 and 86400 (got -1)');
});

it('ends with an error when the execution is stopped', async () => {
	const taskId = await submit('x [sandbox:never]');
	let stop = () => {};
	const cancelWhen = new Promise<void>((resolve) => (stop = resolve));
	const result = run({ taskId }, { options: { timeoutSeconds: 86_400 } }, { cancelWhen });
	while (getSandbox().requests.filter(({ path }) => path.endsWith('/status')).length < 2) {
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	stop();
	const { outputs } = await result;
	expect(outputs.flat()).toEqual([]);
});
