import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, textAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf, createHost, MOST_BODY_BYTES, queryOf } from '../../host';
import { emptyAnswer, errorFor, PLAIN, refusalOf } from './access';
import { Disk } from './disk';
import { FEATURES, SYSTEM_STATS } from './information';
import { historyEntry, queueItem, type JobTask } from './job';
import { cancelJob, cancelJobs, JOB_NOT_FOUND, jobAnswer, listJobs } from './jobs';
import { modelFiles, type ModelFolder } from './models';
import type { World } from './nodes/nodeClass';
import { objectInfo } from './nodes/nodeClasses';
import { PromptQueue } from './queue';
import { Sockets } from './sockets';
import { readSubmit, type Body } from './submit';
import { readForm, uploadImage, uploadMask } from './uploads';
import { findView, viewAnswer } from './view';

/** How often the clients at `/ws` receive news. */
const TELL_MS = 20;

/** A body's JSON, whatever its Content-Type: the server ignores that. */
const jsonOf = (request: FastifyRequest): Body =>
	JSON.parse(bodyOf(request).bytes.toString()) as Body;

const textsOf = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);

/** A user's own ComfyUI behind a proxy that requires a token. [Comfy-Org/ComfyUI server.py @002c3fb] */
export function createComfyUiHost(context: Context): FastifyInstance {
	const host = createHost('comfyui', context);
	const { version = 'current' } = context.comfyUi;
	const models = modelFiles(context.comfyUi);
	const disk = new Disk();
	const world: World = {
		models,
		get inputNames() {
			return disk.inputNames;
		},
		find: (name) => disk.find(name),
	};
	let telling: NodeJS.Timeout | undefined;
	const sockets = new Sockets((isNeeded) => {
		clearInterval(telling);
		telling = isNeeded ? setInterval(() => queue.settle(), TELL_MS) : undefined;
	});
	const queue = new PromptQueue(context, disk, world, sockets);
	let submits = 0;
	context.onReset(() => {
		disk.clear();
		submits = 0;
	});

	host.addHook('preHandler', (request, reply, done) => {
		queue.settle();
		const url = new URL(request.url, 'http://host');
		const refused = refusalOf(request.headers, url, context.keys.comfyui);
		if (refused === undefined) return done();
		void send(reply, refused);
	});
	// The web page's files are served below `/`, so other methods aren't allowed there.
	host.setNotFoundHandler((request, reply) =>
		send(reply, request.method === 'GET' ? PLAIN.notFound : PLAIN.notAllowed),
	);
	host.setErrorHandler((error: { statusCode?: number }, request, reply) =>
		send(
			reply,
			error.statusCode === 413
				? textAnswer(
						413,
						'text/plain; charset=utf-8',
						`Maximum request body size ${MOST_BODY_BYTES} exceeded, actual body size ${request.headers['content-length'] ?? ''}`,
					)
				: PLAIN.serverError,
		),
	);

	/** Every route exists below `/api`, too. */
	const route = (
		method: 'GET' | 'POST',
		path: string,
		handler: (request: FastifyRequest, reply: FastifyReply) => unknown,
	): void => {
		for (const prefix of ['', '/api']) host.route({ method, url: prefix + path, handler });
	};
	const get = (path: string, answer: (request: FastifyRequest) => Answer | Promise<Answer>) =>
		route('GET', path, async (request, reply) => await send(reply, await answer(request)));
	const post = (path: string, answer: (request: FastifyRequest) => Answer | Promise<Answer>) =>
		route('POST', path, async (request, reply) => await send(reply, await answer(request)));
	const parameter = (request: FastifyRequest, name: string): string =>
		(request.params as Record<string, string>)[name] ?? '';
	const searchOf = (request: FastifyRequest) => new URLSearchParams(queryOf(request));

	/** A request for one job, with the faults that its prompt asks for. */
	const askFor = async (
		request: FastifyRequest,
		reply: FastifyReply,
		answer: (task: JobTask) => Answer,
		unknown: Answer,
	): Promise<unknown> => {
		const task = queue.find(parameter(request, 'id'));
		if (task === undefined) return await send(reply, unknown);
		return await respond({
			context,
			stage: 'status',
			key: `comfyui ${task.id}`,
			faults: task.steering.faults.status,
			request,
			reply,
			error: errorFor,
			answer: () => {
				queue.poll(task);
				return answer(task);
			},
		});
	};

	route('POST', '/prompt', async (request, reply) => {
		const submit = readSubmit(jsonOf(request), world, version, () => (submits += 1) - 1);
		if ('status' in submit) return await send(reply, submit);
		const { prompt, steering, number, nodeErrors } = submit;
		return await respond({
			context,
			stage: 'submit',
			key: `comfyui ${prompt}`,
			faults: steering.faults.submit,
			prompt,
			request,
			reply,
			error: errorFor,
			answer: () => {
				const { id } = queue.add(submit, prompt);
				return jsonAnswer(200, { prompt_id: id, number, node_errors: nodeErrors });
			},
		});
	});
	get('/prompt', () => jsonAnswer(200, queue.info));

	get('/queue', () => {
		const waits = (task: JobTask) => !queue.isRunning(task);
		const items = queue.open();
		return jsonAnswer(200, {
			queue_running: items.filter((task) => !waits(task)).map(queueItem),
			queue_pending: items.filter(waits).map(queueItem),
		});
	});
	post('/queue', (request) => {
		const body = jsonOf(request);
		const all = body['clear'] === true ? queue.open().map(({ id }) => id) : [];
		for (const id of [...all, ...textsOf(body['delete'])]) queue.remove(id);
		return emptyAnswer(200);
	});
	post('/interrupt', (request) => {
		const { json, bytes } = bodyOf(request);
		const body = (json ?? parseOrEmpty(bytes)) as Body;
		const id = version === 'withoutTargetedInterrupt' ? undefined : body['prompt_id'];
		queue.interrupt(typeof id === 'string' && id !== '' ? id : undefined);
		return emptyAnswer(200);
	});

	route('GET', '/history/:id', (request, reply) =>
		askFor(
			request,
			reply,
			(task) =>
				jsonAnswer(200, task.data.result === undefined ? {} : { [task.id]: historyEntry(task) }),
			jsonAnswer(200, {}),
		),
	);
	get('/history', (request) => {
		const query = searchOf(request);
		const ended = queue.ended();
		const most = query.has('max_items') ? Number(query.get('max_items')) : ended.length;
		const offset = Number(query.get('offset') ?? -1);
		const start = offset < 0 ? Math.max(0, ended.length - most) : offset;
		const entries = ended
			.slice(start, start + most)
			.map((task) => [task.id, historyEntry(task)] as const);
		return jsonAnswer(200, Object.fromEntries(entries));
	});
	post('/history', (request) => {
		const body = jsonOf(request);
		if (body['clear'] === true) queue.forgetAll();
		for (const id of textsOf(body['delete'])) queue.forget(id);
		return emptyAnswer(200);
	});

	if (version === 'current') {
		host.get('/api/jobs', (request, reply) => send(reply, listJobs(queue, searchOf(request))));
		host.get('/api/jobs/:id', (request, reply) =>
			askFor(request, reply, (task) => jobAnswer(queue, task), JOB_NOT_FOUND),
		);
		host.post('/api/jobs/:id/cancel', (request, reply) => {
			const cancelled = cancelJob(queue, parameter(request, 'id'));
			return send(reply, jsonAnswer(200, { cancelled }));
		});
		host.post('/api/jobs/cancel', (request, reply) =>
			send(reply, cancelJobs(queue, jsonOf(request)['job_ids'])),
		);
	}

	route('GET', '/view', async (request, reply) => {
		const query = searchOf(request);
		const found = findView(disk, query);
		if ('refused' in found) return await send(reply, found.refused);
		const answer = () => viewAnswer(context, found, query);
		if ('bytes' in found.file) return await send(reply, await answer());
		const { taskId, steering } = found.file;
		return await respond({
			context,
			stage: 'download',
			key: `comfyui ${taskId}`,
			faults: steering.faults.download,
			request,
			reply,
			error: errorFor,
			answer,
		});
	});
	const upload = (path: string, take: typeof uploadMask) =>
		post(path, async (request) => {
			const form = await readForm(request.headers['content-type'] ?? '', bodyOf(request).bytes);
			return await take(context, disk, form);
		});
	upload('/upload/image', uploadImage);
	upload('/upload/mask', uploadMask);

	get('/models', () => jsonAnswer(200, Object.keys(models)));
	get('/models/:folder', (request) => {
		const folder = parameter(request, 'folder');
		return Object.hasOwn(models, folder)
			? jsonAnswer(200, models[folder as ModelFolder])
			: emptyAnswer(404);
	});
	get('/embeddings', () => jsonAnswer(200, models.embeddings));
	get('/object_info', () => jsonAnswer(200, objectInfo(world)));
	get('/object_info/:name', (request) =>
		jsonAnswer(200, objectInfo(world, [parameter(request, 'name')])),
	);
	get('/system_stats', () => jsonAnswer(200, SYSTEM_STATS));
	get('/features', () => jsonAnswer(200, FEATURES));

	host.server.on('upgrade', (request, socket, head) => {
		const url = new URL(request.url ?? '/', 'http://host');
		const isThere = ['/ws', '/api/ws'].includes(url.pathname);
		const refused = isThere
			? refusalOf(request.headers, url, context.keys.comfyui)
			: PLAIN.notFound;
		if (refused !== undefined) {
			socket.end(`HTTP/1.1 ${refused.status} Refused\r\nConnection: close\r\n\r\n`);
			return;
		}
		queue.settle();
		const status = { status: queue.info };
		sockets.accept(request, socket, head, url.searchParams.get('clientId'), status);
	});
	context.closing.addEventListener('abort', () => {
		clearInterval(telling);
		sockets.close();
	});
	return host;
}

/** An interrupt may have no body, or one that isn't JSON. */
function parseOrEmpty(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString()) as unknown;
	} catch {
		return {};
	}
}
