import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { atMost } from '../../nodes/ZImage/errors/charged';
import type { Charged, ErrorKind, Provider } from '../../nodes/ZImage/providers/provider';
import { providers, taskProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import type { Step } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const all: readonly Provider[] = providers;
const withTasks: readonly Provider[] = taskProviders;
const hosted = all.filter(({ isOwnServer }) => !isOwnServer);

interface Trial {
	readonly items?: IDataObject[];
	readonly parameters?: IDataObject;
	/** Changes to the credential. */
	readonly credential?: IDataObject;
	readonly onError?: Step['onError'];
	readonly maxTries?: number;
	readonly type?: string;
}

async function run(
	{ id, credentialType }: Provider,
	prompt: string,
	{ items, parameters, credential, onError, maxTries, type = 'zImageGenerate' }: Trial = {},
) {
	const credentials = credentialsFor(getSandbox());
	const own = { ...credentials[credentialType], ...credential } as ICredentialDataDecryptedObject;
	return await runWorkflow({
		...(items && { items }),
		steps: [
			{
				type,
				parameters: { provider: id, prompt, ...parameters },
				...(onError && { onError }),
				...(maxTries !== undefined && { maxTries }),
			},
		],
		credentials: { ...credentials, [credentialType]: own },
	});
}

/** What a workflow can decide by, from an error that ends the run and from an error item. */
async function decisionsOf(provider: Provider, prompt: string, trial: Trial = {}) {
	const { error } = await run(provider, prompt, trial);
	const thrown = (error?.context.data ?? {}) as IDataObject;
	getSandbox().reset();
	const { json } = await run(provider, prompt, { ...trial, onError: 'continueRegularOutput' });
	expect(json).toHaveLength(1);
	const [item = {}] = json;
	expect(thrown.errorKind).toBe(item.errorKind);
	expect(thrown.charged).toBe(item.charged);
	return [item.errorKind, item.charged];
}

/** Rows for providers, with the expected kind and charge. */
function rowsFor(
	list: readonly Provider[],
	kind: ErrorKind,
	charged: Charged,
): Array<[string, Provider, ErrorKind, Charged]> {
	return list.map((provider) => [
		provider.id,
		provider,
		kind,
		atMost(provider.charges ?? 'yes', charged),
	]);
}

const named = (id: string) => all.filter((provider) => provider.id === id);
const timeout = { options: { timeoutSeconds: 5 } };

describe('what was refused or not sent costs nothing', () => {
	it.each(rowsFor(all, 'key', 'no'))('%s: a bad key', async (_, provider, ...expected) => {
		const wrong = { apiKey: 'wrong-secret' };
		expect(await decisionsOf(provider, 'a boat', { credential: wrong })).toEqual(expected);
	});

	it.each(rowsFor(hosted, 'key', 'no'))('%s: an invalid key', async (_, provider, ...expected) => {
		const wrong = { apiKey: 'line\nbreak' };
		expect(await decisionsOf(provider, 'a boat', { credential: wrong })).toEqual(expected);
	});

	it.each(rowsFor(all, 'input', 'no'))('%s: an empty prompt', async (_, provider, ...expected) => {
		expect(await decisionsOf(provider, ' ')).toEqual(expected);
	});

	it.each(rowsFor(hosted, 'balance', 'no'))(
		'%s: an empty balance',
		async (_, provider, ...expected) => {
			expect(await decisionsOf(provider, 'a [sandbox:no-money]')).toEqual(expected);
		},
	);

	it.each(rowsFor(all, 'rateLimit', 'no'))(
		'%s: rate limited until the timeout',
		async (_, provider, ...expected) => {
			const prompt = 'a [sandbox:submit=429]';
			expect(await decisionsOf(provider, prompt, { parameters: timeout })).toEqual(expected);
		},
	);

	it.each(rowsFor(all, 'unavailable', 'no'))(
		'%s: an unreachable host',
		async (_, provider, ...expected) => {
			const credential = { baseUrl: 'http://127.0.0.1:9' };
			expect(await decisionsOf(provider, 'a boat', { credential })).toEqual(expected);
		},
	);

	it.each(rowsFor(all, 'redirect', 'no'))('%s: a redirect', async (_, provider, ...expected) => {
		expect(await decisionsOf(provider, 'a [sandbox:submit=redirect]')).toEqual(expected);
	});

	it.each(rowsFor(hosted, 'budget', 'no'))(
		'%s: the cost limit',
		async (_, provider, ...expected) => {
			const parameters = { options: { maxCostUsd: 0.0001 } };
			expect(await decisionsOf(provider, 'a boat', { parameters })).toEqual(expected);
			expect(getSandbox().requests).toEqual([]);
		},
	);
});

describe('what may have been accepted', () => {
	it.each(rowsFor(all, 'unavailable', 'maybe'))(
		'%s: no answer to the request',
		async (_, provider, ...expected) => {
			expect(await decisionsOf(provider, 'a [sandbox:submit=reset]')).toEqual(expected);
		},
	);

	it.each([
		...rowsFor(all, 'unavailable', 'maybe').filter(([id]) => id !== 'aimlapi'),
		// In its own words, and a failure is never charged there.
		...rowsFor(named('aimlapi'), 'unavailable', 'no'),
	])('%s: an error that may have come after the task', async (_, provider, ...expected) => {
		expect(await decisionsOf(provider, 'a [sandbox:submit=502;accepted]')).toEqual(expected);
	});

	it.each(rowsFor(all, 'other', 'maybe'))(
		"%s: a response that isn't JSON",
		async (_, provider, ...expected) => {
			expect(await decisionsOf(provider, 'a [sandbox:submit=html]')).toEqual(expected);
		},
	);
});

describe('a task that fails at the provider', () => {
	it.each([
		...rowsFor(named('fal'), 'moderation', 'maybe'),
		...rowsFor(named('replicate'), 'moderation', 'maybe'),
		// Refunded.
		...rowsFor(named('wavespeed'), 'moderation', 'no'),
		// Refused before anything is accepted.
		...rowsFor(named('novita'), 'moderation', 'no'),
		...rowsFor(named('highway'), 'moderation', 'no'),
		...rowsFor(named('aimlapi'), 'moderation', 'no'),
	])('%s: a refused prompt', async (_, provider, ...expected) => {
		expect(await decisionsOf(provider, 'a [sandbox:moderate]')).toEqual(expected);
	});

	it.each([
		// Its own fault, which it never charges for.
		...rowsFor(named('fal'), 'unavailable', 'no'),
		...rowsFor(named('wavespeed'), 'other', 'no'),
		...rowsFor(named('replicate'), 'other', 'maybe'),
		...rowsFor(named('novita'), 'other', 'maybe'),
		...rowsFor(named('highway'), 'other', 'maybe'),
		...rowsFor(named('comfyui'), 'other', 'no'),
		...rowsFor(named('sdcpp'), 'other', 'no'),
	])('%s: with a reason', async (_, provider, ...expected) => {
		expect(await decisionsOf(provider, 'a [sandbox:fail=Out of paint]')).toEqual(expected);
	});

	it.each([
		['422', 'moderation', 'maybe'],
		['text-400', 'other', 'maybe'],
		['500', 'unavailable', 'no'],
		['text-500', 'other', 'no'],
		['504', 'timeout', 'no'],
	])('fal, as %s', async (way, ...expected) => {
		const prompt = `a [sandbox:fail=Out of paint][sandbox:fail-as=${way}]`;
		expect(await decisionsOf(named('fal')[0] as Provider, prompt)).toEqual(expected);
	});

	it('comfyui, stopped by someone', async () => {
		const prompt = 'a [sandbox:fail-as=interrupted]';
		const decisions = await decisionsOf(named('comfyui')[0] as Provider, prompt);
		expect(decisions).toEqual(['canceled', 'no']);
	});

	// fal also returns an error type: test/errors/advice.test.ts.
	it.each(hosted.filter(({ id }) => id !== 'fal'))('$id: a LoRA', async (provider) => {
		const loras = { lora: [{ path: 'https://example.com/missing.safetensors', scale: 1 }] };
		const prompt = 'a [sandbox:fail=Failed to download the LoRA weights]';
		const [kind] = await decisionsOf(provider, prompt, { parameters: { loras } });
		expect(kind).toBe('lora');
	});
});

describe('an accepted task', () => {
	it.each(rowsFor(withTasks, 'timeout', 'yes'))('%s: is late', async (_, provider, ...expected) => {
		const trial = { parameters: timeout };
		expect(await decisionsOf(provider, 'a [sandbox:never]', trial)).toEqual(expected);
	});

	it.each(rowsFor(withTasks, 'other', 'yes'))(
		'%s: has an undocumented status',
		async (_, provider, ...expected) => {
			const prompt = 'a [sandbox:status=unknown-state]';
			expect(await decisionsOf(provider, prompt)).toEqual(expected);
		},
	);

	it.each(rowsFor(withTasks, 'unavailable', 'yes'))(
		"%s: its status can't be read",
		async (_, provider, ...expected) => {
			const trial = { parameters: timeout };
			expect(await decisionsOf(provider, 'a [sandbox:status=503]', trial)).toEqual(expected);
		},
	);

	it.each(rowsFor([...hosted, ...named('comfyui')], 'notFound', 'yes'))(
		'%s: its file is gone',
		async (_, provider, ...expected) => {
			expect(await decisionsOf(provider, 'a [sandbox:download=404]')).toEqual(expected);
		},
	);

	it.each(rowsFor([...hosted, ...named('comfyui')], 'unavailable', 'yes'))(
		"%s: its file doesn't arrive",
		async (_, provider, ...expected) => {
			expect(await decisionsOf(provider, 'a [sandbox:download=503]')).toEqual(expected);
		},
	);
});

describe('Get Task Result', () => {
	it.each(rowsFor(withTasks, 'notFound', 'maybe'))(
		'%s: an unknown task',
		async (_, provider, ...expected) => {
			const trial = { type: 'zImageGetTaskResult', parameters: { taskId: 'no-such-task' } };
			expect(await decisionsOf(provider, '', trial)).toEqual(expected);
		},
	);

	it.each(rowsFor(withTasks, 'input', 'no'))('%s: no task', async (_, provider, ...expected) => {
		const trial = { type: 'zImageGetTaskResult', parameters: { taskId: '={{ $json.none }}' } };
		expect(await decisionsOf(provider, '', trial)).toEqual(expected);
	});

	it.each(rowsFor(withTasks, 'input', 'yes'))(
		'%s: an invalid option',
		async (_, provider, ...expected) => {
			const parameters = { taskId: 'task', options: { timeoutSeconds: 0 } };
			const trial = { type: 'zImageGetTaskResult', parameters };
			expect(await decisionsOf(provider, '', trial)).toEqual(expected);
		},
	);
});

describe('several items', () => {
	const items = [{ prompt: 'a boat' }, { prompt: 'a [sandbox:no-money]' }];
	const prompt = '={{ $json.prompt }}';
	const [fal] = named('fal') as [Provider];

	it("the run's error says whether anything in it is charged", async () => {
		const inTurn = { options: { maxConcurrency: 1 } };
		const { error } = await run(fal, prompt, { items, parameters: inTurn });
		expect(error?.context.data).toEqual({ errorKind: 'balance', charged: 'yes' });
	});

	it('an error item reports only about itself', async () => {
		const { json } = await run(fal, prompt, { items, onError: 'continueRegularOutput' });
		expect(json[1]).toMatchObject({ errorKind: 'balance', charged: 'no' });
		expect(json[0]).not.toHaveProperty('charged');
	});

	it('an item on the error output has it in its details', async () => {
		const { outputs } = await run(fal, prompt, { items, onError: 'continueErrorOutput' });
		expect(outputs.map((output) => output.length)).toEqual([1, 1]);
		expect(outputs[1]?.[0]?.json).toMatchObject({
			prompt: items[1]?.prompt,
			details: { errorKind: 'balance', charged: 'no' },
		});
	});
});

describe('errors of n8n and of the workflow', () => {
	const [novita] = named('novita') as [Provider];

	it('an expression', async () => {
		expect(await decisionsOf(novita, "={{ $('Nowhere').item.json.prompt }}")).toEqual([
			'input',
			'no',
		]);
	});

	it('a task that an earlier attempt was charged for', async () => {
		const trial = { parameters: timeout, maxTries: 2 };
		expect(await decisionsOf(novita, 'a [sandbox:never]', trial)).toEqual(['timeout', 'yes']);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it("an earlier attempt's request that may have been accepted", async () => {
		const trial = { maxTries: 2 };
		expect(await decisionsOf(novita, 'a [sandbox:submit=reset]', trial)).toEqual([
			'other',
			'maybe',
		]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it('Apply LoRA Preset charges nothing', async () => {
		const parameters = { presets: { preset: [] } };
		const trial = { type: 'zImageApplyLoraPreset', parameters };
		expect(await decisionsOf(novita, '', trial)).toEqual(['input', 'no']);
	});
});
