import type { IDataObject } from 'n8n-workflow';

import type { Step } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { providers } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

async function generate(
	parameters: IDataObject,
	{ items, onError, maxTries = 2 }: Partial<Step> & { items?: IDataObject[] } = {},
) {
	return await runWorkflow({
		...(items && { items }),
		steps: [{ type: 'zImageGenerate', parameters, maxTries, ...(onError && { onError }) }],
		credentials: credentialsFor(getSandbox()),
	});
}

describe('Retry On Fail', () => {
	it.each([
		['fal', 'download=404*1'],
		['fal', 'result=401*1'],
		['novita', 'status=401*1'],
		['novita', 'download=html*1'],
		['highway', 'status=unknown-state*1'],
		['aimlapi', 'download=404*1'],
	])('%s, after %s, resumes the charged task', async (provider, fault) => {
		const { json, error, hints } = await generate({
			provider,
			prompt: `a boat [sandbox:${fault}]`,
		});
		expect(error).toBeUndefined();
		expect(json).toEqual([expect.objectContaining({ status: 'succeeded' })]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('1 task from an earlier attempt resumed'),
		]);
	});

	it("resumes the other items' tasks, too", async () => {
		const items = [
			{ prompt: 'a' },
			{ prompt: 'b [sandbox:download=404*1]' },
			{ prompt: 'c [sandbox:polls=3]' },
		];
		const { json } = await generate(
			{ provider: 'novita', prompt: '={{ $json.prompt }}' },
			{ items },
		);
		expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ prompt }) => prompt));
		expect(submitsOf(getSandbox())).toHaveLength(3);
	});

	it('submits again if the task is known to have failed', async () => {
		const { error } = await generate({ provider: 'fal', prompt: 'a boat [sandbox:fail]' });
		expect(error?.message).toContain('could not make the image');
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});

	it('works with continue on fail as well', async () => {
		const { json } = await generate(
			{ provider: 'fal', prompt: 'a boat [sandbox:download=404*1]', numberOfImages: 2 },
			{ onError: 'continueRegularOutput' },
		);
		expect(json.map(({ status, error }) => [status, error])).toEqual([
			['succeeded', undefined],
			['succeeded', undefined],
		]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it('returns the same task in Submit mode', async () => {
		const items = [{ prompt: 'a' }, { prompt: 'b [sandbox:submit=400*1]' }];
		const { json } = await generate(
			{ provider: 'fal', prompt: '={{ $json.prompt }}', mode: 'submit' },
			{ items },
		);
		expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ prompt }) => prompt));
		// One for the first item, two for the second, whose first request was refused.
		expect(submitsOf(getSandbox())).toHaveLength(3);
	});
});

describe('one bad image', () => {
	it("doesn't lose its siblings, and says where it is and until when", async () => {
		const { json, items } = await generate(
			{
				provider: 'novita',
				prompt: '={{ $json.prompt }}',
				numberOfImages: 2,
			},
			{
				items: [{ prompt: 'a [sandbox:download=404]' }, { prompt: 'b' }],
				onError: 'continueRegularOutput',
				maxTries: 1,
			},
		);
		expect(json.map(({ status, error }) => [status, Boolean(error)])).toEqual([
			['succeeded', true],
			['succeeded', true],
			['succeeded', false],
			['succeeded', false],
		]);
		expect(json[0]).toMatchObject({
			error: 'The image could not be downloaded (HTTP 404)',
			url: expect.stringMatching(/^http:/) as string,
			expiresAt: expect.stringMatching(/^\d{4}-/) as string,
			taskId: expect.any(String) as string,
		});
		expect(items[0]?.binary).toBeUndefined();
		expect(items[3]?.binary).toBeDefined();
	});
});

it('Get Task Result accepts a failed item unchanged, from either output', async () => {
	const failed = async (onError: Step['onError']) => {
		const { outputs } = await generate(
			{ provider: 'novita', prompt: 'a boat [sandbox:download=404*1]' },
			{ onError, maxTries: 1 },
		);
		return outputs.flat()[0]?.json ?? {};
	};
	for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
		const { json } = await runWorkflow({
			items: [await failed(onError)],
			steps: [{ type: 'zImageGetTaskResult', parameters: { provider: 'novita' } }],
			credentials: credentialsFor(getSandbox()),
		});
		expect(json).toEqual([
			expect.objectContaining({ status: 'succeeded', prompt: 'a boat [sandbox:download=404*1]' }),
		]);
	}
});

it('the same request in another run of the node is a new one', async () => {
	const run = async () => await generate({ provider: 'fal', prompt: 'a boat' });
	const [first, second] = [await run(), await run()];
	expect(first.json[0]?.taskId).not.toBe(second.json[0]?.taskId);
	expect(first.stored).not.toContain('zImageAcceptedTasks');
});

describe('a submit that may have been accepted', () => {
	it.each([...providers])(
		'$id: is not repeated by Retry On Fail, but by a new execution',
		async ({ id: provider }) => {
			const prompt = 'a boat [sandbox:submit=reset*1]';
			const { error } = await generate({ provider, prompt });
			expect(error?.message).toContain('in an earlier attempt, so it is not sent again');
			expect(error?.description).toContain('may have accepted the task');
			expect(submitsOf(getSandbox())).toHaveLength(1);

			const { json } = await generate({ provider, prompt });
			expect(json).toEqual([expect.objectContaining({ status: 'succeeded' })]);
			expect(submitsOf(getSandbox())).toHaveLength(2);
		},
	);
});
