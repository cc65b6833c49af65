import type { IContextObject, INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { chargedOf } from '../../nodes/ZImage/errors/charged';
import { Failure } from '../../nodes/ZImage/errors/failure';
import { Budget } from '../../nodes/ZImage/paid/budget';
import { Ledger } from '../../nodes/ZImage/paid/ledger';
import type { ImageSubmission } from '../../nodes/ZImage/paid/submission';
import { imageSubmission } from '../../nodes/ZImage/paid/submission';
import { hasFailed, submitOnce } from '../../nodes/ZImage/paid/submitOnce';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { FailedTask, Provider } from '../../nodes/ZImage/providers/provider';
import type { SubmittedTask, TaskLimits } from '../../nodes/ZImage/tasks/task';
import { answer, documented, errorOf, fakeClient, limits } from '../support/fakeClient';
import { imageRequest } from '../support/request';
import { strictContext } from '../support/strictContext';

type Answers = Parameters<typeof fakeClient>[1];
type StoreInline = NonNullable<Parameters<typeof submitOnce>[0]['storeInline']>;

const asItIs: StoreInline = async (submitted) => await Promise.resolve(submitted);

/** An execution. What it keeps outlasts its attempts. */
function execution(provider: Provider, answers: Answers) {
	const data: IContextObject = {};
	const flow: IContextObject = {};
	const client = fakeClient(provider, answers);
	const host = strictContext({
		getNode: () => ({ type: 'zImageGenerate' }) as never,
		getWorkflow: () => ({ active: true }),
		getExecutionId: () => '12',
		getWorkflowDataProxy: () => ({ $runIndex: 0 }) as never,
		getContext: (type: string) => (type === 'flow' ? flow : data),
		logger: { info: () => {}, warn: () => {} } as never,
	});
	const doubt = () => Ledger.of(host).findDoubt('0.0.0.a');
	return {
		client,
		/** Why the submit is in doubt, as a later attempt sees it. */
		doubt,
		kept: () => Ledger.of(host).find('0.0.0.a'),
		spentUsd: (): unknown => flow.zImageSpentUsd,
		/** One attempt. */
		submit: async (
			changes: Partial<ImageSubmission> = {},
			{ storeInline = asItIs, ...given }: Partial<TaskLimits> & { storeInline?: StoreInline } = {},
		) =>
			await submitOnce(
				{ client, ledger: Ledger.of(host), budget: Budget.of(host, undefined), storeInline },
				imageSubmission({
					request: imageRequest(),
					images: {},
					loraPreset: undefined,
					costUsd: 0.005,
					key: '0.0.0.a',
					...changes,
				}),
				{ ...limits(), ...given },
			),
	};
}

describe('a submit that may have been accepted', () => {
	const broken = new Failure(
		'The connection to fal broke (ECONNRESET) after the request was sent',
		{
			isAmbiguous: true,
		},
	);
	const unreadable = 'fal answered the request (HTTP 200), but the response has an unexpected form';

	it.each<[string, Answers[number], string]>([
		['no answer', broken, broken.message],
		['an unreadable response', answer(200, {}), unreadable],
	])('is kept, counted, and not repeated: %s', async (_, reply, message) => {
		const { client, submit, spentUsd, doubt } = execution(fal, [reply]);
		expect(await errorOf(submit())).toStrictEqual(new Failure(message));
		expect(doubt()).toBe(message);
		expect(spentUsd()).toBe(0.005);

		for (let attempt = 2; attempt <= 3; attempt++) {
			const again = await errorOf(submit());
			expect(again).toStrictEqual(
				new Failure(`${message} in an earlier attempt, so it is not sent again`),
			);
			expect((again as Failure).details).toStrictEqual({
				kind: 'other',
				description:
					'fal may have accepted the task and may charge you for it. Check the requests in your account there. To generate it anyway, start the workflow again with Execute Workflow instead of retrying it.',
				isAmbiguous: true,
			});
		}
		expect(client.sent).toHaveLength(1);
		expect(spentUsd()).toBe(0.005);
	});

	it("doesn't prevent another one", async () => {
		const { submit, spentUsd } = execution(fal, [broken, documented(fal, 'submit')]);
		await errorOf(submit());
		expect(await submit({ key: '0.1.0.a' })).toMatchObject({ state: { status: 'pending' } });
		expect(spentUsd()).toBe(0.01);
	});

	it('of unknown price counts nothing', async () => {
		const { submit, spentUsd, doubt } = execution(novita, [broken]);
		await errorOf(submit({ costUsd: null }));
		expect(doubt()).toBe(broken.message);
		expect(spentUsd()).toBeUndefined();
	});

	it("doesn't upload its image again", async () => {
		const { submit } = execution(fal, [broken]);
		const toUrl = jest.fn().mockResolvedValue('https://a.example/1.png');
		const images = { image: strictContext({ toUrl }) as never };
		await errorOf(submit({ images }));
		await errorOf(submit({ images }));
		expect(toUrl).toHaveBeenCalledTimes(1);
	});
});

it.each<[string, Answers[number]]>([
	['refused', documented(fal, 'errorLocked')],
	['not sent', new Failure('fal cannot be reached (ECONNREFUSED)')],
	['without a credential', new NodeOperationError({} as INode, 'Node has no credentials')],
])('a submit that was %s costs nothing, and the next attempt sends it', async (_, reply) => {
	const { client, submit, spentUsd, doubt } = execution(fal, [reply, documented(fal, 'submit')]);
	await errorOf(submit());
	expect(doubt()).toBeUndefined();
	expect(spentUsd()).toBe(0);
	expect((await submit()).task.taskId).not.toBeNull();
	expect(client.sent).toHaveLength(2);
	expect(spentUsd()).toBe(0.005);
});

// If a provider's documentation doesn't mention the charge, there may be one.
it.each<[FailedTask['charged'], number]>([
	['no', 0],
	['maybe', 0.005],
	['yes', 0.005],
	[undefined, 0.005],
])(
	'a task that failed at once, charged: %s, counts %d USD, and the next attempt submits again',
	async (charged, expected) => {
		const state = { status: 'failed', reason: 'no', ...(charged && { charged }) } as const;
		const provider: Provider = { ...fal, parseSubmit: () => ({ taskId: 'task-1', state }) };
		const submits = [documented(fal, 'submit'), documented(fal, 'submit')];
		const { client, submit, spentUsd, doubt, kept } = execution(provider, submits);
		expect(hasFailed(await errorOf(submit()))).toBe(true);
		expect(doubt()).toBeUndefined();
		expect(kept()).toBeUndefined();
		expect(spentUsd()).toBe(expected);
		await errorOf(submit());
		expect(client.sent).toHaveLength(2);
		expect(spentUsd()).toBe(2 * expected);
	},
);

it("an image that can't be uploaded costs nothing", async () => {
	const { client, submit, spentUsd } = execution(fal, []);
	const failure = new Failure('fal did not take the file');
	const images = { image: strictContext({ toUrl: async () => await Promise.reject(failure) }) };
	expect(await errorOf(submit({ images: images as never }))).toBe(failure);
	expect(client.sent).toStrictEqual([]);
	expect(spentUsd()).toBeUndefined();
});

it('sends its images in place of their references', async () => {
	const { client, submit } = execution(fal, [documented(fal, 'submit')]);
	const picture = (url: string) => strictContext({ toUrl: async () => url }) as never;
	await submit({
		request: imageRequest({ operation: 'inpaint', image: 'binary:a', mask: 'binary:b' }),
		images: { image: picture('https://a.example/1.png'), mask: picture('https://a.example/2.png') },
	});
	expect(client.sent[0]?.call.body).toMatchObject({
		image_url: 'https://a.example/1.png',
		mask_image_url: 'https://a.example/2.png',
	});
});

describe('the estimated cost', () => {
	it.each<[string, Provider, string, number | null, number | null]>([
		["is the plan's", fal, 'submit', 0.005, 0.005],
		['is unknown', novita, 'submit', null, null],
		["is the provider's", aimlapi, 'generation', 0.5, 0.008925],
		["is the plan's if the provider returns none", aimlapi, 'generationBase64', 0.5, 0.5],
	])('%s', async (_, provider, fixture, costUsd, expected) => {
		const { submit } = execution(provider, [documented(provider, fixture)]);
		expect((await submit({ costUsd })).task.estimatedCostUsd).toBe(expected);
	});

	it('counts against the budget as it was planned', async () => {
		const { submit, spentUsd } = execution(aimlapi, [documented(aimlapi, 'generation')]);
		await submit({ costUsd: 0.5 });
		expect(spentUsd()).toBe(0.5);
	});
});

it.each([
	['Pencil', { loraPreset: 'Pencil' }],
	[undefined, {}],
])('stores the preset %j in the task', async (loraPreset, expected) => {
	const { submit } = execution(fal, [documented(fal, 'submit')]);
	const { task } = await submit({ loraPreset });
	expect('loraPreset' in task).toBe('loraPreset' in expected);
	expect(task).toMatchObject(expected);
});

it('keeps the task before anything else happens to it', async () => {
	const { submit, kept } = execution(fal, [documented(fal, 'submit')]);
	const submitted = await submit();
	expect(kept()).toStrictEqual(submitted);
});

describe('while the response is pending', () => {
	it('the submit is in doubt, and counted', async () => {
		const { client, submit, doubt, spentUsd } = execution(fal, []);
		let open: (answered: unknown) => void = () => {};
		const send = async () => await new Promise((resolve) => (open = resolve));
		Object.assign(client, { send });
		const submitting = submit();
		await new Promise((resolve) => setImmediate(resolve));
		expect(doubt()).toBe("The execution ended while waiting for fal's response");
		expect(spentUsd()).toBe(0.005);
		open(documented(fal, 'submit'));
		await submitting;
		expect(doubt()).toBeUndefined();
		expect(spentUsd()).toBe(0.005);
	});
});

describe('an unexpected error', () => {
	it('may have occurred after the request', async () => {
		const { submit, doubt, spentUsd } = execution(fal, [new TypeError('It broke')]);
		expect(chargedOf(await errorOf(submit()))).toBe('maybe');
		expect(doubt()).toBe('It broke');
		expect(spentUsd()).toBe(0.005);
	});

	it('is the stop itself in a stopped execution', async () => {
		const stop = new AbortController();
		const { client, submit, doubt, spentUsd } = execution(fal, []);
		const send = async () => {
			stop.abort(new Error('The execution was cancelled'));
			return await Promise.reject(stop.signal.reason as Error);
		};
		Object.assign(client, { send });
		await errorOf(submit({}, { signal: stop.signal }));
		expect(doubt()).toBeUndefined();
		expect(spentUsd()).toBe(0);
	});
});

describe('a stopped execution', () => {
	it('sends nothing more', async () => {
		const { client, submit, doubt } = execution(fal, []);
		const reason = new Error('The execution was cancelled');
		expect(await errorOf(submit({}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
		expect(client.sent).toStrictEqual([]);
		expect(doubt()).toBeUndefined();
	});

	it('is detected before the request is sent', async () => {
		const { client, submit } = execution(fal, []);
		const stop = new AbortController();
		const lookForStop = async () => await Promise.resolve(stop.abort(new Error('Stopped')));
		const given = { signal: stop.signal, lookForStop };
		expect(await errorOf(submit({}, given))).toStrictEqual(new Error('Stopped'));
		expect(client.sent).toStrictEqual([]);
	});
});

describe('images in the response itself', () => {
	it('are stored before the task is kept, so that it is kept without their bytes', async () => {
		const { submit, kept, doubt } = execution(aimlapi, [documented(aimlapi, 'generationBase64')]);
		const stored: SubmittedTask['state'] = { status: 'pending', queued: false };
		await submit(
			{},
			{
				storeInline: async ({ task }) => {
					expect(doubt()).toBeDefined();
					return await Promise.resolve({ task, state: stored });
				},
			},
		);
		expect(kept()?.state).toStrictEqual(stored);
	});

	it("that can't be stored leave a charged task, which isn't submitted again", async () => {
		const { client, submit, doubt, spentUsd } = execution(aimlapi, [
			documented(aimlapi, 'generationBase64'),
		]);
		const storeInline = async () => await Promise.reject(new Error('No space left'));
		expect(chargedOf(await errorOf(submit({}, { storeInline })))).toBe('yes');
		expect(doubt()).toBeDefined();
		expect(chargedOf(await errorOf(submit()))).toBe('maybe');
		expect(client.sent).toHaveLength(1);
		expect(spentUsd()).toBe(0.005);
	});
});

it.each<[string, unknown, boolean]>([
	['a failed task', new Failure('', { task: { status: 'failed' } }), true],
	['a task that is still running', new Failure('', { task: { status: 'pending' } }), false],
	['an unknown task', new Failure('', { httpCode: 404 }), false],
	['no answer', new Failure(''), false],
	[
		'any other error',
		Object.assign(new Error(), { details: { task: { status: 'failed' } } }),
		false,
	],
	['nothing', undefined, false],
])('%s has failed, or not', (_, error, expected) => {
	expect(hasFailed(error)).toBe(expected);
});
