import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, textAnswer, type Answer } from './answer';
import type { AcceptedSubmit, Context } from './context';
import { bodyOf, hostOf } from './host';
import { promptOf, type Fault } from './steering';
import { readFault, STAGES, type Stage } from './steeringGrammar';

/**
 * A proxy in front of a host uses this header to request a fault for a single request, such as `404` or
 * `reset`.
 */
export const FAULT_HEADER = 'x-sandbox-fault';

const DRIP_INTERVAL_MS = 50;
const LATE_MS = 4000;
const HTML_PAGE =
	'<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>Sorry</body></html>';

interface Stop {
	readonly context: Context;
	readonly stage: string;
	/** What a fault's count belongs to: a task, or the prompt at submit. */
	readonly key: string;
	readonly faults: readonly Fault[];
	/** At submit, if the body has it elsewhere than in `prompt`. */
	readonly prompt?: string;
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
	/** The provider's own error body for a status code, with the seconds for `Retry-After` if there are any. */
	readonly error: (status: number, retryAfterSeconds?: number) => Answer;
	/**
	 * The normal response. At submit, this accepts the task.
	 * @param accept reports that the work has started and will be charged. A status below 300 reports it, too
	 */
	readonly answer: (accept: () => void) => Answer | Promise<Answer>;
}

const TOO_MANY_TASKS: Fault = { name: 'status-code', status: 429, times: Infinity };

/** The fault of a host that accepts no more tasks for now, or else a proxy's, or else the prompt's. */
function faultOf({ context, stage, key, faults, request }: Stop): Fault | undefined {
	if (stage === 'submit' && context.schedules[hostOf(request)].isFull()) return TOO_MANY_TASKS;
	const asked = request.headers[FAULT_HEADER];
	if (typeof asked === 'string') {
		const isOfTask = (STAGES as readonly string[]).includes(stage);
		// That of an upload is one that a submit may have, too.
		return readFault(isOfTask ? (stage as Stage) : 'submit', asked);
	}
	return context.faults.take(`${stage} ${key}`, faults);
}

/**
 * Answers a request of one stage, with the requested fault if there is one. This is the only place that applies
 * faults.
 */
export async function respond(stop: Stop): Promise<unknown> {
	const { context, stage } = stop;
	const fault = faultOf(stop);
	const isRefused = fault?.name === 'echo-key' || fault?.name === 'status-code';
	if (isRefused && fault.isAccepted !== true) return await refuse(stop, fault);
	let noted: Noted | undefined;
	const accept = () => {
		if (!goesElsewhere(fault)) noted ??= noteAccepted(stop);
	};
	const answer = await stop.answer(accept);
	if (stage === 'submit' && answer.status < 300) {
		accept();
		if (noted) {
			noted.answer = JSON.parse(answer.body.toString()) as unknown;
			noted.isTold = isTold(stop, fault);
		}
	}
	if (isRefused) return await refuse(stop, fault);
	if (stop.reply.sent || stop.reply.raw.destroyed) return await stop.reply;
	if (context.closing.aborted) {
		stop.reply.hijack();
		return stop.request.raw.socket.destroy();
	}
	return fault === undefined ? await send(stop.reply, answer) : await distort(stop, answer, fault);
}

/** The provider's own error. */
async function refuse(stop: Stop, fault: Fault): Promise<unknown> {
	if (fault.name === 'echo-key') return await distort(stop, stop.error(400), fault);
	const answer = stop.error(fault.status ?? 500, fault.retryAfter?.seconds);
	return await send(stop.reply, {
		...answer,
		headers: { ...answer.headers, ...retryAfter(fault) },
	});
}

const MOST_ACCEPTED = 20_000;

type Noted = { -readonly [Key in keyof AcceptedSubmit]: AcceptedSubmit[Key] };

/** A response that redirects a request doesn't accept it. */
const goesElsewhere = (fault: Fault | undefined): boolean =>
	fault?.name === 'redirect' || fault?.name === 'redirect-loop';

/** Whether the response is sent completely to a client that is still connected. */
const isTold = ({ reply }: Stop, fault: Fault | undefined): boolean =>
	!reply.raw.destroyed && (fault === undefined || fault.name === 'wrong-type');

/** From here on, the task is charged, whatever the response then says. */
function noteAccepted({ context, request, prompt }: Stop): Noted {
	if (context.accepted.length === MOST_ACCEPTED) context.accepted.shift();
	const noted: Noted = {
		prompt: prompt ?? promptOf(bodyOf(request).json),
		answer: undefined,
		isTold: false,
	};
	context.accepted.push(noted);
	return noted;
}

export function send(reply: FastifyReply, answer: Answer): FastifyReply {
	return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

function retryAfter(fault: Fault): Record<string, string> {
	if (fault.retryAfter === undefined) return {};
	const { seconds, asDate } = fault.retryAfter;
	return {
		'retry-after': asDate ? new Date(Date.now() + seconds * 1000).toUTCString() : String(seconds),
	};
}

async function distort(stop: Stop, answer: Answer, fault: Fault): Promise<unknown> {
	const { context, reply, request } = stop;
	const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
	switch (fault.name) {
		case 'reset':
			reply.hijack();
			return request.raw.socket.resetAndDestroy();
		case 'reset-mid':
			start(reply, answer, answer.body.length).write(half, () => {
				// A pause lets the half arrive before the reset overtakes it.
				setTimeout(() => request.raw.socket.resetAndDestroy(), 20);
			});
			return await reply;
		case 'hang':
			reply.hijack();
			return await reply;
		case 'drip':
			return await drip(context, reply, answer);
		case 'late-drip':
			await sleep(LATE_MS, undefined, { signal: context.closing }).catch(() => undefined);
			return await drip(context, reply, answer);
		case 'switch':
			reply.hijack();
			request.raw.socket.write(
				'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
			);
			return await reply;
		case 'empty':
			return await send(reply, { ...answer, body: Buffer.alloc(0) });
		case 'html':
			return await send(reply, textAnswer(200, 'text/html; charset=utf-8', HTML_PAGE));
		case 'broken-json':
		case 'truncated':
			return await send(reply, { ...answer, body: half });
		case 'other-json':
			return await send(reply, jsonAnswer(200, { hello: 'this is not the answer', items: [] }));
		case 'no-images':
			return await send(reply, {
				...answer,
				body: Buffer.from(
					answer.body
						.toString()
						.replace(/"(images|outputs)":\[.+?\](?=[,}])/s, '"$1":[]')
						.replace(/"output":"[^"]*"/, '"output":null')
						.replace(/"diffusers_lora_file":\{[^}]*\}/, '"diffusers_lora_file":null'),
				),
			});
		case 'unknown-state': {
			const text = answer.body
				.toString()
				.replace(/"(status|status_str)":"(TASK_STATUS_)?[A-Z_]+"/, '"$1":"$2PAUSED"')
				.replace(/"(status|status_str)":"[a-z_]+"/, '"$1":"paused"');
			return await send(reply, { ...answer, body: Buffer.from(text) });
		}
		case 'buffered':
		case 'cut-short':
		case 'endless':
			return await send(reply, answer);
		case 'silent':
			start(reply, answer).write(answer.body);
			return await reply;
		case 'early': {
			const text = answer.body.toString().replace(/"status":"[A-Z_]+"/, '"status":"COMPLETED"');
			return await send(reply, { ...answer, body: Buffer.from(text) });
		}
		case 'garbage':
			return await send(reply, { ...answer, body: Buffer.from('data: {"status":\n\n') });
		case 'redirect':
			return await reply.redirect(context.files.stash(answer), redirectCode(request));
		case 'redirect-loop':
			return await reply.redirect(`http://${request.host}${request.url}`, redirectCode(request));
		case 'text':
			return await send(
				reply,
				textAnswer(200, 'text/plain; charset=utf-8', 'This is not a picture.\n'),
			);
		case 'wrong-type': {
			const type =
				fault.value ??
				(answer.headers['content-type'] === 'image/png' ? 'image/jpeg' : 'image/png');
			return await send(reply, { ...answer, headers: { ...answer.headers, 'content-type': type } });
		}
		case 'no-length':
			start(reply, answer).end(answer.body);
			return await reply;
		case 'echo-key':
			return await send(reply, withKey(answer, request, fault.value === 'escaped'));
		case 'oversized':
			return await pad(reply, answer, Number(fault.value), fault.withoutLength === true);
		case 'status-code':
			return await refuse(stop, fault);
	}
}

/** The provider's error, with the request's key in its message, escaped as JSON allows for any character. */
function withKey(refusal: Answer, request: FastifyRequest, escaped: boolean): Answer {
	const header = request.headers.authorization ?? '';
	const key = escaped
		? header.replaceAll(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
		: header;
	const text = refusal.body
		.toString()
		.replace(
			/"(detail|message|error)":"([^"]*)"/,
			(_all, field: string, words: string) => `"${field}":"${words} (Authorization: ${key})"`,
		);
	return { ...refusal, body: Buffer.from(text) };
}

const redirectCode = (request: FastifyRequest): number => (request.method === 'GET' ? 302 : 307);

function start(reply: FastifyReply, answer: Answer, length?: number): FastifyReply['raw'] {
	reply.hijack();
	reply.raw.writeHead(answer.status, {
		...answer.headers,
		...(length === undefined ? {} : { 'content-length': String(length) }),
	});
	return reply.raw;
}

async function drip(context: Context, reply: FastifyReply, answer: Answer): Promise<unknown> {
	const raw = start(reply, answer, answer.body.length);
	const startedAt = performance.now();
	for (const [index, byte] of answer.body.entries()) {
		if (raw.destroyed || context.closing.aborted) return await reply;
		raw.write(Buffer.of(byte));
		// By the clock, so that a delay on a busy machine isn't added to the next chunks.
		const dueMs = startedAt + (index + 1) * DRIP_INTERVAL_MS - performance.now();
		await sleep(Math.max(0, dueMs), undefined, { signal: context.closing }).catch(() => undefined);
	}
	raw.end();
	return await reply;
}

async function pad(
	reply: FastifyReply,
	answer: Answer,
	bytes: number,
	withoutLength: boolean,
): Promise<unknown> {
	const total = Math.max(bytes, answer.body.length);
	const raw = start(reply, answer, withoutLength ? undefined : total);
	const chunks = function* (): Generator<Buffer> {
		yield answer.body;
		const zeros = Buffer.alloc(64 * 1024);
		for (let left = total - answer.body.length; left > 0; left -= zeros.length) {
			yield left < zeros.length ? zeros.subarray(0, left) : zeros;
		}
	};
	// The client has read enough and closes the connection.
	await pipeline(Readable.from(chunks()), raw).catch(() => undefined);
	return await reply;
}
