import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { queryOf } from '../../host';
import type { FalEndpoint } from './endpoint';
import { platformError } from './platformError';
import type { FalQueue, FalTask } from './queue';

const DAY_MS = 24 * 60 * 60 * 1000;

/** "Start date in ISO8601 format", as a time or a day. */
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/** "Pagination cursor encoding the page number": `Mg==` is the second. */
const cursor = z
	.string()
	.transform((text) => Number(Buffer.from(text, 'base64').toString()))
	.pipe(z.number().int().positive());

const querySchema = z.object({
	endpoint_id: z.string().min(1),
	limit: z.coerce.number().int().min(1).max(100).default(50),
	cursor: cursor.default('MQ=='),
	start: time.optional(),
	end: time.optional(),
	status: z.enum(['success', 'error', 'user_error']).optional(),
	request_id: z.string().optional(),
	expand: z.string().default(''),
	sort_by: z.enum(['ended_at', 'duration']).default('ended_at'),
});

/** GUESS: that a user error is one below 500. */
function hasStatus(code: number | undefined, status: string | undefined): boolean {
	if (code === undefined) return false;
	if (code < 400) return status === 'success';
	return status === (code < 500 ? 'user_error' : 'error');
}

const MAX_ENDPOINTS = 50;

const durationOf = ({ slot }: FalTask): number => slot.doneAt - slot.startedAt;

/**
 * The requests to some endpoints. [fal docs: platform-apis/v1/models/requests/by-endpoint] GUESS: that `start`
 * and `end` filter by the time of sending, and that the order is by end, latest first, with those without an
 * end before all others.
 */
export async function listFalRequests(
	context: Context,
	queue: FalQueue,
	endpoints: readonly FalEndpoint[],
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<unknown> {
	const parsed = querySchema.safeParse(queryOf(request));
	if (!parsed.success || endpoints.length > MAX_ENDPOINTS) {
		const field = parsed.error?.issues[0]?.path.join('.') ?? 'endpoint_id';
		return await send(reply, platformError(400, 'validation_error', `Invalid ${field}`));
	}
	const query = parsed.data;
	const from = query.start === undefined ? Date.now() - DAY_MS : Date.parse(query.start);
	const to = query.end === undefined ? Infinity : Date.parse(query.end);
	const tasks = queue
		.begun()
		.filter(({ data }) => endpoints.includes(data.endpoint))
		.filter(({ submittedAt }) => submittedAt >= from && submittedAt < to)
		.filter(({ id }) => query.request_id === undefined || id === query.request_id);
	const answer = async (): Promise<Answer> => {
		const withPayloads = query.expand.split(',').includes('payloads');
		const listed = async (list: readonly FalTask[]) =>
			await Promise.all(list.map(async (task) => await queue.listed(task, withPayloads)));
		const sorted = tasks.sort((one, other) =>
			query.sort_by === 'duration'
				? durationOf(other) - durationOf(one)
				: queue.endOf(other) - queue.endOf(one),
		);
		const pageOf = <T>(list: readonly T[]) => list.slice(end - query.limit, end);
		const end = query.cursor * query.limit;
		const matching =
			query.status === undefined
				? undefined
				: (await listed(sorted)).filter(({ status_code }) => hasStatus(status_code, query.status));
		const hasMore = end < (matching ?? sorted).length;
		return jsonAnswer(200, {
			items: matching ? pageOf(matching) : await listed(pageOf(sorted)),
			next_cursor: hasMore ? Buffer.from(String(query.cursor + 1)).toString('base64') : null,
			has_more: hasMore,
		});
	};
	return await respond({
		context,
		stage: 'list',
		key: 'fal',
		faults: tasks.flatMap(({ steering }) => steering.faults.list),
		request,
		reply,
		error: (status) => platformError(status, 'error', `Error ${status}`),
		answer,
	});
}
