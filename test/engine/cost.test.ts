import { createServer } from 'http';
import type { AddressInfo } from 'net';

import type { IDataObject } from 'n8n-workflow';

import { makePicture } from '../support/picture';
import { credentialsFor } from '../support/credentials';
import type { Step, WorkflowOptions } from '../support/runWorkflow';
import { runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

/** The price of a 1000 x 1000 image on fal, in US dollars. */
const one = 0.005;

const megapixel = { provider: 'fal', prompt: 'a boat', size: '1000x1000' };

function generateStep(parameters: IDataObject, more: Partial<Step> = {}): Step {
	return { type: 'zImageGenerate', parameters: { ...megapixel, ...parameters }, ...more };
}

async function run(steps: Step[], options: Partial<WorkflowOptions> = {}) {
	return await runWorkflow({ steps, credentials: credentialsFor(getSandbox()), ...options });
}

const limit = (maxCostUsd: unknown): IDataObject => ({ options: { maxCostUsd } });
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const tooMuch = (max: number, total: number) =>
	`Max Cost (USD) is ${max}, but this request would bring the total to ${total} USD`;
const unknownCost = (max: number) =>
	`Max Cost (USD) is ${max}, but the cost of this request is unknown`;
const submits = () => submitsOf(getSandbox()).length;

describe('without continue on fail', () => {
	it('nothing is sent if the total would exceed the limit', async () => {
		const { error } = await run([generateStep(limit(0.02))], { items: items(5) });
		expect(error?.message).toBe(tooMuch(0.02, 0.025));
		expect(error?.description).toBe(
			'Nothing was sent. The request would cost about 0.005 USD. Raise the limit in the options, or make fewer or smaller images.',
		);
		expect(error?.context).toMatchObject({ itemIndex: 4 });
		expect(getSandbox().requests).toHaveLength(0);
	});

	it('everything is sent if the total just reaches the limit', async () => {
		const { error, json } = await run([generateStep(limit(4 * one))], { items: items(4) });
		expect(error).toBeUndefined();
		expect(json).toHaveLength(4);
		expect(submits()).toBe(4);
	});

	it('a request for several images counts all of them', async () => {
		const parameters = { ...limit(0.019), numberOfImages: 4 };
		const { error } = await run([generateStep(parameters)]);
		expect(error?.message).toBe(tooMuch(0.019, 0.02));
		expect(getSandbox().requests).toHaveLength(0);
	});

	it('LoRAs and prompt expansion count', async () => {
		const parameters = {
			loras: { lora: [{ path: 'a/b', scale: 1 }] },
			options: { maxCostUsd: 0.01, enablePromptExpansion: true },
		};
		const { error } = await run([generateStep(parameters)]);
		expect(error?.message).toBe(tooMuch(0.01, 0.011));
		expect(getSandbox().requests).toHaveLength(0);
	});

	it('a limit of 0 sends nothing', async () => {
		const { error } = await run([generateStep(limit(0))]);
		expect(error?.message).toBe(tooMuch(0, one));
		expect(getSandbox().requests).toHaveLength(0);
	});

	it("the first item's limit applies", async () => {
		const given = [{ max: 0.01 }, { max: 0 }, { max: 1000 }];
		const step = generateStep(limit('={{ $json.max }}'));
		const two = await run([step], { items: given.slice(0, 2) });
		expect(two.error).toBeUndefined();
		expect(submits()).toBe(2);
		const three = await run([step], { items: given });
		expect(three.error?.message).toBe(tooMuch(0.01, 0.015));
		expect(submits()).toBe(2);
	});

	it.each([
		[-1, 'must be between 0 and 1000000 (got -1)'],
		['a dollar', 'must be a number (got "a dollar")'],
	])('a limit of %j is refused', async (value, message) => {
		const { error } = await run([generateStep(limit(value))]);
		expect(error?.message).toBe(`Max Cost (USD) ${message}`);
		expect(getSandbox().requests).toHaveLength(0);
	});

	it.each(['', '={{ null }}', '={{ $json.nothing }}'])(
		'a limit of %j is refused: only a missing option means no limit',
		async (value) => {
			const { error } = await run([generateStep(limit(value))]);
			expect(error?.message).toBe('Max Cost (USD) is empty');
			expect(submits()).toBe(0);
		},
	);
});

describe('with continue on fail', () => {
	it("each request that isn't sent becomes an item that says so", async () => {
		const step = generateStep(limit(0.016), { onError: 'continueRegularOutput' });
		const { error, json, items: out } = await run([step], { items: items(5) });
		expect(error).toBeUndefined();
		expect(json.map((item) => item.error ?? item.status)).toStrictEqual([
			'succeeded',
			'succeeded',
			'succeeded',
			tooMuch(0.016, 0.02),
			tooMuch(0.016, 0.02),
		]);
		expect(out.map(({ pairedItem }) => pairedItem)).toStrictEqual(
			items(5).map(({ index }) => ({ item: index })),
		);
		expect(submits()).toBe(3);
	});

	it('a smaller request that still fits is sent', async () => {
		const step = generateStep(
			{ ...limit(0.012), size: '={{ $json.size }}' },
			{ onError: 'continueErrorOutput' },
		);
		const { outputs } = await run([step], {
			items: ['1000x1000', '2000x1000', '500x500', '1000x1000', '500x100'].map((size) => ({
				size,
			})),
		});
		expect(outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toStrictEqual([
			[{ item: 0 }, { item: 2 }, { item: 3 }, { item: 4 }],
			[{ item: 1 }],
		]);
		expect(submits()).toBe(4);
	});
});

describe('the total of an execution', () => {
	it('covers all its Generate nodes, including those without a limit', async () => {
		const steps = [generateStep({}), generateStep(limit(0.019))];
		const { error } = await run(steps, { items: items(2) });
		expect(error?.message).toBe(tooMuch(0.019, 0.02));
		expect(error?.context).toMatchObject({ itemIndex: 1 });
		expect(submits()).toBe(2);

		const within = await run([generateStep({}), generateStep(limit(0.02))], { items: items(2) });
		expect(within.error).toBeUndefined();
		expect(submits()).toBe(6);
	});

	it('covers several providers', async () => {
		const steps = [
			generateStep({ provider: 'aimlapi', size: '512x512' }),
			generateStep({ provider: 'novita' }),
			generateStep(limit(0.01)),
		];
		const { error } = await run(steps);
		expect(error?.message).toBe(tooMuch(0.01, 0.01025));
		expect(submits()).toBe(2);
	});

	it('covers all rounds of a loop', async () => {
		const { error } = await run([generateStep(limit(0.0175))], { isLoop: true });
		expect(error?.message).toBe(tooMuch(0.0175, 0.02));
		expect(submits()).toBe(3);
	});

	it('restarts with each execution', async () => {
		for (let turn = 0; turn < 3; turn++) {
			const { error } = await run([generateStep(limit(0.007))]);
			expect(error).toBeUndefined();
		}
		expect(submits()).toBe(3);
	});

	it('counts a task once that a later attempt resumes', async () => {
		const step = generateStep({ ...limit(0.01), prompt: '={{ $json.prompt }}' }, { maxTries: 3 });
		const { error, json } = await run([step], {
			items: [{ prompt: 'a [sandbox:download=404*2]' }, { prompt: 'b' }],
		});
		expect(error).toBeUndefined();
		expect(json).toHaveLength(2);
		expect(submits()).toBe(2);
	});

	it('counts a request that may have been accepted', async () => {
		const steps = [
			generateStep(
				{ prompt: 'a boat [sandbox:submit=reset]' },
				{ onError: 'continueRegularOutput' },
			),
			generateStep(limit(0.007)),
		];
		const { error } = await run(steps);
		expect(error?.message).toBe(tooMuch(0.007, 0.01));
		expect(getSandbox().accepted).toHaveLength(1);
	});

	it("doesn't count what the provider refused", async () => {
		const step = generateStep(
			{ ...limit(0.005), prompt: 'a boat [sandbox:submit=401*1]' },
			{ maxTries: 2 },
		);
		const { error } = await run([step]);
		expect(error).toBeUndefined();
		expect(submits()).toBe(2);
	});
});

describe('an unknown price', () => {
	const file = async () => ({ data: await storeFile(makePicture('png', 640, 480)) });
	const url = { imageSource: 'url', imageUrl: 'https://a.example/b.png' };

	it.each<[string, IDataObject]>([
		['Novita', { provider: 'novita' }],
		['Highway API', { provider: 'highway' }],
		['fal with Z-Image Base', { model: 'base' }],
		['fal, Inpaint', { operation: 'inpaint', maskField: 'data' }],
		['fal, an image of unknown size', { operation: 'imageToImage', ...url }],
		[
			'fal, Inpaint with a LoRA',
			{ operation: 'inpaint', maskField: 'data', loras: { lora: [{ path: 'a/b', scale: 1 }] } },
		],
	])('is not sent if there is a limit: %s', async (_, parameters) => {
		const { error } = await run([generateStep({ ...parameters, ...limit(1000) })], {
			inputBinary: await file(),
		});
		expect(error?.message).toBe(unknownCost(1000));
		expect(getSandbox().requests).toHaveLength(0);
	});

	it.each<[string, IDataObject, number]>([
		['the size of a file', {}, 0.001536],
		['a chosen size', { outputSize: '1000x1000' }, 0.005],
	])('the price of an image is known from %s', async (_, parameters, costUsd) => {
		const { error, json } = await run(
			[generateStep({ operation: 'imageToImage', ...parameters, ...limit(costUsd) })],
			{ inputBinary: await file() },
		);
		expect(error).toBeUndefined();
		expect(json[0]?.estimatedCostUsd).toBeCloseTo(costUsd, 12);
	});
});

describe('estimatedCostUsd', () => {
	it.each([
		['fal', {}, 0.005],
		['fal', { loras: { lora: [{ path: 'a/b', scale: 1 }] } }, 0.0085],
		['fal', { options: { enablePromptExpansion: true } }, 0.0075],
		['novita', {}, null],
		['highway', {}, null],
	])('%s, %j: %s', async (provider, parameters, expected) => {
		const { json } = await run([generateStep({ provider, ...parameters })]);
		expect(json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toStrictEqual([expected]);
	});

	it('is the cost of the whole task, on each of its images', async () => {
		const { json } = await run([generateStep({ numberOfImages: 3 })]);
		expect(json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toStrictEqual([
			0.015, 0.015, 0.015,
		]);
	});

	it.each([
		['tokens_used', {}],
		['credits_used', { loras: { lora: [{ path: 'a/b', scale: 1 }] } }],
	])('is on AI/ML API the amount charged according to its %s', async (field, parameters) => {
		const { json } = await run([
			generateStep({ provider: 'aimlapi', size: '1024x1024', numberOfImages: 2, ...parameters }),
		]);
		const answer = getSandbox().accepted[0]?.answer as { meta: { usage: Record<string, number> } };
		const credits = answer.meta.usage[field] ?? NaN;
		expect(credits).toBeGreaterThan(0);
		expect(json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toStrictEqual([
			credits / 2_000_000,
			credits / 2_000_000,
		]);
	});

	it.each([
		[{ usage: { credits_used: 1_000_000 } }, 0.5],
		[{ usage: { credits_used: 0 } }, 0],
		[undefined, 0.0105],
		[null, 0.0105],
		[{ usage: { credits_used: null, tokens_used: null } }, 0.0105],
		[{ usage: { credits_used: 'many' } }, 0.0105],
	])('is on AI/ML API for the usage %j: %d', async (meta, expected) => {
		const png = makePicture('png', 93, 71);
		const provider = createServer(({ method }, response) => {
			const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/a.png`;
			response.end(method === 'POST' ? JSON.stringify({ data: [{ url }], meta }) : png);
		});
		await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
		const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
		const { json } = await run([generateStep({ provider: 'aimlapi', size: '1024x1024' })], {
			credentials: { zImageAimlApi: { apiKey: 'key', baseUrl } },
		});
		expect(json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toStrictEqual([expected]);
		provider.close();
		provider.closeAllConnections();
	});

	it('is on the item of a failure if the task may have been charged', async () => {
		const step = generateStep(
			{ prompt: 'a boat [sandbox:download=404]' },
			{ onError: 'continueRegularOutput' },
		);
		const { json } = await run([step]);
		expect(json).toStrictEqual([
			expect.objectContaining({ status: 'succeeded', estimatedCostUsd: one }),
		]);
	});

	it('survives Submit and Get Task Result', async () => {
		const steps = [generateStep({ mode: 'submit' })];
		const submitted = await run(steps);
		expect(submitted.json[0]).toMatchObject({ status: 'pending', estimatedCostUsd: one });
		const fetched = await run([{ type: 'zImageGetTaskResult', parameters: { provider: 'fal' } }], {
			items: [
				submitted.json[0] ?? {},
				{ ...submitted.json[0], estimatedCostUsd: 'much' },
				{ taskId: submitted.json[0]?.taskId ?? '' },
			],
		});
		expect(fetched.json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toStrictEqual([
			one,
			null,
			null,
		]);
	});
});

describe('the summary', () => {
	const hintsOf = async (parameters: IDataObject) => {
		const { hints } = await run([generateStep(parameters)], { items: items(3) });
		return hints.map(({ message }) => message);
	};
	const aboutSize = expect.stringMatching(
		/^Z-Image works in multiples of 16 .*: 1000x1000\./,
	) as string;

	it('of fal shows the estimate', async () => {
		expect(await hintsOf({})).toStrictEqual([
			aboutSize,
			expect.stringMatching(/^3 tasks, 3 images in .*about 0\.0150 USD at published prices$/),
		]);
	});

	it('of AI/ML API shows the charged amount', async () => {
		const [hint] = await hintsOf({ provider: 'aimlapi', size: '512x512' });
		const credits = getSandbox().accepted.map(
			({ answer }) =>
				(answer as { meta: { usage: Record<string, number> } }).meta.usage.tokens_used ?? NaN,
		);
		const sum = credits.reduce((total, value) => total + value) / 2_000_000;
		expect(hint).toContain(`about ${sum.toFixed(4)} USD`);
	});

	it('of Novita shows no amount', async () => {
		expect(await hintsOf({ provider: 'novita' })).toStrictEqual([
			aboutSize,
			expect.not.stringContaining('USD'),
		]);
	});
});
