import type { IDataObject } from 'n8n-workflow';

import { listProviders, taskProviders } from '../../nodes/ZImage/providers/registry';
import { fal } from '../../nodes/ZImage/providers/fal';
import type { SandboxRequest } from '../../sandbox/emulator/server';
import { credentialsFor } from '../support/credentials';
import { readBinary, runWorkflow } from '../support/runWorkflow';
import type { Step } from '../support/runWorkflow';
import { loraOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const providers = listProviders.map(({ id }) => id);

/** These providers' lists contain nothing about the requests. */
const isBare = (provider: string) => ['comfyui', 'wavespeed'].includes(provider);

async function run(
	steps: readonly Step[],
	items: IDataObject[] = [{}],
	credential: Record<string, string> = {},
) {
	const credentials = Object.fromEntries(
		Object.entries(credentialsFor(getSandbox())).map(([type, data]) => [
			type,
			{ ...data, ...credential },
		]),
	);
	return await runWorkflow({ items, steps, credentials });
}

function listStep(provider: string, parameters: IDataObject = {}): Step {
	return { type: 'zImageGetTaskResult', parameters: { provider, mode: 'list', ...parameters } };
}

async function list(provider: string, parameters: IDataObject = {}, items?: IDataObject[]) {
	return await run([listStep(provider, parameters)], items);
}

async function submit(provider: string, prompts: readonly string[], more: IDataObject = {}) {
	const prompt = '={{ $json.prompt }}';
	const parameters = { provider, prompt, mode: 'submit', ...more };
	const items = prompts.map((text) => ({ prompt: text }));
	return (await run([{ type: 'zImageGenerate', parameters }], items)).json;
}

/** The requests for pages of lists. */
function pages(): SandboxRequest[] {
	const paths = /\/v1\/models\/requests|^\/v1\/predictions$|^\/api\/v3\/predictions$|^\/api\/jobs$/;
	return getSandbox().requests.filter(({ path }) => paths.test(path));
}

describe.each(providers)('%s', (provider) => {
	it('lists the submitted tasks in the form that Wait mode accepts', async () => {
		const loras = [{ path: loraOf(provider), scale: 0.5 }];
		const tasks = await submit(provider, ['a boat'], {
			loras: { lora: loras },
			options: { seed: 3 },
		});
		const { outputs, items } = await list(provider);
		expect(outputs).toHaveLength(1);
		const [{ model, taskId } = {}] = tasks;
		const isComfy = provider === 'comfyui';
		const told = isBare(provider)
			? { prompt: null, seed: null, loras: null }
			: { prompt: 'a boat', seed: 3, loras };
		expect(items).toEqual([
			{
				json: {
					provider,
					model: isComfy ? null : model,
					taskId,
					status: 'succeeded',
					submittedAt: expect.stringMatching(/^\d{4}-.+Z$/) as string,
					...told,
					estimatedCostUsd: null,
					expiresAt: ['replicate', 'wavespeed'].includes(provider)
						? (expect.stringMatching(/^\d{4}-.+Z$/) as string)
						: null,
				},
				pairedItem: { item: 0 },
			},
		]);
		// In the order of taskJson, like a task item.
		expect(Object.keys(items[0]?.json ?? {})).toEqual([
			...Object.keys(tasks[0] ?? {}),
			'expiresAt',
		]);
	});

	it('finds the images that a crash would have lost', async () => {
		await submit(provider, ['one', 'two']);
		const { json, items } = await run([
			listStep(provider),
			{ type: 'zImageGetTaskResult', parameters: { provider } },
		]);
		expect(json.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
		for (const { binary } of items) expect(await readBinary(binary?.data)).toHaveProperty('length');
		if (!isBare(provider)) expect(json.map(({ prompt }) => prompt).sort()).toEqual(['one', 'two']);
	});

	it('reports what is running, what failed, and what is done', async () => {
		const prompts = ['a [sandbox:fail=No paint]', 'b', 'c [sandbox:never]'];
		const tasks = await submit(provider, prompts);
		const { json } = await list(provider);
		const statusOf = ({ taskId }: IDataObject) => json.find((one) => one.taskId === taskId)?.status;
		expect(tasks.map(statusOf)).toEqual(['failed', 'succeeded', 'pending']);
	});

	it('lists nothing if there is nothing', async () => {
		const { items, error } = await list(provider);
		expect([items, error]).toEqual([[], undefined]);
	});

	it('stops at the limit, or returns all', async () => {
		const tasks = await submit(provider, ['one', 'two', 'three']);
		expect((await list(provider, { limit: 2 })).json).toHaveLength(2);
		const all = await list(provider, { limit: 1, returnAll: true });
		expect(all.json.map(({ taskId }) => taskId).sort()).toEqual(
			tasks.map(({ taskId }) => taskId).sort(),
		);
	});

	it('lists once for each item, each with its own parameters', async () => {
		await submit(provider, ['one', 'two']);
		const { items } = await list(provider, { limit: '={{ $json.most }}' }, [
			{ most: 1 },
			{ most: 2 },
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 1 },
		]);
	});

	it('reports a wrong key', async () => {
		const { error } = await run([listStep(provider)], [{}], { apiKey: 'wrong-key-12345' });
		expect(error?.message).toContain('did not list the tasks (HTTP 40');
		expect(error?.description).toContain('credential');
		expect(JSON.stringify([error?.message, error?.description])).not.toContain('wrong-key');
	});

	it('requests only the list, and costs nothing', async () => {
		await submit(provider, ['one']);
		const { length } = getSandbox().tasks;
		const before = getSandbox().requests.length;
		await list(provider);
		expect(getSandbox().requests.slice(before)).toEqual(pages());
		expect(getSandbox().tasks).toHaveLength(length);
	});
});

describe('requests', () => {
	const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/) as string;
	const sinceOf = (time: unknown) => Date.now() - Date.parse(String(time));

	it('fal gets one request for all endpoints', async () => {
		await list('fal', { withinHours: 2 });
		expect(pages()).toMatchObject([
			{
				provider: 'fal',
				method: 'GET',
				path: '/v1/models/requests/by-endpoint',
				query: {
					endpoint_id: fal.tasks.list.call({ sinceMs: 0 }).query.endpoint_id,
					start: since,
					expand: 'payloads',
					limit: '40',
				},
				headers: { authorization: `Key ${getSandbox().keys.fal}`, accept: 'application/json' },
			},
		]);
		expect(sinceOf(pages()[0]?.query['start'])).toBeGreaterThanOrEqual(2 * 3_600_000);
		expect(sinceOf(pages()[0]?.query['start'])).toBeLessThan(2 * 3_600_000 + 60_000);
	});

	it('Replicate is filtered by time', async () => {
		await list('replicate');
		expect(pages()).toMatchObject([
			{
				method: 'GET',
				path: '/v1/predictions',
				query: { created_after: since },
				headers: { authorization: `Bearer ${getSandbox().keys.replicate}` },
			},
		]);
		expect(sinceOf(pages()[0]?.query['created_after'])).toBeGreaterThanOrEqual(24 * 3_600_000);
	});

	it('WaveSpeed is filtered by time, until a page is empty', async () => {
		await submit('wavespeed', ['one']);
		await list('wavespeed');
		expect(pages()).toMatchObject(
			[1, 2].map((page) => ({
				method: 'POST',
				path: '/api/v3/predictions',
				query: {},
				body: { page, page_size: 100, created_after: since },
				headers: { authorization: `Bearer ${getSandbox().keys.wavespeed}` },
			})),
		);
	});

	it('ComfyUI is asked for the newest', async () => {
		await list('comfyui');
		expect(pages()).toMatchObject([
			{ method: 'GET', path: '/api/jobs', query: { limit: '100', offset: '0' } },
		]);
	});
});

describe('many tasks', () => {
	const submits: Readonly<Record<string, { path: string; body: (prompt: string) => object }>> = {
		fal: { path: '/fal-ai/z-image/turbo', body: (prompt) => ({ prompt }) },
		replicate: {
			path: '/v1/models/prunaai/z-image-turbo/predictions',
			body: (prompt) => ({ input: { prompt } }),
		},
		wavespeed: { path: '/api/v3/wavespeed-ai/z-image/turbo', body: (prompt) => ({ prompt }) },
	};

	async function submitDirectly(provider: 'fal' | 'replicate' | 'wavespeed', count: number) {
		const { keys, urls } = getSandbox();
		const { path = '', body } = submits[provider] ?? {};
		for (let number = 0; number < count; number++) {
			await fetch(urls[provider] + path, {
				method: 'POST',
				headers: {
					authorization: `${provider === 'fal' ? 'Key' : 'Bearer'} ${keys[provider]}`,
					'content-type': 'application/json',
				},
				// Failed tasks have no images to draw.
				body: JSON.stringify(body?.(`number ${number} [sandbox:fail]`)),
			});
		}
	}

	it.each([
		['fal', 25],
		['replicate', 10],
		['wavespeed', 11],
	] as const)('%s: returns 1,000 page by page, each once', async (provider, count) => {
		await submitDirectly(provider, 1000);
		const { json } = await list(provider, { returnAll: true });
		expect(new Set(json.map(({ taskId }) => taskId)).size).toBe(1000);
		expect(json).toHaveLength(1000);
		expect(pages()).toHaveLength(count);
	});

	it('requests no more pages than the limit needs', async () => {
		await submitDirectly('replicate', 250);
		const { json } = await list('replicate', { limit: 150 });
		expect(json.map(({ prompt }) => prompt)).toEqual(
			Array.from({ length: 150 }, (_, index) => `number ${249 - index} [sandbox:fail]`),
		);
		expect(pages()).toHaveLength(2);
	});
});

describe('faults', () => {
	it.each(['503*2', '429;retry-after=3*1', 'reset*1', '500*1'])(
		'a list after %s is requested again',
		async (fault) => {
			await submit('fal', [`a boat [sandbox:list=${fault}]`]);
			expect((await list('fal')).json).toHaveLength(1);
		},
	);

	it.each([
		[
			'fal',
			'html',
			'fal returned an unexpected response (HTTP 200) when asked for its recent tasks',
		],
		['replicate', '400', 'Replicate did not list the tasks (HTTP 400): '],
		['wavespeed', '200', 'WaveSpeed did not list the tasks (HTTP 200): Internal Server Error'],
	])('%s: %s is an error', async (provider, fault, message) => {
		await submit(provider, [`a boat [sandbox:list=${fault}]`]);
		const { error } = await list(provider);
		expect(error?.message).toContain(message);
	});

	it('an error item says so if the node continues', async () => {
		await submit('fal', ['a boat [sandbox:list=404]']);
		const step = { ...listStep('fal'), onError: 'continueRegularOutput' as const };
		const { json } = await run([step]);
		expect(json).toMatchObject([{ error: expect.stringContaining('(HTTP 404)') as string }]);
	});

	it('says if a server lacks the list of jobs', async () => {
		const { error } = await run([listStep('comfyui')], [{}], {
			baseUrl: `${getSandbox().urls.comfyui}/elsewhere`,
		});
		expect(error?.message).toContain('ComfyUI did not list the tasks (HTTP 404)');
	});
});

describe('parameters', () => {
	it.each(
		taskProviders
			.filter(({ tasks }) => !tasks?.list)
			.map(({ id, displayName }) => [id, displayName]),
	)("%s doesn't support this mode, even if a workflow has saved it", async (provider, name) => {
		const { error } = await list(provider);
		expect(error?.message).toBe(`${name} doesn't support the mode List Recent Tasks`);
		expect(getSandbox().requests).toEqual([]);
	});

	it.each([
		[{ withinHours: 0 }, 'Submitted Within (Hours) must be between 0.1 and 720 (got 0)'],
		[{ withinHours: 721 }, 'Submitted Within (Hours) must be between 0.1 and 720 (got 721)'],
		[{ withinHours: '={{ "soon" }}' }, 'Submitted Within (Hours) must be a number (got "soon")'],
		[{ limit: 0 }, 'Limit must be between 1 and'],
		[{ limit: 1.5 }, 'Limit must be a whole number (got 1.5)'],
		[{ returnAll: '={{ "maybe" }}' }, 'Return All must be true or false (got "maybe")'],
	])('refuses %j', async (parameters, message) => {
		const { error } = await list('fal', parameters);
		expect(error?.message).toContain(message);
		expect(getSandbox().requests).toEqual([]);
	});

	it('ignores task IDs: the item has none', async () => {
		expect((await list('fal', { taskId: '' })).error).toBeUndefined();
	});
});
