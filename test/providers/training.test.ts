import { ZodError } from 'zod';

import { estimateTrainingUsd } from '../../nodes/ZImage/providers/cost';
import { fal } from '../../nodes/ZImage/providers/fal';
import type {
	Provider,
	SucceededTask,
	TaskState,
	Trainer,
	TrainingRequest,
} from '../../nodes/ZImage/providers/provider';
import { trainingProviders } from '../../nodes/ZImage/providers/registry';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

const archiveUrl = 'https://v3.fal.media/files/panda/images.zip';
const callbackUrl = 'https://n8n.example.com/webhook-waiting/7?signature=a';

function trainerOf({ training }: Provider, id: string): Trainer {
	const found = training?.trainers.find((trainer) => trainer.id === id);
	if (!found) throw new Error(`There is no trainer ${id}`);
	return found;
}

/** The calls about the trainings of a trainer. */
function tasksOf(provider: Provider, id: string) {
	const tasks = provider.training?.tasks(trainerOf(provider, id));
	if (!tasks) throw new Error(`${provider.id} has no trainings`);
	return tasks;
}

const least = { archiveUrl, triggerWord: 'ohwx', defaultCaption: 'ohwx', steps: 1000 };

const byId: Readonly<Record<string, Provider>> = { fal, wavespeed };

it.each<[string, string, Partial<TrainingRequest>, path: string, body: object, query: object]>([
	[
		'fal',
		'v2',
		{},
		'/fal-ai/z-image-turbo-trainer-v2',
		{ image_data_url: archiveUrl, steps: 1000, default_caption: 'ohwx' },
		{},
	],
	[
		'fal',
		'v2',
		{ steps: 40_000, learningRate: 0.0001, defaultCaption: 'ohwx, a mug', callbackUrl },
		'/fal-ai/z-image-turbo-trainer-v2',
		{
			image_data_url: archiveUrl,
			steps: 40_000,
			learning_rate: 0.0001,
			default_caption: 'ohwx, a mug',
		},
		{ fal_webhook: callbackUrl },
	],
	[
		'fal',
		'v1',
		{ steps: 100, type: 'content' },
		'/fal-ai/z-image-trainer',
		{
			image_data_url: archiveUrl,
			steps: 100,
			default_caption: 'ohwx',
			training_type: 'content',
		},
		{},
	],
	[
		'fal',
		'base',
		{ steps: 10, learningRate: 0.000001 },
		'/fal-ai/z-image-base-trainer',
		{ image_data_url: archiveUrl, steps: 10, learning_rate: 0.000001, default_caption: 'ohwx' },
		{},
	],
	[
		'wavespeed',
		'turbo',
		{},
		'/api/v3/wavespeed-ai/z-image-lora-trainer',
		{ data: archiveUrl, trigger_word: 'ohwx', steps: 1000 },
		{},
	],
	[
		'wavespeed',
		'turbo',
		// It takes no caption beside the trigger word.
		{ learningRate: 0.0002, steps: 500, defaultCaption: 'ohwx, a mug', callbackUrl },
		'/api/v3/wavespeed-ai/z-image-lora-trainer',
		{ data: archiveUrl, trigger_word: 'ohwx', steps: 500, learning_rate: 0.0002 },
		{ webhook: callbackUrl },
	],
])('%s %s: %j is asked for', (providerId, id, changes, path, body, query) => {
	const provider = byId[providerId] ?? fal;
	const trainer = trainerOf(provider, id);
	expect(provider.training?.submit({ ...least, trainer, ...changes })).toStrictEqual({
		method: 'POST',
		path,
		...(changes.callbackUrl !== undefined && { query }),
		body,
		model: path.replace(/^(\/api\/v3)?\//, ''),
	});
});

it.each<[string, string, number, number]>([
	['fal', 'v2', 1000, 0.85],
	['fal', 'v2', 2000, 1.7],
	['fal', 'v2', 500, 0.425],
	['fal', 'v2', 10, 0.425],
	['fal', 'v1', 1000, 2.26],
	['fal', 'v1', 300, 0.678],
	['fal', 'v1', 100, 0.226],
	['fal', 'base', 1000, 0.85],
	['fal', 'base', 40_000, 34],
	['wavespeed', 'turbo', 1000, 1.25],
	['wavespeed', 'turbo', 1500, 1.875],
	['wavespeed', 'turbo', 1, 0.00125],
])('%s %s: %i steps cost %d USD', (providerId, id, steps, expected) => {
	expect(estimateTrainingUsd(trainerOf(byId[providerId] ?? fal, id), steps)).toBe(expected);
});

describe('the calls about a training', () => {
	it.each([
		['v2', '/fal-ai/z-image-turbo-trainer-v2'],
		['v1', '/fal-ai/z-image-trainer'],
		['base', '/fal-ai/z-image-base-trainer'],
	])('of fal’s %s go to its own app, and the status has the logs', (id, app) => {
		const { status, result, cancel } = tasksOf(fal, id);
		const path = `${app}/requests/a%2Fb`;
		expect([status('a/b'), result?.('a/b'), cancel?.('a/b')]).toStrictEqual([
			{ method: 'GET', path: `${path}/status`, query: { logs: '1' } },
			{ method: 'GET', path, holdsImages: true },
			{ method: 'PUT', path: `${path}/cancel` },
		]);
	});

	it('of WaveSpeed are those about any task', () => {
		expect(tasksOf(wavespeed, 'turbo')).toBe(wavespeed.tasks);
	});

	it.each([...trainingProviders])('$id has them for each of its trainers', (provider: Provider) => {
		for (const { id, steps, defaultLearningRate } of provider.training?.trainers ?? []) {
			expect(tasksOf(provider, id).parseStatus).toBeDefined();
			expect(steps.min).toBeLessThanOrEqual(1000);
			expect(defaultLearningRate).toBeGreaterThan(0);
		}
	});
});

describe('fal: how far a training is', () => {
	const read = (logs: unknown) =>
		tasksOf(fal, 'v2').parseStatus(answer(202, { status: 'IN_PROGRESS', logs }), 'a');

	it.each<[string, number]>([
		['Training:  45%|████▌     | 450/1000 [07:12<08:48,  1.04it/s]', 450],
		['450 / 1000 steps', NaN],
		['Step 450/1000, loss 0.12', 450],
		['steps: 450 / 1000', 450],
		['step=450 loss=0.0312', 450],
		['Step: 450', 450],
		['Training for 1000 steps, lr 0.0005', NaN],
		['Number of steps: 1000', NaN],
		['Learning rate of a step 0.0005', NaN],
		['Loading the model', NaN],
		['', NaN],
	])('%j', (message, stepsDone) => {
		expect(read([{ message }])).toStrictEqual({
			status: 'pending',
			queued: false,
			...(!Number.isNaN(stepsDone) && { stepsDone }),
		});
	});

	it('is what the last of its lines says that say anything', () => {
		const lines = ['Step 1/9', 'Step 2/9', 'Saving a sample'].map((message) => ({ message }));
		expect(read([...lines, null, 7, { message: 3 }, {}])).toMatchObject({ stepsDone: 2 });
	});

	it.each([[null], [undefined], ['text'], [{}], [[]]])('is not known of %j', (logs) => {
		expect(read(logs)).toStrictEqual({ status: 'pending', queued: false });
	});

	it('is not told of one in the queue, or one that has ended', () => {
		const logs = [{ message: 'Step 2/9' }];
		const states = ['IN_QUEUE', 'COMPLETED'].map((status) =>
			tasksOf(fal, 'v2').parseStatus(answer(200, { status, logs }), 'a'),
		);
		expect(states).toStrictEqual([{ status: 'pending', queued: true }, { status: 'ended' }]);
	});
});

const weights = 'https://a.example/lora.safetensors';

/** What is read of a LoRA. */
function trained(changes: Partial<SucceededTask['lora']> = {}): TaskState {
	const lora = { url: weights, configUrl: null, expiresInSeconds: null, ...changes };
	return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
}

const pending: TaskState = { status: 'pending', queued: false };

describe('fal: the result of a training', () => {
	const { parseResult = () => undefined } = tasksOf(fal, 'v2');
	const read = (body: unknown, statusCode = 200) => parseResult(answer(statusCode, body));
	const config = 'https://a.example/config.json';

	it.each<[object, TaskState]>([
		[{ diffusers_lora_file: { url: weights } }, trained()],
		[{ diffusers_lora_file: weights, config_file: config }, trained({ configUrl: config })],
		[{ diffusers_lora_file: { url: ` ${weights}\n`, file_size: 'large' } }, trained()],
		[
			{ diffusers_lora_file: { url: weights }, config_file: { url: config } },
			trained({ configUrl: config }),
		],
		[{ diffusers_lora_file: { url: weights }, config_file: null }, trained()],
		[{ diffusers_lora_file: { url: weights }, config_file: { url: 'none' } }, trained()],
		[
			{ diffusers_lora_file: { url: weights }, images: [], debug_preprocessed_output: 7 },
			trained(),
		],
		// Asked again: the weights may come a moment later.
		[{ diffusers_lora_file: null, config_file: { url: config } }, pending],
		[{ detail: 'No captions' }, { status: 'failed', reason: 'No captions' }],
	])('%j', (body, expected) => {
		expect(read(body)).toStrictEqual(expected);
	});

	it.each([400, 422, 500])('with HTTP %i is a failure, whatever files it has', (statusCode) => {
		for (const diffusers_lora_file of [{ url: weights }, null]) {
			expect(read({ diffusers_lora_file }, statusCode)).toMatchObject({ status: 'failed' });
		}
	});

	it('is read the same where only its ID was known, and it was asked for as an image', () => {
		expect(fal.tasks.parseResult(answer(200, { diffusers_lora_file: weights }))).toStrictEqual(
			trained(),
		);
	});

	describeForeignBodies('parseResult', parseResult, [
		undefined,
		null,
		[],
		'text',
		{},
		{ diffusers_lora_file: {} },
		{ diffusers_lora_file: { url: '' } },
		{ diffusers_lora_file: { url: 'lora.safetensors' } },
		{ diffusers_lora_file: { url: 'ftp://a.example/lora.safetensors' } },
		{ config_file: { url: config } },
	]);
});

describe('wavespeed: the result of a training', () => {
	const read = (outputs: unknown) =>
		tasksOf(wavespeed, 'turbo').parseStatus(
			answer(200, { data: { status: 'completed', outputs } }),
			'a',
		);
	const kept = { expiresInSeconds: 604_800 };

	it.each<[unknown, TaskState]>([
		[[weights], trained(kept)],
		[[` ${weights} `], trained(kept)],
		[[`${weights}?X-Amz-Signature=a`], trained({ ...kept, url: `${weights}?X-Amz-Signature=a` })],
		[[null, weights], trained(kept)],
		[['https://a.example/config.json', weights], trained(kept)],
		[[], pending],
		[null, pending],
		[[null, ''], pending],
	])('in %j', (outputs, expected) => {
		expect(read(outputs)).toStrictEqual(expected);
	});

	it('is no image, and an image is no LoRA', () => {
		expect(read(['https://a.example/1.png'])).toMatchObject({
			images: [{ url: 'https://a.example/1.png' }],
		});
	});

	it('that is unreadable is ignored', () => {
		expect(() => read([{ url: weights }])).toThrow(ZodError);
	});
});
