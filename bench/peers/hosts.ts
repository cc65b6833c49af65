import Fastify, { type FastifyInstance } from 'fastify';
import { newId } from '../../sandbox/emulator/ids';
import { paddedPng } from '../../sandbox/emulator/imageFiles';
import { Schedule, type Slot } from '../../sandbox/emulator/schedule';
import type { SandboxOptions } from '../../sandbox/emulator/server';
import { parseSteering } from '../../sandbox/emulator/steering';
import type { SeenRequest, SeenTask } from '../sandboxProcess';

interface PeerTask extends SeenTask {
	readonly slot: Slot;
}

/** The hosts that only peers use. */
export interface PeerHosts {
	readonly urls: Readonly<Record<'modelscope' | 'wavespeed', string>>;
	readonly requests: readonly SeenRequest[];
	readonly tasks: readonly SeenTask[];
	reset(): void;
}

/** What the peers' hosts have in common: tasks with the sandbox's timing, and the sandbox's files. */
class PeerHost {
	readonly host: FastifyInstance = Fastify({ forceCloseConnections: true });
	readonly tasks = new Map<string, PeerTask>();
	readonly requests: SeenRequest[] = [];
	readonly schedule: Schedule;

	constructor(
		readonly provider: string,
		private readonly options: SandboxOptions,
	) {
		this.schedule = new Schedule(options.capacity ?? Infinity);
		const file = paddedPng(options.files?.bytes ?? 0);
		this.host.addHook('onRequest', (request, _reply, done) => {
			const { method, url: path } = request;
			this.requests.push({ provider, method, path, at: Date.now() });
			done();
		});
		this.host.get('/files/:id', (_request, reply) => reply.type('image/png').send(file));
	}

	submit(body: unknown): PeerTask {
		const prompt = String((body as { prompt?: unknown }).prompt);
		const seconds = parseSteering(prompt, undefined).seconds ?? this.options.taskSeconds ?? 2;
		const id = newId();
		const slot = this.schedule.add(seconds * 1000);
		const { doneAt } = slot;
		const task = { provider: this.provider, id, submittedAt: Date.now(), slot, doneAt };
		this.tasks.set(id, task);
		return task;
	}

	/** The links of a finished task. `undefined` before that. */
	outputs(id: string, origin: string): string[] | undefined {
		const task = this.tasks.get(id);
		if (task === undefined) throw new Error(`There is no task ${id}`);
		return Date.now() >= task.slot.doneAt ? [`http://${origin}/files/${id}.png`] : undefined;
	}

	async listen(): Promise<string> {
		return await this.host.listen({ host: '127.0.0.1', port: 0 });
	}

	reset(): void {
		this.tasks.clear();
		this.requests.length = 0;
		this.schedule.clear();
	}
}

interface ById {
	readonly Params: { readonly id: string };
}

/** The part of ModelScope's inference API that n8n-nodes-qwen-image calls. */
function createModelScope(options: SandboxOptions): PeerHost {
	const peer = new PeerHost('modelscope', options);
	peer.host.post('/v1/images/generations', (request) => ({
		task_id: peer.submit(request.body).id,
		task_status: 'SUCCEED',
	}));
	peer.host.get<ById>('/v1/tasks/:id', ({ params: { id }, host }) => {
		const outputs = peer.outputs(id, host);
		return outputs
			? { task_id: id, task_status: 'SUCCEED', output_images: outputs }
			: { task_id: id, task_status: 'RUNNING' };
	});
	return peer;
}

/** The part of WaveSpeed's API that its node calls: every response is in an envelope. */
function createWaveSpeed(options: SandboxOptions): PeerHost {
	const peer = new PeerHost('wavespeed', options);
	const envelope = (data: object) => ({ code: 200, message: 'success', data });
	peer.host.post('/api/v3/*', (request) =>
		envelope({ id: peer.submit(request.body).id, status: 'created', outputs: [] }),
	);
	peer.host.get<ById>('/api/v3/predictions/:id/result', ({ params: { id }, host }) => {
		const outputs = peer.outputs(id, host);
		return envelope({ id, status: outputs ? 'completed' : 'processing', outputs: outputs ?? [] });
	});
	return peer;
}

/** Starts the hosts that only peers use, next to the sandbox's own. */
export async function startPeerHosts(options: SandboxOptions): Promise<PeerHosts> {
	const modelscope = createModelScope(options);
	const wavespeed = createWaveSpeed(options);
	const peers = [modelscope, wavespeed];
	return {
		urls: { modelscope: await modelscope.listen(), wavespeed: await wavespeed.listen() },
		get requests() {
			return peers.flatMap(({ requests }) => requests);
		},
		get tasks() {
			return peers.flatMap(({ tasks }) =>
				[...tasks.values()].map(({ provider, id, submittedAt, doneAt }) => ({
					provider,
					id,
					submittedAt,
					doneAt,
				})),
			);
		},
		reset: () => peers.forEach((peer) => peer.reset()),
	};
}
