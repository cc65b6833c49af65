import type { IDataObject } from 'n8n-workflow';

import { fal } from '../../nodes/ZImage/providers/fal';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { fastClock } from '../support/fastClock';
import type { Step, WorkflowOptions } from '../support/runWorkflow';
import { readBinary, runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';
import { withScript } from '../support/scriptedServer';

const getSandbox = useSandbox();

const all: readonly Provider[] = providers;
const hosted = all.filter(({ isOwnServer }) => !isOwnServer);

interface Trial extends Partial<Omit<WorkflowOptions, 'steps'>> {
	readonly onError?: Step['onError'];
	readonly maxTries?: number;
	/** Steps after Generate. */
	readonly then?: readonly Step[];
}

/** Generate with fal, or with the provider in the parameters. */
async function generate(parameters: IDataObject, trial: Trial = {}) {
	const { onError, maxTries, then = [], ...options } = trial;
	return await runWorkflow({
		credentials: credentialsFor(getSandbox()),
		...options,
		steps: [
			{
				type: 'zImageGenerate',
				parameters: { provider: 'fal', prompt: 'a boat', ...parameters },
				...(onError && { onError }),
				...(maxTries !== undefined && { maxTries }),
			},
			...then,
		],
	});
}

/** The providers that the sandbox received an image request for, in order. */
function asked(): string[] {
	return submitsOf(getSandbox()).map(({ provider }) => provider);
}

const hintsOf = ({ hints }: { hints: ReadonlyArray<{ message: string }> }) =>
	hints.map(({ message }) => message);

/** Another hosted provider. */
const otherThan = (id: string) => (id === 'novita' ? 'wavespeed' : 'novita');

describe('goes to the next provider', () => {
	it.each(all.map(({ id, credentialType }) => [id, credentialType]))(
		"%s: if it can't be reached",
		async (id, credentialType) => {
			const second = otherThan(id);
			const own = credentialsFor(getSandbox());
			const credentials = {
				...own,
				[credentialType]: { ...own[credentialType], baseUrl: 'http://127.0.0.1:9' },
			};
			const result = await generate({ provider: id, fallbackProviders: [second] }, { credentials });
			expect(result.error).toBeUndefined();
			expect(result.json).toEqual([
				expect.objectContaining({
					provider: second,
					status: 'succeeded',
					prompt: 'a boat',
					failedProviders: [
						{
							provider: id,
							errorKind: 'unavailable',
							error: expect.stringMatching(/cannot be reached|broke/) as string,
						},
					],
				}),
			]);
			expect((await readBinary(result.items[0]?.binary?.data)).length).toBeGreaterThan(100);
			expect(asked()).toEqual([second]);
			expect(hintsOf(result)).toContainEqual(
				expect.stringContaining('was used as a fallback because '),
			);
		},
	);

	it.each(hosted.map(({ id }) => id))('%s: if the balance is empty', async (id) => {
		const { json, error } = await generate({
			provider: id,
			prompt: `a [sandbox:${id}/no-money]`,
			fallbackProviders: ['comfyui'],
		});
		expect(error).toBeUndefined();
		expect(json).toEqual([
			expect.objectContaining({
				provider: 'comfyui',
				failedProviders: [expect.objectContaining({ provider: id, errorKind: 'balance' })],
			}),
		]);
		expect(asked()).toEqual([id, 'comfyui']);
	});

	it.each(all.map(({ id }) => id))(
		'%s: if it keeps rate-limiting until the timeout',
		async (id) => {
			const second = otherThan(id);
			const { json, error } = await generate({
				provider: id,
				prompt: `a [sandbox:${id}/submit=429]`,
				fallbackProviders: [second],
				options: { timeoutSeconds: 20 },
			});
			expect(error).toBeUndefined();
			expect(json).toEqual([
				expect.objectContaining({
					provider: second,
					failedProviders: [expect.objectContaining({ provider: id, errorKind: 'rateLimit' })],
				}),
			]);
			expect(asked().filter((one) => one === second)).toHaveLength(1);
		},
	);

	it('if the provider failed the task at its own cost', async () => {
		const { json, error } = await generate({
			prompt: 'a [sandbox:fal/fail-as=500]',
			fallbackProviders: ['novita'],
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{ provider: 'novita', failedProviders: [{ provider: 'fal', errorKind: 'unavailable' }] },
		]);
		expect(asked()).toEqual(['fal', 'novita']);
	});

	it('in the order of the list, each once', async () => {
		const result = await generate({
			prompt: 'a [sandbox:fal/no-money] [sandbox:replicate/no-money] boat',
			fallbackProviders: ['replicate', 'fal', 'replicate', 'highway', 'novita'],
		});
		const { json } = result;
		expect(json).toMatchObject([
			{
				provider: 'highway',
				failedProviders: [
					{ provider: 'fal', errorKind: 'balance' },
					{ provider: 'replicate', errorKind: 'balance' },
				],
			},
		]);
		// Only the one that generated the image was used.
		const used = hintsOf(result).filter((hint) => hint.includes('was used as a fallback'));
		expect(used).toEqual([expect.stringMatching(/^Highway API .+ \(and 1 more\)\./)]);
		expect(asked()).toEqual(['fal', 'replicate', 'highway']);
	});

	it('for the items that need it, in the order of the items', async () => {
		const items = ['', '[sandbox:fal/no-money]', ''].map((fault) => ({ fault }));
		const { json } = await generate(
			{
				prompt: '=boat {{ $itemIndex }} {{ $json.fault }}',
				fallbackProviders: ['novita'],
				options: { maxConcurrency: 10 },
			},
			{ items },
		);
		expect(json.map(({ provider }) => provider)).toEqual(['fal', 'novita', 'fal']);
		expect(json.map((item) => 'failedProviders' in item)).toEqual([false, true, false]);
	});

	it('in Submit mode', async () => {
		const { json } = await generate(
			{
				prompt: 'a [sandbox:fal/no-money]',
				fallbackProviders: ['novita'],
				mode: 'submit',
			},
			{ then: [{ type: 'zImageGetTaskResult', parameters: { provider: 'novita' } }] },
		);
		expect(json).toMatchObject([
			{
				provider: 'novita',
				status: 'succeeded',
				failedProviders: [{ provider: 'fal', errorKind: 'balance' }],
			},
		]);
	});
});

describe('stays with its provider', () => {
	/** Faults of the first provider only. */
	const faults: Array<[string, IDataObject, string, string]> = [
		['a refused prompt', { prompt: '[sandbox:fal/moderate]' }, 'moderation', 'maybe'],
		['no answer to the request', { prompt: '[sandbox:fal/submit=reset]' }, 'unavailable', 'maybe'],
		['an error of a gateway', { prompt: '[sandbox:fal/submit=html]' }, 'other', 'maybe'],
		[
			'an accepted request with an error',
			{ prompt: '[sandbox:fal/submit=502;accepted]' },
			'unavailable',
			'maybe',
		],
		[
			'a task that is still running',
			{ prompt: '[sandbox:fal/never]', options: { timeoutSeconds: 20 } },
			'timeout',
			'yes',
		],
		[
			'an image that cannot be fetched',
			{ prompt: '[sandbox:fal/download=404]' },
			'notFound',
			'yes',
		],
		[
			'an unavailable status',
			{ prompt: '[sandbox:fal/status=503]', options: { timeoutSeconds: 60 } },
			'unavailable',
			'yes',
		],
		['a wrong parameter', { prompt: ' ' }, 'input', 'no'],
	];

	it.each(faults)('%s', async (_, parameters, errorKind, charged) => {
		const { error, json } = await generate({ ...parameters, fallbackProviders: ['novita'] });
		expect(json).toEqual([]);
		expect(error?.context.data).toMatchObject({ charged });
		expect(error?.context.data).toMatchObject({ errorKind });
		expect(asked().filter((provider) => provider !== 'fal')).toEqual([]);
	});

	it('a wrong key', async () => {
		const own = credentialsFor(getSandbox());
		const { credentialType } = fal;
		const { error } = await generate(
			{ fallbackProviders: ['novita'] },
			{ credentials: { ...own, [credentialType]: { ...own[credentialType], apiKey: 'wrong' } } },
		);
		expect(error?.context.data).toMatchObject({ errorKind: 'key', charged: 'no' });
		expect(asked()).toEqual(['fal']);
	});
});

describe('if all fail', () => {
	it("the error is the last provider's, and names the others", async () => {
		const { error } = await generate({
			prompt: 'a [sandbox:no-money] boat',
			fallbackProviders: ['novita', 'highway'],
		});
		expect(error?.message).toMatch(/^Highway API did not accept the request \(HTTP \d+\)/);
		expect(error?.description).toMatch(
			/\nOther providers of this node:\n- fal did not accept the request .+\n- Novita did not accept the request/,
		);
		expect(error?.context.data).toMatchObject({ errorKind: 'balance', charged: 'no' });
	});

	it('a task of the last provider is in the error, and no other provider is asked in doubt', async () => {
		const { error } = await generate({
			prompt: 'a [sandbox:fal/no-money] [sandbox:novita/submit=reset] boat',
			fallbackProviders: ['novita', 'highway'],
		});
		expect(error?.context.data).toMatchObject({ errorKind: 'unavailable', charged: 'maybe' });
		expect(asked()).toEqual(['fal', 'novita']);
	});

	it("a failure of the user's own server costs nothing, whatever else is in the list", async () => {
		const { error } = await generate({
			provider: 'novita',
			prompt: 'a [sandbox:novita/no-money] [sandbox:comfyui/fail]',
			fallbackProviders: ['comfyui'],
		});
		expect(error?.message).toMatch(/^ComfyUI/);
		expect(error?.context.data).toMatchObject({ charged: 'no' });
	});

	it('the item of a failure names them, too', async () => {
		const { json } = await generate(
			{ prompt: 'a [sandbox:no-money] boat', fallbackProviders: ['novita'] },
			{ onError: 'continueRegularOutput' },
		);
		expect(json).toMatchObject([
			{
				errorKind: 'balance',
				charged: 'no',
				errorDescription: expect.stringContaining('Other providers of this node:\n- fal') as string,
			},
		]);
	});
});

describe("a request within each provider's limits", () => {
	it('consists of the same tasks for all of them', async () => {
		const { json } = await generate({
			prompt: 'a [sandbox:fal/no-money] boat',
			numberOfImages: 3,
			fallbackProviders: ['novita'],
			options: { seed: 7 },
		});
		expect(
			json.map(({ provider, seed, imageIndex, imageCount }) => [
				provider,
				seed,
				imageIndex,
				imageCount,
			]),
		).toEqual([
			['novita', 7, 0, 3],
			['novita', 8, 1, 3],
			['novita', 9, 2, 3],
		]);
	});

	it("has the LoRAs in each provider's form", async () => {
		const path = 'https://huggingface.co/a/b/resolve/main/c.safetensors';
		const { error } = await generate({
			prompt: 'a [sandbox:fal/no-money] boat',
			loras: { lora: [{ path, scale: 0.8 }] },
			fallbackProviders: ['replicate'],
		});
		expect(error).toBeUndefined();
		expect(submitsOf(getSandbox()).map(({ body }) => body)).toMatchObject([
			{ loras: [{ path, scale: 0.8 }] },
			{ input: { lora_weights: [path], lora_scales: [0.8] } },
		]);
	});

	it('lists the options that the other provider lacks, if it is used', async () => {
		const parameters = {
			fallbackProviders: ['novita'],
			options: { acceleration: 'high' },
		};
		expect(hintsOf(await generate(parameters))).toEqual([]);
		const used = await generate({ ...parameters, prompt: 'a [sandbox:fal/no-money]' });
		expect(hintsOf(used)).toContainEqual(
			expect.stringMatching(/^Novita doesn't support these options .+: Acceleration\./),
		);
	});

	it("skips providers that don't support it, and says so at once", async () => {
		const parameters = {
			operation: 'seamlessTiling',
			fallbackProviders: ['aimlapi', 'novita'],
		};
		const well = await generate(parameters);
		expect(well.error).toBeUndefined();
		expect(hintsOf(well)).toEqual([
			expect.stringMatching(/^AI\/ML API can't be a fallback for every item of this run: /),
			expect.stringMatching(/^Novita can't be a fallback for every item of this run: /),
		]);
		getSandbox().reset();
		const { error } = await generate({ ...parameters, prompt: 'a [sandbox:no-money]' });
		expect(error?.context.data).toMatchObject({ errorKind: 'balance' });
		expect(asked()).toEqual(['fal']);
	});

	it('submits no task to a provider without tasks', async () => {
		const result = await generate({
			prompt: 'a [sandbox:fal/no-money]',
			mode: 'submit',
			fallbackProviders: ['aimlapi', 'wavespeed'],
		});
		expect(result.json).toMatchObject([{ provider: 'wavespeed', status: 'pending' }]);
		expect(asked()).toEqual(['fal', 'wavespeed']);
		expect(hintsOf(result)).toContainEqual(
			expect.stringContaining("AI/ML API can't be a fallback"),
		);
	});
});

describe('a charged task', () => {
	it('is resumed where it was accepted, and no other provider is asked', async () => {
		const { json, error } = await generate(
			{
				prompt: '=boat {{ Math.random() }} [sandbox:fal/no-money] [sandbox:novita/download=404*2]',
				fallbackProviders: ['novita'],
			},
			{ maxTries: 5 },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ provider: 'novita', failedProviders: [{ provider: 'fal' }] }]);
		expect(asked()).toEqual(['fal', 'novita']);
	});

	it('is not sent to the next provider while in doubt, in later attempts either', async () => {
		const { error } = await generate(
			{ prompt: 'a [sandbox:fal/submit=reset] boat', fallbackProviders: ['novita'] },
			{ maxTries: 3 },
		);
		expect(error?.message).toContain('in an earlier attempt, so it is not sent again');
		expect(asked()).toEqual(['fal']);
	});

	it('counts with its real charge against the cost limit', async () => {
		const parameters = {
			prompt: 'a [sandbox:fal/no-money] boat',
			fallbackProviders: ['wavespeed'],
		};
		const enough = await generate({ ...parameters, options: { maxCostUsd: 0.01 } });
		expect(enough.json).toMatchObject([{ provider: 'wavespeed' }]);
		getSandbox().reset();
		const none = await generate(
			{ ...parameters, options: { maxCostUsd: 0.0051 } },
			{
				items: [{}, {}],
			},
		);
		expect(none.error?.message).toContain('Max Cost (USD) is 0.0051');
		expect(asked()).toEqual([]);
	});

	it('goes to no provider without a known price if there is a limit', async () => {
		const { error } = await generate({
			prompt: 'a [sandbox:fal/no-money] boat',
			fallbackProviders: ['novita'],
			options: { maxCostUsd: 1 },
		});
		expect(error?.message).toMatch(/^fal did not accept/);
		expect(error?.description).toContain('- Max Cost (USD) is 1, but the cost');
		expect(asked()).toEqual(['fal']);
	});
});

it('pauses a provider that accepted nothing, and returns to it later', async () => {
	const clock = fastClock();
	await withScript(
		{
			stage: 'submit',
			answer: (response) =>
				response
					.writeHead(429, { 'content-type': 'application/json' })
					.end('{"code":429,"reason":"RATE_LIMIT_EXCEEDED"}'),
		},
		async ({ credentials, counts }) => {
			const { json, error } = await generate(
				{
					provider: 'novita',
					prompt: '=boat {{ $itemIndex }}',
					size: '256x256',
					fallbackProviders: ['fal'],
					options: { timeoutSeconds: 10, maxConcurrency: 2 },
				},
				{
					items: Array.from({ length: 20 }, () => ({})),
					credentials: {
						...credentialsFor(getSandbox()),
						zImageNovitaApi: credentials.zImageNovitaApi ?? {},
					},
					clock,
				},
			);
			expect(error).toBeUndefined();
			expect(json.map(({ provider }) => provider)).toEqual(Array.from({ length: 20 }, () => 'fal'));
			expect(json.every(({ failedProviders }) => failedProviders)).toBe(true);
			// Two requests at a time, a few times each.
			expect(counts.submit).toBeLessThan(16);
		},
	);
});

it('says if a fallback provider has no credential', async () => {
	const credentials = { ...credentialsFor(getSandbox()) };
	delete credentials.zImageNovitaApi;
	const { error } = await generate(
		{ prompt: 'a [sandbox:fal/no-money]', fallbackProviders: ['novita'] },
		{ credentials },
	);
	expect(error?.message).toMatch(/^fal did not accept/);
	expect(error?.description).toContain('Other providers of this node:');
});

it.each([['nobody'], [['nobody']], ['["nobody"]']])(
	'refuses %j as a list of providers',
	async (fallbackProviders) => {
		const { error } = await generate({ fallbackProviders });
		expect(error?.message).toBe('Fallback Providers "nobody" is not known');
		expect(asked()).toEqual([]);
	},
);
