import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, textAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, createHost } from '../../host';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { TaskStore } from '../../tasks';
import { addFlavor } from '../openaiCompatible/flavor';
import { CAPABILITIES } from './capabilities';
import { answerTo, sdError, sdErrorFor } from './errors';
import { prepare, readFormat } from './generation';
import { jobAnswer, jobIds, missing, MOST_PENDING, type SdJob } from './jobs';
import { findListed, LISTED_LORAS } from './loras';
import { SD_SERVER } from './openAi';
import { readParameters, type Dialect } from './parameters';
import { refuseKey } from './proxy';

const NAME = 'sdcpp';

const DIALECT: Dialect = {
	findLora: findListed,
	isLoraStrict: true,
	unreadable: 'invalid generation parameters',
	invalid: 'invalid generation parameters',
};

interface JobPath {
	readonly Params: { readonly id: string };
}

/** stable-diffusion.cpp's server behind a proxy with a token. [sd.cpp examples/server: api.md] */
export function createSdcppHost(context: Context): FastifyInstance {
	const host = createHost(NAME, context);
	const tasks = new TaskStore<SdJob>(context, NAME, jobIds());
	host.addHook('preHandler', async (request, reply) => {
		const refused = refuseKey(request.headers.authorization, context.keys[NAME]);
		if (refused !== undefined) await send(reply, refused);
	});
	// The server's HTTP library sends no body for an unknown path.
	host.setNotFoundHandler((_request, reply) => send(reply, textAnswer(404, 'text/plain', '')));
	host.setErrorHandler((_error, _request, reply) => send(reply, sdErrorFor(500)));

	host.get('/sdcpp/v1/capabilities', (_request, reply) =>
		send(reply, jsonAnswer(200, CAPABILITIES)),
	);
	host.get('/sdapi/v1/loras', (_request, reply) => send(reply, jsonAnswer(200, LISTED_LORAS)));

	host.post('/sdcpp/v1/img_gen', async (request, reply) => {
		const prompt = promptOf(bodyOf(request).json);
		const steering = parseSteering(prompt, 'sdcpp');
		const problem = steeringProblem(steering);
		if (problem !== undefined) return await send(reply, sdError(400, problem));
		return await respond({
			context,
			stage: 'submit',
			key: `${NAME} ${prompt}`,
			faults: steering.faults.submit,
			request,
			reply,
			error: sdErrorFor,
			answer: () => submit(context, tasks, request).catch(answerTo),
		});
	});

	/** A request's job. Undefined if it doesn't exist, which was then answered. */
	const findJob = (request: FastifyRequest<JobPath>, reply: FastifyReply) => {
		const task = tasks.get(request.params.id);
		const refused = missing(tasks, task);
		if (refused !== undefined) void send(reply, refused);
		return refused === undefined ? task : undefined;
	};

	host.get<JobPath>('/sdcpp/v1/jobs/:id', async (request, reply) => {
		const task = findJob(request, reply);
		if (task === undefined) return await reply;
		return await respond({
			context,
			stage: 'status',
			key: `${NAME} ${task.id}`,
			faults: task.steering.faults.status,
			request,
			reply,
			error: sdErrorFor,
			answer: async () => await jobAnswer(context, tasks, task, tasks.poll(task)),
		});
	});

	host.post<JobPath>('/sdcpp/v1/jobs/:id/cancel', async (request, reply) => {
		const task = findJob(request, reply);
		if (task === undefined) return await reply;
		const phase = tasks.phase(task);
		if (phase === 'running') return await send(reply, sdErrorFor(409));
		if (phase === 'queued') tasks.cancel(task);
		return await send(reply, await jobAnswer(context, tasks, task, tasks.phase(task)));
	});

	addFlavor(host, { context, host: NAME }, { ...SD_SERVER, path: '' });
	return host;
}

/** [sd.cpp routes_sdcpp.cpp: POST /sdcpp/v1/img_gen] It ignores the Content-Type. */
async function submit(
	context: Context,
	tasks: TaskStore<SdJob>,
	request: FastifyRequest,
): Promise<Answer> {
	const { bytes } = bodyOf(request);
	if (bytes.length === 0) return sdError(400, 'empty body');
	const body = parse(bytes.toString());
	if (body === undefined) return sdError(400, 'invalid json', PARSE_ERROR);
	const parameters = readParameters(body, DIALECT);
	const generation = await prepare(context, NAME, parameters, readFormat(body), DIALECT);
	if (tasks.pending() >= MOST_PENDING) return sdErrorFor(429);
	context.noteIgnored(NAME, body, parameters.read);
	const task = tasks.add(parameters.prompt, { ...generation });
	return jsonAnswer(202, {
		id: task.id,
		kind: 'img_gen',
		status: 'queued',
		created: Math.floor(task.submittedAt / 1000),
		poll_url: `/sdcpp/v1/jobs/${task.id}`,
	});
}

/** GUESS: the position of the error. The message is the library's. */
const PARSE_ERROR =
	'[json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - invalid literal';

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
