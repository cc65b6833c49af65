import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import type { Ask, HttpAnswer, ImageReference } from '../../nodes/ZImage/providers/provider';
import { fixtureNames, readFixture } from '../support/fixture';
import { answer } from '../support/fakeClient';

/** The task in the documented responses. */
const taskId = '5f2c1f6e-3f0b-4a8e-9d55-0f2b6a1c7e10';

/** Fixtures that were read, to make sure that none is left out. */
const used = new Set<string>();

/** A documented response as a request returns it. What isn't JSON is only text. */
function said(fixture: string): HttpAnswer {
	used.add(fixture);
	const { statusCode, body } = readFixture('comfyui', fixture);
	return typeof body === 'string'
		? { ...answer(statusCode), text: body }
		: answer(statusCode, body);
}

/** The result of a call including any further calls, and which calls those are. */
function ended<T>(first: Ask<T> | T, answers: readonly string[]) {
	const calls: string[] = [];
	let told = first;
	for (const fixture of answers) {
		const ask = told as Ask<T>;
		expect(ask.status).toBe('ask');
		const { method, path, body } = ask.call;
		calls.push([`${method} ${path}`, body && JSON.stringify(body)].filter(Boolean).join(' '));
		told = ask.parse(said(fixture));
	}
	return { told, calls };
}

const job = `/api/jobs/${taskId}`;
const history = `GET /history/${taskId}`;
const queue = 'GET /queue';

function image(filename: string, place: Record<string, string> = {}): ImageReference {
	const query = { filename, subfolder: '', type: 'output', ...place };
	return {
		call: { method: 'GET', path: '/view', query },
		width: null,
		height: null,
		nsfw: null,
		expiresInSeconds: null,
	};
}

const made = (...names: string[]) => ({
	status: 'succeeded',
	images: names.map((name) => image(name)),
	seed: null,
	prompt: null,
});

const failed = (reason: string, kind?: string) => ({
	status: 'failed',
	reason,
	charged: 'no',
	...(kind !== undefined && { kind }),
});

const lost = failed(
	'the server does not know the task: it was restarted, or the task was removed from its queue or history',
	'notFound',
);
const canceled = { ...failed('the task was canceled on the server'), kind: 'canceled' };
const memory =
	'Allocation on device 0 would exceed allowed memory. (out of memory) This error means you ran out of memory on your GPU. (KSampler). The GPU ran out of memory: make the image smaller';

describe('a submit', () => {
	it.each(['submit', 'submitWithNodeErrors'])('%s is accepted', (fixture) => {
		expect(comfyui.parseSubmit(said(fixture))).toStrictEqual({
			taskId,
			state: { status: 'pending', queued: true },
		});
	});

	it.each(
		[
			...['errorImageMissing', 'errorInputMissing', 'errorInvalidPromptId', 'errorLoraNotInList'],
			...['errorLoraNotInLongList', 'errorMissingClass', 'errorMissingClassOlder'],
			...['errorModelNotInList', 'errorNoOutputs', 'errorNoPrompt', 'errorTypeMismatch'],
			...['errorValueTooBig', 'errorForeignOrigin', 'errorProxyUnauthorized', 'errorNoSuchRoute'],
			...['errorNoSuchRoutePost', 'errorJobNotFound', 'uploadTooBig', 'uploadRefused'],
		].map((fixture) => [fixture, true] as const),
	)('%s proves that nothing was accepted: %s', (fixture, isRefusal) => {
		expect(comfyui.isRefusal(said(fixture))).toBe(isRefusal);
	});

	it('a proxy error proves nothing', () => {
		expect(comfyui.isRefusal(said('errorProxyBadGateway'))).toBe(false);
	});
});

describe("a task's state on a server with the jobs API", () => {
	it.each([
		['jobPending', { status: 'pending', queued: true }],
		['jobInProgress', { status: 'pending', queued: false }],
		['jobCompleted', made('z-image-turbo_00001_.png')],
		['jobCompletedCached', made('z-image-turbo_00001_.png')],
		['jobFailed', failed(expect.stringMatching(/^.+ \(KSampler\)$/) as string, 'other')],
		['jobOutOfMemory', failed(memory, 'unavailable')],
		['jobCancelled', canceled],
		['jobUnknownState', { status: 'unknown', value: 'paused' }],
		['errorJobNotFound', lost],
	])('%s', (fixture, expected) => {
		const given = said(fixture);
		expect(comfyui.tasks.parseStatus(given, taskId)).toEqual(expected);
		expect(given.statusCode < 300 || comfyui.tasks.tellsState(given)).toBe(true);
	});

	it('returns the job that it is about', () => {
		expect(comfyui.tasks.namedTask(said('jobPending'))).toBe(taskId);
		expect(comfyui.tasks.namedTask(said('historySuccess'))).toBeUndefined();
	});

	it('never shows data about the server: no traceback, no inputs', () => {
		const state = JSON.stringify(comfyui.tasks.parseStatus(said('jobFailed'), taskId));
		const { body } = readFixture('comfyui', 'jobFailed');
		const { traceback } = (body as { execution_error: { traceback: string[] } }).execution_error;
		expect(traceback.length).toBeGreaterThan(0);
		for (const line of traceback) expect(state).not.toContain(line.trim());
	});
});

describe("a task's state on a server without the jobs API", () => {
	it.each<[fixtures: string[], expected: unknown]>([
		[['historySuccess'], made('z-image-turbo_00001_.png')],
		[['historyTwoImages'], made('z-image-turbo_00001_.png', 'z-image-turbo_00002_.png')],
		[['historyCached'], made('z-image-turbo_00001_.png')],
		[
			['historyCachedWithoutOutputs'],
			failed(
				'the server returned no image. If it generated the same image before, change the seed or the prompt. Your own workflow needs a Save Image node',
				'input',
			),
		],
		[['historyWithoutStatus'], made('z-image-turbo_00001_.png')],
		[['historyError'], failed(expect.stringMatching(/^.+ \(KSampler\)$/) as string, 'other')],
		[['historyOutOfMemory'], failed(memory, 'unavailable')],
		[['historyInterrupted'], canceled],
		[['historyEmpty', 'queueRunning'], { status: 'pending', queued: false }],
		[['historyEmpty', 'queuePending'], { status: 'pending', queued: true }],
		// It ended between the two calls.
		[['historyEmpty', 'queueEmpty', 'historySuccess'], made('z-image-turbo_00001_.png')],
		[['historyEmpty', 'queueEmpty', 'historyEmpty'], lost],
	])('%j', (answers, expected) => {
		const first = said('errorNoSuchRoute');
		expect(comfyui.tasks.tellsState(first)).toBe(true);
		const { told, calls } = ended(comfyui.tasks.parseStatus(first, taskId), answers);
		expect(told).toEqual(expected);
		expect(calls).toStrictEqual([history, queue, history].slice(0, answers.length));
	});

	it("a proxy's page isn't a state: the task isn't considered lost", () => {
		const page = { ...answer(404), text: '<html><title>404 Not Found</title></html>' };
		expect(comfyui.tasks.tellsState(page)).toBe(false);
	});
});

describe("a task's output", () => {
	const outputs = (of: unknown) => {
		const body = { id: taskId, status: 'completed', outputs: of };
		return comfyui.tasks.parseStatus(answer(200, body), taskId);
	};
	const preview = { filename: 'a.png', subfolder: '', type: 'temp' };
	const saved = { filename: 'b.png', subfolder: 'fox', type: 'output' };

	it('saved images have priority over previews', () => {
		const given = { 1: { images: [preview] }, 2: { images: [saved, null], text: ['x'] }, 3: null };
		expect(outputs(given)).toMatchObject({ images: [image('b.png', { subfolder: 'fox' })] });
		const shown = outputs({ 1: { images: [preview] } });
		expect(shown).toMatchObject({ images: [image('a.png', { type: 'temp' })] });
	});

	it.each([[{}], [{ 1: { images: [] } }], [null], [[]], [{ 1: { text: ['a'] } }]])(
		'none in %j',
		(given) => {
			const reason = 'the workflow saves no image: it needs a Save Image node';
			expect(outputs(given)).toStrictEqual(failed(reason, 'input'));
		},
	);
});

describe('a cancel', () => {
	it.each([
		['cancelled', true],
		['cancelledNothing', false],
		['errorProxyBadGateway', false],
	])('on a server with the jobs API: %s is %s', (fixture, expected) => {
		expect(comfyui.tasks.cancel(taskId)).toStrictEqual({ method: 'POST', path: `${job}/cancel` });
		expect(comfyui.tasks.parseCancel(said(fixture), taskId)).toBe(expected);
	});

	const removed = `POST /queue ${JSON.stringify({ delete: [taskId] })}`;
	const stopped = `POST /interrupt ${JSON.stringify({ prompt_id: taskId })}`;

	it.each<[answers: string[], calls: string[], expected: boolean]>([
		[['interrupted', 'queueEmpty', 'historyEmpty'], [removed, queue, history], true],
		[['interrupted', 'queueEmpty', 'historyInterrupted'], [removed, queue, history], true],
		[['interrupted', 'queueEmpty', 'historySuccess'], [removed, queue, history], false],
		[['interrupted', 'queueEmpty', 'errorProxyBadGateway'], [removed, queue, history], false],
		[['interrupted', 'queuePending'], [removed, queue], false],
		[['interrupted', 'errorProxyBadGateway'], [removed, queue], false],
		[['interrupted', 'queueRunning', 'interrupted'], [removed, queue, stopped], false],
	])('on an older server: %j', (answers, calls, expected) => {
		const first = comfyui.tasks.parseCancel(said('errorNoSuchRoutePost'), taskId);
		const run = ended<boolean>(first, answers);
		expect(run.told).toBe(expected);
		expect(run.calls).toStrictEqual(calls);
	});

	it("never interrupts someone else's job", () => {
		const first = comfyui.tasks.parseCancel(said('errorNoSuchRoutePost'), 'another');
		const { calls } = ended<boolean>(first, ['interrupted', 'queueRunning', 'historyEmpty']);
		expect(calls.join()).not.toContain('interrupt');
	});
});

describe("an error's message", () => {
	it.each([
		[
			'errorImageMissing',
			'Custom validation failed for node: image - Invalid image file: source.png (LoadImage)',
		],
		['errorInputMissing', 'Required input is missing: vae (VAEDecode)'],
		[
			'errorInvalidPromptId',
			'prompt_id must be a valid UUID: prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one',
		],
		[
			'errorLoraNotInList',
			"The server doesn't have the LoRA missing.safetensors. Choose one of its LoRAs, or download the file to ComfyUI's models/loras folder. It has 'other_architecture_sdxl.safetensors', 'pixel_art_style_z_image_turbo.safetensors', 'styles/watercolor_z_image.safetensors'",
		],
		[
			'errorMissingClass',
			"Node 'UnetLoaderGGUF' not found. The custom node may not be installed: Node ID '#1'. Install the custom nodes ComfyUI-GGUF",
		],
		['errorNoOutputs', 'Prompt has no outputs'],
		['errorNoPrompt', 'No prompt provided'],
		[
			'errorTypeMismatch',
			'Return type mismatch between linked nodes: vae, received_type(CLIP) mismatch input_type(VAE) (VAEDecode)',
		],
		[
			'errorValueTooBig',
			'Value 101.0 bigger than max of 100.0: strength_model (LoraLoaderModelOnly)',
		],
		['errorJobNotFound', 'Job not found'],
		['errorForeignOrigin', undefined],
		['errorProxyUnauthorized', undefined],
		['modelsUnknownFolder', undefined],
	])('%s', (fixture, expected) => {
		expect(comfyui.errorText(said(fixture).body)).toBe(expected);
	});
});

it.each([
	['uploadImage', 'source.png'],
	['uploadImageRenamed', 'source (1).png'],
])('%s: the file is named %s', (fixture, expected) => {
	expect(comfyui.files.upload.parseUpload(said(fixture))).toBe(expected);
});

it('a file in a folder is named with its folder', () => {
	const given = answer(200, { name: 'a.png', subfolder: 'n8n', type: 'input' });
	expect(comfyui.files.upload.parseUpload(given)).toBe('n8n/a.png');
});

it.each([
	['modelsLoras', 'styles/watercolor_z_image.safetensors'],
	// On Windows they have backslashes, and are sent back unchanged.
	['modelsLorasWindows', 'styles\\watercolor_z_image.safetensors'],
	['models', 'loras'],
])("%s: the server's own names", (fixture, expected) => {
	expect(comfyui.lists.loras.parse(said(fixture))).toContain(expected);
});

it.each([
	['loras', '/models/loras'],
	['diffusionModels', '/models/diffusion_models'],
	['textEncoders', '/models/text_encoders'],
	['vaes', '/models/vae'],
] as const)('the list of %s is requested with %s', (list, path) => {
	expect(comfyui.lists[list].call).toStrictEqual({ method: 'GET', path });
});

describe('the list of jobs', () => {
	const idOf = (end: string) => `5f2c1f6e-3f0b-4a8e-9d55-0f2b6a1c7e${end}`;
	const job = (end: string, status: string, submittedAtMs: number) => ({
		taskId: idOf(end),
		model: null,
		status,
		submittedAtMs,
		prompt: null,
		seed: null,
		loras: null,
		expiresAtMs: null,
	});
	const { list } = comfyui.tasks;

	it.each([
		[undefined, '0'],
		['100', '100'],
	])('is requested from %s on', (cursor, offset) => {
		expect(list.call({ sinceMs: 0, ...(cursor !== undefined && { cursor }) })).toStrictEqual({
			method: 'GET',
			path: '/api/jobs',
			query: { limit: '100', offset },
		});
	});

	it('returns states and times, and nothing of the graphs', () => {
		expect(list.parse(said('jobList'), { sinceMs: 0 })).toStrictEqual({
			tasks: [job('10', 'pending', 1_764_000_000_000)],
		});
		expect(list.parse(said('jobListMore'), { sinceMs: 0 })).toStrictEqual({
			tasks: [
				job('11', 'pending', 1_764_000_003_000),
				job('12', 'succeeded', 1_764_000_002_000),
				job('13', 'failed', 1_764_000_001_000),
				job('14', 'failed', 1_764_000_000_000),
			],
			next: '104',
		});
	});

	it('stops at the requested time, because the newest come first', () => {
		const { next } = list.parse(said('jobListMore'), { sinceMs: 1_764_000_000_001 });
		expect(next).toBeUndefined();
	});
});

/** Responses to calls that the nodes don't make, or whose body they don't read. */
const unread = ['features', 'objectInfoLora', 'objectInfoLoraCombo', 'objectInfoMissing'];

it('no documented response is left out', () => {
	const all = [...used, ...unread, 'jobList', 'jobListMore', 'queueStatus', 'systemStats'].sort();
	expect([...new Set(all)]).toStrictEqual(fixtureNames('comfyui'));
});
