import assert from 'node:assert/strict';

import { CallWrapper, ComfyApi, PromptBuilder } from '@saintno/comfyui-sdk';
import { loadImage } from '@napi-rs/canvas';

import { imageGraph, lora, textGraph, type Graph } from './comfyGraph';
import type { Rig } from './rig';
import type { Client, Trial } from './trial';

interface Saved {
	readonly images: readonly [{ filename: string; subfolder: string; type: string }];
}

/** The outcome of a run: its output, or the error that the client received. */
interface Outcome {
	readonly saved: Saved | undefined;
	readonly error: (Error & { readonly cause?: unknown }) | undefined;
	readonly progress: readonly number[];
}

/** Runs something with a connected client. */
async function connected<Result>(
	{ sandbox }: Rig,
	use: (api: ComfyApi) => Promise<Result>,
): Promise<Result> {
	const api = new ComfyApi(sandbox.urls.comfyui, undefined, {
		credentials: { type: 'bearer_token', token: sandbox.keys.comfyui },
	});
	const opened = new Promise<void>((resolve) => void api.on('connected', () => resolve()));
	api.init();
	await Promise.all([api.waitForReady(), opened]);
	try {
		return await use(api);
	} finally {
		api.destroy();
	}
}

/**
 * Runs a graph the way the client does: it follows the messages on its WebSocket.
 * @param onProgress called once sampling has started
 */
async function run(
	api: ComfyApi,
	graph: Graph,
	onProgress: () => Promise<void> = () => Promise.resolve(),
): Promise<Outcome> {
	const progress: number[] = [];
	let error: Outcome['error'];
	const prompt = new PromptBuilder(graph, [], ['image']).setRawOutputNode('image', '11');
	const result = await new CallWrapper(api, prompt)
		.onProgress(({ value }) => {
			progress.push(Number(value));
			if (progress.length === 1) void onProgress();
		})
		// The first one says what it is; a second one may only say that it failed.
		.onFailed((failed) => (error ??= failed))
		.run();
	const saved = typeof result === 'object' ? (result.image as Saved) : undefined;
	return { saved, error, progress };
}

const failing = (
	name: string,
	graph: Graph,
	error: string,
	words: string,
	onProgress?: (api: ComfyApi) => Promise<void>,
): Trial => ({
	call: `CallWrapper, ${name}`,
	run: async (rig) => {
		const outcome = await connected(rig, (api) =>
			run(api, graph, () => onProgress?.(api) ?? Promise.resolve()),
		);
		assert.equal(outcome.saved, undefined);
		assert.equal(outcome.error?.name, error);
		assert(
			JSON.stringify(outcome.error.cause).includes(words),
			JSON.stringify(outcome.error.cause),
		);
		return `${error}: ${words}`;
	},
});

const trials: readonly Trial[] = [
	{
		call: 'CallWrapper, an image',
		run: async (rig) =>
			await connected(rig, async (api) => {
				const { saved, progress, error } = await run(api, textGraph('a fox [sandbox:seconds=0.5]'));
				assert(saved !== undefined, String(error));
				assert.deepEqual(progress, [1, 2, 3, 4, 5, 6, 7, 8]);
				const file = await api.getImage(saved.images[0]);
				const { width, height } = await loadImage(Buffer.from(await file.arrayBuffer()));
				assert.deepEqual([file.type, width, height], ['image/png', 256, 192]);
				return `8 steps, ${saved.images[0].filename}, 256 x 192`;
			}),
	},
	{
		call: 'CallWrapper, the same again',
		run: async (rig) =>
			await connected(rig, async (api) => {
				const graph = textGraph('an owl [sandbox:seconds=0.2]');
				const first = await run(api, graph);
				const again = await run(api, graph);
				assert.deepEqual(again.saved?.images, first.saved?.images);
				assert.deepEqual(again.progress, []);
				return 'nothing is computed, the earlier file';
			}),
	},
	{
		call: 'uploadImage, then CallWrapper',
		run: async (rig) =>
			await connected(rig, async (api) => {
				const sent = await api.uploadImage(rig.png, 'source.png');
				const other = await api.uploadImage(new Uint8Array([1, 2, 3]), 'source.png');
				assert(sent !== false && other !== false);
				assert.equal(other.info.filename, 'source (1).png');
				const graph = imageGraph('a fox [sandbox:seconds=0.2]', sent.info.filename);
				const { saved, error } = await run(api, graph);
				assert(saved !== undefined, String(error));
				const { width, height } = rig.sandbox.tasks[0]?.image ?? {};
				assert.deepEqual([width, height], [96, 64]);
				return 'read by the model, 96 x 64; another file has another name';
			}),
	},
	{
		call: 'uploadMask',
		run: async (rig) =>
			await connected(rig, async (api) => {
				const sent = await api.uploadImage(rig.png, 'source.png');
				assert(sent !== false);
				const masked = await api.uploadMask(rig.png, { ...sent.info, type: 'input' });
				assert(masked !== false);
				const file = await api.getImage({ ...masked.info, type: 'input' });
				assert.equal(file.type, 'image/png');
				return `${masked.info.filename} has the picture`;
			}),
	},
	failing(
		'a LoRA that is not there',
		textGraph('x', 'nowhere.safetensors'),
		'EnqueueFailedError',
		'value_not_in_list',
	),
	failing(
		'a failure',
		textGraph('[sandbox:fail=no paint] [sandbox:seconds=0.2]'),
		'CustomEventError',
		'no paint',
	),
	failing(
		'out of memory',
		textGraph('[sandbox:fail-as=out-of-memory] [sandbox:seconds=0.2]'),
		'CustomEventError',
		'torch.OutOfMemoryError',
	),
	failing(
		'interrupt',
		textGraph('a fox [sandbox:seconds=20]'),
		'ExecutionInterruptedError',
		'KSampler',
		(api) => api.interrupt(),
	),
	{
		call: 'getLoras, getModels, getSystemStats',
		run: async (rig) =>
			await connected(rig, async (api) => {
				const loras = await api.getLoras();
				assert.deepEqual(await api.getModels('loras'), loras);
				assert(loras.includes(lora));
				const { devices } = await api.getSystemStats();
				return `${loras.length} LoRAs, ${devices.length} device`;
			}),
	},
	{
		call: 'getQueue, manageQueue',
		run: async (rig) =>
			await connected(rig, async (api) => {
				await api.appendPrompt(textGraph('[sandbox:never] [sandbox:seconds=0]'));
				const { prompt_id } = await api.appendPrompt(textGraph('two'));
				const before = await api.getQueue();
				assert.deepEqual([before.queue_running.length, before.queue_pending.length], [1, 1]);
				await api.manageQueue({ delete: [prompt_id] });
				const after = await api.getQueue();
				assert.deepEqual([after.queue_running.length, after.queue_pending.length], [1, 0]);
				return 'one runs, the one that waits is deleted';
			}),
	},
	{
		call: 'a wrong token',
		run: async ({ sandbox }) => {
			const api = new ComfyApi(sandbox.urls.comfyui, undefined, {
				credentials: { type: 'bearer_token', token: 'wrong' },
			});
			const refused = await new Promise<Response>(
				(resolve) => void api.on('auth_error', ({ detail }) => resolve(detail)),
			);
			api.destroy();
			assert.equal(refused.status, 401);
			return 'auth_error 401';
		},
	},
];

export const comfyUiSdk: Client = { name: '@saintno/comfyui-sdk', trials };
