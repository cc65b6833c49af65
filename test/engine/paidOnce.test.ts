import type { IncomingMessage, ServerResponse } from 'http';
import { createServer } from 'http';
import type { IDataObject, INode } from 'n8n-workflow';
import type { AddressInfo } from 'net';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { providers, taskProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { makePicture } from '../support/picture';
import { credentialsAt } from '../support/scriptedServer';
import type { WorkflowOptions } from '../support/runWorkflow';
import { inBinaryMode, readBinary, runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

interface Setting extends Partial<WorkflowOptions> {
	/** Default: 2. */
	readonly tries?: number;
	readonly onError?: INode['onError'];
}

/** Runs Generate twice if it fails, like Retry On Fail. */
async function generate(parameters: IDataObject, { tries = 2, onError, ...options }: Setting = {}) {
	const maxTries = tries > 1 && { maxTries: tries };
	const step = { type: 'zImageGenerate', parameters, ...maxTries, ...(onError && { onError }) };
	return await runWorkflow({
		steps: [step],
		credentials: credentialsFor(getSandbox()),
		...options,
	});
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs something while a test server responds. */
async function withServer<T>(answer: Answer, work: (url: string) => Promise<T>): Promise<T> {
	const server = createServer((request, response) => {
		request.resume().on('end', () => answer(request, response));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}

function json(response: ServerResponse, statusCode: number, body: unknown): void {
	response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

describe('Retry On Fail with expressions that change', () => {
	it.each([...providers])(
		'$id: resumes a charged task with its original request',
		async ({ id }) => {
			const items = [{ fault: '' }, { fault: '[sandbox:download=404*1]' }, { fault: '' }];
			const { json: images, error } = await generate(
				{
					provider: id,
					prompt: '=boat {{ Math.random() }} {{ $now }} {{ $json.fault }}.',
					options: { seed: '={{ Math.floor(Math.random() * 1e6) + 1 }}' },
				},
				{ items },
			);
			expect(error).toBeUndefined();
			expect(submitsOf(getSandbox())).toHaveLength(3);
			const asked = submitsOf(getSandbox()).map(({ body }) => JSON.stringify(body));
			expect(images).toHaveLength(3);
			for (const { prompt, seed } of images) {
				const isAskedFor = (body: string) =>
					body.includes(`"${String(prompt)}"`) && body.includes(String(seed));
				expect(asked.filter(isAskedFor)).toHaveLength(1);
			}
		},
	);

	it('returns the images of a task that the next attempt would not have requested', async () => {
		const isRetry = () => submitsOf(getSandbox()).length > 0;
		jest.spyOn(Math, 'random').mockImplementation(() => (isRetry() ? 0.9 : 0.1));
		const { json: images } = await generate(
			{
				provider: 'novita',
				prompt: 'boat [sandbox:download=404*1]',
				numberOfImages: '={{ Math.random() < 0.5 ? 3 : 1 }}',
			},
			{ tries: 4 },
		);
		jest.restoreAllMocks();
		expect(submitsOf(getSandbox())).toHaveLength(3);
		expect(images).toHaveLength(3);
		expect(images.map(({ imageIndex, imageCount }) => [imageIndex, imageCount])).toEqual([
			[0, 3],
			[1, 3],
			[2, 3],
		]);
	});
});

describe("a task that its provider doesn't know yet", () => {
	/** The other providers report that a task is lost. */
	const waiting = taskProviders.filter(({ tasks }) => !tasks?.tellsState);

	it.each(waiting)('$id: is requested again', async ({ id }) => {
		const { json: images, hints } = await generate(
			{ provider: id, prompt: 'boat [sandbox:status=404*4]' },
			{ tries: 1 },
		);
		expect(images).toEqual([expect.objectContaining({ status: 'succeeded' })]);
		expect(hints).toEqual([]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it.each(waiting)('$id: is never charged again', async ({ id }) => {
		const { error } = await generate({ provider: id, prompt: 'boat [sandbox:status=404]' });
		expect(error?.message).toContain('(HTTP 404)');
		expect(error?.context.data).toMatchObject({ taskId: expect.any(String) as string });
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});
});

describe("a job that the user's own server has lost", () => {
	it.each([
		[404, 'job not found'],
		[410, 'job expired'],
	])(
		'sdcpp reports it with HTTP %i, and the next attempt submits it again',
		async (status, words) => {
			const prompt = `boat [sandbox:status=${status}]`;
			const { error } = await generate({ provider: 'sdcpp', prompt });
			expect(error?.message).toContain(`could not make the image: ${words}`);
			expect(error?.context.data).toMatchObject({ taskId: expect.any(String) as string });
			expect(submitsOf(getSandbox())).toHaveLength(2);
		},
	);
});

describe('a gateway in front of the provider', () => {
	const page = '<html><body>Bad gateway</body></html>';

	it.each(
		[408, 500, 502, 503, 504, 520, 522, 524].flatMap((status) =>
			providers.map(({ id }) => [id, status] as const),
		),
	)("%s: its HTTP %i doesn't prove that nothing was accepted", async (provider, status) => {
		let submits = 0;
		await withServer(
			(_, response) => {
				submits++;
				response.writeHead(status, { 'content-type': 'text/html' }).end(page);
			},
			async (baseUrl) => {
				const credentials = credentialsAt(baseUrl);
				const { error } = await generate({ provider, prompt: 'boat' }, { credentials });
				expect(error?.message).toContain('in an earlier attempt, so it is not sent again');
				expect(error?.description).toContain('May have been charged too');
			},
		);
		expect(submits).toBe(1);
	});
});

describe('Max Cost with an item in doubt', () => {
	it('counts the doubtful request once, and lets the next attempt report the problem', async () => {
		const { error } = await generate({
			provider: 'fal',
			prompt: 'boat [sandbox:submit=reset*1]',
			// One image of 1024 x 1024 costs 0.00524.
			options: { maxCostUsd: 0.006 },
		});
		expect(error?.message).toContain('in an earlier attempt, so it is not sent again');
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});
});

describe('images in the response itself', () => {
	const png = makePicture('png', 93, 71);
	const modes = ['default', 'filesystem-v2', 'database'] as const;

	it.each(modes)('are kept where n8n keeps files: %s', async (mode) => {
		let submits = 0;
		const answer: Answer = (_, response) => {
			submits++;
			// The second item is refused at first.
			if (submits === 2) json(response, 400, { message: 'Try again', statusCode: 400 });
			else json(response, 200, { data: [{ b64_json: png.toString('base64') }] });
		};
		await withServer(answer, async (baseUrl) => {
			const credentials = { zImageAimlApi: { apiKey: 'key-12345678', baseUrl } };
			const { items, stored } = await inBinaryMode(
				mode,
				async () =>
					await generate(
						{ provider: 'aimlapi', prompt: 'boat', options: { maxConcurrency: 1 } },
						{ items: [{}, {}], credentials },
					),
			);
			expect(items).toHaveLength(2);
			for (const { binary } of items) {
				expect(await inBinaryMode(mode, async () => await readBinary(binary?.data))).toEqual(png);
			}
			expect(stored).not.toContain('zImageAcceptedTasks');
		});
		expect(submits).toBe(3);
	});
});

describe('the error that ends a run', () => {
	it("names every task, including the previous attempt's, and what may have been charged", async () => {
		const { error } = await generate(
			{ provider: 'fal', prompt: '=boat {{ $json.fault }}', options: { maxConcurrency: 1 } },
			{
				items: [
					{ fault: '' },
					{ fault: '[sandbox:submit=reset]' },
					{ fault: '[sandbox:download=404]' },
				],
			},
		);
		const [first] = submitsOf(getSandbox());
		expect(first).toBeDefined();
		expect(error?.description).toMatch(/open Executions and choose Retry/);
		expect(error?.description).toMatch(/\n- [\w-]{20,}\n/);
		expect(error?.description).toMatch(
			/May have been charged too, with an unknown task ID: item 1\./,
		);
	});

	it("does so if the node can't even start", async () => {
		const sandbox = getSandbox();
		const credentials = credentialsFor(sandbox);
		const fal = credentials.zImageFalApi!;
		const failing = {
			...credentials,
			// Gone once the first attempt has asked for its task.
			get zImageFalApi() {
				const isGone = sandbox.requests.some(({ path }) => path.endsWith('/status'));
				return isGone ? undefined! : fal;
			},
		};
		const { error } = await generate(
			{ provider: 'fal', prompt: 'boat [sandbox:polls=30]' },
			{ credentials: failing },
		);
		expect(error?.description).toMatch(/open Executions and choose Retry/);
		expect(error?.description).toMatch(/\n- [\w-]{20,}/);
	});
});

describe('On Error: Continue, and an error that all items share', () => {
	const inputs = [{ a: 1 }, { a: 2 }];
	const nodes: Array<[string, IDataObject]> = [
		['zImageGenerate', { provider: 'fal', prompt: 'boat', options: { maxConcurrency: 0 } }],
		['zImageGenerate', { provider: 'fal', prompt: 'boat', options: { maxCostUsd: 'much' } }],
		['zImageGenerate', { provider: 'nobody', prompt: 'boat' }],
		['zImageGetTaskResult', { provider: 'fal', taskId: 'a', options: { maxConcurrency: 'all' } }],
		['zImageGetTaskResult', { provider: 'fal', taskId: 'a', mode: 'later' }],
		['zImageGetTaskResult', { provider: 'aimlapi', taskId: 'a' }],
		['zImageApplyLoraPreset', { presets: { preset: [{ name: 'nothing' }] } }],
	];

	it.each(
		nodes.flatMap(([type, parameters]) =>
			(['continueRegularOutput', 'continueErrorOutput'] as const).map(
				(onError) => [type, onError, parameters] as const,
			),
		),
	)('%s, %s: no item leaves as a success, with %j', async (type, onError, parameters) => {
		const { outputs, error } = await runWorkflow({
			items: inputs,
			steps: [{ type, parameters, onError }],
			credentials: credentialsFor(getSandbox()),
		});
		expect(error).toBeUndefined();
		const items = outputs.flat();
		expect(items).toHaveLength(inputs.length);
		expect(items.map((item) => item.json.error)).toEqual(
			inputs.map(() => expect.stringMatching(/\w/) as string),
		);
		expect(getSandbox().requests).toEqual([]);
	});

	it.each(['zImageGenerate', 'zImageGetTaskResult'])(
		'%s: a missing credential fails every item',
		async (type) => {
			const { outputs } = await runWorkflow({
				items: inputs,
				steps: [
					{
						type,
						parameters: { provider: 'fal', prompt: 'a', taskId: 'a' },
						onError: 'continueRegularOutput',
					},
				],
				credentials: {},
			});
			expect(outputs.flat().map((item) => item.json.error)).toEqual(
				inputs.map(() => expect.stringMatching(/credential/i) as string),
			);
		},
	);
});

describe('an execution that was stopped without n8n notifying the node', () => {
	it('sends no more submits, and cancels the running tasks', async () => {
		let isStopped = false;
		const stored = async () =>
			await Promise.resolve({ resultData: { runData: {}, ...(isStopped && { error: {} }) } });
		const running = generate(
			{
				provider: 'fal',
				prompt: 'boat [sandbox:never]',
				options: { maxConcurrency: 2, timeoutSeconds: 3600 },
			},
			{ items: [{}, {}, {}], getRunExecutionData: stored },
		);
		while (submitsOf(getSandbox()).length < 2) await new Promise((next) => setTimeout(next, 5));
		isStopped = true;
		const { error } = await running;
		expect(error?.message).toContain('stopped');
		expect(submitsOf(getSandbox())).toHaveLength(2);
		const canceled = getSandbox().requests.filter(({ method }) => method === 'PUT');
		expect(canceled).toHaveLength(2);
	});
});

it.each([
	['that cannot cancel', taskProviders.find(({ tasks }) => !tasks?.cancel)!.id],
	// On a request to cancel a running task, fal promises nothing: the task may still succeed.
	['that was asked to', 'fal'],
])("a stop keeps what a provider %s hasn't confirmed as canceled", async (_what, id) => {
	const seen = async () => {
		while (submitsOf(getSandbox()).length < 1) await new Promise((next) => setTimeout(next, 5));
		await new Promise((next) => setTimeout(next, 50));
	};
	const { stored } = await generate(
		{ provider: id, prompt: 'boat [sandbox:never] [sandbox:uncancelable]' },
		{ tries: 1, cancelWhen: seen(), clock: systemClock },
	);
	expect(stored).toContain('zImageAcceptedTasks');
});
