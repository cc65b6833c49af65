import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';

import {
	ApiError,
	createFalClient,
	ValidationError,
	type FalClient,
	type QueueStatus,
} from '@fal-ai/client';

import type { WebhookDelivery } from '../../sandbox/emulator/server';
import { meanColor } from './meanColor';
import { webhookUrl, type Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

const endpoint = 'fal-ai/z-image/turbo/lora';
const mebibyte = 1024 * 1024;

const input = (prompt: string, more: object = {}) => ({
	prompt,
	image_size: 'square' as const,
	...more,
});

const connect = ({ sandbox }: Rig, credentials: string = sandbox.keys.fal): FalClient =>
	createFalClient({ credentials });

async function apiError(promise: Promise<unknown>): Promise<ApiError<unknown>> {
	const error = await failure(promise);
	assert(error instanceof ApiError, String(error));
	return error;
}

const subscribe = (mode: object) => async (rig: Rig) => {
	const updates: QueueStatus[] = [];
	const { data } = await connect(rig).subscribe(endpoint, {
		input: input('a fox [sandbox:polls=3]', { num_images: 2, loras: [{ path: 'a/b', scale: 4 }] }),
		logs: true,
		...mode,
		onQueueUpdate: (update) => updates.push(update),
	});
	const states = [...new Set(updates.map(({ status }) => status))];
	assert.deepEqual(states, ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
	assert.equal(data.images.length, 2);
	for (const { url, file_size } of data.images) {
		assert.equal((await (await fetch(url)).arrayBuffer()).byteLength, file_size);
	}
	return `${states.join(', ')}; 2 images, downloaded`;
};

const cancel = (prompt: string, status: string) => async (rig: Rig) => {
	const { queue } = connect(rig);
	const { request_id: requestId } = await queue.submit(endpoint, { input: input(prompt) });
	await queue.cancel(endpoint, { requestId });
	const after = await queue.status(endpoint, { requestId });
	assert.equal(after.status, 'COMPLETED');
	const { status: code } = await apiError(queue.result(endpoint, { requestId }));
	assert.equal(code, 499);
	return `${status}; then COMPLETED, and a result of 499`;
};

/** Whether the call is signed as fal documents: four lines, Ed25519, and a key from its key set. */
async function isSigned({ headers, body }: WebhookDelivery): Promise<boolean> {
	const part = (name: string) => headers[`x-fal-webhook-${name}`] ?? '';
	const hash = createHash('sha256').update(body).digest('hex');
	const text = [part('request-id'), part('user-id'), part('timestamp'), hash].join('\n');
	const answer = await fetch('https://rest.fal.ai/.well-known/jwks.json');
	const { keys } = (await answer.json()) as { keys: JsonWebKey[] };
	return keys.some((key) =>
		verify(
			null,
			Buffer.from(text),
			createPublicKey({ key, format: 'jwk' }),
			Buffer.from(part('signature'), 'hex'),
		),
	);
}

/** The ways a request can fail, and the status of the error that the client throws. */
const failing: ReadonlyArray<readonly [prompt: string, status: number, detail: 'list' | 'text']> = [
	['[sandbox:fail=no paint]', 500, 'list'],
	['[sandbox:moderate]', 422, 'list'],
	['[sandbox:fail-as=422]', 422, 'list'],
	['[sandbox:fail-as=error]', 500, 'text'],
	['[sandbox:fail-as=text-400]', 400, 'text'],
	['[sandbox:fail-as=text-422]', 422, 'text'],
	['[sandbox:fail-as=text-499]', 499, 'text'],
	['[sandbox:fail-as=text-500]', 500, 'text'],
];

const failures = failing.map(([prompt, status, form]): Trial => ({
	call: `subscribe ${prompt}`,
	run: async (rig) => {
		const subscription = connect(rig).subscribe(endpoint, {
			input: input(prompt),
			pollInterval: 5,
		});
		const error = await apiError(subscription);
		const { detail } = error.body as { detail: unknown };
		assert.equal(error.status, status);
		assert.equal(Array.isArray(detail) ? 'list' : 'text', form);
		return `${error.name} ${error.status}, detail is a ${form}`;
	},
}));

const uploads: readonly Trial[] = [
	{
		call: 'storage.upload',
		run: async (rig) => {
			const file = new Blob([rig.png], { type: 'image/png' });
			const url = await connect(rig).storage.upload(file, { lifecycle: { expiresIn: '1h' } });
			const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
			assert.deepEqual(stored, rig.png);
			return `${url.replace(/[^/]+$/, '…')} has the file`;
		},
	},
	{
		call: 'storage.upload, 95 MiB',
		run: async (rig) => {
			const bytes = new Uint8Array(95 * mebibyte).fill(7);
			const url = await connect(rig).storage.upload(new Blob([bytes], { type: 'image/png' }));
			const stored = await (await fetch(url)).arrayBuffer();
			assert.equal(Buffer.compare(Buffer.from(stored), bytes), 0);
			const parts = rig.sandbox.requestsTo('files').filter(({ method }) => method === 'PUT');
			assert.equal(parts.length, 10);
			assert(parts.every(({ headers }) => headers.authorization === undefined));
			return `${parts.length} parts, no key; the file is whole`;
		},
	},
	{
		call: 'subscribe with a Blob',
		run: async (rig) => {
			const image_url = new Blob([rig.png], { type: 'image/png' });
			const { data } = await connect(rig).subscribe('fal-ai/z-image/turbo/image-to-image', {
				input: { prompt: 'a cat', image_url },
				pollInterval: 5,
			});
			const [image] = data.images;
			assert.deepEqual([image?.width, image?.height], [96, 64]);
			assert.equal(rig.sandbox.tasks[0]?.image?.from, 'url');
			return 'uploaded, read by the model, 96 x 64';
		},
	},
];

/** A whole training: uploads the zip, trains, and generates an image with the LoRA. */
const trainings = (['fal-ai/z-image-turbo-trainer-v2', 'fal-ai/z-image-trainer'] as const).map(
	(trainer): Trial => ({
		call: `subscribe ${trainer.replace('fal-ai/', '')}`,
		run: async (rig) => {
			const client = connect(rig);
			const zip = new Blob([rig.zip], { type: 'application/zip' });
			const image_data_url = await client.storage.upload(zip, { lifecycle: { expiresIn: '7d' } });
			const lines = new Set<string>();
			const { data } = await client.subscribe(trainer, {
				input: { image_data_url, steps: 1000, default_caption: 'zkx [sandbox:polls=3]' },
				logs: true,
				pollInterval: 5,
				onQueueUpdate: (update) => {
					if ('logs' in update) for (const { message } of update.logs ?? []) lines.add(message);
				},
			});
			assert([...lines].some((line) => line.includes('1000/1000')));
			assert.equal(rig.sandbox.trainingSets[0]?.images.length, 2);
			const path = data.diffusers_lora_file.url;
			const drawn = await client.subscribe(endpoint, {
				input: input('zkx', { loras: [{ path }], output_format: 'png' }),
				pollInterval: 5,
			});
			const [red, green, blue] = await meanColor(drawn.data.images[0]?.url);
			assert(red > green + 50 && red > blue + 50);
			return `${lines.size} lines of the log; its LoRA draws in red`;
		},
	}),
);

const trials: readonly Trial[] = [
	{ call: 'subscribe, polling', run: subscribe({ mode: 'polling', pollInterval: 5 }) },
	{ call: 'subscribe, streaming', run: subscribe({ mode: 'streaming' }) },
	{
		call: 'queue.submit, status, result',
		run: async (rig) => {
			const { queue } = connect(rig);
			const waiting = { input: input('a cat [sandbox:polls=2]', { seed: 9 }) };
			await queue.submit(endpoint, waiting);
			const { request_id: requestId } = await queue.submit(endpoint, waiting);
			const queued = await queue.status(endpoint, { requestId });
			assert(queued.status === 'IN_QUEUE');
			assert.equal(queued.queue_position, 1);
			await queue.status(endpoint, { requestId });
			const done = await queue.status(endpoint, { requestId, logs: true });
			assert(done.status === 'COMPLETED' && done.logs.length > 0);
			const { data } = await queue.result(endpoint, { requestId });
			assert.equal(data.seed, 9);
			return 'place 1 in the queue, logs, the output';
		},
	},
	{
		call: 'queue.submit with a webhook',
		run: async (rig) => {
			const { queue } = connect(rig);
			const { request_id } = await queue.submit(endpoint, { input: input('a cat'), webhookUrl });
			while (rig.sandbox.webhooks.length === 0) await new Promise((wait) => setTimeout(wait, 5));
			const [call] = rig.sandbox.webhooks;
			assert.equal(call?.taskId, request_id);
			assert.equal(call.outcome, 200);
			assert(await isSigned(call));
			return 'called; the signature is of a key of the JWKS';
		},
	},
	{
		call: 'queue.submit with startTimeout',
		run: async (rig) => {
			const { queue } = connect(rig);
			const { request_id: requestId } = await queue.submit(endpoint, {
				input: input('a cat [sandbox:polls=9]'),
				startTimeout: 1.1,
			});
			await new Promise((wait) => setTimeout(wait, 1200));
			const error = await apiError(queue.result(endpoint, { requestId }));
			assert.equal(error.status, 504);
			assert.equal(error.timeoutType, 'user');
			return '504, timeoutType user, not tried again';
		},
	},
	{ call: 'queue.cancel, waiting', run: cancel('a cat [sandbox:polls=9]', 'OK') },
	{ call: 'queue.cancel, running', run: cancel('a cat [sandbox:never]', 'CANCELLATION_REQUESTED') },
	{
		call: 'queue.cancel, completed',
		run: async (rig) => {
			const { queue } = connect(rig);
			const { request_id: requestId } = await queue.submit(endpoint, { input: input('a cat') });
			const { status, body } = await apiError(queue.cancel(endpoint, { requestId }));
			assert.deepEqual([status, body], [400, { status: 'ALREADY_COMPLETED' }]);
			return '400 ALREADY_COMPLETED';
		},
	},
	{
		call: 'run',
		run: async (rig) => {
			const { data, requestId } = await connect(rig).run(endpoint, {
				input: input('a cat', { seed: 3 }),
			});
			assert.match(requestId, /^[\da-f-]{36}$/);
			assert.equal(data.seed, 3);
			return 'the output, with the ID of the request';
		},
	},
	...uploads,
	...trainings,
	{
		call: 'subscribe, a bad input',
		run: async (rig) => {
			const bad = { ...input('a cat'), num_inference_steps: 50, typo: 1 } as never;
			const error = await failure(
				connect(rig).subscribe(endpoint, { input: bad, pollInterval: 5 }),
			);
			assert(error instanceof ValidationError, String(error));
			assert.equal(error.getFieldErrors('num_inference_steps').length, 1);
			assert.equal(error.getFieldErrors('typo').length, 1);
			return 'ValidationError 422, both fields';
		},
	},
	...failures,
	{
		call: 'run, a wrong key',
		run: async (rig) => {
			const { status } = await apiError(
				connect(rig, 'wrong:key').run(endpoint, { input: input('a cat') }),
			);
			assert.equal(status, 401);
			return 'ApiError 401';
		},
	},
	{
		call: 'queue.submit, no money',
		run: async (rig) => {
			const submit = connect(rig).queue.submit(endpoint, { input: input('[sandbox:no-money]') });
			const { status, body } = await apiError(submit);
			assert.equal(status, 403);
			assert.match(JSON.stringify(body), /User is locked/);
			return 'ApiError 403, User is locked';
		},
	},
	{
		call: 'queue.submit, 503 at first',
		run: async (rig) => {
			await connect(rig).queue.submit(endpoint, { input: input('a cat [sandbox:submit=503*1]') });
			assert.equal(rig.sandbox.requestsTo('fal').length, 2);
			return 'taken at its second try';
		},
	},
];

export const falClient: Client = { name: '@fal-ai/client', trials };
