import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { pathOf, queryOf } from '../../host';
import type { Fault } from '../../steering';
import { TaskStore, type Phase, type Task } from '../../tasks';
import { EARLY_CALL_MS } from '../../webhooks/webhooks';
import { falError, falRequestError } from './errors';
import { checkFalKey } from './key';
import { appOf, type FalEndpoint, type FalJob } from './endpoint';
import { falResult } from './failure';
import { failureOf, logsOf, metricsOf, stopOf } from './task';
import type { FalWebhooks } from './webhooks';

/**
 * "The status, result, and cancel URLs use only the owner and the app." [fal docs: api-reference/inference-api]
 * An older example has the full endpoint ID and `/response` there. The reference takes precedence.
 */
const REQUEST_PATH =
	/^\/([\w-]+\/[\w-]+)\/requests\/([^/]+)(?:\/(status|status\/stream|cancel))?\/?$/;

/** The same with the path of an endpoint. */
const ENDPOINT_REQUEST_PATH = /^\/[\w-]+\/[\w-]+\/.+\/requests\/[^/]+/;

const NOT_FOUND = jsonAnswer(404, { status: 'NOT_FOUND' });
const NOT_ALLOWED = jsonAnswer(405, { detail: 'Method Not Allowed' });

export type FalTask = Task<FalJob>;

/** A request in the list. A running one has no end. */
export interface FalListedRequest {
	readonly request_id: string;
	readonly endpoint_id: string;
	readonly sent_at: string;
	readonly started_at: string;
	readonly ended_at: string | undefined;
	readonly status_code: number | undefined;
	readonly duration: number | undefined;
	readonly json_input?: unknown;
	readonly json_output?: unknown;
}

/**
 * The seconds within which a request must start, from `X-Fal-Request-Timeout`. GUESS: that other values are
 * ignored.
 */
export function startSeconds({ headers }: FastifyRequest): number {
	const seconds = Number(headers['x-fal-request-timeout'] ?? Infinity);
	return seconds > 0 ? seconds : Infinity;
}

/** The queue of fal: submit, status, status stream, result, cancel. [fal docs: model-apis/inference/queue] */
export class FalQueue {
	private readonly tasks: TaskStore<FalJob>;

	constructor(
		private readonly context: Context,
		private readonly webhooks: FalWebhooks,
	) {
		this.tasks = new TaskStore(context, 'fal');
	}

	/** `fal_max_queue_length` refuses with 429 when more requests wait. [fal docs: common-parameters] */
	refuseWhenFull(request: FastifyRequest, endpoint: FalEndpoint): Answer | undefined {
		const most = Number(queryOf(request)['fal_max_queue_length'] ?? Infinity);
		if (this.tasks.queued((job) => job.endpoint === endpoint) <= most) return undefined;
		// GUESS: only the status code is documented.
		return falRequestError(429, 'The queue is longer than fal_max_queue_length', 'queue_full');
	}

	/** Every JSON is accepted: a validation error shows in the result. */
	async submit(prompt: string, job: FalJob, request: FastifyRequest): Promise<Answer> {
		const task = this.tasks.add(prompt, job, {
			startSeconds: startSeconds(request),
			seconds: job.seconds,
		});
		const webhook = queryOf(request)['fal_webhook'];
		if (webhook !== undefined) {
			if (task.steering.webhook?.way === 'out-of-order') {
				// A receiver that answers only after the submit's response still gets the call.
				await Promise.race([
					this.callWebhook(task, webhook),
					sleep(EARLY_CALL_MS, undefined, { ref: false }),
				]);
			} else {
				void this.callWhenDone(task, webhook);
			}
		}
		return jsonAnswer(
			200,
			{
				status: 'IN_QUEUE',
				request_id: task.id,
				gateway_request_id: task.id,
				...this.links(task),
				queue_position: this.position(task),
			},
			{ 'x-fal-request-id': task.id },
		);
	}

	async read(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const found = this.find(request);
		if ('answer' in found) return await send(reply, found.answer);
		const { task, action } = found;
		reply.header('x-fal-request-id', task.id);
		const withLogs = ['1', 'true', 'True'].includes(queryOf(request)['logs'] ?? '');
		const stop = {
			context: this.context,
			key: `fal ${task.id}`,
			faults: task.steering.faults.status,
			request,
			reply,
			error: falError,
		};
		if (action === 'status') {
			return await respond({ ...stop, stage: 'status', answer: () => this.status(task, withLogs) });
		}
		if (action === 'status/stream') {
			const { stream: own, status } = task.steering.faults;
			const faults = own.length > 0 ? own : status;
			return await respond({
				...stop,
				stage: own.length > 0 ? 'stream' : 'status',
				faults,
				answer: () => this.stream(task, withLogs, reply, faults[0]?.name),
			});
		}
		if (action === 'cancel') return await send(reply, NOT_ALLOWED);
		const { result: faults } = task.steering.faults;
		return await respond({ ...stop, stage: 'result', faults, answer: () => this.result(task) });
	}

	/** `OK`: "fal removed the request from the queue". [fal docs: inference-api/queue/cancel] */
	cancel(request: FastifyRequest, reply: FastifyReply): FastifyReply {
		const found = this.find(request);
		if ('answer' in found) return send(reply, found.answer);
		if (found.action !== 'cancel') return send(reply, jsonAnswer(404, { detail: 'Not Found' }));
		reply.header('x-fal-request-id', found.task.id);
		const phase = this.tasks.phase(found.task);
		if (phase === 'done') return send(reply, jsonAnswer(400, { status: 'ALREADY_COMPLETED' }));
		// "The model app decides how to stop the work."
		if (phase === 'queued' || !found.task.steering.isUncancelable) this.tasks.cancel(found.task);
		return send(
			reply,
			phase === 'queued'
				? jsonAnswer(200, { status: 'OK' })
				: jsonAnswer(202, { status: 'CANCELLATION_REQUESTED' }),
		);
	}

	/** The requests that have started, newest first: in the list's schema, each has a start. */
	begun(): FalTask[] {
		return this.tasks.newestFirst().filter((task) => this.tasks.phase(task) !== 'queued');
	}

	/** When a request ended, in milliseconds since 1970. `Number.MAX_VALUE` if it is still running. */
	endOf(task: FalTask): number {
		if (this.tasks.phase(task) !== 'done') return Number.MAX_VALUE;
		return Math.max(task.slot.startedAt, Math.min(task.slot.doneAt, Date.now()));
	}

	/** A request in the list's form. [fal docs: platform-apis/v1/models/requests/by-endpoint] */
	async listed(task: FalTask, withPayloads: boolean): Promise<FalListedRequest> {
		const { id, submittedAt, slot, data } = task;
		const iso = (time: number): string => new Date(time).toISOString();
		const isOver = this.tasks.phase(task) === 'done';
		const result = isOver ? await this.outcome(task) : undefined;
		const { checked, endpoint } = data;
		return {
			request_id: id,
			endpoint_id: endpoint.id,
			sent_at: iso(submittedAt),
			started_at: iso(slot.startedAt),
			ended_at: result && iso(this.endOf(task)),
			status_code: result?.status,
			duration: result && Math.max(0, slot.doneAt - slot.startedAt) / 1000,
			// GUESS: that the input contains the defaults, and nothing invalid.
			...(withPayloads && {
				json_input: 'input' in checked ? checked.input : null,
				json_output: result === undefined ? null : JSON.parse(result.body.toString()),
			}),
		};
	}

	private find(
		request: FastifyRequest,
	): { task: Task<FalJob>; action: string } | { answer: Answer } {
		const path = pathOf(request);
		const [, app = '', id = '', action = ''] = REQUEST_PATH.exec(path) ?? [];
		// GUESS: how an endpoint's path is refused.
		if (ENDPOINT_REQUEST_PATH.test(path)) return { answer: NOT_ALLOWED };
		if (id === '') return { answer: jsonAnswer(404, { detail: 'Not Found' }) };
		const key = checkFalKey(this.context, request);
		// "Public models also accept requests without a key." [fal docs: inference-api/queue/result]
		if (typeof key === 'object') return { answer: key };
		const task = this.tasks.get(id);
		// GUESS: that only its own app knows a request.
		return task === undefined || appOf(task.data.endpoint) !== app
			? { answer: NOT_FOUND }
			: { task, action };
	}

	private links({ id, data }: Task<FalJob>): Record<string, string> {
		const base = `${this.context.urls.fal}/${appOf(data.endpoint)}/requests/${id}`;
		return { response_url: base, status_url: `${base}/status`, cancel_url: `${base}/cancel` };
	}

	/** How many requests to the same endpoint are ahead of it. */
	private position(task: Task<FalJob>): number {
		return this.tasks.queued((job) => job.endpoint === task.data.endpoint, task);
	}

	private async callWhenDone(task: Task<FalJob>, url: string): Promise<void> {
		if (await this.tasks.waitFor(task, ['done'])) await this.callWebhook(task, url);
	}

	private async callWebhook(task: Task<FalJob>, url: string): Promise<void> {
		const result = await this.outcome(task);
		// The sandbox may have been reset in the meantime.
		if (this.tasks.get(task.id) !== task) return;
		await this.webhooks.call(url, task.id, result, task.steering.webhook);
	}

	/** 202 while it waits or runs, 200 when it is complete. [fal docs: api-reference/inference-api] */
	private status(task: Task<FalJob>, withLogs: boolean): Answer {
		const phase = this.tasks.poll(task);
		return jsonAnswer(phase === 'done' ? 200 : 202, this.statusBody(task, phase, withLogs));
	}

	private statusBody(task: Task<FalJob>, phase: Phase, withLogs: boolean): object {
		const common = { request_id: task.id, ...this.links(task) };
		const logs = withLogs ? logsOf(task, this.tasks.progress(task, phase)) : null;
		if (phase === 'queued') {
			return { status: 'IN_QUEUE', queue_position: this.position(task), ...common };
		}
		if (phase === 'running') return { status: 'IN_PROGRESS', logs, ...common };
		const { error, errorType } = failureOf(task) ?? {};
		return {
			status: 'COMPLETED',
			logs,
			metrics: metricsOf(task),
			...common,
			...(error === undefined ? {} : { error, error_type: errorType }),
		};
	}

	/**
	 * Server-sent events, one for each change, until COMPLETED.
	 * @param fault of the stream; with most of them only the first event is of use
	 */
	private async stream(
		task: Task<FalJob>,
		withLogs: boolean,
		reply: FastifyReply,
		fault: Fault['name'] | undefined,
	): Promise<Answer> {
		const headers = {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-cache',
		};
		const event = (phase: Phase) =>
			`data: ${JSON.stringify(this.statusBody(task, phase, withLogs))}\n\n`;
		let phase = this.tasks.poll(task);
		const isLive = fault === undefined || fault === 'endless';
		if (phase === 'done' || !(isLive || fault === 'buffered')) {
			return { status: 200, headers, body: Buffer.from(event(phase)) };
		}
		let held = '';
		const write = (text: string) => {
			if (isLive) reply.raw.write(text);
			else held += text;
		};
		if (isLive) {
			reply.hijack();
			reply.raw.writeHead(200, { ...headers, 'x-fal-request-id': task.id });
		}
		write(event(phase));
		while (phase !== 'done' && !reply.raw.destroyed && !this.context.closing.aborted) {
			await sleep(this.tasks.nextChangeMs(task), undefined, { signal: this.context.closing }).catch(
				() => undefined,
			);
			const next = this.tasks.poll(task);
			// However late the timer is, no state is left out.
			if (phase === 'queued' && next === 'done' && !task.cancelled) write(event('running'));
			if (next !== phase) write(event(next));
			phase = next;
		}
		if (fault !== 'endless' && isLive) reply.raw.end();
		return { status: 200, headers, body: Buffer.from(held) };
	}

	private async result(task: Task<FalJob>): Promise<Answer> {
		if (this.tasks.phase(task) !== 'done') {
			// Reported by third parties, but not documented.
			return jsonAnswer(400, { detail: 'Request is still in progress' });
		}
		return await this.outcome(task);
	}

	private async outcome(task: Task<FalJob>): Promise<Answer> {
		return (
			stopOf(task)?.answer ?? (await falResult(task.data, task.prompt, task.id, task.steering))
		);
	}
}
