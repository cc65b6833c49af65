import assert from 'node:assert/strict';

import {
	Client as ComfyClient,
	HttpError,
	plugins,
	Workflow,
	WorkflowExecutionError,
	WorkflowInterruptedError,
} from '@stable-canvas/comfyui-client';
import { loadImage } from '@napi-rs/canvas';
import { WebSocket } from 'undici';

import { lora, textGraph, type Graph } from './comfyGraph';
import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

/** The client with its plugin for a server behind a login: the token is in the URL. */
function create({ sandbox }: Rig, token: string = sandbox.keys.comfyui): ComfyClient {
	const client = new ComfyClient({ api_host: new URL(sandbox.urls.comfyui).host, WebSocket });
	client.use(new plugins.LoginAuthPlugin({ token }));
	return client;
}

/** Runs something with a client that is connected to the WebSocket. */
async function connected<Result>(
	rig: Rig,
	use: (client: ComfyClient) => Promise<Result>,
): Promise<Result> {
	const client = create(rig);
	await client.connect();
	try {
		return await use(client);
	} finally {
		client.close();
	}
}

/** A graph as the client builds it. */
function workflowOf(graph: Graph): Workflow {
	const workflow = new Workflow();
	const ids = new Map<string, Iterable<unknown> & { [output: number]: unknown }>();
	for (const [id, { class_type, inputs }] of Object.entries(graph)) {
		const linked = Object.entries(inputs).map(([name, value]) => [
			name,
			Array.isArray(value) ? ids.get(String(value[0]))?.[Number(value[1])] : value,
		]);
		ids.set(
			id,
			workflow.node(class_type, Object.fromEntries(linked) as Record<string, unknown>) as never,
		);
	}
	return workflow;
}

/** Downloads a result's image and returns its size. */
async function sizeOf(
	{ sandbox }: Rig,
	images: readonly { readonly data: unknown }[],
): Promise<string> {
	const file = await fetch(String(images[0]?.data), {
		headers: { authorization: `Bearer ${sandbox.keys.comfyui}` },
	});
	const { width, height } = await loadImage(Buffer.from(await file.arrayBuffer()));
	assert.equal(images.length, 1);
	return `${width} x ${height}`;
}

const trials: readonly Trial[] = [
	{
		call: 'Workflow.invoke',
		run: async (rig) =>
			await connected(rig, async (client) => {
				const steps: number[] = [];
				const { images } = await workflowOf(textGraph('a fox [sandbox:seconds=0.5]')).invoke(
					client,
					{
						progress: ({ value }) => steps.push(value),
					},
				);
				assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8]);
				assert.equal(await sizeOf(rig, images), '256 x 192');
				return '8 steps, an image, 256 x 192';
			}),
	},
	{
		call: 'enqueue',
		run: async (rig) =>
			await connected(rig, async (client) => {
				const { images } = await client.enqueue(textGraph('a fox [sandbox:seconds=0.3]'));
				assert.equal(await sizeOf(rig, images), '256 x 192');
				return 'an image, by what it is told';
			}),
	},
	{
		call: 'enqueue_polling',
		run: async (rig) => {
			const client = create(rig);
			const { images } = await client.enqueue_polling(textGraph('a fox [sandbox:seconds=0.3]'), {
				polling_ms: 20,
			});
			client.close();
			assert.equal(await sizeOf(rig, images), '256 x 192');
			return 'an image, by queue and history';
		},
	},
	{
		call: 'enqueue, a LoRA that is not there',
		run: async (rig) => {
			const error = await failure(create(rig).enqueue(textGraph('x', 'nowhere.safetensors')));
			assert(error instanceof HttpError, String(error));
			const { node_errors } = error.json as {
				node_errors: Record<string, { errors: [{ details: string }] }>;
			};
			const { details } = node_errors['2']!.errors[0];
			assert(details.includes(lora));
			return `HttpError ${error.status}, with the names that there are`;
		},
	},
	...[
		['fail=no paint', 'no paint'],
		['fail-as=out-of-memory', 'torch.OutOfMemoryError'],
	].map(([token = '', words = '']): Trial => ({
		call: `Workflow.invoke [sandbox:${token}]`,
		run: async (rig) =>
			await connected(rig, async (client) => {
				const graph = textGraph(`[sandbox:${token}] [sandbox:seconds=0.2]`);
				const error = await failure(workflowOf(graph).invoke(client));
				assert(error instanceof WorkflowExecutionError, String(error));
				assert(error.message.includes(words), error.message);
				return `WorkflowExecutionError: ${words}`;
			}),
	})),
	{
		call: 'InvokedWorkflow.interrupt, running',
		run: async (rig) =>
			await connected(rig, async (client) => {
				const invoked = workflowOf(textGraph('a fox [sandbox:seconds=20]')).instance(client, {
					progress: () => void invoked.interrupt(),
				});
				await invoked.enqueue();
				const error = await failure(invoked.wait());
				assert(error instanceof WorkflowInterruptedError, String(error));
				return 'WorkflowInterruptedError';
			}),
	},
	{
		call: 'InvokedWorkflow.interrupt, waiting',
		run: async (rig) =>
			await connected(rig, async (client) => {
				await client.queuePrompt(0, {
					prompt: textGraph('[sandbox:never] [sandbox:seconds=0]'),
					workflow: {},
				});
				const invoked = workflowOf(textGraph('two')).instance(client);
				await invoked.enqueue();
				assert.deepEqual(await invoked.query(), { running: false, pending: true, done: false });
				await invoked.interrupt();
				while (!(await invoked.query()).done);
				await client.interrupt();
				return 'deleted from the queue';
			}),
	},
	{
		call: 'getLoRAs, getSamplers, getSystemStats',
		run: async (rig) => {
			const client = create(rig);
			const loras = await client.getLoRAs();
			assert(loras.includes(lora));
			assert((await client.getSamplers()).includes('res_multistep'));
			const { devices } = await client.getSystemStats();
			client.close();
			return `${loras.length} LoRAs, ${devices.length} device`;
		},
	},
	{
		call: 'connect, a wrong token',
		run: async (rig) => {
			const client = create(rig, 'wrong');
			const refused = new Promise((resolve) => client.on('connection_error', resolve));
			const waiting = failure(client.connect({ timeout_ms: 300 }));
			await refused;
			client.close();
			return `not opened: ${String(await waiting)}`;
		},
	},
];

export const comfyUiClient: Client = { name: '@stable-canvas/comfyui-client', trials };
