import type {
	Ask,
	FailedTask,
	FormPart,
	HttpAnswer,
	ImageRequest,
	Limits,
	ListedTask,
	ListQuery,
	Provider,
	SettledState,
	TaskPage,
	TaskState,
} from '../provider';
import { drawSeed, noCharge } from '../shared/ownServer';
import { isRefusedByStatus } from '../shared/refusal';
import { errorText } from './errors';
import { defaultSteps, defaultStrength, fileOf, graphOf, templateFiles } from './graph';
import { faultOf, fillGraph } from './ownGraph';
import type { HistoryEntry, OutputFile } from './schemas';
import {
	cachedSchema,
	cancelSchema,
	executionErrorSchema,
	historySchema,
	jobErrorSchema,
	jobSchema,
	jobsSchema,
	namesSchema,
	queueSchema,
	submitSchema,
	uploadSchema,
} from './schemas';

/** The server's graph is this node's own, or the user's. */
function modelOf(request: ImageRequest): string {
	return workflowOf(request) === undefined ? fileOf(request, 'diffusionModel') : 'own workflow';
}

function workflowOf({ options }: ImageRequest): string | undefined {
	return options.workflow === undefined ? undefined : String(options.workflow);
}

function jobPath(taskId: string): string {
	return `/api/jobs/${encodeURIComponent(taskId)}`;
}

function failed(reason: string, details: Partial<FailedTask> = {}): FailedTask {
	return { status: 'failed', reason, charged: 'no', ...details };
}

/** A restart of the server empties its queue and its history; people can take a task out of either. */
function lost(): FailedTask {
	const why = 'it was restarted, or the task was removed from its queue or history';
	return failed(`the server does not know the task: ${why}`, { kind: 'notFound' });
}

/** The message and the node. The rest of an error contains paths on the server. */
function executionFailure(error: unknown): FailedTask {
	const { exception_message, exception_type, node_type } = executionErrorSchema.parse(error);
	const words = (exception_message ?? exception_type ?? 'no reason given').trim();
	// What comes after the first paragraph are tips of PyTorch for programmers.
	const lines = words.split('\n').map((line) => line.trim());
	const end = lines.indexOf('');
	const message = lines.slice(0, end < 0 ? undefined : end).join(' ');
	const where = node_type === null ? '' : ` (${node_type})`;
	const isMemory = /OutOfMemory|out of memory/i.test(`${exception_type} ${exception_message}`);
	const advice = isMemory ? '. The GPU ran out of memory: make the image smaller' : '';
	return failed(`${message}${where}${advice}`, {
		kind: isMemory ? 'unavailable' : 'other',
	});
}

const interrupted = (): FailedTask =>
	failed('the task was canceled on the server', { kind: 'canceled' });

function imagesIn(outputs: HistoryEntry['outputs']): OutputFile[] {
	const files = Object.values(outputs).flatMap(({ images }) =>
		images.filter((one) => one !== null),
	);
	const kept = files.filter(({ type }) => type === 'output');
	// A graph of the user's may only show its images.
	return kept.length > 0 ? kept : files;
}

/** What an execution has come to that the server says was a success. */
function executed({ outputs, status }: HistoryEntry): SettledState {
	const files = imagesIn(outputs);
	if (files.length === 0) {
		const isCached = status.messages.some(
			(message) =>
				message?.[0] === 'execution_cached' &&
				cachedSchema.parse(message[1]).nodes.some((id) => id !== null),
		);
		return failed(
			isCached
				? 'the server returned no image. If it generated the same image before, change the seed or the prompt. Your own workflow needs a Save Image node'
				: 'the workflow saves no image: it needs a Save Image node',
			{ kind: 'input' },
		);
	}
	return {
		status: 'succeeded',
		images: files.map(({ filename, subfolder, type }) => ({
			call: { method: 'GET', path: '/view', query: { filename, subfolder, type } },
			width: null,
			height: null,
			nsfw: null,
			expiresInSeconds: null,
		})),
		seed: null,
		prompt: null,
	};
}

/** An execution as the history has it. Before a status was kept, what has outputs was a success. */
function parseEntry(entry: HistoryEntry): SettledState {
	const { status_str, messages } = entry.status;
	if (status_str === 'success' || (status_str === null && imagesIn(entry.outputs).length > 0)) {
		return executed(entry);
	}
	if (status_str !== 'error') return { status: 'unknown', value: status_str ?? 'no status' };
	const named = (name: string) => messages.find((message) => message?.[0] === name);
	if (named('execution_interrupted')) return interrupted();
	return executionFailure(named('execution_error')?.[1]);
}

/** Asks the history. What is not in it is asked for in the queue, and then once more: it may have ended in between. */
function askHistory(taskId: string, absent: () => TaskState): Ask<TaskState> {
	return {
		status: 'ask',
		call: { method: 'GET', path: `/history/${encodeURIComponent(taskId)}` },
		parse({ body }) {
			const entry = historySchema.parse(body)[taskId];
			return entry ? parseEntry(entry) : absent();
		},
	};
}

/** Servers from before the list of jobs tell a task by two calls. */
function askOlderServer(taskId: string): Ask<TaskState> {
	return askHistory(taskId, () => ({
		status: 'ask',
		// The queue holds whole graphs.
		call: { method: 'GET', path: '/queue', holdsImages: true },
		parse({ body }) {
			const { queue_running, queue_pending } = queueSchema.parse(body);
			const has = (list: typeof queue_running) => list.some((item) => item?.[1] === taskId);
			if (has(queue_running)) return { status: 'pending', queued: false };
			return has(queue_pending) ? { status: 'pending', queued: true } : askHistory(taskId, lost);
		},
	}));
}

function isUnknownJob({ statusCode, body }: HttpAnswer): boolean {
	return statusCode === 404 && jobErrorSchema.safeParse(body).data?.error === 'Job not found';
}

/** The words of ComfyUI's own HTTP server, and not of a proxy in front of it. */
function hasNoSuchRoute({ statusCode, text }: HttpAnswer): boolean {
	const isNone = statusCode === 404 || statusCode === 405;
	return isNone && /^40[45]: (Not Found|Method Not Allowed)$/.test(text ?? '');
}

function parseStatus(answer: HttpAnswer, taskId: string): TaskState {
	if (isUnknownJob(answer)) return lost();
	if (hasNoSuchRoute(answer)) return askOlderServer(taskId);
	const { status, outputs, execution_error, execution_status } = jobSchema.parse(answer.body);
	switch (status) {
		case 'pending':
			return { status: 'pending', queued: true };
		case 'in_progress':
			return { status: 'pending', queued: false };
		case 'completed':
			return executed({ outputs, status: execution_status });
		case 'failed':
			return executionFailure(execution_error);
		case 'cancelled':
			return interrupted();
		default:
			return { status: 'unknown', value: status };
	}
}

/** Whether the history says that a task was interrupted, or knows nothing of it any more. */
function askWhetherGone(taskId: string): Ask<boolean> {
	return {
		status: 'ask',
		call: { method: 'GET', path: `/history/${encodeURIComponent(taskId)}` },
		parse({ body, statusCode }) {
			const history = statusCode === 200 ? historySchema.safeParse(body).data : undefined;
			if (!history) return false;
			const { [taskId]: entry } = history;
			return !entry || entry.status.messages.some((one) => one?.[0] === 'execution_interrupted');
		},
	};
}

/**
 * Only a running task can be interrupted, and a server without the jobs API interrupts whatever runs, so the
 * interrupt is sent only while the task itself is running.
 */
function askWhatRuns(taskId: string): Ask<boolean> {
	return {
		status: 'ask',
		call: { method: 'GET', path: '/queue', holdsImages: true },
		parse({ body }) {
			const queue = queueSchema.safeParse(body).data;
			if (!queue || queue.queue_pending.some((item) => item?.[1] === taskId)) return false;
			if (!queue.queue_running.some((item) => item?.[1] === taskId)) return askWhetherGone(taskId);
			return {
				status: 'ask',
				call: { method: 'POST', path: '/interrupt', body: { prompt_id: taskId } },
				// It ends at the next step of the sampler: nothing is confirmed yet.
				parse: () => false,
			};
		},
	};
}

function parseCancel(answer: HttpAnswer, taskId: string): Ask<boolean> | boolean {
	if (!hasNoSuchRoute(answer)) return cancelSchema.safeParse(answer.body).data?.cancelled === true;
	return {
		status: 'ask',
		call: { method: 'POST', path: '/queue', body: { delete: [taskId] } },
		parse: () => askWhatRuns(taskId),
	};
}

const listedStatuses: Readonly<Record<string, ListedTask['status']>> = {
	pending: 'pending',
	in_progress: 'pending',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'failed',
};

const listedPerPage = 100;

function listCall({ cursor = '0' }: ListQuery) {
	return {
		method: 'GET',
		path: '/api/jobs',
		query: { limit: String(listedPerPage), offset: cursor },
	} as const;
}

/** All jobs of the server, the newest first. It doesn't say what they generate. */
function parseList({ body }: HttpAnswer, { sinceMs }: ListQuery): TaskPage {
	const { jobs, pagination } = jobsSchema.parse(body);
	const oldestMs = jobs.at(-1)?.create_time ?? sinceMs;
	return {
		tasks: jobs.map(({ id, status, create_time }) => ({
			taskId: id,
			model: null,
			status: listedStatuses[status ?? ''] ?? 'unknown',
			submittedAtMs: create_time,
			prompt: null,
			seed: null,
			loras: null,
			expiresAtMs: null,
		})),
		...(pagination.has_more &&
			oldestMs >= sinceMs && { next: String(pagination.offset + jobs.length) }),
	};
}

/** The server doesn't create folders or accept a file without a name. */
function baseName(fileName: string): string {
	return fileName.replace(/^.*[\\/]/s, '') || 'image';
}

function field(name: string, value: string): FormPart {
	return { name, value };
}

function listOf(folder: string) {
	return {
		call: { method: 'GET', path: `/models/${folder}` },
		parse: ({ body }: HttpAnswer) => namesSchema.parse(body),
	} as const;
}

const share = { min: 0, max: 1 } as const;

const options = {
	steps: { min: 1, max: 100, multipleOf: 1 },
	diffusionModel: true,
	textEncoder: true,
	vae: true,
	workflow: true,
} as const;

const defaults = { ...templateFiles, steps: defaultSteps, workflow: '' } as const;

const limits: Limits = {
	// Those of EmptySD3LatentImage.
	side: { min: 16, max: 16_384, multipleOf: 16 },
	// JSON holds no larger whole numbers exactly; the sampler takes up to 2^64 - 1.
	seed: { min: 0, max: Number.MAX_SAFE_INTEGER, multipleOf: 1 },
	imagesPerTask: 1,
};

/** Of every endpoint. */
const common = {
	model: 'turbo',
	limits,
	// As many as elsewhere, with the same scales: ComfyUI itself has no bound of their number, and takes -100 to 100.
	loras: { max: 3, scale: { min: 0, max: 4 }, paths: 'serverName' },
	price: noCharge,
} as const;

const imageOptions = { ...options, strength: share } as const;

const mebibyte = 1024 * 1024;

/**
 * The user's own ComfyUI server.
 * Source: https://github.com/Comfy-Org/ComfyUI (server.py, execution.py, comfy_execution/jobs.py)
 */
export const comfyui = {
	id: 'comfyui',
	displayName: 'ComfyUI',
	credentialType: 'zImageComfyUiApi',
	isOwnServer: true,
	charges: 'no',
	defaultBaseUrl: 'http://127.0.0.1:8188',
	lists: {
		loras: listOf('loras'),
		diffusionModels: listOf('diffusion_models'),
		textEncoders: listOf('text_encoders'),
		vaes: listOf('vae'),
	},
	endpoints: [
		{ ...common, operation: 'textToImage', options, defaults },
		{
			...common,
			operation: 'imageToImage',
			options: imageOptions,
			defaults: { ...defaults, strength: defaultStrength.imageToImage },
			image: 'required',
		},
		{
			...common,
			operation: 'inpaint',
			options: imageOptions,
			defaults: { ...defaults, strength: defaultStrength.inpaint },
			image: 'required',
			mask: 'required',
		},
	],
	files: {
		// The server's own limit unless it was started with another (--max-upload-size); what goes through memory is less.
		maxBytes: 50 * mebibyte,
		maxInlineBytes: 0,
		noUrls: true,
		upload: {
			upload: ({ contentType, fileName }, bytes) => ({
				method: 'POST',
				path: '/upload/image',
				form: [
					{ name: 'image', fileName: baseName(fileName), contentType, bytes },
					field('type', 'input'),
				],
			}),
			parseUpload({ body }) {
				const { name, subfolder } = uploadSchema.parse(body);
				return subfolder === '' ? name : `${subfolder}/${name}`;
			},
		},
	},
	drawSeed,
	faultOf(request) {
		const workflow = workflowOf(request);
		const fault = workflow === undefined ? undefined : faultOf(workflow, request);
		return fault && `The option Workflow (API Format) ${fault}`;
	},
	submit(request) {
		const workflow = workflowOf(request);
		const prompt = workflow === undefined ? graphOf(request) : fillGraph(workflow, request);
		return { method: 'POST', path: '/prompt', body: { prompt }, model: modelOf(request) };
	},
	parseSubmit: ({ body }) => ({
		taskId: submitSchema.parse(body).prompt_id,
		state: { status: 'pending', queued: true },
	}),
	isRefusal: isRefusedByStatus,
	tasks: {
		status: (taskId) => ({ method: 'GET', path: jobPath(taskId), holdsImages: true }),
		parseStatus,
		tellsState: (answer) => isUnknownJob(answer) || hasNoSuchRoute(answer),
		namedTask: ({ body }) => jobSchema.safeParse(body).data?.id,
		cancel: (taskId) => ({ method: 'POST', path: `${jobPath(taskId)}/cancel` }),
		parseCancel,
		list: { call: listCall, parse: parseList },
	},
	errorText,
	errorPatterns: [[/out of memory|OutOfMemory/i, 'unavailable']],
} as const satisfies Provider;
