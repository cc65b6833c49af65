import { once } from 'node:events';
import { WebSocket } from 'undici';
import { startSandbox } from '../../sandbox/emulator/server';
import { authorization, call, useSandbox } from './http';
import { like } from './like';

interface Event {
	readonly type: string;
	readonly data: Record<string, unknown>;
}

const sandbox = useSandbox({ taskSeconds: 0.1 });
const clients: WebSocket[] = [];
afterEach(() => {
	for (const client of clients.splice(0)) client.close();
});

const headers = () => ({ authorization: authorization(sandbox.current).comfyui });
const socketUrl = (query: string) =>
	`${sandbox.current.urls.comfyui.replace('http', 'ws')}/ws${query}`;

/** A client that records its messages. */
async function listen(query = '?clientId=me'): Promise<Event[]> {
	const client = new WebSocket(socketUrl(query), { headers: headers() });
	clients.push(client);
	const events: Event[] = [];
	client.addEventListener('message', ({ data }) => events.push(JSON.parse(String(data)) as Event));
	await new Promise((resolve) => client.addEventListener('open', resolve));
	return events;
}

const until = async (isTrue: () => boolean): Promise<void> => {
	while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const isOver = (events: Event[]) => () =>
	events.some(({ type, data }) => type === 'executing' && data['node'] === null);

const GRAPH = (text: string) => ({
	1: {
		class_type: 'CheckpointLoaderSimple',
		inputs: { ckpt_name: 'z_image_turbo_all_in_one.safetensors' },
	},
	2: { class_type: 'CLIPTextEncode', inputs: { clip: ['1', 1], text } },
	3: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
	4: {
		class_type: 'KSampler',
		inputs: {
			model: ['1', 0],
			positive: ['2', 0],
			negative: ['2', 0],
			latent_image: ['3', 0],
			seed: 1,
			steps: 4,
			cfg: 1,
			sampler_name: 'euler',
			scheduler: 'simple',
			denoise: 1,
		},
	},
	5: { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['1', 2] } },
	6: { class_type: 'SaveImage', inputs: { images: ['5', 0], filename_prefix: 'x' } },
});
const submit = async (text: string, client_id = 'me') =>
	(
		await call<{ prompt_id: string }>(`${sandbox.current.urls.comfyui}/prompt`, {
			headers: headers(),
			body: { prompt: GRAPH(text), client_id },
		})
	).json.prompt_id;

describe('/ws', () => {
	it('greets a client with its name and the queue', async () => {
		const events = await listen();
		const nameless = await listen('');
		await until(() => events.length > 0 && nameless.length > 0);
		const status = { exec_info: { queue_remaining: 0 } };
		expect(events).toEqual([{ type: 'status', data: { status, sid: 'me' } }]);
		expect(nameless[0]!.data['sid']).toMatch(/^[\da-f]{32}$/);
	});

	it("reports a prompt's progress to its client, in order", async () => {
		const events = await listen();
		const prompt_id = await submit('a cat');
		await until(isOver(events));
		const node = (id: string) => ({
			type: 'executing',
			data: { node: id, display_node: id, prompt_id },
		});
		const log = (type: string) => like.object({ type, data: like.object({ prompt_id }) });
		const images = [{ filename: 'x_00001_.png', subfolder: '', type: 'output' }];
		expect(events.filter(({ type }) => type !== 'status')).toEqual([
			log('execution_start'),
			log('execution_cached'),
			...['1', '2', '3', '4'].map(node),
			...[1, 2, 3, 4].map((value) => ({
				type: 'progress',
				data: { value, max: 4, prompt_id, node: '4' },
			})),
			...['5', '6'].map(node),
			{ type: 'executed', data: { node: '6', display_node: '6', output: { images }, prompt_id } },
			log('execution_success'),
			{ type: 'executing', data: { node: null, prompt_id } },
		]);
		const left = events
			.filter(({ type }) => type === 'status')
			.map(({ data }) => (data['status'] as { exec_info: { queue_remaining: number } }).exec_info);
		expect([left.at(0), left.at(-1)]).toEqual([{ queue_remaining: 0 }, { queue_remaining: 0 }]);
		expect(left).toContainEqual({ queue_remaining: 1 });
	});

	it("reports nothing but the queue's length to the others", async () => {
		const [mine, others] = [await listen(), await listen('?clientId=other')];
		await submit('a cat');
		await until(isOver(mine));
		expect(new Set(others.map(({ type }) => type))).toEqual(new Set(['status']));
	});

	it.each([
		['fail=no paint', 'execution_error', { exception_message: 'no paint\n' }],
		['fail-as=interrupted', 'execution_interrupted', { node_id: '4' }],
	])('reports [sandbox:%s]', async (token, type, data) => {
		const events = await listen();
		await submit(`[sandbox:${token}]`);
		await until(isOver(events));
		expect(events).toContainEqual({ type, data: like.object(data) });
		expect(events.some((event) => event.type === 'executed')).toBe(false);
	});

	it('lists the files of a graph that was computed before', async () => {
		const events = await listen();
		await submit('a cat');
		await until(isOver(events));
		events.length = 0;
		await submit('a cat');
		await until(isOver(events));
		const types = events.map(({ type }) => type).filter((type) => type !== 'status');
		expect(types).toEqual([
			'execution_start',
			'execution_cached',
			'executed',
			'execution_success',
			'executing',
		]);
	});

	it.each([
		['/ws', {}],
		['/nowhere', undefined],
	])("at %s with %p isn't opened", async (path, given) => {
		const url = sandbox.current.urls.comfyui.replace('http', 'ws') + path;
		const client = new WebSocket(url, { headers: given ?? headers() });
		await new Promise((resolve) => client.addEventListener('error', resolve));
		expect(client.readyState).toBe(WebSocket.CLOSED);
	});

	it('closes with the sandbox', async () => {
		const other = await startSandbox();
		const client = new WebSocket(`${other.urls.comfyui.replace('http', 'ws')}/ws`, {
			headers: { authorization: authorization(other).comfyui },
		});
		await new Promise((resolve) => client.addEventListener('open', resolve));
		const gone = once(client, 'close');
		await other.close();
		await gone;
	});
});
