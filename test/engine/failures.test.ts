import type { IDataObject } from 'n8n-workflow';

import type { Step } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { providers, taskProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

async function generate(
	parameters: IDataObject,
	{ items, onError }: { items?: IDataObject[]; onError?: Step['onError'] } = {},
) {
	return await runWorkflow({
		...(items && { items }),
		steps: [{ type: 'zImageGenerate', parameters, ...(onError && { onError }) }],
		credentials: credentialsFor(getSandbox()),
	});
}

describe('bad input is refused before anything is sent', () => {
	it.each<[string, IDataObject, string]>([
		['an empty prompt', { provider: 'fal', prompt: ' ' }, 'Prompt is empty'],
		[
			'a side too large',
			{ provider: 'highway', prompt: 'a', size: 'custom', width: 1024, height: 1537 },
			'Height must be a whole number between 256 and 1536 on Highway API (got 1537)',
		],
		[
			'a seed whose increments exceed the maximum',
			{ provider: 'novita', prompt: 'a', numberOfImages: 2, options: { seed: 2147483647 } },
			'Seed must be a whole number between 0 and 2147483647 on Novita (got 2147483648)',
		],
		[
			'too many images',
			{ provider: 'fal', prompt: 'a', numberOfImages: 5 },
			'Number of Images must be between 1 and 4 (got 5)',
		],
		[
			'half an image',
			{ provider: 'fal', prompt: 'a', numberOfImages: 1.5 },
			'Number of Images must be a whole number (got 1.5)',
		],
		[
			'a scale out of range',
			{ provider: 'fal', prompt: 'a', loras: { lora: [{ path: 'a/b', scale: 4.5 }] } },
			'The scale of LoRA 1 must be between 0 and 4 (got 4.5)',
		],
	])('%s', async (_name, parameters, message) => {
		const { error } = await generate(parameters, { items: [{}, {}] });
		expect(error?.message).toBe(message);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(getSandbox().requests).toHaveLength(0);
	});

	it('sends nothing at all if a later item is bad', async () => {
		const { error } = await generate(
			{ provider: 'fal', prompt: '={{ $json.prompt }}' },
			{ items: [{ prompt: 'good' }, { prompt: 'good' }, { prompt: '' }] },
		);
		expect(error?.message).toBe('Prompt is empty');
		expect(error?.context).toMatchObject({ itemIndex: 2 });
		expect(getSandbox().requests).toHaveLength(0);
	});
});

/** The task in the error. */
function taskOf(error: Awaited<ReturnType<typeof generate>>['error']): IDataObject {
	return (error?.context.data ?? {}) as IDataObject;
}

const taskIdPattern = /^[0-9a-z-]{20,}$/;

describe('what a provider refuses', () => {
	it.each<[string, string, string, string]>([
		['fal', 'moderate', 'fal could not make the image: ', 'content_policy_violation'],
		['novita', 'moderate', 'Novita did not accept the request (HTTP 400): ', 'ILLEGAL_PROMPT'],
		[
			'highway',
			'moderate',
			'Highway API did not accept the request (HTTP 400): ',
			'ILLEGAL_PROMPT',
		],
		['aimlapi', 'moderate', 'AI/ML API did not accept the request (HTTP 400): ', ''],
		['fal', 'no-money', 'fal did not accept the request (HTTP 403): ', 'Exhausted balance'],
		['novita', 'no-money', 'Novita did not accept the request (HTTP 400): ', 'BALANCE_NOT_ENOUGH'],
		['highway', 'no-money', 'Highway API did not accept the request (HTTP 403): ', 'BALANCE'],
		['aimlapi', 'no-money', 'AI/ML API did not accept the request (HTTP 403): ', 'credits'],
	])('%s: %s', async (provider, token, start, words) => {
		const { error } = await generate({ provider, prompt: `a boat [sandbox:${token}]` });
		expect(error?.message.startsWith(start)).toBe(true);
		expect(error?.message).toContain(words);
		expect(error?.description).toBeTruthy();
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it.each([...providers])(
		'$id: a bad key, reported as such',
		async ({ id: provider, credentialType }) => {
			const credentials = credentialsFor(getSandbox());
			const { error, stored } = await runWorkflow({
				steps: [{ type: 'zImageGenerate', parameters: { provider, prompt: 'a boat' } }],
				credentials: {
					...credentials,
					[credentialType]: { ...credentials[credentialType], apiKey: 'wrong-secret' },
				},
			});
			expect(error?.name).toBe('NodeApiError');
			expect(error?.description).toContain('API key');
			expect(stored).not.toContain('wrong-secret');
		},
	);
});

describe('a task that fails', () => {
	it.each(['error', 'runner', '422', '500', '504', 'detail-200'])(
		"fal, failing as %s, is an error with fal's own words and the task",
		async (way) => {
			const prompt = `a boat [sandbox:fail=The GPU fell off][sandbox:fail-as=${way}]`;
			const { error } = await generate({ provider: 'fal', prompt });
			expect(error?.message).toContain('fal could not make the image: ');
			expect(error?.message).toContain('The GPU fell off');
			expect(taskOf(error)).toMatchObject({ provider: 'fal', status: 'failed', prompt });
			expect(taskOf(error).taskId).toMatch(taskIdPattern);
			expect(error?.description).toContain(String(taskOf(error).taskId));
			// fal keeps the error, so nothing is gained by asking for it again: once after its stream, once after its status.
			const results = getSandbox()
				.requestsTo('fal')
				.filter(({ method, path }) => method === 'GET' && /requests\/[^/]+$/.test(path));
			expect([1, 2]).toContain(results.length);
		},
	);

	it.each(['novita', 'highway'])('%s gives its reason', async (provider) => {
		const { error } = await generate({ provider, prompt: 'a boat [sandbox:fail=Out of paint]' });
		expect(error?.message).toContain('could not make the image: Out of paint');
		expect(taskOf(error).taskId).toMatch(taskIdPattern);
	});

	it('in an unknown state is named, and its task returned', async () => {
		const { error } = await generate({
			provider: 'novita',
			prompt: 'a boat [sandbox:status=unknown-state]',
		});
		expect(error?.message).toMatch(/^Novita reports an unknown task status: ".+"$/);
		expect(taskOf(error)).toMatchObject({ provider: 'novita', status: 'pending' });
	});

	it.each([...taskProviders])('$id: not done in time', async ({ id: provider }) => {
		const { error } = await generate({
			provider,
			prompt: 'a boat [sandbox:never]',
			options: { timeoutSeconds: 20 },
		});
		expect(error?.message).toContain('did not finish the image within 20 seconds');
		expect(error?.description).toContain('Get Task Result can fetch it');
		expect(error?.description).toContain(String(taskOf(error).taskId));
	});
});

describe('repeated requests', () => {
	it.each([
		['fal', 'status=503*2'],
		['fal', 'result=500*1'],
		['fal', 'download=502*2'],
		['fal', 'download=truncated*1'],
		['fal', 'download=reset-mid*1'],
		['novita', 'status=429;retry-after=1*2'],
		['highway', 'status=reset*1'],
		['highway', 'submit=429*3'],
		['aimlapi', 'submit=429;retry-after-date=1*1'],
	])('%s recovers from %s', async (provider, fault) => {
		const { error, json } = await generate({ provider, prompt: `a boat [sandbox:${fault}]` });
		expect(error).toBeUndefined();
		expect(json).toEqual([expect.objectContaining({ status: 'succeeded' })]);
	});

	it.each(['500', '503', 'reset', 'reset-mid', 'broken-json', 'empty', 'html'])(
		'never submits twice after %s',
		async (fault) => {
			const { error } = await generate({
				provider: 'fal',
				prompt: `a boat [sandbox:submit=${fault}]`,
			});
			expect(error?.message).toContain('fal');
			expect(submitsOf(getSandbox())).toHaveLength(1);
		},
	);

	it('says if the task may have been accepted', async () => {
		const { error } = await generate({
			provider: 'novita',
			prompt: 'a boat [sandbox:submit=reset]',
		});
		expect(error?.message).toBe(
			'The connection to Novita broke (ECONNRESET) after the request was sent',
		);
		expect(error?.description).toContain('may have accepted the task');
	});
});

describe('an unusable file', () => {
	it.each([
		['html', 'not a PNG, JPEG or WebP image'],
		['text', 'not a PNG, JPEG or WebP image'],
		['empty', 'could not be downloaded (ECONNRESET)'],
		['404', 'could not be downloaded (HTTP 404)'],
		['truncated', 'could not be downloaded (ECONNRESET)'],
		['oversized=67108865', 'is larger than 64 MiB'],
	])('%s', async (fault, message) => {
		const { error } = await generate({
			provider: 'novita',
			prompt: `a boat [sandbox:download=${fault}]`,
		});
		expect(error?.message).toContain(message);
		expect(taskOf(error)).toMatchObject({
			provider: 'novita',
			taskId: expect.stringMatching(taskIdPattern) as string,
			url: expect.stringMatching(/^http:/) as string,
		});
		expect(error?.description).toContain('Image URL: http');
	});

	it.each(['wrong-type=text/plain', 'wrong-type=image/jpeg', 'no-length'])(
		"%s doesn't matter: the bytes decide",
		async (fault) => {
			const { json } = await generate({
				provider: 'novita',
				prompt: `a boat [sandbox:download=${fault}]`,
			});
			expect(json[0]?.contentType).toBe('image/webp');
		},
	);
});

describe('continue on fail', () => {
	const items = [
		{ prompt: 'good 0' },
		{ prompt: '' },
		{ prompt: 'bad 2 [sandbox:fail=No paint]' },
		{ prompt: 'good 3' },
	];
	const parameters = { provider: 'novita', prompt: '={{ $json.prompt }}' };

	it('turns each failure into an item, in its place', async () => {
		const { items: out, error } = await generate(parameters, {
			items,
			onError: 'continueRegularOutput',
		});
		expect(error).toBeUndefined();
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
		expect(out.map(({ json }) => json.status)).toEqual([
			'succeeded',
			undefined,
			'failed',
			'succeeded',
		]);
		expect(out[1]?.json).toMatchObject({ error: 'Prompt is empty' });
		expect(out[2]?.json).toMatchObject({
			provider: 'novita',
			taskId: expect.stringMatching(taskIdPattern) as string,
			error: 'Novita could not make the image: No paint',
		});
	});

	it('sends failures to the error output', async () => {
		const { outputs } = await generate(parameters, { items, onError: 'continueErrorOutput' });
		expect(outputs.map((output) => output.map(({ json }) => String(json.prompt)))).toEqual([
			['good 0', 'good 3'],
			['', 'bad 2 [sandbox:fail=No paint]'],
		]);
		expect(outputs[1]?.[1]?.json).toMatchObject({
			error: 'Novita could not make the image: No paint',
			details: {
				provider: 'novita',
				taskId: expect.stringMatching(taskIdPattern) as string,
				status: 'failed',
			},
		});
	});

	it('returns the successful images of an item beside its failure', async () => {
		const { json } = await generate(
			{
				...parameters,
				prompt: 'boats [sandbox:submit=500*1]',
				numberOfImages: 3,
			},
			{ onError: 'continueRegularOutput' },
		);
		expect(json.map(({ status, error }) => status ?? error)).toEqual([
			expect.stringContaining('HTTP 500'),
			'succeeded',
			'succeeded',
		]);
	});
});

it('without continue on fail, the error lists every accepted task', async () => {
	const { error } = await generate(
		{ provider: 'novita', prompt: '={{ $json.prompt }}' },
		{
			items: [
				{ prompt: 'a [sandbox:never]' },
				{ prompt: 'b' },
				{ prompt: 'c [sandbox:polls=2][sandbox:fail]' },
			],
		},
	);
	expect(error?.context).toMatchObject({ itemIndex: 2 });
	const accepted = getSandbox()
		.requestsTo('novita')
		.flatMap(({ query }) => query.task_id ?? []);
	expect(new Set(accepted).size).toBe(3);
	for (const taskId of accepted) expect(error?.description).toContain(taskId);
});
