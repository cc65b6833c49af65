import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, createHost, queryOf } from '../../host';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { TaskStore, type Task } from '../../tasks';
import { EARLY_CALL_MS } from '../../webhooks/webhooks';
import { addWaveSpeedAccount } from './account';
import { refuseKey, waveSpeedAnswer, waveSpeedError } from './answers';
import { addWaveSpeedMedia } from './media';
import type { WaveSpeedJob, WaveSpeedModel } from './model';
import { WAVESPEED_MODELS } from './models';
import { predictionOf } from './prediction';
import { WaveSpeedWebhooks } from './webhooks';

/** How long a submit with `enable_sync_mode` waits, as others report. */
const SYNC_MS = 120_000;

/** api.wavespeed.ai: submit, result, cancel, uploads, and the free calls. */
export function createWaveSpeedHost(context: Context): FastifyInstance {
	const host = createHost('wavespeed', context);
	host.setNotFoundHandler((_request, reply) => send(reply, waveSpeedError(404)));
	host.setErrorHandler((_error, _request, reply) => send(reply, waveSpeedError(500)));
	const webhooks = new WaveSpeedWebhooks(context);
	webhooks.addTo(host);
	addWaveSpeedAccount(host, context);
	addWaveSpeedMedia(host, context);
	const predictions = new Predictions(context, webhooks);
	for (const model of WAVESPEED_MODELS) {
		host.post(`/api/v3/${model.id}`, (request, reply) => predictions.submit(model, request, reply));
	}
	host.post('/api/v3/predictions', (request, reply) => predictions.list(request, reply));
	// The official clients use the first one, newer pages show the second. [npm wavespeed; WaveSpeed docs:
	// what-are-predictions]
	host.get('/api/v3/predictions/:id/result', (request, reply) => predictions.read(request, reply));
	host.get('/api/v3/predictions/:id', (request, reply) => predictions.read(request, reply));
	host.delete('/api/v3/predictions/:id', (request, reply) => predictions.delete(request, reply));
	return host;
}

const HISTORY_MS = 7 * 24 * 60 * 60 * 1000;

const time = z
	.string()
	.transform((text) => Date.parse(text))
	.pipe(z.number())
	.nullish();

const listSchema = z.object({
	page: z.number().int().min(1),
	page_size: z.number().int().min(1).max(100),
	model: z.string().nullish(),
	status: z.string().nullish(),
	created_after: time,
	created_before: time,
});

class Predictions {
	private readonly tasks: TaskStore<WaveSpeedJob>;

	constructor(
		private readonly context: Context,
		private readonly webhooks: WaveSpeedWebhooks,
	) {
		this.tasks = new TaskStore(context, 'wavespeed');
	}

	async submit(
		model: WaveSpeedModel,
		request: FastifyRequest,
		reply: FastifyReply,
	): Promise<unknown> {
		const { context } = this;
		const body = bodyOf(request).json;
		const refused = refuseKey(context, request) ?? refuseBody(body, queryOf(request)['webhook']);
		if (refused !== undefined) return await send(reply, refused);
		const prompt = promptOf(body);
		return await respond({
			context,
			stage: 'submit',
			key: `wavespeed ${prompt}`,
			faults: parseSteering(prompt, 'wavespeed').faults.submit,
			request,
			reply,
			error: (status) => waveSpeedError(status),
			answer: async (accept) => {
				const job = model.start(context, body as object);
				const task = this.tasks.add(prompt, job, { seconds: job.seconds });
				accept();
				await this.callWebhook(task, queryOf(request)['webhook']);
				if (job.isSync) return await this.waitForEnd(task);
				return waveSpeedAnswer(await predictionOf(context, task, 'queued'));
			},
		});
	}

	async read(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const found = this.find(request);
		if ('status' in found) return await send(reply, found);
		return await respond({
			context: this.context,
			stage: 'status',
			key: `wavespeed ${found.id}`,
			faults: found.steering.faults.status,
			request,
			reply,
			error: (status) => waveSpeedError(status),
			answer: async () =>
				waveSpeedAnswer(await predictionOf(this.context, found, this.tasks.poll(found))),
		});
	}

	/**
	 * "Sorted with the most recent prediction first", for the past 7 days. [WaveSpeed docs: predictions-api,
	 * docs-common-api/predictions] GUESS: how an invalid field is refused, and that deleted tasks aren't in the
	 * list.
	 */
	async list(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const { context } = this;
		const refused = refuseKey(context, request);
		if (refused !== undefined) return await send(reply, refused);
		const parsed = listSchema.safeParse(bodyOf(request).json);
		if (!parsed.success) {
			const field = parsed.error.issues[0]?.path.join('.') ?? '';
			return await send(reply, waveSpeedError(400, `invalid ${field}`));
		}
		const { page, page_size, model, status, created_after, created_before } = parsed.data;
		const from = Math.max(created_after ?? 0, Date.now() - HISTORY_MS);
		const tasks = this.tasks
			.newestFirst()
			.filter(({ cancelled, data }) => !cancelled && data.isDeleted !== true)
			.filter(
				({ submittedAt }) => submittedAt >= from && submittedAt < (created_before ?? Infinity),
			)
			.filter(({ data }) => model == null || data.model.id === model);
		return await respond({
			context,
			stage: 'list',
			key: 'wavespeed',
			faults: tasks.flatMap(({ steering }) => steering.faults.list),
			request,
			reply,
			error: (code) => waveSpeedError(code),
			answer: async () => {
				const seen = async (list: readonly Task<WaveSpeedJob>[]) =>
					await Promise.all(
						list.map(async (task) => await predictionOf(context, task, this.tasks.phase(task))),
					);
				const pageOf = <T>(list: readonly T[]) =>
					list.slice((page - 1) * page_size, page * page_size);
				const matching =
					status == null
						? undefined
						: (await seen(tasks)).filter((prediction) => prediction.status === status);
				const items = matching ? pageOf(matching) : await seen(pageOf(tasks));
				return waveSpeedAnswer({
					page,
					total: (matching ?? tasks).length,
					items: items.map((prediction) => ({ ...prediction, code: undefined })),
				});
			},
		});
	}

	/** [WaveSpeed docs: delete-task] GUESS: that a finished task can be deleted, too. */
	delete(request: FastifyRequest, reply: FastifyReply): FastifyReply {
		const found = this.find(request);
		if ('status' in found) return send(reply, found);
		const phase = this.tasks.phase(found);
		if (phase === 'done') found.data.isDeleted = true;
		// "A running task may not stop."
		else if (phase === 'queued' || !found.steering.isUncancelable) this.tasks.cancel(found);
		return send(reply, waveSpeedAnswer({ id: found.id, status: 'deleted' }));
	}

	private find(request: FastifyRequest): Task<WaveSpeedJob> | Answer {
		const { id } = request.params as { id: string };
		return (
			refuseKey(this.context, request) ??
			this.tasks.get(id) ??
			waveSpeedError(404, 'prediction not found')
		);
	}

	/**
	 * Returns a task's end, or reports that the time is over while the task continues. [WaveSpeed docs:
	 * sync-mode] A task that ends by status requests never ends here.
	 */
	private async waitForEnd(task: Task<WaveSpeedJob>): Promise<Answer> {
		const mostMs = task.steering.polls === undefined ? SYNC_MS : 0;
		if (await this.tasks.waitFor(task, ['done'], mostMs)) {
			return waveSpeedAnswer(await predictionOf(this.context, task, 'done'));
		}
		const prediction = await predictionOf(this.context, task, 'running');
		return waveSpeedAnswer({ ...prediction, code: 5004, error: 'Sync mode timed out' });
	}

	/** Calls the webhook when the task is over, or before the response to the submit if its prompt says so. */
	private async callWebhook(task: Task<WaveSpeedJob>, url: string | undefined): Promise<void> {
		if (url === undefined) return;
		const call = async () => {
			const prediction = await predictionOf(this.context, task, 'done');
			// The sandbox may have been reset in the meantime.
			if (this.tasks.get(task.id) !== task) return;
			await this.webhooks.call(url, prediction, task.steering.webhook);
		};
		if (task.steering.webhook?.way === 'out-of-order') {
			await Promise.race([call(), sleep(EARLY_CALL_MS, undefined, { ref: false })]);
		} else {
			void this.tasks.waitFor(task, ['done']).then(async (isOver) => {
				if (isOver) await call();
			});
		}
	}
}

/** Requests that are refused before there is a task. GUESS: all statuses and messages. */
function refuseBody(body: unknown, webhook: string | undefined): Answer | undefined {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		return waveSpeedError(400, 'the request body is not a JSON object');
	}
	const steering = parseSteering(promptOf(body), 'wavespeed');
	const problem = steeringProblem(steering);
	if (problem !== undefined) return waveSpeedError(400, problem);
	if (steering.noMoney) return waveSpeedError(402);
	// Reported by others.
	const barred = ['enable_sync_mode', 'enable_base64_output'].find(
		(name) => (body as Record<string, unknown>)[name] === true,
	);
	return webhook !== undefined && barred !== undefined
		? waveSpeedError(400, `${barred} cannot be used with a webhook`)
		: undefined;
}
