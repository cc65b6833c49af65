import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, queryOf } from '../../host';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { TaskStore, type Task } from '../../tasks';
import { EARLY_CALL_MS } from '../../webhooks/webhooks';
import { refuseKey, replicateError, replicateInvalid, replicateProblem } from './answers';
import type { ReplicateFiles } from './files';
import { startJob, type ReplicateJob } from './job';
import { findReplicateModel, findReplicateVersion, type ReplicateModel } from './models';
import { predictionOf } from './prediction';
import { cancelAfterSeconds, waitSeconds } from './waiting';
import { DEFAULT_EVENTS, EVENTS, type ReplicateWebhooks, type WebhookEvent } from './webhooks';

interface Wanted {
	readonly model: ReplicateModel;
	readonly version: string;
}

const VERSION_HIDDEN = 'hidden';

/** "It will return 100 records per page." [Replicate docs: reference/http] */
const LISTED_PER_PAGE = 100;

/** The body of a create. GUESS: that `http` is accepted for a webhook, too. */
const bodyFor = (model: ReplicateModel) =>
	z.object({
		version: z.string().optional(),
		input: model.schema,
		webhook: z.string().url().optional(),
		webhook_events_filter: z.array(z.enum(EVENTS)).optional(),
	});

interface Webhook {
	readonly url: string;
	readonly events: readonly WebhookEvent[];
}

/** Create, get and cancel. [replicate-javascript: lib/predictions.js; Replicate docs: reference/http] */
export class Predictions {
	private readonly tasks: TaskStore<ReplicateJob>;

	constructor(
		private readonly context: Context,
		private readonly files: ReplicateFiles,
		private readonly webhooks: ReplicateWebhooks,
	) {
		this.tasks = new TaskStore(context, 'replicate');
	}

	/** For a model, without a version. */
	async createOfModel(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const { owner, name } = request.params as { owner: string; name: string };
		const refused = refuseKey(this.context, request);
		if (refused !== undefined) return await send(reply, refused);
		const model = findReplicateModel(owner, name);
		if (model === undefined) return await send(reply, replicateError(404));
		return await this.create({ model, version: VERSION_HIDDEN }, request, reply);
	}

	/** For the version in the body. GUESS: that its ID stays hidden if only the model is named. */
	async createOfVersion(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const refused = refuseKey(this.context, request);
		if (refused !== undefined) return await send(reply, refused);
		const body = bodyOf(request).json as { version?: unknown } | null | undefined;
		const found = findReplicateVersion(String(body?.version));
		if (found === undefined) return await send(reply, replicateError(422));
		const { model, isNamed } = found;
		const version = isNamed ? model.version : VERSION_HIDDEN;
		return await this.create({ model, version }, request, reply);
	}

	async read(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const found = this.find(request);
		if ('status' in found) return await send(reply, found);
		return await respond({
			context: this.context,
			stage: 'status',
			key: `replicate ${found.id}`,
			faults: found.steering.faults.status,
			request,
			reply,
			error: replicateError,
			answer: async () =>
				jsonAnswer(200, await predictionOf(this.context, found, this.tasks.poll(found))),
		});
	}

	/** GUESS: that a finished prediction is returned unchanged. */
	async cancel(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const found = this.find(request);
		if ('status' in found) return await send(reply, found);
		const phase = this.tasks.phase(found);
		const isHeeded = phase === 'queued' || !found.steering.isUncancelable;
		if (phase !== 'done' && isHeeded) this.tasks.cancel(found);
		const prediction = await predictionOf(this.context, found, this.tasks.phase(found));
		return await send(reply, jsonAnswer(200, prediction));
	}

	/**
	 * The account's predictions, "with the most recent prediction first". [Replicate docs: reference/http; the
	 * filters: replicate-python-stainless, SyncCursorURLPageWithCreatedFilters] GUESS: the cursor, that `next`
	 * repeats the filters, and how an invalid time is refused. None was created in the web interface.
	 */
	async list(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const refused = refuseKey(this.context, request);
		if (refused !== undefined) return await send(reply, refused);
		const { created_after, created_before, cursor, source } = queryOf(request);
		const times = [created_after, created_before].filter((text) => text !== undefined);
		if (times.some((text) => Number.isNaN(Date.parse(text)))) {
			return await send(reply, replicateError(400));
		}
		const from = created_after === undefined ? -Infinity : Date.parse(created_after);
		const to = created_before === undefined ? Infinity : Date.parse(created_before);
		const tasks = this.tasks
			.newestFirst()
			.filter(({ submittedAt }) => submittedAt >= from && submittedAt < to)
			.filter(() => source !== 'web');
		const lastId = Buffer.from(cursor ?? '', 'base64').toString();
		const rest = tasks.slice(tasks.findIndex(({ id }) => id === lastId) + 1);
		const page = rest.slice(0, LISTED_PER_PAGE);
		const next = new URL(request.url, this.context.urls.replicate);
		next.searchParams.set('cursor', Buffer.from(page.at(-1)?.id ?? '').toString('base64'));
		return await respond({
			context: this.context,
			stage: 'list',
			key: 'replicate',
			faults: page.flatMap(({ steering }) => steering.faults.list),
			request,
			reply,
			error: replicateError,
			answer: async () =>
				jsonAnswer(200, {
					previous: null,
					next: rest.length > page.length ? next.href : null,
					results: await Promise.all(page.map(async (task) => await this.listed(task))),
				}),
		});
	}

	/** A prediction in the list: without its logs, and with its source. */
	private async listed(task: Task<ReplicateJob>): Promise<object> {
		const prediction = await predictionOf(this.context, task, this.tasks.phase(task));
		return { ...prediction, logs: undefined, source: 'api' };
	}

	private find(request: FastifyRequest): Task<ReplicateJob> | Answer {
		const { id } = request.params as { id: string };
		return refuseKey(this.context, request) ?? this.tasks.get(id) ?? replicateError(404);
	}

	private async create(
		wanted: Wanted,
		request: FastifyRequest,
		reply: FastifyReply,
	): Promise<unknown> {
		const body = bodyOf(request).json;
		const prompt = promptOf(body);
		const steering = parseSteering(prompt, 'replicate');
		const problem = steeringProblem(steering);
		if (problem !== undefined) return await send(reply, replicateProblem(400, problem));
		if (steering.noMoney) return await send(reply, replicateError(402));
		return await respond({
			context: this.context,
			stage: 'submit',
			key: `replicate ${prompt}`,
			faults: steering.faults.submit,
			request,
			reply,
			error: replicateError,
			answer: async (accept) => {
				const parsed = bodyFor(wanted.model).safeParse(body);
				if (!parsed.success) return replicateInvalid(parsed.error);
				this.context.noteIgnored('replicate', body, parsed.data);
				const { input, webhook, webhook_events_filter } = parsed.data;
				const { input: sent } = body as { input: Record<string, unknown> };
				const job = startJob(this.context, this.files, { ...wanted, sent }, input);
				const task = this.tasks.add(prompt, job);
				accept();
				void this.cancelLate(task, cancelAfterSeconds(request));
				if (webhook !== undefined) {
					await this.callWebhook(task, {
						url: webhook,
						events: webhook_events_filter ?? DEFAULT_EVENTS,
					});
				}
				return await this.created(task, waitSeconds(request));
			},
		});
	}

	/**
	 * 201, or 202 if it is still running after the wait. A prediction that ends by status requests never ends
	 * here. A client that doesn't wait sees it starting.
	 */
	private async created(task: Task<ReplicateJob>, seconds: number | undefined): Promise<Answer> {
		if (seconds === undefined) {
			return jsonAnswer(201, await predictionOf(this.context, task, 'queued'));
		}
		const mostMs = task.steering.polls === undefined ? seconds * 1000 : 0;
		const isOver = await this.tasks.waitFor(task, ['done'], mostMs);
		const phase = isOver ? 'done' : this.tasks.phase(task);
		return jsonAnswer(isOver ? 201 : 202, await predictionOf(this.context, task, phase));
	}

	/** `Cancel-After`. GUESS: that a prediction that hasn't started by then is `aborted`. */
	private async cancelLate(task: Task<ReplicateJob>, seconds: number | undefined): Promise<void> {
		if (seconds === undefined) return;
		if (await this.tasks.waitFor(task, ['done'], seconds * 1000)) return;
		if (this.context.closing.aborted || this.tasks.get(task.id) !== task) return;
		task.data.isAborted = this.tasks.phase(task) === 'queued';
		this.tasks.cancel(task);
	}

	/**
	 * Calls the webhook at each event. A call that comes before the response to the submit delays that
	 * response.
	 */
	private async callWebhook(task: Task<ReplicateJob>, webhook: Webhook): Promise<void> {
		const isEarly = task.steering.webhook?.way === 'out-of-order';
		if (isEarly && webhook.events.length === 1) {
			await Promise.race([
				this.callAtEvent(task, webhook, 'completed'),
				sleep(EARLY_CALL_MS, undefined, { ref: false }),
			]);
			return;
		}
		void this.callAtEvents(task, webhook, isEarly);
	}

	private async callAtEvents(
		task: Task<ReplicateJob>,
		webhook: Webhook,
		isLastFirst: boolean,
	): Promise<void> {
		const early: readonly WebhookEvent[] = isLastFirst ? [] : ['start'];
		const late: readonly WebhookEvent[] = isLastFirst
			? ['completed', 'start', 'logs', 'output']
			: ['logs', 'output', 'completed'];
		if (!(await this.tasks.waitFor(task, ['running', 'done']))) return;
		for (const event of early) await this.callAtEvent(task, webhook, event);
		if (!(await this.tasks.waitFor(task, ['done']))) return;
		for (const event of late) await this.callAtEvent(task, webhook, event);
	}

	/** GUESS: that the single output and the last logs appear while it is still `processing`. */
	private async callAtEvent(
		task: Task<ReplicateJob>,
		{ url, events }: Webhook,
		event: WebhookEvent,
	): Promise<void> {
		if (!events.includes(event) || this.tasks.get(task.id) !== task) return;
		const prediction = await predictionOf(
			this.context,
			task,
			event === 'completed' || event === 'output' ? 'done' : 'running',
		);
		if (event === 'output' && prediction['output'] === null) return;
		const sent = event === 'output' ? { ...prediction, status: 'processing' } : prediction;
		await this.webhooks.call(url, event, sent, task.steering.webhook);
	}
}
