import { getEventListeners } from 'events';
import { createServer } from 'http';
import type { AddressInfo } from 'net';
import { setTimeout as sleep } from 'timers/promises';

import type { IDataObject } from 'n8n-workflow';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { credentialsFor } from '../support/credentials';
import type { WorkflowOptions } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const prompts = (count: number, tokens = '') =>
	Array.from({ length: count }, (_, index) => ({ prompt: `${index} ${tokens}` }));

async function generate(
	items: IDataObject[],
	parameters: IDataObject = {},
	options: Partial<WorkflowOptions> = {},
) {
	return await runWorkflow({
		items,
		steps: [
			{
				type: 'zImageGenerate',
				parameters: {
					provider: 'fal',
					prompt: '={{ $json.prompt }}',
					size: '512x512',
					...parameters,
				},
			},
		],
		credentials: credentialsFor(getSandbox()),
		...options,
	});
}

describe('concurrency', () => {
	/** The most tasks that were accepted and not yet seen as done, at any time. */
	function peakOfOpenTasks(): number {
		let open = 0;
		let peak = 0;
		for (const { method, path } of getSandbox().requestsTo('fal')) {
			if (method === 'POST') open++;
			else if (!path.endsWith('/status')) open--;
			peak = Math.max(peak, open);
		}
		return peak;
	}

	it.each([
		[undefined, 10],
		[1, 1],
		[3, 3],
	])('with Max Concurrency %s, at most %i tasks are open', async (maxConcurrency, expected) => {
		const { json, error } = await generate(prompts(24, '[sandbox:polls=2]'), {
			options: { timeoutSeconds: 86_400, ...(maxConcurrency && { maxConcurrency }) },
		});
		expect(error).toBeUndefined();
		expect(json).toHaveLength(24);
		expect(peakOfOpenTasks()).toBe(expected);
	});

	it('counts tasks, even if one item has several', async () => {
		const { json } = await generate(prompts(5), {
			provider: 'novita',
			numberOfImages: 4,
			options: { maxConcurrency: 2 },
		});
		expect(json.map(({ prompt, imageIndex }) => `${String(prompt)}${String(imageIndex)}`)).toEqual(
			[0, 1, 2, 3, 4].flatMap((item) => [0, 1, 2, 3].map((image) => `${item} ${image}`)),
		);
	});

	it('applies to Get Task Result, too', async () => {
		const { json } = await runWorkflow({
			items: prompts(15, '[sandbox:polls=1]'),
			steps: [
				{
					type: 'zImageGenerate',
					parameters: { provider: 'highway', prompt: '={{ $json.prompt }}', mode: 'submit' },
				},
				{
					type: 'zImageGetTaskResult',
					parameters: { provider: 'highway', options: { maxConcurrency: 4 } },
				},
			],
			credentials: credentialsFor(getSandbox()),
		});
		expect(json.map(({ prompt }) => prompt)).toEqual(
			prompts(15, '[sandbox:polls=1]').map(({ prompt }) => prompt),
		);
		expect(submitsOf(getSandbox())).toHaveLength(15);
	});
});

describe('a provider that limits the rate', () => {
	it("isn't flooded: 50 items, 10 at once, refused for 10 seconds", async () => {
		const { error } = await generate(prompts(50, '[sandbox:submit=429]'), {
			provider: 'novita',
			options: { timeoutSeconds: 10 },
		});
		expect(error?.message).toContain('HTTP 429');
		// The 10 that were sent before the first response, then one at a time at growing intervals.
		expect(submitsOf(getSandbox()).length).toBeLessThanOrEqual(10 + 6);
	});

	it('receives one request at a time until it accepts, and no task is lost', async () => {
		const items = prompts(20).map(({ prompt }, index) => ({
			prompt: index < 3 ? `${prompt} [sandbox:submit=429*2]` : prompt,
		}));
		const { json, error, hints } = await generate(items, { options: { timeoutSeconds: 600 } });
		expect(error).toBeUndefined();
		expect(json.map(({ prompt }) => prompt)).toEqual(items.map(({ prompt }) => prompt));
		expect(submitsOf(getSandbox())).toHaveLength(20 + 3 * 2);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^20 tasks, 20 images in [\d.]+ s, 6 requests sent again, about 0\.\d+ USD/,
			),
		]);
	});

	it('says when to come back, and receives nothing until then', async () => {
		const sandbox = getSandbox();
		await generate(prompts(1, '[sandbox:submit=429;retry-after=1*1]'), {}, { clock: systemClock });
		const [first, second] = submitsOf(sandbox);
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
	});
});

describe('a canceled execution', () => {
	it.each(['fal', 'novita'])(
		'%s: sends no more submits and no more status requests',
		async (provider) => {
			const sandbox = getSandbox();
			const tasksAreOpen = async () => {
				while (sandbox.requestsTo(provider).filter(({ method }) => method === 'GET').length < 8) {
					await sleep(5);
				}
			};
			await generate(
				prompts(30, '[sandbox:never]'),
				{ provider, options: { maxConcurrency: 4, timeoutSeconds: 86_400 } },
				{ cancelWhen: tasksAreOpen(), clock: systemClock },
			);
			await sleep(200);
			const seen = sandbox.requests.length;
			await sleep(800);
			expect(sandbox.requests).toHaveLength(seen);
			expect(submitsOf(sandbox)).toHaveLength(4);
			const cancelled = sandbox.requests.filter(({ method }) => method === 'PUT');
			expect(new Set(cancelled.map(({ path }) => path)).size).toBe(provider === 'fal' ? 4 : 0);
		},
	);

	it('learns of the task of a submit in flight, and cancels it', async () => {
		// A provider that takes long to respond to a submit.
		const paths: string[] = [];
		const provider = createServer((request, response) => {
			paths.push(`${request.method} ${request.url}`);
			setTimeout(() => response.end('{"request_id":"task-on-its-way"}'), 300);
		});
		await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
		const { port } = provider.address() as AddressInfo;
		const seen = async (path: string) => {
			while (!paths.includes(path)) await sleep(5);
		};
		await generate(
			prompts(1),
			{},
			{
				cancelWhen: seen('POST /fal-ai/z-image/turbo'),
				clock: systemClock,
				credentials: { zImageFalApi: { apiKey: 'key', baseUrl: `http://127.0.0.1:${port}` } },
			},
		);
		await seen('PUT /fal-ai/z-image/requests/task-on-its-way/cancel');
		provider.close();
	});
});

describe('the deadline', () => {
	it.each(['submit', 'status', 'result', 'download'])('ends a %s that hangs', async (stage) => {
		const { error } = await generate(
			prompts(1, `[sandbox:${stage}=hang]`),
			{ options: { timeoutSeconds: 1 } },
			{ clock: systemClock },
		);
		expect(error).toBeDefined();
		if (stage !== 'submit') {
			expect(error?.context.data).toMatchObject({ taskId: expect.any(String) as string });
		}
	});
});

/** The timers that a file of ours sets, until they are over or cleared. */
function watchTimers(file: string): {
	readonly open: ReadonlySet<unknown>;
	readonly count: () => number;
} {
	const open = new Set<unknown>();
	let count = 0;
	const { setTimeout: set, clearTimeout: clear } = globalThis;
	jest.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number) => {
		if (!new Error().stack?.includes(file)) return set(work, ms);
		count++;
		const timer = set(() => {
			open.delete(timer);
			work();
		}, ms);
		open.add(timer);
		return timer;
	}) as never);
	jest.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
		open.delete(timer);
		clear(timer);
	});
	return { open, count: () => count };
}

/** The signals that a file of ours listens to, or what it calls. */
function watchListeners(file: string): ReadonlySet<EventTarget> {
	const heard = new Set<EventTarget>();
	const add = Reflect.get(EventTarget.prototype, 'addEventListener');
	jest.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
		this: EventTarget,
		...args: unknown[]
	) {
		if (new Error().stack?.includes(file)) heard.add(this);
		Reflect.apply(add, this, args);
	});
	return heard;
}

// Timers and listeners refer to the answer of a request: a run of thousands of items would keep them all.
it.each<[string, IDataObject, string, number]>([
	['images', {}, '[sandbox:seconds=0.3]', 3],
	['a broken stream', {}, '[sandbox:stream=reset-mid][sandbox:seconds=0.3]', 3],
	['broken downloads', {}, '[sandbox:download=truncated*1]', 3],
	['a download that is nothing but a page', { provider: 'novita' }, '[sandbox:download=html]', 0],
	['failures', {}, '[sandbox:fail=Out of paint]', 0],
])(
	'no timer goes on after the run, and nobody listens: %s',
	async (_, parameters, tokens, images) => {
		const timers = watchTimers('timer.ts');
		const signals = watchListeners('either.ts');
		const { json } = await generate(prompts(3, tokens), parameters, { clock: systemClock });
		expect(json).toHaveLength(images);
		expect(timers.count()).toBeGreaterThan(5);
		expect(signals.size).toBeGreaterThan(5);
		const heard = () =>
			[...signals].filter((signal) => getEventListeners(signal, 'abort').length > 0);
		// Closed streams let go of them a moment later.
		for (let looks = 0; heard().length + timers.open.size > 0 && looks < 100; looks++)
			await sleep(20);
		jest.restoreAllMocks();
		expect(heard()).toHaveLength(0);
		expect(timers.open.size).toBe(0);
	},
);
